// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestPasswordForms sends each form of the request that IAM documents, and is let in by it.
func TestPasswordForms(t *testing.T) {
	user := `"user":{"name":"` + emulator.DefaultUserName + `",`
	byName := `"domain":{"name":"` + emulator.DefaultDomainName + `"}`
	byID := `"domain":{"id":"` + emulator.DefaultDomainID + `"}`
	for _, tt := range []struct {
		name  string
		edit  func(*Password)
		scope Scope
		want  []string
		not   string
		who   string
	}{
		{
			"account by name, project by name", func(*Password) {}, Scope{ProjectName: emulator.DefaultProjectName},
			[]string{user + byName, `"scope":{"project":{"name":"cn-north-4",` + byName + `}}`}, `"id"`,
			"user emulator-user of account emulator-account, by password (test)",
		},
		{
			"account by ID, project by ID", func(p *Password) { p.DomainID = emulator.DefaultDomainID }, Scope{ProjectID: emulator.DefaultProjectID},
			[]string{user + byID, `"scope":{"project":{"id":"` + emulator.DefaultProjectID + `"}}`}, byName,
			"user emulator-user of account emulator-account, by password (test)",
		},
		{
			"user ID", func(p *Password) { p.UserName, p.UserID, p.DomainName = "", emulator.DefaultUserID, "" },
			Scope{ProjectName: emulator.DefaultProjectName},
			[]string{`"user":{"id":"` + emulator.DefaultUserID + `","password":`, `"scope":{"project":{"name":"cn-north-4"}}`}, `"domain"`,
			"user ID " + emulator.DefaultUserID + ", by password (test)",
		},
		{
			"the account's own token", func(*Password) {}, Scope{},
			[]string{user + byName, `"scope":{"domain":{"name":"` + emulator.DefaultDomainName + `"}}`}, `"project"`,
			"user emulator-user of account emulator-account, by password (test)",
		},
		{
			"user ID without an account", func(p *Password) { p.UserName, p.UserID, p.DomainName = "", emulator.DefaultUserID, "" }, Scope{},
			[]string{`"user":{"id":`}, `"scope"`,
			"user ID " + emulator.DefaultUserID + ", by password (test)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			p := defaultPassword()
			tt.edit(&p)
			cred, err := NewSession(p).Credential(t.Context(), signedIn(t, em.URL(), now, nil), tt.scope)
			if err != nil {
				t.Fatal(err)
			}
			r := em.Requests(emulator.OpCreateToken)[0]
			if r.RawQuery != "nocatalog=true" || r.Header.Get("X-Auth-Token")+r.Header.Get("Authorization") != "" {
				t.Errorf("the request had the query %q and the headers %v", r.RawQuery, r.Header)
			}
			for _, part := range tt.want {
				if !strings.Contains(string(r.Body), part) {
					t.Errorf("the body lacks %s: %s", part, r.Body)
				}
			}
			if tt.not != "" && strings.Contains(string(r.Body), tt.not) {
				t.Errorf("the body holds %s: %s", tt.not, r.Body)
			}
			if got := cred.As.String(); got != tt.who {
				t.Errorf("the identity is %q, want %q", got, tt.who)
			}
			if tt.scope != (Scope{}) && cred.ProjectID != emulator.DefaultProjectID {
				t.Errorf("the project is %q", cred.ProjectID)
			}
			if want := now.Now().Add(24*time.Hour - 5*time.Minute); !cred.Refresh.Equal(want) {
				t.Errorf("it is renewed at %s, want %s", cred.Refresh, want)
			}
		})
	}
}

// TestPasswordPerProject fetches a token for each project, and none for the look-up of the project.
func TestPasswordPerProject(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, defaultPassword())
	em.AddBastion(emulator.Bastion{
		ServerID: "bastion-2", Region: emulator.SecondRegion, ProjectID: emulator.SecondProjectID,
		Hosts: map[string][]string{emulator.DefaultHostIP: {emulator.DefaultHostAccount}},
	})
	for _, r := range []OMURLRequest{
		{ServerID: emulator.DefaultBastionServerID}, {ServerID: "bastion-2", Region: emulator.SecondRegion},
		{ServerID: emulator.DefaultBastionServerID}, {ServerID: "bastion-2", Region: emulator.SecondRegion},
	} {
		r.IPAddress, r.HostAccountName = emulator.DefaultHostIP, emulator.DefaultHostAccount
		u, err := c.OMURL(t.Context(), r)
		if err = errors.Join(err, u.Err()); err != nil {
			t.Fatal(err)
		}
	}
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2, emulator.OpListProjects: 0, emulator.OpShowOMURL: 4})
}

// TestWrongPasswordIsTriedOnce gives a wrong password to two clients and many operations.
func TestWrongPasswordIsTriedOnce(t *testing.T) {
	em, now := startEmulator(t)
	p := defaultPassword()
	p.Password = "Wrong-Password-canary"
	var errs [2]error
	for i := range errs {
		c := signedIn(t, em.URL(), now, p)
		inParallel(t, 50, func() error {
			_, err := c.Task(t.Context(), testTask)
			if status(err) != http.StatusUnauthorized {
				return errors.Join(errors.New("the wrong password was not refused"), err)
			}
			return nil
		})
		_, errs[i] = c.OMURL(t.Context(), OMURLRequest{ServerID: "s", IPAddress: "i", HostAccountName: "a", Region: emulator.SecondRegion})
		e := wantRefusal(t, errs[i], opCreateToken, http.StatusUnauthorized)
		wantNoSecret(t, e, p.Password)
		if got := e.As.String(); got != "user emulator-user of account emulator-account, by password (test)" {
			t.Errorf("refused as %q", got)
		}
	}
	if !errors.Is(errs[0], errs[1]) {
		t.Errorf("the second client was told something else: %v, %v", errs[0], errs[1])
	}
	wantCounts(t, em, map[string]int{"": 1})
	if n := em.PasswordFailures(emulator.DefaultUserID); n != 1 {
		t.Errorf("IAM counted %d failures", n)
	}
	// The right password, and the wrong one at another host, are other passwords.
	readTask(t, signedIn(t, em.URL(), now, defaultPassword()))
	other, _ := startEmulator(t)
	if _, err := signedIn(t, other.URL(), nil, p).Task(t.Context(), testTask); status(err) != http.StatusUnauthorized || other.Count("") != 1 {
		t.Errorf("at another host: %v after %d requests", err, other.Count(""))
	}
}

// TestTwoClientsTryAWrongPasswordTogether lets both begin before either knows.
func TestTwoClientsTryAWrongPasswordTogether(t *testing.T) {
	em, now := startEmulator(t)
	p := defaultPassword()
	p.Password = "Wrong-Password-2"
	clients := []*Client{signedIn(t, em.URL(), now, p), signedIn(t, em.URL(), now, p)}
	arrived, release := em.Hold(emulator.OpCreateToken)
	defer release()
	done := make(chan error, len(clients))
	for _, c := range clients {
		go func() {
			_, err := c.Task(t.Context(), testTask)
			done <- err
		}()
	}
	<-arrived
	release()
	for range clients {
		_ = wantRefusal(t, <-done, opCreateToken, http.StatusUnauthorized)
	}
	wantCounts(t, em, map[string]int{"": 1})
}

// TestPasswordThatOnceWorked tells a project that is not there from a password that is no longer right: IAM answers 401 to both.
func TestPasswordThatOnceWorked(t *testing.T) {
	em, now := startEmulator(t)
	session := NewSession(defaultPassword())
	c := signedIn(t, em.URL(), now, nil)
	ask := func(s Scope, status int, sent int) {
		t.Helper()
		before := em.Count(emulator.OpCreateToken)
		_, err := session.Credential(t.Context(), c, s)
		if status == 0 && err != nil || status != 0 && wantRefusal(t, err, opCreateToken, status) == nil {
			t.Errorf("scope %v: %v", s, err)
		}
		if n := em.Count(emulator.OpCreateToken) - before; n != sent {
			t.Errorf("scope %v: %d requests, want %d", s, n, sent)
		}
	}
	home, nowhere := Scope{ProjectID: emulator.DefaultProjectID}, Scope{ProjectName: "nowhere"}
	ask(home, 0, 1)
	ask(nowhere, http.StatusUnauthorized, 1)
	ask(nowhere, http.StatusUnauthorized, 0)
	now.advance(24 * time.Hour)
	ask(home, 0, 1)
	em.AddUser(emulator.User{ID: emulator.DefaultUserID, Name: emulator.DefaultUserName, Password: "changed"})
	now.advance(24 * time.Hour)
	ask(home, http.StatusUnauthorized, 1)
	ask(home, http.StatusUnauthorized, 0)
	ask(Scope{ProjectID: emulator.SecondProjectID}, http.StatusUnauthorized, 0)
}

// TestPasswordFaults: what is no refusal of the password is not remembered.
func TestPasswordFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault emulator.Fault
		want  string
	}{
		{"not available", emulator.Fault{Status: http.StatusServiceUnavailable}, "HTTP 503"},
		{"forbidden", emulator.Fault{Status: http.StatusForbidden, Code: "IAM.0080", Message: "disabled"}, "HTTP 403, IAM.0080, disabled"},
		{"broken connection", emulator.Fault{Drop: emulator.DropAfterRead}, "connection broke"},
		{"no token", emulator.Fault{Status: http.StatusCreated, Body: `{"token":{}}`}, "HTTP 201, the answer is not what the service documents: it holds no X-Subject-Token"},
		{"no JSON", emulator.Fault{Status: http.StatusCreated, Body: `<html>`}, "HTTP 201, the answer is not what the service documents: it is no JSON of the documented shape"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			em.InjectFault(emulator.OpCreateToken, tt.fault, 1)
			c := signedIn(t, em.URL(), now, defaultPassword())
			_, err := c.Task(t.Context(), testTask)
			wantNoSecret(t, err, emulator.DefaultPassword)
			if err == nil || !strings.HasPrefix(err.Error(), "sign in with the password (") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			readTask(t, c)
			wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2})
		})
	}
}

// TestPasswordIsRetried: the request for a token is retried like any other.
func TestPasswordIsRetried(t *testing.T) {
	em, now := startEmulator(t)
	em.InjectFault(emulator.OpCreateToken, emulator.Fault{Status: http.StatusServiceUnavailable}, 1)
	c := signedIn(t, em.URL(), now, defaultPassword())
	c.cfg.MaxRetries, c.http.RetryMax = 1, 1
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2, emulator.OpShowTask: 1})
}

// TestPasswordWithoutExpiry takes the documented life for that of a token that does not tell when it ends.
func TestPasswordWithoutExpiry(t *testing.T) {
	now := newClock()
	s := startAnswering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Subject-Token", "token")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"token":{"project":{"id":".."}}}`))
	})
	cred, err := NewSession(defaultPassword()).Credential(t.Context(), signedIn(t, s.URL, now, nil), Scope{ProjectID: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if want := now.Now().Add(24 * time.Hour); !cred.Expires.Equal(want) || cred.ProjectID != "p" || cred.Token != "token" {
		t.Errorf("expires at %s, want %s; project %q", cred.Expires, want, cred.ProjectID)
	}
}
