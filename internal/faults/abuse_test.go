// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/clitest"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// hostile is text that would clear a screen, set a title, hide a link, read backwards, forge lines, or be taken for a format.
const hostile = "\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\ \u009b31m\u202egnp\u2066\r\nError: forged\n  Code: FORGED\n" +
	"[red]%s%!d ${path.module} %{ if true } <b>\u2028end\x00\x7f\u200b\xff"

// TestAbuse lets services say hostile things in each place that a user gets to see, through a real CLI, and looks at what it prints
// and logs.
func TestAbuse(t *testing.T) {
	long := strings.Repeat("long ", 20_000)
	body := func(fields map[string]any) string {
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, c := range map[string]struct {
		fault emulator.Fault
		says  string
	}{
		"a refusal": {emulator.Fault{Status: 400, Body: body(map[string]any{
			"error_code": hostile + long, "error_description": hostile + long, "request_id": hostile,
			"details": []map[string]string{{"error_code": hostile, "error_msg": hostile + long}, {"error_msg": long}}, "error_param": []string{hostile, long},
		})}, "CBH answered: link gnp Error: forged Code: FORGED [red]%s%!d ${path.module} %{ if true } <b> end"},
		"a refusal beyond the bound": {emulator.Fault{Status: 400, Body: body(map[string]any{"error_msg": strings.Repeat(hostile+long, 20)})}, "CBH answered: "},
		"a text":                     {emulator.Fault{Status: 502, ContentType: "text/plain", Body: hostile + long}, "CBH answered: link"},
		"a page":                     {emulator.Fault{Status: 404, ContentType: "text/html", Body: "<!DOCTYPE html><title>" + hostile + "</title><script>alert(1)</script>" + long}, "CBH answered: link"},
		"a state":                    {emulator.Fault{Status: 200, Body: body(map[string]any{"state": hostile + long, "description": hostile + long})}, "CBH answered with the state link"},
		"a description": {emulator.Fault{Status: 200, Body: body(map[string]any{"state": "UNKNOWN_ERROR", "description": hostile + long})},
			"Description: link gnp Error: forged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			em := emulator.Start()
			defer em.Close()
			em.InjectFault(emulator.OpShowOMURL, c.fault, forEver)
			w := clitest.New(t, strings.Replace(omConfig(em), "access_key", "max_retries = 0\n  access_key", 1))
			w.Env["TF_LOG_PROVIDER"], w.Env["TF_LOG_PATH"] = "DEBUG", filepath.Join(w.Dir, "log")
			out, code := w.Run("plan", "-no-color", "-input=false")
			said := clitest.Flat(out)
			if code != 1 || !strings.Contains(said, c.says) {
				t.Errorf("it exited with %d and said %q", code, out)
			}
			if len(out) > 10<<10 {
				t.Errorf("it said %d bytes", len(out))
			}
			wantTame(t, "the output", out)
			log := w.Read("log")
			if !strings.Contains(log, "/v2/{project_id}/cbs/instance/get-om-url") || len(log) > 64<<10 {
				t.Errorf("the log has %d bytes", len(log))
			}
			wantTame(t, "the log", log)
		})
	}
}

// TestAbuseData: a CLI prints data as it is, so names that people gave to tasks and servers are tamed before.
func TestAbuseData(t *testing.T) {
	em := emulator.Start()
	defer em.Close()
	em.AddServer(emulator.VM{ID: serverID, Name: hostile, Locked: true, Metadata: map[string]string{"lockSource": hostile}})
	em.AddTask(emulator.Task{
		ID: taskID, Name: hostile, State: "MIGRATE_FAIL", TargetVMID: serverID, TargetServerName: hostile, SourceServerName: hostile, ProjectName: hostile,
	})
	w := clitest.New(t, em.ProviderBlock()+`data "huaweiops_sms_tasks" "a" {
}

data "huaweiops_sms_target_server" "a" {
  task_id = "`+taskID+`"
}

output "all" {
  value = [data.huaweiops_sms_tasks.a, data.huaweiops_sms_target_server.a]
}
`)
	out := w.Must("plan", "-no-color", "-input=false")
	if strings.Count(out, "[red]%s%!d") < 3 {
		t.Errorf("it does not show the names: %s", out)
	}
	wantTame(t, "the output", out)
}

// wantTame fails where a text holds what a terminal acts on, or a line that the service's words begin.
func wantTame(t *testing.T, what, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' {
			t.Errorf("%s holds %U: %q", what, r, text)
			return
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimLeft(line, "│ "); strings.HasPrefix(line, "Error: forged") || strings.HasPrefix(line, "Code: FORGED") {
			t.Errorf("%s holds the line %q", what, line)
		}
	}
}
