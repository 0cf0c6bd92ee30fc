// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestTestFiles runs the .tftest.hcl files beside the examples with the CLI's own test command.
func TestTestFiles(t *testing.T) {
	for dir, tt := range map[string]struct {
		// unlocks is how often the runs unlock.
		unlocks int
		passed  string
	}{
		"resources/huaweiops_sms_task_unlock/rerun":      {2, "3 passed, 0 failed"},
		"data-sources/huaweiops_sms_tasks/find-stuck":    {1, "2 passed, 0 failed"},
		"data-sources/huaweiops_sms_tasks/reviewed-list": {1, "2 passed, 0 failed"},
		"data-sources/huaweiops_sms_target_server/check": {0, "1 passed, 0 failed"},
	} {
		t.Run(strings.ReplaceAll(dir, "/", "_"), func(t *testing.T) {
			t.Parallel()
			need(t, testFiles)
			s := emulator.Start()
			t.Cleanup(s.Close)
			w := newWork(t, dir, s)
			w.vars(table[dir].vars)
			w.init()
			expect(t, w.must("test", "-no-color"), tt.passed)
			if got := s.Count(emulator.OpUnlockTask); got != tt.unlocks {
				t.Errorf("%d unlocks, want %d", got, tt.unlocks)
			}
		})
	}
}

// TestAModuleWithoutACloud runs the test file of the guide with nothing that leads to a cloud: mock_provider answers.
func TestAModuleWithoutACloud(t *testing.T) {
	need(t, testFiles, mocks)
	w := newWork(t, "guides/testing-your-module", nil)
	w.set(map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1"})
	w.init()
	expect(t, w.must("test", "-no-color"), "3 passed, 0 failed")
}

// TestMocks holds the guide to what it says Terraform's mocks can not do. OpenTofu's can do more, and so may a newer Terraform's.
func TestMocks(t *testing.T) {
	need(t, testFiles, mocks, ephemerals)
	if h := theHouse(t); h.isTofu() {
		t.Skip("the guide tells of Terraform's mocks alone")
	}
	const mocked = "mock_provider \"huaweiops\" {\n  mock_data \"huaweiops_sms_tasks\" {\n    defaults = {\n      tasks = %s\n    }\n  }\n}\nrun \"a\" {\n  command = plan\n}\n"
	for _, tt := range []struct{ name, dir, tasks, says string }{
		{"ephemeral resources", "ephemeral-resources/huaweiops_cbh_instance_om_url", "{}", "does not yet support ephemeral resource types"},
		{"lists of nested attributes", "data-sources/huaweiops_sms_tasks", "[{ id = \"a\" }]", "expected object type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWork(t, tt.dir, nil)
			writeFile(t, filepath.Join(w.dir, "a.tftest.hcl"), fmt.Sprintf(mocked, tt.tasks))
			w.init()
			out, code := w.run("test", "-no-color")
			if code == 0 {
				t.Skip("this CLI can: time to change the guide")
			}
			expect(t, out, tt.says)
		})
	}
}

// TestCapabilitiesComeInOrder finds a question that a CLI answers wrongly, so that nothing is skipped by mistake: in both CLIs
// each of these came later than the one before, and every supported one has the first.
func TestCapabilitiesComeInOrder(t *testing.T) {
	order := []capability{importIDs, testFiles, mocks, ephemerals, writeOnly, actions}
	known := make([]bool, len(order))
	for i, c := range order {
		known[i] = c.known(t)
		if i > 0 && known[i] && !known[i-1] {
			t.Errorf("the CLI knows %s, and yet no %s", c.name, order[i-1].name)
		}
	}
	if !known[0] {
		t.Errorf("the CLI knows no %s", order[0].name)
	}
	t.Log(known)
}
