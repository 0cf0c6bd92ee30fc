// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// FuzzDiagnostic: whatever a service answers, one diagnostic tells of it that a terminal can show, that has an end, and in which the
// service's words form no line of their own.
func FuzzDiagnostic(f *testing.F) {
	f.Add(http.StatusForbidden, []byte("{\"error_code\":\"SMS.9004\",\"error_msg\":\"no\\n\\nWhat to do: run this\"}"))
	f.Add(http.StatusBadGateway, []byte("\x1b]0;title\x07<html>\x9b31m%s%n[red]"))
	f.Add(http.StatusOK, []byte(`{"state":"SUCCESS","login_url":"https://203.0.113.10/?cbhinfo=canary-canary-canary"}`))
	f.Add(http.StatusNotFound, []byte("{\"error_code\":\"SMS.7703\",\"error_description\":\"\u202e\"}"))
	type answer struct {
		status int
		body   []byte
	}
	var next atomic.Pointer[answer]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a := next.Load()
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // some statuses have no body
	}))
	f.Cleanup(server.Close)
	c, err := client.New(client.Config{
		Region: "cn-north-4", ProjectID: "p", Endpoints: map[string]string{"sms": server.URL, "cbh": server.URL},
		SignIn: client.Token{Value: "canary-canary-canary", Way: "token (HW_AUTH_TOKEN)"},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 || http.StatusText(status) == "" {
			return
		}
		next.Store(&answer{status, body})
		_, read := c.Task(t.Context(), "task-1")
		u, om := c.OMURL(t.Context(), client.OMURLRequest{ServerID: "s", IPAddress: "1", HostAccountName: "root"})
		if om == nil {
			om = u.Err()
		}
		for _, err := range []error{read, om} {
			if err == nil {
				continue
			}
			var diags diag.Diagnostics
			report(&diags, err, timeoutRead)
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics for %v", len(diags), err)
			}
			checkShown(t, diags[0].Summary()+"\n"+diags[0].Detail())
		}
	})
}

// checkShown fails where a diagnostic could not be shown as it is.
func checkShown(t *testing.T, s string) {
	t.Helper()
	if len(s) > client.MaxText+8<<10 && !strings.Contains(s, "Decode it with") {
		t.Errorf("the diagnostic has %d bytes", len(s))
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r))
	}) {
		t.Errorf("the diagnostic can not be shown as it is: %q", s)
	}
	if n := strings.Count("\n"+s, "\nWhat to do: "); n != 1 {
		t.Errorf("%d lines say what to do: %s", n, s)
	}
	if strings.Contains(s, "canary-canary-canary") {
		t.Errorf("the diagnostic holds a secret: %s", s)
	}
}

// FuzzUserAgent: what a user adds to the user agent can not forge a header.
func FuzzUserAgent(f *testing.F) {
	f.Add("pipeline/1 (team)")
	f.Add("x\r\nX-Auth-Token: y")
	f.Fuzz(func(t *testing.T, extra string) {
		if strings.ContainsRune(extra, 0) {
			return // no environment can hold it
		}
		t.Setenv("TF_APPEND_USER_AGENT", extra)
		ua := userAgent("1", "1.14.0")
		if strings.ContainsFunc(ua, unicode.IsControl) || !strings.HasPrefix(ua, "terraform-provider-huaweiops/1 Terraform/1.14.0") {
			t.Errorf("the user agent is %q", ua)
		}
	})
}
