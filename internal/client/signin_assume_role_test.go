// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestAssumeRole assumes an agency by each API and from each kind of credential.
func TestAssumeRole(t *testing.T) {
	for _, tt := range []struct {
		name string
		way  func(*emulator.Server) AssumeRole
		op   string
		want []string
		not  string
		auth string
		life time.Duration
		who  string
	}{
		{
			"IAM v3 by name", func(*emulator.Server) AssumeRole { return defaultAgency(defaultKeys()) }, emulator.OpAssumeRoleV3,
			[]string{`"methods":["assume_role"]`, `"agency_name":"emulator-agency"`, `"domain_name":"emulator-account"`, `"duration_seconds":43200`},
			"domain_id", "Authorization", 12 * time.Hour,
			"agency emulator-agency of account emulator-account, by assume_role as EMUL****Y001, by access key (test)",
		},
		{
			"IAM v3 with a duration", func(*emulator.Server) AssumeRole {
				a := defaultAgency(defaultKeys())
				a.Duration = time.Hour
				return a
			}, emulator.OpAssumeRoleV3, []string{`"duration_seconds":3600`}, "domain_id", "Authorization", time.Hour,
			"agency emulator-agency of account emulator-account, by assume_role as EMUL****Y001, by access key (test)",
		},
		{
			"STS v5", func(*emulator.Server) AssumeRole {
				a := defaultAgency(defaultKeys())
				a.DomainID = emulator.DefaultDomainID
				return a
			}, emulator.OpAssumeRoleV5,
			[]string{`"agency_urn":"iam::` + emulator.DefaultDomainID + `:agency:emulator-agency"`, `"agency_session_name":"emulator-agency"`},
			"duration_seconds", "Authorization", time.Hour,
			"agency emulator-agency of account " + emulator.DefaultDomainID + ", by assume_role as EMUL****Y001, by access key (test)",
		},
		{
			"STS v5 with a duration", func(*emulator.Server) AssumeRole {
				a := defaultAgency(defaultKeys())
				a.DomainID, a.Duration = emulator.DefaultDomainID, 2*time.Hour
				return a
			}, emulator.OpAssumeRoleV5, []string{`"duration_seconds":7200`}, "domain_name", "Authorization", 2 * time.Hour,
			"agency emulator-agency of account " + emulator.DefaultDomainID + ", by assume_role as EMUL****Y001, by access key (test)",
		},
		{
			"STS v5 with more than it gives", func(*emulator.Server) AssumeRole {
				a := defaultAgency(defaultKeys())
				a.DomainID, a.Duration = emulator.DefaultDomainID, 24*time.Hour
				return a
			}, emulator.OpAssumeRoleV5, []string{`"duration_seconds":43200`}, "domain_name", "Authorization", 12 * time.Hour,
			"agency emulator-agency of account " + emulator.DefaultDomainID + ", by assume_role as EMUL****Y001, by access key (test)",
		},
		{
			"STS v5 with more than it gives to temporary keys", func(em *emulator.Server) AssumeRole {
				access, secret, token := em.NewTemporaryKey(time.Hour)
				a := defaultAgency(Keys{AccessKey: access, SecretKey: secret, SecurityToken: token})
				a.Source = NewSession(fixedIdentity{a.Source.way})
				a.DomainID, a.Duration = emulator.DefaultDomainID, 2*time.Hour
				return a
			}, emulator.OpAssumeRoleV5, []string{`"duration_seconds":3600`}, "domain_name", "Authorization", time.Hour,
			"agency emulator-agency of account " + emulator.DefaultDomainID + ", by assume_role as a test",
		},
		{
			"token by account ID: STS takes none", func(em *emulator.Server) AssumeRole {
				a := defaultAgency(Token{Value: em.NewToken(""), Way: "token (test)"})
				a.DomainID = emulator.DefaultDomainID
				return a
			}, emulator.OpAssumeRoleV3, []string{`"domain_id":"` + emulator.DefaultDomainID + `"`}, "domain_name", "X-Auth-Token", 12 * time.Hour,
			"agency emulator-agency of account " + emulator.DefaultDomainID + ", by assume_role as token (test)",
		},
		{
			"password", func(*emulator.Server) AssumeRole { return defaultAgency(defaultPassword()) }, emulator.OpAssumeRoleV3,
			[]string{`"domain_name":"emulator-account"`}, "domain_id", "X-Auth-Token", 12 * time.Hour,
			"agency emulator-agency of account emulator-account, by assume_role as user emulator-user of account emulator-account, by password (test)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			c := signedIn(t, em.URL(), now, tt.way(em))
			cred, err := c.session.Credential(t.Context(), c, Scope{ProjectID: "p"})
			if err != nil {
				t.Fatal(err)
			}
			r := em.Requests(tt.op)[0]
			for _, part := range tt.want {
				if !strings.Contains(string(r.Body), part) {
					t.Errorf("the body lacks %s: %s", part, r.Body)
				}
			}
			if strings.Contains(string(r.Body), tt.not) {
				t.Errorf("the body holds %s: %s", tt.not, r.Body)
			}
			if r.Header.Get(tt.auth) == "" || r.Header.Get("X-Project-Id") != "" {
				t.Errorf("the request had the headers %v", r.Header)
			}
			if !cred.Expires.Equal(now.Now().Add(tt.life)) || !cred.Refresh.Equal(cred.Expires.Add(-5*time.Minute)) {
				t.Errorf("it expires at %s and is renewed at %s", cred.Expires, cred.Refresh)
			}
			if got := cred.As.String(); got != tt.who {
				t.Errorf("the identity is %q, want %q", got, tt.who)
			}
			readTask(t, c)
			if r := em.Requests(emulator.OpShowTask)[0]; r.Principal != "agency:emulator-agency" || r.Header.Get("X-Security-Token") == "" {
				t.Errorf("the task was read by %q", r.Principal)
			}
			wantCounts(t, em, map[string]int{tt.op: 1})
		})
	}
}

// fixedIdentity is a way whose keys are random, with an identity that is not.
type fixedIdentity struct{ SignIn }

func (fixedIdentity) Identity() Identity { return Identity{Who: "a test"} }

// TestAssumeRoleTokenIsTheAccounts: the rights on agencies are global, so the token that assumes one is not a project's.
func TestAssumeRoleTokenIsTheAccounts(t *testing.T) {
	em, now := startEmulator(t)
	readTask(t, signedIn(t, em.URL(), now, defaultAgency(defaultPassword())))
	if body := string(em.Requests(emulator.OpCreateToken)[0].Body); !strings.Contains(body, `"scope":{"domain":`) {
		t.Errorf("the token was asked for with %s", body)
	}
}

// TestAssumeRoleChain assumes an agency with the keys of another, in another account.
func TestAssumeRoleChain(t *testing.T) {
	em, now := startEmulator(t)
	const account, project = "d0a10000000000000000000000000002", "0123456789abcdef0123456789abcdf2"
	em.AddAccount(emulator.Account{ID: account, Name: "other-account"})
	em.AddProject(emulator.Project{ID: project, Name: emulator.DefaultRegion, DomainID: account})
	em.AddAgency(emulator.Agency{Name: "second", DomainID: account, Trusted: []string{emulator.DefaultDomainID}})
	task := em.AddTask(emulator.Task{ProjectID: project, State: "MIGRATE_SUCCESS"})
	c := signedIn(t, em.URL(), now, AssumeRole{
		Source: NewSession(defaultAgency(defaultKeys())), AgencyName: "second", DomainID: account, Way: "assume_role 2",
	})
	if _, err := c.Task(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	first := em.Requests(emulator.OpAssumeRoleV3)[0]
	second := em.Requests(emulator.OpAssumeRoleV5)[0]
	if first.Principal != emulator.DefaultUserName || second.Principal != "agency:emulator-agency" {
		t.Errorf("the agencies were assumed by %q and %q", first.Principal, second.Principal)
	}
	if r := em.Requests(emulator.OpShowTask)[0]; r.Principal != "agency:second" || r.Header.Get("X-Project-Id") != project {
		t.Errorf("the task was read by %q in project %q", r.Principal, r.Header.Get("X-Project-Id"))
	}
	want := "agency second of account " + account + ", by assume_role 2 as agency emulator-agency of account emulator-account, " +
		"by assume_role as EMUL****Y001, by access key (test)"
	if got := c.session.Identity().String(); got != want {
		t.Errorf("the identity is %q, want %q", got, want)
	}
}

// TestAssumeRoleRefused: each refusal names its operation, and as whom it was asked.
func TestAssumeRoleRefused(t *testing.T) {
	wrongKeys := defaultKeys()
	wrongKeys.SecretKey = "wrong-secret-canary"
	wrongPassword := defaultPassword()
	wrongPassword.Password = "wrong-password-canary-3"
	unknown := func(source SignIn, domainID string) AssumeRole {
		a := defaultAgency(source)
		a.AgencyName, a.DomainID = "unknown", domainID
		return a
	}
	for _, tt := range []struct {
		name   string
		way    AssumeRole
		op     *Operation
		status int
		who    string
	}{
		{"unknown agency by IAM", unknown(defaultKeys(), ""), opAssumeRole, 403, "agency unknown of account emulator-account"},
		{"unknown agency by STS", unknown(defaultKeys(), emulator.DefaultDomainID), opAssumeAgency, 404, "agency unknown of account " + emulator.DefaultDomainID},
		{"wrong keys", defaultAgency(wrongKeys), opAssumeRole, 401, "agency emulator-agency of account emulator-account"},
		{"wrong password", defaultAgency(wrongPassword), opCreateToken, 401, "user emulator-user of account emulator-account"},
		{"first of a chain", defaultAgency(unknown(defaultKeys(), "")), opAssumeRole, 403, "agency unknown of account emulator-account"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			_, err := signedIn(t, em.URL(), now, tt.way).Task(t.Context(), testTask)
			e := wantRefusal(t, err, tt.op, tt.status)
			if e.As.Who != tt.who {
				t.Errorf("refused as %q, want %q", e.As.Who, tt.who)
			}
			wantNoSecret(t, err, wrongKeys.SecretKey, wrongPassword.Password, emulator.DefaultSecretKey)
			wantCounts(t, em, map[string]int{"": 1})
		})
	}
}

// TestAssumeRoleDenialIsExplained asks STS as the source, since there are no other keys yet, and once for all who wait.
func TestAssumeRoleDenialIsExplained(t *testing.T) {
	em, now := startEmulator(t)
	em.Deny("", emulator.OpAssumeRoleV5)
	a := defaultAgency(defaultKeys())
	a.DomainID = emulator.DefaultDomainID
	c := signedIn(t, em.URL(), now, a)
	c.cfg.ExplainDenials = true
	arrived, release := em.Hold(emulator.OpAssumeRoleV5)
	defer release()
	done := make(chan struct{})
	go func() {
		defer close(done)
		inParallel(t, 20, func() error {
			_, err := c.Task(t.Context(), testTask)
			var e *Error
			if !errors.As(err, &e) || e.Denial == nil || e.Denial.Failure == "" || e.Operation != opAssumeAgency {
				return fmt.Errorf("the denial was not explained: %w", err)
			}
			return nil
		})
	}()
	<-arrived
	release()
	<-done
	if r := em.Requests(emulator.OpDecode); len(r) == 0 || r[0].AccessKey != emulator.DefaultAccessKey {
		t.Errorf("STS was asked %d times", len(r))
	}
}

// TestAssumeRoleSourceTokenIsReplaced renews the source's token when IAM refuses it, once.
func TestAssumeRoleSourceTokenIsReplaced(t *testing.T) {
	em, now := startEmulator(t)
	a := defaultAgency(defaultPassword())
	a.Duration = time.Hour
	c := signedIn(t, em.URL(), now, a)
	readTask(t, c)
	em.RevokeTokens()
	now.advance(time.Hour)
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2, emulator.OpAssumeRoleV3: 3, emulator.OpShowTask: 2})
}

func TestTemporaryKeys(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	v3 := func(fields string) string { return `{"credential":{` + fields + `}}` }
	whole := `"access":"A","secret":"S","securitytoken":"T"`
	for _, tt := range []struct {
		name, body, fault string
		expires, refresh  time.Duration
	}{
		{"IAM v3", v3(whole + `,"expires_at":"2026-01-01T12:00:00.000000Z"`), "", 12 * time.Hour, 12*time.Hour - 5*time.Minute},
		{"STS v5", `{"credentials":{"access_key_id":"A","secret_access_key":"S","security_token":"T","expiration":"2026-01-01T01:00:00.000Z"}}`, "", time.Hour, 55 * time.Minute},
		{"short life", v3(whole + `,"expires_at":"2026-01-01T00:09:00Z"`), "", 9 * time.Minute, 6 * time.Minute},
		{"no expiry", v3(whole), "", 2 * time.Hour, 115 * time.Minute},
		{"number for an access key", v3(`"access":1,"secret":"S","securitytoken":"T"`), "", 2 * time.Hour, 115 * time.Minute},
		{"no access key", v3(`"secret":"S","securitytoken":"T"`), "it holds no access key", 0, 0},
		{"null secret key", v3(`"access":"A","secret":null,"securitytoken":"T"`), "it holds no secret key", 0, 0},
		{"no security token", v3(`"access":"A","secret":"S"`), "it holds no security token", 0, 0},
		{"nothing", `{}`, "it holds no access key", 0, 0},
		{"a list", `[]`, "it is no JSON of the documented shape", 0, 0},
		{"wrong kind", v3(`"access":{"A":"canary"}`), "it is no JSON of the documented shape", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var k temporaryKeys
			if err := json.Unmarshal([]byte(tt.body), &k); err != nil {
				if got := decodeFault(err); got != tt.fault {
					t.Errorf("got %q, want %q", got, tt.fault)
				}
				return
			}
			cred := k.credential(now, 2*time.Hour)
			if tt.fault != "" || cred.Expires.Sub(now) != tt.expires || cred.Refresh.Sub(now) != tt.refresh {
				t.Errorf("it expires after %s and is renewed after %s", cred.Expires.Sub(now), cred.Refresh.Sub(now))
			}
		})
	}
}
