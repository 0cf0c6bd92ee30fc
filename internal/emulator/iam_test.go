// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
)

func passwordBody(user, password, scope string) string {
	return fmt.Sprintf(`{"auth":{"identity":{"methods":["password"],"password":{"user":{%s,"password":%q}}}%s}}`, user, password, scope)
}

const (
	byName    = `"name":"` + DefaultUserName + `","domain":{"name":"` + DefaultDomainName + `"}`
	byProject = `,"scope":{"project":{"name":"` + DefaultProjectName + `"}}`
)

func TestPasswordTokens(t *testing.T) {
	s := start(t)
	a := newAsker(s).with(func(a *asker) { a.unsigned = true })
	for name, tc := range map[string]struct {
		body, project string
		status        int
	}{
		"by name":            {passwordBody(byName, DefaultPassword, byProject), DefaultProjectID, 201},
		"account's ID":       {passwordBody(`"name":"`+DefaultUserName+`","domain":{"id":"`+DefaultDomainID+`"}`, DefaultPassword, byProject), DefaultProjectID, 201},
		"user's ID":          {passwordBody(`"id":"`+DefaultUserID+`"`, DefaultPassword, byProject), DefaultProjectID, 201},
		"project's ID":       {passwordBody(byName, DefaultPassword, `,"scope":{"project":{"id":"`+SecondProjectID+`"}}`), SecondProjectID, 201},
		"project wins":       {passwordBody(byName, DefaultPassword, `,"scope":{"project":{"name":"`+SecondRegion+`"},"domain":{"name":"x"}}`), SecondProjectID, 201},
		"account":            {passwordBody(byName, DefaultPassword, `,"scope":{"domain":{"name":"`+DefaultDomainName+`"}}`), "", 201},
		"no scope":           {passwordBody(byName, DefaultPassword, ""), "", 201},
		"another account":    {passwordBody(byName, DefaultPassword, `,"scope":{"domain":{"name":"x"}}`), "", 403},
		"unknown project":    {passwordBody(byName, DefaultPassword, `,"scope":{"project":{"name":"x"}}`), "", 401},
		"unknown user":       {passwordBody(`"name":"x","domain":{"name":"`+DefaultDomainName+`"}`, DefaultPassword, byProject), "", 401},
		"wrong account":      {passwordBody(`"name":"`+DefaultUserName+`","domain":{"name":"x"}`, DefaultPassword, byProject), "", 401},
		"name without":       {passwordBody(`"name":"`+DefaultUserName+`"`, DefaultPassword, byProject), "", 401},
		"empty":              {"", "", 400},
		"another method":     {`{"auth":{"identity":{"methods":["totp"]}}}`, "", 400},
		"signed and by name": {passwordBody(byName, DefaultPassword, byProject), DefaultProjectID, 201},
	} {
		t.Run(name, func(t *testing.T) {
			asker := a.with(func(a *asker) { a.unsigned = !strings.HasPrefix(name, "signed") })
			r := asker.post(t, "/v3/auth/tokens", tc.body)
			if r.status != tc.status {
				t.Fatalf("%d %s", r.status, r.body)
			}
			if r.header.Get("X-Iam-Trace-Id") == "" {
				t.Error("no trace ID")
			}
			if tc.status != 201 {
				equal(t, "code", r.at(t, "error", "code"), any(fmt.Sprint(tc.status)))
				return
			}
			expires, err := time.Parse(time.RFC3339, r.text(t, "token", "expires_at"))
			if d := time.Until(expires); err != nil || d < 23*time.Hour || d > 24*time.Hour {
				t.Errorf("expires_at: %v", r.at(t, "token", "expires_at"))
			}
			if tc.project != "" {
				equal(t, "project", r.at(t, "token", "project", "id"), any(tc.project))
			}
			asker.token = r.header.Get("X-Subject-Token")
			asker.get(t, failedTask).want(t, http.StatusOK, "")
			equal(t, "user", s.Requests(OpShowTask)[s.Count(OpShowTask)-1].Principal, DefaultUserName)
		})
	}
	w := a.sign(t, http.MethodPost, "/v3/auth/tokens", map[string][]string{"nocatalog": {"true"}}, nil, passwordBody(byName, DefaultPassword, ""))
	if r := a.do(t, w); len(r.list(t, "token", "catalog")) != 0 {
		t.Errorf("catalog: %s", r.body)
	}
}

func TestPasswordFailures(t *testing.T) {
	s := start(t)
	a := newAsker(s).with(func(a *asker) { a.unsigned = true })
	for range passwordTries {
		r := a.post(t, "/v3/auth/tokens", passwordBody(byName, "wrong", byProject))
		equal(t, "message", r.at(t, "error", "message"), any("The username or password is wrong."))
	}
	equal(t, "failures", s.PasswordFailures(DefaultUserID), passwordTries)
	r := a.post(t, "/v3/auth/tokens", passwordBody(byName, DefaultPassword, byProject))
	equal(t, "locked", r.at(t, "error", "message"), any("The account is locked."))
	equal(t, "unknown user", s.PasswordFailures("x"), 0)
}

func TestProjectsAndDomains(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	ids := func(q string) string {
		t.Helper()
		r := a.get(t, "/v3/projects"+q)
		r.want(t, http.StatusOK, "")
		var out []string
		for i := range r.list(t, "projects") {
			out = append(out, r.text(t, "projects", i, "id"))
		}
		return strings.Join(out, " ")
	}
	equal(t, "all", ids(""), DefaultProjectID+" "+SecondProjectID+" "+InternationalProjectID)
	equal(t, "one", ids("?name="+DefaultRegion), DefaultProjectID)
	equal(t, "none", ids("?name=cn-south-1"), "")
	s.AddProject(Project{ID: "twin", Name: DefaultRegion})
	s.AddProject(Project{ID: "foreign", Name: DefaultRegion, DomainID: "other-domain"})
	equal(t, "several", ids("?name="+DefaultRegion), DefaultProjectID+" twin")
	s.AddProject(Project{ID: "twin", Name: DefaultRegion + "_sub"})
	equal(t, "renamed", ids("?name="+DefaultRegion+"_sub"), "twin")
	s.RemoveProject(DefaultProjectID)
	equal(t, "removed", ids("?name="+DefaultRegion), "")
	r := a.get(t, "/v3/auth/domains")
	equal(t, "domain", r.at(t, "domains", 0, "id"), any(DefaultDomainID))
	a.with(func(a *asker) { a.unsigned = true }).get(t, "/v3/projects").want(t, http.StatusUnauthorized, "APIGW.0301")
}

// withKeys is a with the temporary keys of an answer at a path of members.
func withKeys(t *testing.T, a *asker, r reply, at, access, secret, token string) *asker {
	t.Helper()
	return a.with(func(a *asker) {
		a.unsigned, a.token = false, ""
		a.access = r.text(t, at, access)
		a.secret = r.text(t, at, secret)
		a.securityToken = r.text(t, at, token)
	})
}

func TestAssumeRole(t *testing.T) {
	s := start(t)
	s.AddAccount(Account{ID: "other-domain", Name: "other"})
	s.AddProject(Project{ID: "other-project", Name: DefaultRegion, DomainID: "other-domain"})
	s.AddAgency(Agency{Name: "cross", DomainID: "other-domain", Trusted: []string{DefaultDomainID}})
	s.AddAgency(Agency{Name: "closed", DomainID: "other-domain", Trusted: []string{}})
	foreign := s.AddTask(Task{ProjectID: "other-project"})
	a := newAsker(s)
	body := func(members string) string {
		return `{"auth":{"identity":{"methods":["assume_role"],"assume_role":{` + members + `}}}}`
	}
	const path = "/v3.0/OS-CREDENTIAL/securitytokens"
	for members, status := range map[string]int{
		`"agency_name":"cross","domain_id":"other-domain"`:                     201,
		`"agency_name":"cross","domain_name":"other","duration_seconds":86400`: 201,
		`"agency_name":"cross","domain_name":"other","duration_seconds":899`:   400,
		`"agency_name":"cross","domain_name":"other","duration_seconds":86401`: 400,
		`"agency_name":"cross"`:                                                400,
		`"domain_name":"other"`:                                                400,
		`"agency_name":"closed","domain_name":"other"`:                         403,
		`"agency_name":"cross","domain_name":"nobody"`:                         403,
		`"agency_name":"` + DefaultAgencyName + `","domain_id":"other-domain"`: 403,
	} {
		if r := a.post(t, path, body(members)); r.status != status {
			t.Errorf("%s: %d %s", members, r.status, r.body)
		}
	}
	first := withKeys(t, a, a.post(t, path, body(`"agency_name":"`+DefaultAgencyName+`","domain_name":"`+DefaultDomainName+`"`)),
		"credential", "access", "secret", "securitytoken")
	first.get(t, failedTask).want(t, http.StatusOK, "")
	equal(t, "principal", s.Requests(OpShowTask)[0].Principal, "agency:"+DefaultAgencyName)
	r := first.post(t, path, body(`"agency_name":"cross","domain_id":"other-domain","duration_seconds":3600`))
	r.want(t, http.StatusCreated, "")
	expires, err := time.Parse(time.RFC3339, r.text(t, "credential", "expires_at"))
	if d := time.Until(expires); err != nil || d < 59*time.Minute || d > time.Hour {
		t.Errorf("expires_at: %s", expires)
	}
	second := withKeys(t, first, r, "credential", "access", "secret", "securitytoken")
	second.get(t, "/v3/tasks/"+foreign).want(t, http.StatusOK, "")
	second.get(t, failedTask).want(t, http.StatusNotFound, "SMS.7703")
	s.ExpireTemporaryKeys()
	second.get(t, "/v3/tasks/"+foreign).want(t, http.StatusUnauthorized, "APIGW.0301")
	a.with(func(a *asker) { a.unsigned = true }).post(t, path, body("")).want(t, http.StatusUnauthorized, "APIGW.0301")
}

func TestAssumeAgencyV5(t *testing.T) {
	s := start(t, WithKeyTTL(2*time.Hour))
	s.AddAgency(Agency{Name: "closed", Trusted: []string{"x"}})
	a := newAsker(s)
	const path = "/v5/agencies/assume"
	body := func(urn string, seconds int) string {
		return fmt.Sprintf(`{"agency_urn":%q,"agency_session_name":"sess","duration_seconds":%d}`, urn, seconds)
	}
	urn := "iam::" + DefaultDomainID + ":agency:" + DefaultAgencyName
	for _, tc := range []struct {
		body   string
		status int
		code   string
	}{
		{body(urn, 900), 200, ""},
		{body(urn, 43200), 200, ""},
		{body(urn, 43201), 400, stsInvalid},
		{body(urn, 899), 400, stsInvalid},
		{body("iam::"+DefaultDomainID+":user:x", 900), 400, stsInvalid},
		{`{"agency_urn":"` + urn + `"}`, 400, stsInvalid},
		{body("iam::"+DefaultDomainID+":agency:none", 900), 404, stsNotFound},
		{body("iam::"+DefaultDomainID+":agency:closed", 900), 403, stsForbidden},
	} {
		a.post(t, path, tc.body).want(t, tc.status, tc.code)
	}
	r := a.post(t, path, `{"agency_urn":"`+urn+`","agency_session_name":"sess"}`)
	keys := withKeys(t, a, r, "credentials", "access_key_id", "secret_access_key", "security_token")
	keys.post(t, path, body(urn, 3601)).want(t, http.StatusBadRequest, stsInvalid)
	keys.post(t, path, body(urn, 3600)).want(t, http.StatusOK, "")
	who := keys.get(t, "/v5/caller-identity")
	equal(t, "account", who.at(t, "account_id"), any(DefaultDomainID))
	equal(t, "urn", who.at(t, "principal_urn"), any(urn))
	expires, err := time.Parse(time.RFC3339, r.text(t, "credentials", "expiration"))
	if d := time.Until(expires); err != nil || d < time.Hour || d > 2*time.Hour {
		t.Errorf("WithKeyTTL: %s", expires)
	}
	a.with(func(a *asker) { a.token = s.NewToken("") }).post(t, path, body(urn, 900)).want(t, http.StatusUnauthorized, "APIGW.0301")
}

func TestOIDC(t *testing.T) {
	s := start(t)
	a := newAsker(s).with(func(a *asker) { a.unsigned = true })
	s.AddIdentityProvider(IdentityProvider{ID: "mine", IDTokens: []string{"one", "two"}})
	exchange := func(idp, token, scope string) reply {
		t.Helper()
		return a.do(t, a.sign(t, http.MethodPost, "/v3.0/OS-AUTH/id-token/tokens", nil, map[string]string{"X-Idp-Id": idp},
			fmt.Sprintf(`{"auth":{"id_token":{"id":%q}%s}}`, token, scope)))
	}
	exchange("mine", "two", "").want(t, http.StatusCreated, "")
	exchange("mine", "three", "").want(t, http.StatusUnauthorized, "IAM.0001")
	exchange("none", "one", "").want(t, http.StatusNotFound, "IAM.0004")
	exchange("", "one", "").want(t, http.StatusBadRequest, "IAM.0011")
	exchange("mine", "", "").want(t, http.StatusBadRequest, "IAM.0011")
	r := exchange(DefaultIdPID, DefaultIDToken, byProject)
	token := r.header.Get("X-Subject-Token")
	equal(t, "methods", r.at(t, "token", "methods", 0), any("mapped"))
	a.with(func(a *asker) { a.token = token }).get(t, failedTask).want(t, http.StatusOK, "")
	equal(t, "principal", s.Requests(OpShowTask)[0].Principal, "idp:"+DefaultIdPID)

	const path = "/v3.0/OS-CREDENTIAL/securitytokens"
	const byHeader = `{"auth":{"identity":{"methods":["token"],"token":{"duration_seconds":900}}}}`
	byBody := strings.Replace(byHeader, `"duration`, `"id":"`+token+`","duration`, 1)
	for name, r := range map[string]reply{
		"body":   a.post(t, path, byBody),
		"header": a.with(func(a *asker) { a.token = token }).post(t, path, byHeader),
	} {
		r.want(t, http.StatusCreated, "")
		keys := withKeys(t, a, r, "credential", "access", "secret", "securitytoken")
		keys.algorithm = algorithm.SM2SM3
		if r := keys.get(t, failedTask); r.status != http.StatusOK {
			t.Errorf("%s: %s", name, r.body)
		}
	}
	equal(t, "exchanges", s.Count(OpTokenToKeys), 2)
	for _, body := range []string{byHeader, strings.Replace(byBody, token, "x", 1)} {
		if r := a.post(t, path, body); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := a.post(t, path, strings.Replace(byBody, `_seconds":900`, `_seconds":1`, 1)); r.status != http.StatusBadRequest {
		t.Errorf("a second: %d %s", r.status, r.body)
	}
}

func TestDenials(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	s.Deny(DefaultAccessKey, OpUnlockTask)
	r := a.post(t, failedTask+"/unlock", "")
	r.want(t, http.StatusForbidden, "SMS.9004")
	equal(t, "detail", r.at(t, "details", 0, "error_code"), any("SMS.9004"))
	equal(t, "locked", s.Locked(failedVM), true)
	a.get(t, failedTask).want(t, http.StatusOK, "")

	encoded := r.text(t, "encoded_authorization_message")
	decode := func(message string) reply {
		return a.post(t, "/v5/decode-authorization-message", fmt.Sprintf(`{"encoded_message":%q}`, message))
	}
	var text struct {
		Failure string `json:"failure"`
		Context struct {
			Action      string         `json:"action"`
			UserProfile map[string]any `json:"user_profile"`
		} `json:"context"`
	}
	decoded := decode(encoded).text(t, "decoded_message")
	if err := json.Unmarshal([]byte(decoded), &text); err != nil {
		t.Fatalf("%v: %s", err, decoded)
	}
	equal(t, "failure", text.Failure, "implicit deny by identity-based policy")
	equal(t, "action", text.Context.Action, "sms:server:unlock")
	equal(t, "canary", text.Context.UserProfile["note"], any(UserProfileCanary))
	for _, message := range []string{"", "unknown", strings.Repeat("x", 10241)} {
		decode(message).want(t, http.StatusBadRequest, stsInvalid)
	}
	a.with(func(a *asker) { a.token = s.NewToken("") }).
		post(t, "/v5/decode-authorization-message", "{}").want(t, http.StatusUnauthorized, "APIGW.0301")

	s.Allow(DefaultAccessKey, OpUnlockTask)
	a.post(t, failedTask+"/unlock", "").want(t, http.StatusOK, "")
	s.DenyWith(Denial{Who: DefaultUserName, Op: OpShowTask, EncodedSize: 20000})
	if m := a.get(t, failedTask).text(t, "encoded_authorization_message"); len(m) != 20000 {
		t.Errorf("%d characters", len(m))
	}
	s.DenyWith(Denial{Op: OpShowOMURL, NoMessage: true})
	r = a.get(t, omURL("x", "y", "z"))
	r.want(t, http.StatusForbidden, "CBH.10020002")
	equal(t, "message left out", r.at(t, "encoded_authorization_message"), nil)
	s.DenyWith(Denial{Op: OpShowServer, Decoded: "not JSON"})
	r = a.get(t, serverPath(DefaultProjectID, failedVM))
	r.want(t, http.StatusForbidden, "Ecs.0003")
	encoded = r.text(t, "encoded_authorization_message")
	equal(t, "own text", decode(encoded).at(t, "decoded_message"), any("not JSON"))
	s.Deny("", "")
	a.get(t, "/v3/projects").want(t, http.StatusForbidden, "IAM.0003")
	decode(encoded).want(t, http.StatusForbidden, stsForbidden)
}

func TestMetadata(t *testing.T) {
	s := start(t)
	a := newAsker(s).with(func(a *asker) { a.unsigned = true })
	session := func(ttl string) reply {
		return a.do(t, a.sign(t, http.MethodPut, "/meta-data/latest/api/token", nil, map[string]string{"X-Metadata-Token-Ttl-Seconds": ttl}, ""))
	}
	keys := func(token string) reply {
		h := map[string]string{}
		if token != "" {
			h["X-Metadata-Token"] = token
		}
		return a.do(t, a.sign(t, http.MethodGet, "/openstack/latest/securitykey", nil, h, ""))
	}
	for _, ttl := range []string{"", "0", "21601", "x"} {
		equal(t, "ttl "+ttl, session(ttl).status, http.StatusBadRequest)
	}
	r := keys(session("21600").body)
	signed := withKeys(t, a, r, "credential", "access", "secret", "securitytoken")
	signed.get(t, failedTask).want(t, http.StatusOK, "")
	equal(t, "the same keys again", keys("").body, r.body)
	equal(t, "unknown session", keys("x").status, http.StatusUnauthorized)

	s.SetMetadata(Metadata{RequireToken: true, Agency: "mine"})
	token := session("60").body
	equal(t, "with session", keys(token).status, http.StatusOK)
	equal(t, "without session", keys("").status, http.StatusUnauthorized)
	s.RevokeMetadataTokens()
	equal(t, "revoked session", keys(token).status, http.StatusUnauthorized)
	for _, status := range []int{404, 405, 503} {
		s.SetMetadata(Metadata{TokenStatus: status})
		equal(t, "PUT", session("60").status, status)
		equal(t, "GET", keys("").status, http.StatusOK)
	}
	s.SetMetadata(Metadata{NoAgency: 401})
	r = keys("")
	equal(t, "no agency", r.status, 401)
	if !strings.Contains(r.body, "Please configure Cloud Service Agency first") {
		t.Errorf("no agency: %s", r.body)
	}
}

func TestMetadataRenews(t *testing.T) {
	c := &clock{t: time.Now()}
	s := start(t, WithClock(c.now))
	a := newAsker(s).with(func(a *asker) { a.unsigned = true })
	get := func() any { return a.get(t, "/openstack/latest/securitykey").at(t, "credential", "access") }
	first := get()
	c.add(18*time.Hour - time.Second)
	equal(t, "after 18 hours", get(), first)
	c.add(2 * time.Second)
	if get() == first {
		t.Error("no new keys with less than 6 hours left")
	}
}
