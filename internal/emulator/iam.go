// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// iamTime is how IAM writes a time: UTC, with microseconds.
const iamTime = "2006-01-02T15:04:05.000000Z"

// passwordTries is after how many wrong passwords a user is locked. The number
// is assumed; that it happens is documented.
const passwordTries = 5

type nameOrID struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Domain *nameOrID `json:"domain"`
}

type scope struct {
	Project *nameOrID `json:"project"`
	Domain  *nameOrID `json:"domain"`
}

type tokenRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					nameOrID
					Password string `json:"password"`
				} `json:"user"`
			} `json:"password"`
		} `json:"identity"`
		Scope scope `json:"scope"`
	} `json:"auth"`
}

// createToken is POST /v3/auth/tokens with a password.
func (c *call) createToken() answer {
	var req tokenRequest
	if json.Unmarshal(c.body, &req) != nil || !slices.Equal(req.Auth.Identity.Methods, []string{"password"}) {
		return c.iamError(http.StatusBadRequest, "The request body is invalid")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	given := req.Auth.Identity.Password.User
	u := st.findUser(given.nameOrID)
	if u == nil {
		return c.iamError(http.StatusUnauthorized, "The username or password is wrong.")
	}
	if u.locked {
		return c.iamError(http.StatusUnauthorized, "The account is locked.")
	}
	if given.Password == "" || given.Password != u.Password {
		u.failures++
		u.locked = u.failures >= passwordTries
		return c.iamError(http.StatusUnauthorized, "The username or password is wrong.")
	}
	id := identity{userID: u.ID, userName: u.Name, principal: u.Name, domainID: u.DomainID}
	p, refused := c.resolveScope(st, req.Auth.Scope, u.DomainID)
	if refused != nil {
		return *refused
	}
	name := "iam/token-domain"
	if p != nil {
		id.projectID, name = p.ID, "iam/token-project"
	}
	return c.issueToken(st, name, id, p)
}

func (st *state) findUser(who nameOrID) *userState {
	if who.ID != "" {
		return st.users[who.ID]
	}
	for _, u := range st.users {
		if u.Name == who.Name && who.Domain != nil && st.isAccount(u.DomainID, who.Domain) {
			return u
		}
	}
	return nil
}

func (st *state) isAccount(id string, who *nameOrID) bool {
	if who.ID != "" {
		return who.ID == id
	}
	a := st.accounts[id]
	return a != nil && who.Name != "" && a.Name == who.Name
}

// resolveScope returns the project that a token is to be for; nil stands for
// the account. A project wins over an account, as documented.
func (c *call) resolveScope(st *state, sc scope, domainID string) (*Project, *answer) {
	if sc.Project == nil {
		if sc.Domain != nil && !st.isAccount(domainID, sc.Domain) {
			a := c.iamError(http.StatusForbidden, "You are not authorized to perform the requested action.")
			return nil, &a
		}
		return nil, nil
	}
	for _, p := range st.projects {
		if p.DomainID == domainID && (p.ID == sc.Project.ID || (sc.Project.ID == "" && p.Name == sc.Project.Name)) {
			return p, nil
		}
	}
	a := c.iamError(http.StatusUnauthorized, "The project does not exist or is not the user's.")
	return nil, &a
}

// issueToken makes a token and answers with it, in the form of a fixture.
func (c *call) issueToken(st *state, name string, id identity, p *Project) answer {
	value, t := st.addToken(id)
	v := vars{
		"expires_at": t.expires.UTC().Format(iamTime), "issued_at": c.s.now().UTC().Format(iamTime),
		"user_id": id.userID, "user_name": id.userName, "domain_id": id.domainID,
		"domain_name": st.accountName(id.domainID), "idp": strings.TrimPrefix(id.principal, "idp:"),
	}
	if p != nil {
		v["project_id"], v["project_name"] = p.ID, p.Name
	}
	v["catalog"] = json.RawMessage("[]")
	if c.query.Get("nocatalog") == "" && name != "iam/token-federated" {
		v["catalog"] = json.RawMessage(render("iam/catalog", nil).body)
	}
	a := render(name, v)
	a.set("X-Subject-Token", value)
	return a
}

func (st *state) accountName(id string) string {
	if a := st.accounts[id]; a != nil {
		return a.Name
	}
	return id
}

// oidcToken is POST /v3.0/OS-AUTH/id-token/tokens: an ID token of a trusted
// provider for an IAM token.
func (c *call) oidcToken() answer {
	var req struct {
		Auth struct {
			IDToken struct {
				ID string `json:"id"`
			} `json:"id_token"`
			Scope scope `json:"scope"`
		} `json:"auth"`
	}
	idpID := c.r.Header.Get("X-Idp-Id")
	if json.Unmarshal(c.body, &req) != nil || req.Auth.IDToken.ID == "" || idpID == "" || len(idpID) > 64 {
		return c.serviceError(http.StatusBadRequest, "IAM.0011", "Request body is invalid.")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	idp := st.idps[idpID]
	if idp == nil {
		return c.serviceError(http.StatusNotFound, "IAM.0004", "Could not find identity_provider: "+idpID+".")
	}
	if !slices.Contains(idp.IDTokens, req.Auth.IDToken.ID) {
		return c.serviceError(http.StatusUnauthorized, "IAM.0001", "The request you have made requires authentication.")
	}
	id := identity{
		userID: "fed-" + idpID, userName: "FederationUser", principal: "idp:" + idpID, domainID: idp.DomainID,
	}
	p, refused := c.resolveScope(st, req.Auth.Scope, idp.DomainID)
	if refused != nil {
		return *refused
	}
	if p != nil {
		id.projectID = p.ID
	}
	return c.issueToken(st, "iam/token-federated", id, p)
}

type keysRequest struct {
	Auth struct {
		Identity struct {
			Methods    []string `json:"methods"`
			AssumeRole struct {
				AgencyName      string `json:"agency_name"`
				DomainID        string `json:"domain_id"`
				DomainName      string `json:"domain_name"`
				DurationSeconds *int   `json:"duration_seconds"`
			} `json:"assume_role"`
			Token struct {
				ID              string `json:"id"`
				DurationSeconds *int   `json:"duration_seconds"`
			} `json:"token"`
		} `json:"identity"`
	} `json:"auth"`
}

// assumeRoleV3 is POST /v3.0/OS-CREDENTIAL/securitytokens with assume_role.
func (c *call) assumeRoleV3() answer {
	var req keysRequest
	if json.Unmarshal(c.body, &req) != nil || !slices.Equal(req.Auth.Identity.Methods, []string{"assume_role"}) {
		return c.iamError(http.StatusBadRequest, "The request body is invalid")
	}
	role := req.Auth.Identity.AssumeRole
	life, ok := duration(role.DurationSeconds)
	if !ok || role.AgencyName == "" || (role.DomainID == "" && role.DomainName == "") {
		return c.iamError(http.StatusBadRequest, "The request body is invalid")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	domainID := role.DomainID
	if domainID == "" {
		for _, a := range st.accounts {
			if a.Name == role.DomainName {
				domainID = a.ID
			}
		}
	}
	id, allowed := c.assume(st, domainID, role.AgencyName)
	if !allowed {
		return c.iamError(http.StatusForbidden, "You are not authorized to perform the requested action.")
	}
	return c.credential(st, id, life)
}

// assume takes an agency for the caller.
func (c *call) assume(st *state, domainID, name string) (identity, bool) {
	ag := st.agencies[[2]string{domainID, name}]
	if ag == nil || (ag.Trusted != nil && !slices.Contains(ag.Trusted, c.id.domainID)) {
		return identity{}, false
	}
	return identity{userID: "agency-" + name, userName: name, principal: "agency:" + name, domainID: domainID}, true
}

// tokenToKeys is POST /v3.0/OS-CREDENTIAL/securitytokens with a token, in the
// body or in X-Auth-Token.
func (c *call) tokenToKeys() answer {
	var req keysRequest
	_ = json.Unmarshal(c.body, &req) // held once already, by methodIsToken
	life, ok := duration(req.Auth.Identity.Token.DurationSeconds)
	if !ok {
		return c.iamError(http.StatusBadRequest, "The request body is invalid")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	value := req.Auth.Identity.Token.ID
	if value == "" {
		value = c.r.Header.Get("X-Auth-Token")
	}
	t := st.tokens[value]
	if t == nil || !c.s.now().Before(t.expires) {
		return c.iamError(http.StatusUnauthorized, "The token is invalid.")
	}
	return c.credential(st, t.id, life)
}

// duration is 900 to 86,400 seconds, 900 by default.
func duration(seconds *int) (time.Duration, bool) {
	if seconds == nil {
		return 900 * time.Second, true
	}
	return time.Duration(*seconds) * time.Second, *seconds >= 900 && *seconds <= 86400
}

func (c *call) credential(st *state, id identity, life time.Duration) answer {
	access, k := st.addTempKey(id, life)
	return render("iam/credential", vars{
		"access": access, "secret": k.secret, "securitytoken": k.securityToken,
		"expires_at": k.expires.UTC().Format(iamTime),
	})
}

// listProjects is GET /v3/projects.
func (c *call) listProjects() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	items := []json.RawMessage{}
	for _, p := range st.projects {
		if p.DomainID == c.id.domainID && (!c.query.Has("name") || p.Name == c.query.Get("name")) {
			items = append(items, render("iam/project", vars{"id": p.ID, "name": p.Name, "domain_id": p.DomainID}).body)
		}
	}
	return render("iam/projects", vars{"projects": items})
}

// listDomains is GET /v3/auth/domains.
func (c *call) listDomains() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	return render("iam/domains", vars{"id": c.id.domainID, "name": st.accountName(c.id.domainID)})
}
