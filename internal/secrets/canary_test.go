// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package secrets

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/clitest"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func TestMain(m *testing.M) {
	code := m.Run()
	clitest.Close()
	os.Exit(code)
}

// stored are the resource and each data source that stores no secret.
var stored = fmt.Sprintf(`
resource "huaweiops_sms_task_unlock" "a" {
  task_id = %[1]q
  verify  = true
}

data "huaweiops_sms_target_server" "a" {
  task_id = %[1]q
}

data "huaweiops_sms_tasks" "a" {}
`, emulator.TaskID("MIGRATE_FAIL"))

// link is the ephemeral resource.
var link = fmt.Sprintf(`
ephemeral "huaweiops_cbh_instance_om_url" "a" {
  server_id         = %q
  ip_address        = %q
  host_account_name = %q
}
`, emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount)

// reader needs the ephemeral resource, without which it would not be opened.
const reader = `
data "huaweiops_sms_tasks" "reader" {
  provider = huaweiops.reader
  name     = "none"
}
`

// readerArguments are those of the reader's provider.
const readerArguments = `alias             = "reader"
  signing_algorithm = ephemeral.huaweiops_cbh_instance_om_url.a.login_url == "" ? "x" : null`

// trigger is the action, invoked.
var trigger = fmt.Sprintf(`
action "huaweiops_sms_task_unlock" "a" {
  config {
    task_id = %q
  }
}

resource "terraform_data" "a" {
  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.huaweiops_sms_task_unlock.a]
    }
  }
}
`, emulator.TaskID("ABORT"))

// knows says whether the CLI at hand knows what a part of a configuration needs. It is found out by asking, once.
func knows(t *testing.T, part string) bool {
	t.Helper()
	known, _ := asked.LoadOrStore(part, sync.OnceValue(func() bool {
		_, code := clitest.New(t, part).Run("validate", "-no-color")
		return code == 0
	}))
	return known.(func() bool)() //nolint:forcetypeassert // Nothing else is stored.
}

var asked sync.Map

// everything is every kind that the CLI at hand knows and that stores no secret.
func everything(t *testing.T, url string) string {
	t.Helper()
	config := providerAt(url, "") + stored
	if knows(t, link) {
		config += link + reader + providerAt(url, readerArguments)
	}
	if knows(t, trigger) {
		config += trigger
	}
	return config
}

// omURL is the data source, which stores the URL, as its page says.
var omURL = fmt.Sprintf(`
data "huaweiops_cbh_instance_om_url" "a" {
  server_id         = %q
  ip_address        = %q
  host_account_name = %q
}

output "url" {
  value     = data.huaweiops_cbh_instance_om_url.a.login_url
  sensitive = true
}
`, emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount)

// providerAt is the provider's block for an address at which all services answer.
func providerAt(url, arguments string) string {
	var endpoints strings.Builder
	for _, key := range []string{"iam", "sts", "sms", "ecs", "cbh"} {
		fmt.Fprintf(&endpoints, "    %s = %q\n", key, url)
	}
	return fmt.Sprintf("provider \"huaweiops\" {\n  region = %q\n  %s\n  max_retries = 0\n  endpoints = {\n%s  }\n}\n", emulator.DefaultRegion, arguments, endpoints.String())
}

// newWork is a configuration whose CLI and provider log everything.
func newWork(t *testing.T, config string, env map[string]string) *clitest.Work {
	t.Helper()
	w := clitest.New(t, config)
	w.Env["TF_LOG"], w.Env["TF_LOG_PATH"] = "TRACE", filepath.Join(w.Dir, "trace.log")
	w.Env["HW_METADATA_ENDPOINT"] = "http://127.0.0.1:1"
	for name, value := range env {
		w.Env[name] = value
	}
	return w
}

// carried are the secrets that requests carried: what was given, and what was handed out for it.
func carried(requests []emulator.Request) []string {
	var secrets []string
	for _, r := range requests {
		for _, name := range []string{"X-Auth-Token", "X-Security-Token", "X-Metadata-Token", "Authorization"} {
			value := r.Header.Get(name)
			if name == "Authorization" {
				_, value, _ = strings.Cut(value, "Signature=")
			}
			if value != "" {
				secrets = append(secrets, value)
			}
		}
	}
	return secrets
}

// links are the secrets of O&M URLs.
func links(s *emulator.Server) []string {
	var secrets []string
	for _, link := range s.LoginURLs() {
		_, secret, _ := strings.Cut(link, "cbhinfo=")
		secrets = append(secrets, secret)
	}
	return secrets
}

// search fails where one of the secrets stands in the text, as it is or in base64.
func search(t *testing.T, where string, text []byte, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		coded := base64.StdEncoding.EncodeToString([]byte(secret))
		if len(secret) >= 6 && (bytes.Contains(text, []byte(secret)) || bytes.Contains(text, []byte(coded))) {
			t.Errorf("%s holds %q", where, secret)
		}
	}
}

// searchFiles looks through every file that a run left behind, and into the archives among them, but not into the configuration.
func searchFiles(t *testing.T, dir string, secrets []string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".tf" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		search(t, filepath.Base(path), text, secrets)
		archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return nil //nolint:nilerr // It is no archive.
		}
		for _, f := range archive.File {
			in, err := f.Open()
			if err != nil {
				return err
			}
			inside, err := io.ReadAll(in)
			_ = in.Close()
			if err != nil {
				return err
			}
			search(t, filepath.Base(path)+"/"+f.Name, inside, secrets)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("there is nothing to search")
	}
}

var plain = []string{"-no-color", "-input=false"}

func with(command string, args ...string) []string {
	return append(append([]string{command}, plain...), args...)
}

// TestEveryWay signs in by every way, plans, shows the plan, and applies it: no secret is in anything that is printed, logged or stored.
func TestEveryWay(t *testing.T) {
	for name := range ways(t, startEmulator(t)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			way := ways(t, s)[name]
			w := newWork(t, everything(t, s.URL()), way.env)
			var said bytes.Buffer
			for _, args := range [][]string{with("plan", "-out=plan.bin"), {"show", "-json", "plan.bin"}, with("apply", "plan.bin")} {
				said.WriteString(w.Must(args...))
			}
			secrets := append(append(carried(s.Requests()), links(s)...), way.secrets...)
			if len(secrets) < 8 || len(links(s)) == 0 && knows(t, link) || !strings.Contains(w.Read("trace.log"), "/v3/tasks/{task_id}/unlock") {
				t.Errorf("%d secrets were handled, %d URLs issued", len(secrets), len(links(s)))
			}
			if s.Locked(emulator.ServerID("ABORT")) && knows(t, trigger) {
				t.Error("the action was not invoked")
			}
			search(t, "what was printed", said.Bytes(), secrets)
			searchFiles(t, w.Dir, secrets)
		})
	}
}

func startEmulator(t *testing.T) *emulator.Server {
	t.Helper()
	s := emulator.Start()
	t.Cleanup(s.Close)
	return s
}

// TestLink: the data source's URL is in the plan and the state, as its page says, and nowhere else; there it is marked as sensitive.
func TestLink(t *testing.T) {
	t.Parallel()
	s := startEmulator(t)
	way := ways(t, s)["access key"]
	w := newWork(t, providerAt(s.URL(), "")+omURL, way.env)
	said := w.Must(with("plan", "-out=plan.bin")...)
	var shown struct {
		Resources struct {
			Values struct {
				Root struct {
					Resources []struct {
						SensitiveValues map[string]bool `json:"sensitive_values"`
					} `json:"resources"`
				} `json:"root_module"`
			} `json:"values"`
		} `json:"prior_state"`
	}
	if err := json.Unmarshal([]byte(w.Must("show", "-json", "plan.bin")), &shown); err != nil {
		t.Fatal(err)
	}
	resources := shown.Resources.Values.Root.Resources
	if len(resources) != 1 || !resources[0].SensitiveValues["login_url"] {
		t.Errorf("the plan marks %v as sensitive", resources)
	}
	said += w.Must(with("apply", "plan.bin")...)
	said += w.Must(with("plan")...) + w.Must("show", "-no-color") + w.Must("output", "-no-color")
	secrets := append(links(s), way.secrets...)
	search(t, "what was printed", []byte(said), secrets)
	search(t, "the log", []byte(w.Read("trace.log")), secrets)
	if !strings.Contains(w.Read("terraform.tfstate"), links(s)[0]) {
		t.Error("the state does not hold the URL: the page says that it does")
	}
}

// mirror is a service that repeats the whole request in each part of its refusal.
func mirror(t *testing.T) (url string, requests func() []emulator.Request) {
	t.Helper()
	seen := make(chan emulator.Request, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		seen <- emulator.Request{Header: r.Header}
		w.WriteHeader(http.StatusForbidden)
		said := map[string]any{
			"error_code": "MIRROR.0001", "error_msg": string(dump), "error_param": []string{string(dump)}, "request_id": string(dump),
			"details": []any{map[string]string{"error_code": string(dump), "error_msg": string(dump)}}, "encoded_authorization_message": "QUJD",
		}
		if err := json.NewEncoder(w).Encode(said); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() (all []emulator.Request) {
		for {
			select {
			case r := <-seen:
				all = append(all, r)
			default:
				return all
			}
		}
	}
}

// TestRepeatedSecrets: a service that repeats what it was asked with gives nothing away, in messages and logs. The canaries stand in the
// configuration too, so that no message quotes their line.
func TestRepeatedSecrets(t *testing.T) {
	for name, given := range ways(t, startEmulator(t)) {
		for _, asArguments := range []bool{false, true} {
			if asArguments && given.arguments == "" {
				continue
			}
			t.Run(fmt.Sprintf("%s, as arguments: %v", name, asArguments), func(t *testing.T) {
				t.Parallel()
				url, requests := mirror(t)
				env, arguments := given.env, ""
				if asArguments {
					env, arguments = nil, given.arguments
				}
				w := newWork(t, providerAt(url, arguments)+"data \"huaweiops_sms_tasks\" \"a\" {}\n", env)
				if name == "metadata" {
					w.Env["HW_METADATA_ENDPOINT"] = url
				}
				out, code := w.Run(with("plan")...)
				asked := requests()
				if code != 1 || len(asked) == 0 || name != "metadata" && !strings.Contains(out, "MIRROR.0001") {
					t.Fatalf("after %d requests it exited with %d:\n%s", len(asked), code, out)
				}
				secrets := append(carried(asked), given.secrets...)
				search(t, "what was printed", []byte(out), secrets)
				search(t, "the log", []byte(w.Read("trace.log")), secrets)
			})
		}
	}
}
