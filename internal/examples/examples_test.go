// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// example says how a directory below examples is applied and what then must be so.
type example struct {
	needs   []capability
	options []emulator.Option
	vars    map[string]string
	// prepare is called before the CLI runs, check after the first apply.
	prepare, check func(t *testing.T, w *work, s *emulator.Server)
	// requests is what the apply sends, in this order; nil means that check looks at it.
	requests []string
	// planned is how many O&M URLs a later plan asks for. A fresh one in an output is a change.
	planned int
	changes bool
}

// The requests of the operations, as the emulator names them.
var (
	guarded  = []string{emulator.OpShowTask, emulator.OpUnlockTask}
	verified = []string{emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpShowServer}
	looked   = []string{emulator.OpShowTask, emulator.OpShowServer}
)

// failed is the seeded task that the examples name.
const failed = "MIGRATE_FAIL"

// table has every directory of examples that holds a configuration, but for those of elsewhere.
var table = map[string]example{
	"provider": {requests: []string{}},
	"provider/profile": {
		prepare: withProfile("migration"), check: actedAs(emulator.DefaultUserName),
	},
	"provider/assume-role": {
		prepare: withAgency, check: actedAs("agency:sms-operators"),
	},
	"provider/oidc": {
		prepare: withIDToken, check: actedAs("agency:sms-operators"),
	},
	"provider/sites": {
		prepare: withProfile("international"), check: bothSites,
	},
	"provider/own-cloud": {
		options: []emulator.Option{emulator.WithCloud("cloud.example")}, prepare: withOwnCloud, check: actedAs(emulator.DefaultUserName),
	},
	"guides/beside-the-official-provider": {
		vars: map[string]string{"server_name": "target-06"}, prepare: withOfficial,
		requests: slices.Concat([]string{emulator.OpListTasks}, verified), check: besideOfficial,
	},
	"guides/testing-your-module": {
		vars: map[string]string{"server_id": emulator.ServerID(failed), "ticket": "OPS-1"},
		prepare: func(_ *testing.T, w *work, _ *emulator.Server) {
			w.set(map[string]string{"HW_REGION_NAME": emulator.DefaultRegion})
		},
		requests: slices.Concat([]string{emulator.OpListTasks}, looked, guarded), check: unlocked,
	},
	"resources/huaweiops_sms_task_unlock": {
		requests: guarded, check: unlocked,
	},
	"resources/huaweiops_sms_task_unlock/import": {
		needs: []capability{importIDs}, requests: []string{},
		check: func(t *testing.T, _ *work, s *emulator.Server) {
			if !s.Locked(emulator.ServerID(failed)) {
				t.Error("the import unlocked the server")
			}
		},
	},
	"resources/huaweiops_sms_task_unlock/rerun": {
		vars:     map[string]string{"task_id": emulator.TaskID(failed)},
		requests: slices.Concat(verified, looked), check: rerun,
	},
	"data-sources/huaweiops_sms_tasks": {
		requests: []string{emulator.OpListTasks}, check: listed,
	},
	"data-sources/huaweiops_sms_tasks/find-stuck": {
		vars:     map[string]string{"server_id": emulator.ServerID(failed)},
		requests: slices.Concat([]string{emulator.OpListTasks}, verified), check: foundStuck,
	},
	"data-sources/huaweiops_sms_tasks/reviewed-list": {
		vars:     map[string]string{"reviewed": `{"` + emulator.TaskID(failed) + `" = 1}`},
		requests: slices.Concat([]string{emulator.OpListTasks}, verified), check: reviewed,
	},
	"data-sources/huaweiops_sms_target_server": {
		requests: looked,
		check: func(t *testing.T, w *work, _ *emulator.Server) {
			if got := w.output("locked"); got != true {
				t.Errorf("locked is %v", got)
			}
		},
	},
	"data-sources/huaweiops_sms_target_server/check": {
		vars: map[string]string{"task_id": emulator.TaskID(failed)}, requests: looked,
		prepare: refusedWhileLocked,
	},
	"data-sources/huaweiops_cbh_instance_om_url": {
		requests: minted(1), planned: 1, check: stored,
	},
	"data-sources/huaweiops_cbh_instance_om_url/hand-over": {
		vars:     map[string]string{"host": `{ip_address = "192.168.0.7", account = "root"}`},
		requests: minted(1), planned: 1, changes: true, check: handedOver,
	},
	"ephemeral-resources/huaweiops_cbh_instance_om_url": {
		needs: []capability{ephemerals}, check: leaksNothing, planned: 1,
	},
	"ephemeral-resources/huaweiops_cbh_instance_om_url/vault": {
		needs: []capability{ephemerals, writeOnly}, prepare: withVault, check: inVaultAlone, planned: 1,
	},
	"ephemeral-resources/huaweiops_cbh_instance_om_url/chat": {
		needs: []capability{ephemerals}, prepare: withChat, check: leaksNothing, planned: 1,
	},
	"actions/huaweiops_sms_task_unlock": {
		needs: []capability{actions}, vars: map[string]string{"task_id": emulator.TaskID(failed)},
		requests: []string{}, check: invoked,
	},
	"actions/huaweiops_sms_task_unlock/trigger": {
		needs: []capability{actions}, vars: map[string]string{"task_id": emulator.TaskID(failed)},
		requests: guarded, check: triggered,
	},
	"actions/huaweiops_sms_task_unlock/opentofu": {
		needs: []capability{bothDialects}, vars: map[string]string{"task_id": emulator.TaskID(failed)},
		requests: guarded, check: unlocked,
	},
}

// elsewhere are the directories that something else runs.
var elsewhere = map[string]string{
	"demo":      "internal/demo applies it",
	"pipelines": "the tests of the pipelines apply it as the pipelines do",
}

// TestExamplesAreAllHere fails where a directory with a configuration has no entry in the table, or an entry no directory.
func TestExamplesAreAllHere(t *testing.T) {
	h := theHouse(t)
	dirs := map[string]bool{}
	err := fs.WalkDir(os.DirFS(h.examples("")), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, other := elsewhere[path]; other && d.IsDir() {
			return fs.SkipDir
		}
		if !d.IsDir() && filepath.Ext(path) == ".tf" && !strings.Contains(path, "/tests/") {
			dirs[filepath.ToSlash(filepath.Dir(path))] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range dirs {
		if _, ok := table[dir]; !ok {
			t.Errorf("examples/%s is not run by any test", dir)
		}
	}
	for dir := range table {
		if !dirs[dir] {
			t.Errorf("examples/%s does not exist", dir)
		}
	}
}

func TestExamplesAreFormatted(t *testing.T) {
	w := newWork(t, "", nil)
	if out, code := w.run("fmt", "-check", "-diff", "-recursive", w.examples("")); code != 0 {
		t.Errorf("run make fmt:\n%s", out)
	}
}

// TestExamples initialises, validates, applies and plans each example as it is published. What it sends is what its page says.
func TestExamples(t *testing.T) {
	for name, e := range table {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			need(t, e.needs...)
			s := emulator.Start(e.options...)
			t.Cleanup(s.Close)
			w := newWork(t, name, s)
			w.vars(e.vars)
			w.init()
			w.must("validate", "-no-color")
			if sent := s.Requests(); len(sent) > 0 {
				t.Errorf("init and validate sent %d requests", len(sent))
			}
			if e.prepare != nil {
				e.prepare(t, w, s)
				s.ResetRequests()
			}
			w.apply()
			sent := operations(s)
			if e.requests != nil && !slices.Equal(sent, e.requests) {
				t.Errorf("the apply sent\n  %v, want\n  %v", sent, e.requests)
			}
			s.ResetRequests()
			if code := w.plan(); (code == 2) != e.changes {
				t.Errorf("a plan after the apply exits with %d:\n%s", code, w.said.String())
			}
			if s.Count(emulator.OpUnlockTask)+s.Count(emulator.OpServerAction) > 0 {
				t.Error("the plan unlocked something")
			}
			if got := s.Count(emulator.OpShowOMURL); got != e.planned {
				t.Errorf("the plan asked for %d O&M URLs, want %d", got, e.planned)
			}
			s.ResetRequests()
			if e.check != nil {
				e.check(t, w, s)
			}
			unsaid(t, w, s)
		})
	}
}

// unsaid fails where the CLI printed an O&M URL or a secret key.
func unsaid(t *testing.T, w *work, s *emulator.Server) {
	t.Helper()
	for _, secret := range append(s.LoginURLs(), emulator.DefaultSecretKey) {
		if strings.Contains(w.said.String(), secret) {
			t.Errorf("the CLI printed %q", secret)
		}
	}
}

// operations names the requests that the emulator got, in order, but for the look-up of the project.
func operations(s *emulator.Server) []string {
	ops := []string{}
	for _, r := range s.Requests() {
		if r.Operation != emulator.OpListProjects {
			ops = append(ops, r.Operation)
		}
	}
	return ops
}

func minted(n int) []string { return slices.Repeat([]string{emulator.OpShowOMURL}, n) }

// TestSchemasAreTheCLIs compares what the documentation is made of with what the CLI prints, for the kinds that it knows.
func TestSchemasAreTheCLIs(t *testing.T) {
	w := newWork(t, "provider", nil)
	w.init()
	var theirs, mine struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal([]byte(w.must("providers", "schema", "-json")), &theirs); err != nil {
		t.Fatal(err)
	}
	gendocs := filepath.Join(w.dir, tfcli.Executable("gendocs"))
	if err := tfcli.Build(t.Context(), w.root, "./internal/gendocs", gendocs); err != nil {
		t.Fatal(err)
	}
	printed, code := w.program(gendocs)
	if code != 0 {
		t.Fatal(printed)
	}
	if err := json.Unmarshal([]byte(printed), &mine); err != nil {
		t.Fatal(err)
	}
	ours := mine.Schemas["registry.terraform.io/hashicorp/huaweiops"]
	for _, schema := range theirs.Schemas {
		for kind := range schema {
			if !reflect.DeepEqual(schema[kind], ours[kind]) {
				t.Errorf("%s of the CLI are not those of the documentation", kind)
			}
		}
		if len(schema) < 3 {
			t.Errorf("the CLI printed %d kinds", len(schema))
		}
	}
}
