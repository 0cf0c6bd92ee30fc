// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

var opCreateToken = &Operation{Name: "sign in with the password", Service: "IAM", Path: "/v3/auth/tokens"}

const (
	// tokenMargin is how long before its end a token is replaced.
	tokenMargin = 5 * time.Minute
	// tokenLife is the life of a token ("Obtaining a User Token Through Password Authentication", api-iam/iam_30_0001).
	tokenLife = 24 * time.Hour
)

// Password obtains a token for a user's password, one for each project. A password that IAM refuses is not tried again by
// this process, since repeated failures lock the user.
type Password struct {
	// UserName needs DomainName or DomainID; UserID needs neither, and comes before UserName.
	UserName, UserID, Password string
	// DomainID comes before DomainName.
	DomainName, DomainID string
	// Way says where the password was configured.
	Way string
}

// Identity names the user and the account.
func (p Password) Identity() Identity {
	if p.UserID != "" {
		return Identity{Way: p.Way, Who: "user ID " + p.UserID}
	}
	return Identity{Way: p.Way, Who: "user " + p.UserName + " of account " + firstOf(p.DomainName, p.DomainID)}
}

func (p Password) scoped() {}

// Fetch obtains a token for the project, or for the account where the scope names none.
func (p Password) Fetch(ctx context.Context, c *Client, scope Scope) (Credential, error) {
	host := ""
	if base, err := c.endpoint(serviceIAM, c.cfg.Region); err == nil {
		host = base.Host
	}
	m := passwords.of(host, p)
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return Credential{}, ctx.Err()
	}
	if err := m.refusal(scope); err != nil {
		return Credential{}, err
	}
	cred, err := p.token(ctx, c, scope)
	m.note(scope, err)
	return cred, err
}

func (p Password) token(ctx context.Context, c *Client, scope Scope) (Credential, error) {
	r := &request{
		op: opCreateToken, service: serviceIAM, region: c.cfg.Region, method: http.MethodPost,
		segments: []string{"v3", "auth", "tokens"}, query: url.Values{"nocatalog": {"true"}},
		body: p.body(scope), secrets: []string{p.Password}, anonymous: true, as: p.Identity(),
	}
	var answer struct {
		Token struct {
			ExpiresAt lenientString `json:"expires_at"`
			Project   struct {
				ID lenientString `json:"id"`
			} `json:"project"`
		} `json:"token"`
	}
	header, err := c.exchange(ctx, r, &answer)
	if err != nil {
		return Credential{}, err
	}
	cred := Credential{Token: header.Get(subjectToken), ProjectID: string(answer.Token.Project.ID)}
	if cred.Token == "" {
		return Credential{}, c.noToken(r, header)
	}
	if CheckID(cred.ProjectID) != nil {
		cred.ProjectID = scope.ProjectID
	}
	cred.Expires = expiry(string(answer.Token.ExpiresAt), c.cfg.Now(), tokenLife)
	cred.Refresh = cred.Expires.Add(-tokenMargin)
	return cred, nil
}

// subjectToken is the header in which IAM answers with a token.
const subjectToken = "X-Subject-Token"

// noToken is the error of an answer that should have held a token.
func (c *Client) noToken(r *request, header http.Header) *Error {
	e := &Error{
		Operation: r.op, Kind: Unreadable, Status: http.StatusCreated, As: r.as, Tries: 1,
		Message:   "the answer is not what the service documents: it holds no " + subjectToken,
		RequestID: Bound(Clean(requestID(header)), maxCode),
	}
	if base, err := c.endpoint(r.service, r.region); err == nil {
		e.Host = base.Host
	}
	return e
}

// named is a thing of IAM by ID or by name.
type named struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name,omitempty"`
	Domain *named `json:"domain,omitempty"`
}

// domain is the account that was configured, nil where none was.
func (p Password) domain() *named {
	switch {
	case p.DomainID != "":
		return &named{ID: p.DomainID}
	case p.DomainName != "":
		return &named{Name: p.DomainName}
	}
	return nil
}

// body is the request for a token. A project that is given by name is sought in the account.
func (p Password) body(scope Scope) any {
	type user struct {
		named
		Password string `json:"password"`
	}
	u := user{named: named{ID: p.UserID}, Password: p.Password}
	if p.UserID == "" {
		u.named = named{Name: p.UserName, Domain: p.domain()}
	}
	auth := map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": u}},
	}
	switch {
	case scope.ProjectID != "":
		auth["scope"] = map[string]any{"project": named{ID: scope.ProjectID}}
	case scope.ProjectName != "":
		auth["scope"] = map[string]any{"project": named{Name: scope.ProjectName, Domain: p.domain()}}
	case p.domain() != nil:
		auth["scope"] = map[string]any{"domain": p.domain()}
	}
	return map[string]any{"auth": auth}
}

// passwords is what this process knows of passwords. It outlives a client, because Terraform makes several with the same
// configuration. It holds digests, not passwords.
var passwords passwordBook

type passwordBook struct {
	mu sync.Mutex
	m  map[[sha256.Size]byte]*passwordMemory
}

func (b *passwordBook) of(host string, p Password) *passwordMemory {
	key := sha256.Sum256([]byte(strings.Join([]string{host, p.UserID, p.UserName, p.DomainID, p.DomainName, p.Password}, "\x00")))
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.m == nil {
		b.m = map[[sha256.Size]byte]*passwordMemory{}
	}
	if b.m[key] == nil {
		b.m[key] = &passwordMemory{turn: make(chan struct{}, 1), byScope: map[Scope]error{}}
	}
	return b.m[key]
}

// passwordMemory is what is known of one password. Whoever holds the turn may read and write it, and try the password.
type passwordMemory struct {
	turn chan struct{}
	// refused is why the password is not tried again.
	refused error
	// byScope holds nil for a project that the password opened, and the refusal for one that it did not although it opened
	// another: IAM answers 401 as well where there is no such project.
	byScope map[Scope]error
}

func (m *passwordMemory) refusal(scope Scope) error {
	if m.refused != nil {
		return m.refused
	}
	return m.byScope[scope]
}

func (m *passwordMemory) note(scope Scope, err error) {
	if err == nil {
		m.byScope[scope] = nil
		return
	}
	if status(err) != http.StatusUnauthorized {
		return
	}
	_, opened := m.byScope[scope]
	if opened || len(m.byScope) == 0 {
		m.refused = err
		return
	}
	m.byScope[scope] = err
}
