// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func unlocked(t *testing.T, _ *work, s *emulator.Server) {
	t.Helper()
	if s.Locked(emulator.ServerID(failed)) {
		t.Error("the server is still locked")
	}
}

// rerun raises the revision: the server is unlocked once more, in place.
func rerun(t *testing.T, w *work, s *emulator.Server) {
	unlocked(t, w, s)
	s.SetLocked(emulator.ServerID(failed), true)
	w.vars(map[string]string{"revision": "2"})
	expect(t, w.apply(), "0 added, 1 changed, 0 destroyed")
	unlocked(t, w, s)
	server, _ := w.output("server").(map[string]any)
	if server["id"] != emulator.ServerID(failed) || server["locked"] != false || server["unlocked_by"] != "sms" {
		t.Errorf("the output is %v", server)
	}
	s.ResetRequests()
	w.must("destroy", "-input=false", "-auto-approve")
	if s.Locked(emulator.ServerID(failed)) || s.Count(emulator.OpUnlockTask)+s.Count(emulator.OpServerAction) > 0 {
		t.Error("destroying it did something")
	}
}

func listed(t *testing.T, w *work, _ *emulator.Server) {
	want := []any{map[string]any{
		"id": emulator.TaskID(failed), "name": "MigrationTask06", "created": "2023-11-14T22:18:20Z", "server_id": emulator.ServerID(failed),
	}}
	if got := w.output("failed"); !reflect.DeepEqual(got, want) {
		t.Errorf("failed is\n  %v, want\n  %v", got, want)
	}
}

// foundStuck asks for a server that no task has as its target.
func foundStuck(t *testing.T, w *work, s *emulator.Server) {
	unlocked(t, w, s)
	w.vars(map[string]string{"server_id": "0f58c8dc-0000-0000-0000-000000000000"})
	w.mustFail([]string{"No migration task has the server 0f58c8dc-0000-0000-0000-000000000000 as its target."}, "plan", "-input=false", "-no-color")
}

// reviewed shows what the page says of the list: what fails later is shown and not unlocked, a restarted task stays in the list
// and is left alone, and a second failure of a task in the list needs another revision.
func reviewed(t *testing.T, w *work, s *emulator.Server) {
	unlocked(t, w, s)
	if got := w.output("to_review"); !reflect.DeepEqual(got, []any{}) {
		t.Errorf("to_review is %v", got)
	}
	other := s.AddTask(emulator.Task{Name: "later", State: failed, TargetVMID: s.AddServer(emulator.VM{Locked: true})})
	s.SetTaskState(emulator.TaskID(failed), "RUNNING")
	s.SetLocked(emulator.ServerID(failed), true)
	expect(t, w.apply(), "0 added, 0 changed, 0 destroyed")
	list, _ := w.output("to_review").([]any)
	if len(list) != 1 || list[0].(map[string]any)["id"] != other { //nolint:forcetypeassert // A panic fails the test.
		t.Errorf("to_review is %v, want task %s", list, other)
	}
	if s.Count(emulator.OpUnlockTask) > 0 {
		t.Error("something was unlocked that nobody asked for")
	}
	s.SetTaskState(emulator.TaskID(failed), failed)
	if code := w.plan(); code != 0 {
		t.Error("a second failure changed the plan")
	}
	w.vars(map[string]string{"reviewed": `{"` + emulator.TaskID(failed) + `" = 2, "` + other + `" = 1}`})
	expect(t, w.apply(), "1 added, 1 changed, 0 destroyed")
	unlocked(t, w, s)
}

// refusedWhileLocked applies while the server is locked, and then frees it.
func refusedWhileLocked(_ *testing.T, w *work, s *emulator.Server) {
	w.mustFail([]string{"The server is locked. Unlock it first.", "Check block assertion failed"}, "apply", "-input=false", "-no-color", "-auto-approve")
	s.SetLocked(emulator.ServerID(failed), false)
}

// stored shows what the page warns of: the URL of the data source is in the state and in the saved plan.
func stored(t *testing.T, w *work, s *emulator.Server) {
	urls := s.LoginURLs()
	for file, url := range map[string]string{"terraform.tfstate": urls[0], "plan.bin": urls[len(urls)-1]} {
		content, err := os.ReadFile(filepath.Join(w.dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(url)) && !archived(content, url) {
			t.Errorf("%s does not hold the URL, and the page says that it does", file)
		}
	}
}

func handedOver(t *testing.T, w *work, s *emulator.Server) {
	stored(t, w, s)
	urls := s.LoginURLs()
	printed, err := exec.CommandContext(t.Context(), w.cli, "-chdir="+w.dir, "output", "-raw", "login_url").Output()
	if err != nil || !slices.Contains(urls, string(printed)) {
		t.Errorf("output printed %q (%v)", printed, err)
	}
	s.SetOMState(emulator.DefaultBastionServerID, "HOST_NOT_MANAGE", "", -1)
	expect(t, w.apply(), "No O&M URL: HOST_NOT_MANAGE.")
}

// leaksNothing fails where a URL stands in any file that the CLI wrote.
func leaksNothing(t *testing.T, w *work, s *emulator.Server) {
	t.Helper()
	urls := s.LoginURLs()
	if len(urls) == 0 {
		t.Error("no URL was issued")
	}
	for _, url := range urls {
		if where := w.holds(url); where != "" {
			t.Errorf("%s holds a URL", where)
		}
	}
}

// withVault tells the stand-in for Vault where to write, outside the directory that is searched for leaks.
func withVault(t *testing.T, w *work, _ *emulator.Server) {
	w.set(map[string]string{"STANDIN_VAULT_FILE": filepath.Join(t.TempDir(), "secret")})
}

func inVaultAlone(t *testing.T, w *work, s *emulator.Server) {
	secret := func() string {
		text, err := os.ReadFile(w.env["STANDIN_VAULT_FILE"])
		if err != nil {
			t.Fatal(err)
		}
		var data struct{ URL string }
		if err := json.Unmarshal(text, &data); err != nil {
			t.Fatal(err)
		}
		return data.URL
	}
	first := secret()
	if !slices.Contains(s.LoginURLs(), first) {
		t.Error("Vault was not given a URL that the bastion host issued")
	}
	w.vars(map[string]string{"revision": "2"})
	w.apply()
	if second := secret(); second == first || !slices.Contains(s.LoginURLs(), second) {
		t.Error("another revision did not store a fresh URL")
	}
	leaksNothing(t, w, s)
}

// withChat starts a chat and looks at its one message when the test ends.
func withChat(t *testing.T, w *work, s *emulator.Server) {
	if _, err := exec.LookPath("curl"); err != nil || runtime.GOOS == "windows" {
		t.Skip("the example's command needs a POSIX shell and curl")
	}
	messages := make(chan string, 10)
	chat := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		messages <- r.Header.Get("Content-Type") + " " + string(text)
	}))
	t.Cleanup(chat.Close)
	w.vars(map[string]string{"webhook": chat.URL, "request": "4711"})
	t.Cleanup(func() {
		close(messages)
		var all []string
		for m := range messages {
			all = append(all, m)
		}
		if len(all) != 1 || !strings.HasPrefix(all[0], `application/json {"text":"Request 4711: https://`) {
			t.Fatalf("the chat got %q", all)
		}
		if !slices.ContainsFunc(s.LoginURLs(), func(url string) bool { return strings.Contains(all[0], jsonText(url)) }) {
			t.Error("the message holds no URL that the bastion host issued")
		}
	})
}

// jsonText is a text as jsonencode writes it, without the quotes.
func jsonText(s string) string {
	text, _ := json.Marshal(s)
	return strings.Trim(string(text), `"`)
}

// invoked runs the runbook step as invoke.sh has it.
func invoked(t *testing.T, w *work, s *emulator.Server) {
	if !s.Locked(emulator.ServerID(failed)) {
		t.Error("an apply alone ran the action")
	}
	line := w.script("actions/huaweiops_sms_task_unlock/invoke.sh")
	out := w.must(append(line[1:], "-input=false", "-no-color", "-auto-approve")...)
	expect(t, out, "Unlocking the target server of task "+emulator.TaskID(failed), "was accepted (sms)")
	unlocked(t, w, s)
	if got := operations(s); !slices.Equal(got, verified) {
		t.Errorf("the action sent %v", got)
	}
}

// script is the one command of a script below examples.
func (w *work) script(name string) []string {
	w.t.Helper()
	text, err := os.ReadFile(w.examples(name))
	if err != nil {
		w.t.Fatal(err)
	}
	var lines [][]string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.Fields(line))
		}
	}
	if len(lines) != 1 || lines[0][0] != "terraform" {
		w.t.Fatalf("%s has not one command of terraform: %v", name, lines)
	}
	return lines[0]
}

// triggered shows why the trigger is before_* and not after_*: a failed action is tried again by the next apply.
func triggered(t *testing.T, w *work, s *emulator.Server) {
	unlocked(t, w, s)
	s.SetLocked(emulator.ServerID(failed), true)
	s.InjectFault(emulator.OpUnlockTask, emulator.Fault{Status: http.StatusBadRequest, Code: "SMS.6526", Message: "Quota exceeded."}, 1)
	w.vars(map[string]string{"revision": "2"})
	w.mustFail([]string{"The quota is exceeded."}, "apply", "-input=false", "-no-color", "-auto-approve")
	if code := w.plan(); code != 2 {
		t.Error("the failed unlock is not planned again")
	}
	w.apply()
	unlocked(t, w, s)
}

// TestAfterEventsLoseAFailedAction holds the action's page to what it says of after_*: the failed unlock is never tried again.
func TestAfterEventsLoseAFailedAction(t *testing.T) {
	need(t, actions)
	s := emulator.Start()
	t.Cleanup(s.Close)
	w := newWork(t, "actions/huaweiops_sms_task_unlock/trigger", s)
	w.vars(map[string]string{"task_id": emulator.TaskID(failed)})
	main := filepath.Join(w.dir, "main.tf")
	text, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, main, strings.Replace(string(text), "[before_create, before_update]", "[after_create, after_update]", 1))
	w.init()
	s.InjectFault(emulator.OpUnlockTask, emulator.Fault{Status: http.StatusBadRequest, Code: "SMS.6526", Message: "Quota exceeded."}, 1)
	w.mustFail([]string{"The quota is exceeded."}, "apply", "-input=false", "-no-color", "-auto-approve")
	if code := w.plan(); code != 0 {
		t.Skip("this CLI tries the failed action again: time to change the page")
	}
	if !s.Locked(emulator.ServerID(failed)) {
		t.Error("the server was unlocked after all")
	}
}
