// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// repository is a working copy of a repository with the pipelines' configurations, and the cloud that the pipelines work on.
type repository struct {
	*work
	s *emulator.Server
}

// newRepository makes the emulator's account trust a CI system: readers may read tasks, operators may unlock.
func newRepository(t *testing.T, idp string) repository {
	t.Helper()
	h := theHouse(t)
	if h.isTofu() {
		t.Skip("the pipelines run a program named terraform")
	}
	s := emulator.Start()
	t.Cleanup(s.Close)
	withAgency(t, nil, s)
	s.AddAgency(emulator.Agency{Name: "sms-readers", DomainID: theirDomainID})
	s.AddIdentityProvider(emulator.IdentityProvider{ID: idp, DomainID: theirDomainID, IDTokens: []string{jobToken}})
	s.AddServer(emulator.VM{ID: emulator.ServerID(failed), ProjectID: theirProject, Locked: true})
	s.AddTask(emulator.Task{ID: emulator.TaskID(failed), State: failed, TargetVMID: emulator.ServerID(failed), ProjectID: theirProject})
	for _, reader := range []string{"agency:sms-readers", "reader"} {
		s.Deny(reader, emulator.OpUnlockTask)
		s.Deny(reader, emulator.OpServerAction)
	}
	r := repository{newWork(t, "", s), s}
	r.set(map[string]string{"HW_ACCESS_KEY": "", "HW_SECRET_KEY": ""})
	for _, name := range []string{"unlocks", "runbook"} {
		dir := filepath.Join(r.dir, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		copyTree(t, h.examples("pipelines/"+name), dir)
	}
	r.lock("unlocks")
	// The pipelines call terraform by name.
	bin := t.TempDir()
	if err := os.Symlink(h.cli, filepath.Join(bin, "terraform")); err != nil {
		t.Skipf("the CLI can not be linked: %v", err)
	}
	r.set(map[string]string{"PATH": bin + string(os.PathListSeparator) + r.env["PATH"]})
	return r
}

// lock writes the lock file of the providers, which belongs into the repository.
func (r repository) lock(dir string) {
	r.t.Helper()
	r.must("-chdir="+dir, "init", "-backend=false", "-input=false")
	if err := os.RemoveAll(filepath.Join(r.dir, dir, ".terraform")); err != nil {
		r.t.Fatal(err)
	}
}

// shell runs a script as CI systems do, with more environment.
func (r repository) shell(dir, script string, env map[string]string) (string, int) {
	r.t.Helper()
	for _, program := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			r.t.Skipf("the pipelines need %s", program)
		}
	}
	job := *r.work
	job.env, job.dir = maps.Clone(r.env), filepath.Join(r.dir, dir)
	maps.Copy(job.env, env)
	return job.program("bash", "-e", "-o", "pipefail", "-c", script)
}

// stateServer keeps the state of the http backend, as GitLab and others do.
func stateServer(t *testing.T) string {
	t.Helper()
	states := map[string][]byte{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch state, ok := states[r.URL.Path]; {
		case strings.HasSuffix(r.URL.Path, "/lock"):
		case r.Method == http.MethodGet && !ok:
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodGet:
			_, _ = w.Write(state)
		case r.Method == http.MethodPost:
			var doc json.RawMessage
			if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			states[r.URL.Path] = doc
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// expectUnlockBy fails unless the one unlock since the last call was the principal's.
func (r repository) expectUnlockBy(who string) {
	r.t.Helper()
	if r.s.Locked(emulator.ServerID(failed)) {
		r.t.Errorf("the server is still locked:\n%s", r.said.String())
	}
	got := r.s.Requests(emulator.OpUnlockTask)
	if len(got) != 1 || got[0].Principal != who {
		r.t.Errorf("the unlocks were %+v, want one by %s", got, who)
	}
	r.s.ResetRequests()
}

func (r repository) expectNoUnlock(after string) {
	r.t.Helper()
	if n := r.s.Count(emulator.OpUnlockTask) + r.s.Count(emulator.OpServerAction); n > 0 {
		r.t.Errorf("%s sent %d unlocks", after, n)
	}
	r.s.ResetRequests()
}

func readYAML(t *testing.T, file string, v any) {
	t.Helper()
	h := theHouse(t)
	text, err := os.ReadFile(h.examples(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// githubWorkflow is what the test reads of a workflow of GitHub Actions. actionlint looks at the rest.
type githubWorkflow struct {
	Env  map[string]string `yaml:"env"`
	Jobs map[string]struct {
		Defaults struct {
			Run struct {
				Dir string `yaml:"working-directory"`
			} `yaml:"run"`
		} `yaml:"defaults"`
		Steps []struct {
			Run string            `yaml:"run"`
			Env map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

var expression = regexp.MustCompile(`\$\{\{\s*([\w.]+)\s*\}\}`)

// github runs the steps of a workflow that are scripts, as a runner does.
func (r repository) github(file string, values map[string]string) (out string, code int) {
	r.t.Helper()
	var flow githubWorkflow
	readYAML(r.t, "pipelines/github/"+file, &flow)
	expand := func(s string) string {
		return expression.ReplaceAllStringFunc(s, func(e string) string {
			value, ok := values[expression.FindStringSubmatch(e)[1]]
			if !ok {
				r.t.Errorf("%s: no value for %s", file, e)
			}
			return value
		})
	}
	temp := r.t.TempDir()
	env := map[string]string{"RUNNER_TEMP": temp, "GITHUB_ENV": filepath.Join(temp, "env")}
	for name, value := range flow.Env {
		env[name] = expand(value)
	}
	for name, job := range flow.Jobs {
		for _, step := range job.Steps {
			if step.Run == "" {
				continue
			}
			if strings.Contains(step.Run, "${{") {
				r.t.Errorf("%s: the script of job %s holds an expression, which a value could break out of", file, name)
			}
			for name, value := range step.Env {
				env[name] = expand(value)
			}
			if out, code = r.shell(job.Defaults.Run.Dir, step.Run, env); code != 0 {
				return out, code
			}
			written, _ := os.ReadFile(env["GITHUB_ENV"])
			for line := range strings.Lines(string(written)) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				env[name] = value
			}
		}
	}
	return out, code
}

func TestGitHubPipeline(t *testing.T) {
	r := newRepository(t, "github")
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer request-token" || req.URL.Query().Get("audience") != "huaweicloud" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = fmt.Fprintf(w, `{"count": 1, "value": %q}`, jobToken)
	}))
	t.Cleanup(tokens.Close)
	r.set(map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": tokens.URL + "/?api-version=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token"})
	values := map[string]string{
		"vars.HW_REGION_NAME": "cn-north-4", "vars.HW_ASSUME_ROLE_DOMAIN_ID": theirDomainID,
		"vars.TF_HTTP_ADDRESS": stateServer(t) + "/unlocks", "vars.TF_HTTP_USERNAME": "u", "secrets.TF_HTTP_PASSWORD": "p",
		"inputs.task_id": emulator.TaskID(failed),
	}
	run := func(file string) string {
		t.Helper()
		out, code := r.github(file, values)
		if code != 0 {
			t.Fatalf("%s exited with %d:\n%s", file, code, out)
		}
		return out
	}
	expect(t, run("plan.yml"), "1 to add, 0 to change, 0 to destroy")
	r.expectNoUnlock("plan.yml")
	run("apply.yml")
	r.expectUnlockBy("agency:sms-operators")
	expect(t, run("apply.yml"), "0 added, 0 changed, 0 destroyed")
	r.expectNoUnlock("a second apply.yml")

	t.Run("runbook", func(t *testing.T) {
		need(t, actions)
		r.lock("runbook")
		r.s.SetLocked(emulator.ServerID(failed), true)
		run("runbook.yml")
		r.expectUnlockBy("agency:sms-operators")
	})
}

// gitlabJob is what the test reads of a job of GitLab CI.
type gitlabJob struct {
	Variables map[string]string `yaml:"variables"`
	IDTokens  map[string]struct {
		Aud string `yaml:"aud"`
	} `yaml:"id_tokens"`
	Script []string `yaml:"script"`
}

func TestGitLabPipeline(t *testing.T) {
	r := newRepository(t, "gitlab")
	var file struct {
		Stages  []string `yaml:"stages"`
		Default struct {
			Before []string `yaml:"before_script"`
		} `yaml:"default"`
		Variables map[string]string `yaml:"variables"`
		Plan      gitlabJob         `yaml:"plan"`
		Apply     gitlabJob         `yaml:"apply"`
	}
	readYAML(t, "pipelines/gitlab/.gitlab-ci.yml", &file)
	ci := map[string]string{
		"CI_API_V4_URL": stateServer(t) + "/api/v4", "CI_PROJECT_ID": "1", "CI_JOB_TOKEN": "job",
		"HW_REGION_NAME": "cn-north-4", "HW_ASSUME_ROLE_DOMAIN_ID": theirDomainID,
	}
	run := func(job gitlabJob) string {
		t.Helper()
		env := maps.Clone(ci)
		for _, variables := range []map[string]string{file.Variables, job.Variables} {
			for name, value := range variables {
				env[name] = os.Expand(value, func(name string) string { return ci[name] })
			}
		}
		for name, token := range job.IDTokens {
			if token.Aud != "huaweicloud" {
				t.Errorf("the audience of %s is %q", name, token.Aud)
			}
			env[name] = jobToken
		}
		out, code := r.shell("", strings.Join(slices.Concat(file.Default.Before, job.Script), "\n"), env)
		if code != 0 {
			t.Fatalf("the job exited with %d:\n%s", code, out)
		}
		return out
	}
	expect(t, run(file.Plan), "1 to add, 0 to change, 0 to destroy")
	r.expectNoUnlock("plan")
	run(file.Apply)
	r.expectUnlockBy("agency:sms-operators")
	expect(t, run(file.Apply), "0 added, 0 changed, 0 destroyed")
	r.expectNoUnlock("a second apply")
}

// atlantisStep is a step by name alone, or one with arguments.
type atlantisStep struct {
	name string
	env  struct{ Name, Value string }
}

func (s *atlantisStep) UnmarshalYAML(text []byte) error {
	if err := yaml.Unmarshal(text, &s.name); err == nil {
		return nil
	}
	var long struct {
		Env struct {
			Name  string `yaml:"name"`
			Value string `yaml:"value"`
		} `yaml:"env"`
	}
	err := yaml.UnmarshalWithOptions(text, &long, yaml.Strict())
	s.name, s.env.Name, s.env.Value = "env", long.Env.Name, long.Env.Value
	return err
}

func TestAtlantisPipeline(t *testing.T) {
	r := newRepository(t, "unused")
	var server struct {
		Repos []struct {
			Workflow string `yaml:"workflow"`
		} `yaml:"repos"`
		Workflows map[string]map[string]struct {
			Steps []atlantisStep `yaml:"steps"`
		} `yaml:"workflows"`
	}
	readYAML(t, "pipelines/atlantis/repos.yaml", &server)
	var repo struct {
		Version  int `yaml:"version"`
		Projects []struct {
			Dir string `yaml:"dir"`
		} `yaml:"projects"`
	}
	readYAML(t, "pipelines/atlantis/atlantis.yaml", &repo)
	if repo.Version != 3 || len(repo.Projects) != 1 || len(server.Repos) != 1 {
		t.Fatalf("the files are %+v and %+v", repo, server)
	}
	var profiles []string
	for name, key := range map[string]emulator.AccessKey{
		"reader": {Access: "READERACCESSKEY00001", Secret: "readerSecretKey"}, "operator": {Access: "OPERATORACCESSKEY001", Secret: "operatorSecretKey"},
	} {
		r.s.AddUser(emulator.User{ID: name, Name: name, DomainID: theirDomainID, AccessKeys: []emulator.AccessKey{key}})
		profiles = append(profiles, fmt.Sprintf(
			`{"name": %q, "mode": "AKSK", "region": "cn-north-4", "accessKeyId": %q, "secretAccessKey": %q}`, name, key.Access, key.Secret))
	}
	r.hcloud(`{"current": "none", "profiles": [` + strings.Join(profiles, ", ") + "]}")
	r.set(map[string]string{"TF_HTTP_ADDRESS": stateServer(t)})
	commands := map[string]string{
		"init": "terraform init -input=false", "plan": "terraform plan -input=false -out=plan.bin", "apply": "terraform apply -input=false plan.bin",
	}
	run := func(stage string) {
		t.Helper()
		env := map[string]string{}
		for _, step := range server.Workflows[server.Repos[0].Workflow][stage].Steps {
			if step.name == "env" {
				env[step.env.Name] = step.env.Value
				continue
			}
			if out, code := r.shell(repo.Projects[0].Dir, commands[step.name], env); code != 0 {
				t.Fatalf("%s of %s exited with %d:\n%s", step.name, stage, code, out)
			}
		}
	}
	run("plan")
	r.expectNoUnlock("plan")
	run("apply")
	r.expectUnlockBy("operator")
}
