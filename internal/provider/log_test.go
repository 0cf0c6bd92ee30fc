// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// TestLogMasks: what is named like a secret is masked in whatever logger a line is written to, as a header or as an argument.
func TestLogMasks(t *testing.T) {
	t.Setenv("TF_LOG", "TRACE")
	var out bytes.Buffer
	ctx := logging(tflogtest.RootLogger(t.Context(), &out))
	fields := map[string]any{"kept": "not a secret"}
	for _, key := range []string{"token", "password", "secret_key", "login_url", "x-auth-token"} {
		fields[key] = "canary"
	}
	for _, header := range []string{"Authorization", "X-Auth-Token", "X-Security-Token", "X-Subject-Token", "X-Metadata-Token"} {
		fields[header], fields[strings.ToLower(header)] = "canary", "canary"
	}
	const signed, link = "Access=A, Signature=canary", "https://203.0.113.10:443/?cbhinfo=canary"
	fields["other"], fields["another"] = "it says "+signed, "open "+link
	tflog.SubsystemTrace(ctx, subsystem, "a line of the client: "+signed, fields)
	tflog.Trace(ctx, "a line of the provider: "+link, fields)
	text := out.String()
	if strings.Count(text, "a line of the") != 2 || strings.Count(text, "not a secret") != 2 || strings.Contains(text, "canary") {
		t.Errorf("the log is %s", text)
	}
}

// TestLogEvent: a line tells of a try what the guide says, and is written where the subsystem's variable asks for it alone.
func TestLogEvent(t *testing.T) {
	t.Setenv("TF_LOG_PROVIDER_HUAWEIOPS_CLIENT", "DEBUG")
	var out bytes.Buffer
	ctx := logging(tflogtest.RootLogger(t.Context(), &out))
	logEvent(ctx, client.Event{
		Operation: "read the migration task", Method: http.MethodGet, Host: "sms.example", Path: "/v3/tasks/{task_id}", Try: 2, Status: 403,
		Code: "SMS.9004", RequestID: "req-1", Duration: 1500 * time.Millisecond, As: client.Identity{Who: "ABCD****WXYZ", Way: "access key"}, ProjectID: "p",
	})
	logEvent(ctx, client.Event{Operation: "read the migration task", Failure: "no such host"})
	lines, err := tflogtest.MultilineJSONDecode(&out)
	if err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for key, want := range map[string]any{
		"@message": "Huawei Cloud answered", "operation": "read the migration task", "method": "GET", "host": "sms.example", "path": "/v3/tasks/{task_id}",
		"try": 2.0, "status": 403.0, "code": "SMS.9004", "request_id": "req-1", "duration_ms": 1500.0, "as": "ABCD****WXYZ, by access key", "project_id": "p",
	} {
		if lines[0][key] != want {
			t.Errorf("%s is %v, not %v", key, lines[0][key], want)
		}
	}
	for _, key := range []string{"status", "code", "request_id", "project_id"} {
		if v, ok := lines[1][key]; ok {
			t.Errorf("%s is %v where there was no answer", key, v)
		}
	}
	if lines[1]["failure"] != "no such host" {
		t.Errorf("the failure is %v", lines[1]["failure"])
	}
}
