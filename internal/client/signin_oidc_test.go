// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func defaultOIDC() OIDC {
	return OIDC{IdPID: emulator.DefaultIdPID, IDToken: emulator.DefaultIDToken, Way: "assume_role_with_oidc"}
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOIDC(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, defaultOIDC())
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpOIDCToken: 1, emulator.OpTokenToKeys: 1})
	r := em.Requests(emulator.OpOIDCToken)[0]
	if r.Header.Get("X-Idp-Id") != emulator.DefaultIdPID || r.Header.Get("Authorization")+r.Header.Get("X-Auth-Token") != "" {
		t.Errorf("the ID token was sent with the headers %v", r.Header)
	}
	if got, want := strings.TrimSpace(string(r.Body)), `{"auth":{"id_token":{"id":"`+emulator.DefaultIDToken+`"}}}`; got != want {
		t.Errorf("the body is %s, want %s", got, want)
	}
	if body := string(em.Requests(emulator.OpTokenToKeys)[0].Body); !strings.Contains(body, `"duration_seconds":21600`) {
		t.Errorf("the keys were asked for with %s", body)
	}
	cred, err := c.session.Credential(t.Context(), c, Scope{})
	if err != nil || !cred.Expires.Equal(now.Now().Add(6*time.Hour)) {
		t.Errorf("the keys expire at %s (%v)", cred.Expires, err)
	}
	if got, want := cred.As.String(), "identity provider emulator-idp, by assume_role_with_oidc"; got != want {
		t.Errorf("the identity is %q, want %q", got, want)
	}
}

// TestOIDCAgency assumes an agency with the keys of the ID token.
func TestOIDCAgency(t *testing.T) {
	em, now := startEmulator(t)
	a := defaultAgency(defaultOIDC())
	a.DomainID = emulator.DefaultDomainID
	readTask(t, signedIn(t, em.URL(), now, a))
	if r := em.Requests(emulator.OpAssumeRoleV5)[0]; r.Principal != "idp:emulator-idp" {
		t.Errorf("the agency was assumed by %q", r.Principal)
	}
	if r := em.Requests(emulator.OpShowTask)[0]; r.Principal != "agency:emulator-agency" {
		t.Errorf("the task was read by %q", r.Principal)
	}
}

// TestOIDCFileIsReadAnew rotates the token, as CI systems do.
func TestOIDCFileIsReadAnew(t *testing.T) {
	em, now := startEmulator(t)
	o := defaultOIDC()
	o.IDToken, o.IDTokenFile = "", writeFile(t, "\n"+emulator.DefaultIDToken+"\r\n")
	c := signedIn(t, em.URL(), now, o)
	readTask(t, c)
	em.AddIdentityProvider(emulator.IdentityProvider{ID: emulator.DefaultIdPID, IDTokens: []string{"rotated"}})
	if err := os.WriteFile(o.IDTokenFile, []byte("rotated\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	now.advance(6 * time.Hour)
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpOIDCToken: 2, emulator.OpShowTask: 2})
}

func TestOIDCHomeIsExpanded(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if err := os.WriteFile(filepath.Join(home, "token"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := OIDC{IDTokenFile: "~/token"}
	if token, err := o.idToken(); token != "text" || err != nil {
		t.Errorf("got %q, %v", token, err)
	}
}

func TestOIDCFileFaults(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, tt := range []struct {
		name, path, want string
		is               error
	}{
		{"missing", missing, "can not be read: ", fs.ErrNotExist},
		{"a directory", t.TempDir(), "can not be read: ", nil},
		{"empty", writeFile(t, " \n"), "is empty", nil},
		{"too long", writeFile(t, strings.Repeat("canary", maxIDToken)), "can not be read: it is longer than 65536 bytes", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			o := defaultOIDC()
			o.IDToken, o.IDTokenFile = "", tt.path
			_, err := signedIn(t, em.URL(), now, o).Task(t.Context(), testTask)
			var e *SignInError
			if !errors.As(err, &e) || !strings.HasPrefix(e.Why, "the ID token file "+tt.path+" "+tt.want) || e.Remedy == "" {
				t.Fatalf("got %v", err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
			if got, want := err.Error(), "identity provider emulator-idp, by assume_role_with_oidc: "+e.Why; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			wantNoSecret(t, err, "canary")
			wantCounts(t, em, map[string]int{"": 0})
		})
	}
}

func TestOIDCRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		edit   func(*OIDC)
		fault  string
		op     *Operation
		status int
		code   string
	}{
		{"unknown provider", func(o *OIDC) { o.IdPID = "unknown" }, "", opIDToken, http.StatusNotFound, "IAM.0004"},
		{"untrusted token", func(o *OIDC) { o.IDToken = "untrusted-canary" }, "", opIDToken, http.StatusUnauthorized, "IAM.0001"},
		{"no keys", func(*OIDC) {}, emulator.OpTokenToKeys, opTokenKeys, http.StatusForbidden, "IAM.0003"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			if tt.fault != "" {
				em.InjectFault(tt.fault, emulator.Fault{Status: tt.status, Code: tt.code, Message: "no"}, 1)
			}
			o := defaultOIDC()
			tt.edit(&o)
			_, err := signedIn(t, em.URL(), now, o).Task(t.Context(), testTask)
			e := wantRefusal(t, err, tt.op, tt.status)
			if e.Code != tt.code && tt.fault == "" || e.As.Who != "identity provider "+o.IdPID {
				t.Errorf("got code %q as %s", e.Code, e.As)
			}
			wantNoSecret(t, err, o.IDToken)
		})
	}
}

// TestOIDCWithoutToken meets an answer that lacks the token.
func TestOIDCWithoutToken(t *testing.T) {
	s := startAnswering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-IAM-Trace-Id", "trace-1")
		w.WriteHeader(http.StatusCreated)
	})
	_, err := signedIn(t, s.URL, nil, defaultOIDC()).Task(t.Context(), testTask)
	e := wantRefusal(t, err, opIDToken, http.StatusCreated)
	if e.Kind != Unreadable || e.RequestID != "trace-1" || e.Host == "" || s.count() != 1 {
		t.Errorf("got %v after %d requests", e, s.count())
	}
}
