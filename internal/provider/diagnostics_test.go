// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

var (
	testUnlock = &client.Operation{
		Name: "unlock the target server through SMS", Service: "SMS", Path: "/v3/tasks/{task_id}/unlock", Permission: "sms:server:unlock",
	}
	testAs   = client.Identity{Way: "access key (HW_ACCESS_KEY)", Who: "AKIA****WXYZ"}
	testDate = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func refusal(change func(*client.Error)) *client.Error {
	e := &client.Error{
		Operation: testUnlock, Host: "sms.cn-north-4.myhuaweicloud.com", Status: http.StatusForbidden, Code: "SMS.9004",
		Message: "You do not have permission to perform action XXX on resource XXX.", RequestID: "req-1", As: testAs,
		ProjectID: "0123456789abcdef", Tries: 1, TaskID: "task-1", Date: testDate, Sent: testDate,
	}
	change(e)
	return e
}

// TestReport compares each diagnostic with the whole text under testdata/diagnostics, where it can be read as the user reads it.
func TestReport(t *testing.T) {
	target := client.Target{ServerID: "server-1", Region: "cn-north-4", ProjectID: "p"}
	for name, err := range map[string]error{
		"denied": refusal(func(*client.Error) {}),
		"denied_reason": refusal(func(e *client.Error) {
			e.EncodedAuthorizationMessage = "abc="
			e.Denial = &client.Denial{Failure: "implicit deny", Action: "sms:server:unlock", Resource: "*"}
		}),
		"denied_encoded": refusal(func(e *client.Error) { e.EncodedAuthorizationMessage = "abc=" }),
		"denied_unknown": refusal(func(e *client.Error) {
			e.EncodedAuthorizationMessage = "abc="
			e.Denial = &client.Denial{Unknown: "STS takes an access key only"}
		}),
		"denied_details": refusal(func(e *client.Error) {
			e.Details = []client.Detail{{Code: "SMS.9004", Message: "more"}}
			e.Params = []string{"which"}
		}),
		"no_such_task":    refusal(func(e *client.Error) { e.Status, e.Code, e.Message = 404, "SMS.7703", "The task does not exist." }),
		"no_such_task_by": refusal(func(e *client.Error) { e.Status, e.Code, e.Message, e.Host = 404, "SMS.7703", "", "127.0.0.1:1" }),
		"unpublished":     &client.UnpublishedError{Refusal: refusal(func(e *client.Error) { e.Status, e.Code, e.Message = 404, "APIGW.0101", "The API does not exist" })},
		"clock": refusal(func(e *client.Error) {
			e.Status, e.Code, e.Message, e.Sent = 401, "APIGW.0301", "Incorrect IAM authentication information", testDate.Add(time.Hour)
		}),
		"signature": refusal(func(e *client.Error) {
			e.Status, e.Code, e.Message = 401, "APIGW.0301", "Incorrect IAM authentication information"
		}),
		"token": refusal(func(e *client.Error) {
			e.Status, e.Code, e.Message, e.As = 401, "APIG.0301", "decrypt token fail", client.Identity{Way: "token (HW_AUTH_TOKEN)"}
		}),
		"throttled":    refusal(func(e *client.Error) { e.Status, e.Code, e.Message, e.Tries = 429, "APIGW.0308", "Throttled", 6 }),
		"unknown_code": refusal(func(e *client.Error) { e.Status, e.Code, e.Message = 418, "TEA.1", "short and stout" }),
		"no_host":      refusal(func(e *client.Error) { e.Status, e.Kind, e.Code = 0, client.NoSuchHost, "" }),
		"no_name": refusal(func(e *client.Error) {
			e.Status, e.Kind, e.Code, e.Message = 0, client.NoName, "", "lookup sms.cn-north-4.myhuaweicloud.com: server misbehaving"
		}),
		"no_connection": refusal(func(e *client.Error) {
			e.Status, e.Kind, e.Code, e.Message, e.Tries = 0, client.NoConnection, "", "connection refused", 6
		}),
		"certificate": refusal(func(e *client.Error) {
			e.Status, e.Kind, e.Code, e.Message = 0, client.BadCertificate, "", "x509: unknown authority"
		}),
		"proxy":     refusal(func(e *client.Error) { e.Status, e.Kind, e.Code, e.Message = 0, client.ProxyFailed, "", "Bad Gateway" }),
		"broken":    refusal(func(e *client.Error) { e.Status, e.Kind, e.Code, e.Message = 0, client.Broken, "", "unexpected EOF" }),
		"timeout":   refusal(func(e *client.Error) { e.Status, e.Kind, e.Code, e.Message = 0, client.Timeout, "", "" }),
		"deadline":  refusal(func(e *client.Error) { e.Status, e.Kind, e.Code, e.Message = 0, client.Deadline, "", "" }),
		"cancelled": refusal(func(e *client.Error) { e.Status, e.Kind, e.Code, e.Message = 0, client.Cancelled, "", "" }),
		"unreadable": refusal(func(e *client.Error) {
			e.Status, e.Kind, e.Code, e.Message = 200, client.Unreadable, "", "the answer is not what the service documents: it is empty"
		}),
		"redirect": refusal(func(e *client.Error) {
			e.Status, e.Code, e.Message = 302, "", "the service answered with a redirect, which is not followed"
		}),
		"busy":            &client.BusyError{TaskID: "task-1", State: "RUNNING"},
		"target":          &client.TargetError{TaskID: "task-1", Why: "the task does not name target_server.vm_id"},
		"locked":          &client.LockedError{Target: target, Lock: client.Lock{Locked: true, Known: true, Source: "ORDER", SourceID: "id", Scene: "TO_PERIOD_LOCK"}},
		"locked_silent":   &client.LockedError{Target: target},
		"state":           client.OMURL{State: "HOST_ACCOUNT_NOT_EXIST", Description: "no root"}.Err(),
		"project_none":    &client.ProjectError{Name: "cn-north-4", As: testAs},
		"project_several": &client.ProjectError{Name: "cn-north-4", IDs: []string{"a", "b"}, As: testAs},
		"no_credentials":  client.ErrNoCredentials,
		"no_metadata":     fmt.Errorf("%w: the metadata service did not answer", client.ErrNoCredentials),
		"sign_in": &client.SignInError{
			As:  client.Identity{Who: "identity provider ci", Way: "ID token (HW_ASSUME_ROLE_ID_TOKEN_FILE)"},
			Why: "the ID token file /run/token is empty", Remedy: "Check that the CI job writes it.",
		},
		"no_sms_host": client.ErrNoSMSHost,
		"id":          &client.IDError{Name: "task_id", Why: "it is empty"},
		"time":        context.DeadlineExceeded,
		"gave_up":     context.Canceled,
		"other":       errors.New("something else\x1b[31m"),
	} {
		t.Run(name, func(t *testing.T) {
			var diags diag.Diagnostics
			report(&diags, err, timeoutCreate)
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics, not one", len(diags))
			}
			at := ""
			if d, ok := diags[0].(diag.DiagnosticWithPath); ok {
				at = " (at " + d.Path().String() + ")"
			}
			got := diags[0].Summary() + at + "\n\n" + diags[0].Detail() + "\n"
			file := filepath.Join("testdata", "diagnostics", name+".txt")
			if os.Getenv("UPDATE_DIAGNOSTICS") != "" {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
				t.Errorf("the diagnostic changed; UPDATE_DIAGNOSTICS=1 writes it anew, to be read before it is committed\n--- got\n%s\n--- want\n%s", got, want)
			}
		})
	}
}
