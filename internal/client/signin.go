// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ErrNoCredentials means that the client was given no way to sign in and found none.
var ErrNoCredentials = errors.New("no credentials were given, and none were found")

// SignIn is one way to prove who is calling. Each way has a file of its own, and none knows another: one that needs keys to
// obtain others is given a [*Session].
type SignIn interface {
	// Identity says by which way and as whom, without a secret.
	Identity() Identity
	// Fetch obtains a credential for the scope. Static ways return what they hold.
	Fetch(ctx context.Context, c *Client, scope Scope) (Credential, error)
}

// Identity is as whom the client acts, for messages and logs.
type Identity struct {
	// Way is the way in and where it was configured, e.g. "access key (HW_ACCESS_KEY)".
	Way string
	// Who is the masked access key, the user or the agency.
	Who string
}

// String is the identity in one phrase.
func (i Identity) String() string {
	switch {
	case i.Way == "":
		return i.Who
	case i.Who == "":
		return i.Way
	}
	return i.Who + ", by " + i.Way
}

// Scope is the project that a call is made in: by ID, or by a name that is looked up.
type Scope struct {
	ProjectID, ProjectName string
}

// Credential is what a request is authorized with: keys that sign it, or a token that it carries.
type Credential struct {
	AccessKey, SecretKey, SecurityToken string
	Token                               string
	// ProjectID is the project that the token is scoped to, where that is known.
	ProjectID string
	// Refresh is when the credential is obtained anew; zero means that it is static.
	Refresh time.Time
	// Expires is when the service stops to accept it, zero where that is not known.
	Expires time.Time
	As      Identity
}

// Session holds the credential of one way, obtains it once for all who wait, and again when it is time.
type Session struct {
	way SignIn
	m   sharedMap[Scope, Credential]
}

// NewSession returns a session that has obtained nothing yet.
func NewSession(way SignIn) *Session { return &Session{way: way} }

// Identity is that of the way.
func (s *Session) Identity() Identity { return s.way.Identity() }

// scoped is a way whose credential is good for one project alone.
type scoped interface{ scoped() }

// Credential returns a credential for the scope that is good for minutes to come. Where a new one can not be had for a passing
// reason, the old one serves until it expires.
func (s *Session) Credential(ctx context.Context, c *Client, scope Scope) (Credential, error) {
	return s.get(ctx, c, scope, true, func(cred Credential) bool {
		return cred.Refresh.IsZero() || c.cfg.Now().Before(cred.Refresh)
	})
}

// Renew replaces a credential that the service refused, once for all who hold it.
func (s *Session) Renew(ctx context.Context, c *Client, scope Scope, stale Credential) (Credential, error) {
	return s.get(ctx, c, scope, false, func(cred Credential) bool { return cred.Token != stale.Token })
}

func (s *Session) get(ctx context.Context, c *Client, scope Scope, oldServes bool, fresh func(Credential) bool) (Credential, error) {
	if _, ok := s.way.(scoped); !ok {
		scope = Scope{}
	}
	value := s.m.at(scope)
	return value.get(ctx, fresh, func(ctx context.Context) (Credential, error) {
		cred, err := s.way.Fetch(ctx, c, scope)
		if cred.As == (Identity{}) {
			cred.As = s.way.Identity()
		}
		if old, ok := value.held(); err != nil && ok && oldServes && passing(err) && c.cfg.Now().Before(old.Expires) {
			old.Refresh = c.cfg.Now().Add(renewalPause)
			return old, nil
		}
		return cred, err
	})
}

// renewalPause is how long an old credential serves before a new one is asked for again.
const renewalPause = time.Minute

// passing says whether the failure is no answer to the credential itself, so that the next try can succeed.
func passing(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind != Refused || e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout)
}

// expiry reads when a credential expires. Where the service did not say, it is taken to live for as long as otherwise.
func expiry(text string, now time.Time, otherwise time.Duration) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return now.Add(otherwise)
}

// SignInError means that a way to sign in could not be used, although no service refused it. It holds no secret.
type SignInError struct {
	As Identity
	// Why is what is wrong, Remedy what the reader can do about it.
	Why, Remedy string

	cause error
}

// Error is one line for logs.
func (e *SignInError) Error() string {
	if errors.Is(e.cause, ErrNoCredentials) {
		return ErrNoCredentials.Error() + ": " + e.Why
	}
	return e.As.String() + ": " + e.Why
}

// Unwrap gives the failure beneath.
func (e *SignInError) Unwrap() error { return e.cause }

// Mask shortens an access key so that it can be recognised, not used: the key is no secret, but half of a pair.
func Mask(accessKey string) string {
	if len(accessKey) < 12 {
		return "****"
	}
	return accessKey[:4] + "****" + accessKey[len(accessKey)-4:]
}

// credential is what the request is authorized with. It also settles the project: keys name it in a header, and a path may
// need it.
func (c *Client) credential(ctx context.Context, r *request) (Credential, error) {
	if r.session != nil {
		return r.session.Credential(ctx, c, r.scope)
	}
	if c.session == nil {
		return Credential{}, ErrNoCredentials
	}
	if r.scope == (Scope{}) {
		r.scope = c.homeScope()
	}
	cred, err := c.session.Credential(ctx, c, r.scope)
	if err != nil {
		return cred, err
	}
	if cred.Token == "" && r.projectID == "" {
		r.projectID, err = c.project(ctx, cred, r.scope)
	}
	return cred, err
}

// homeScope is the project of the configuration: by ID, else by name, else the one named like the region.
func (c *Client) homeScope() Scope {
	switch {
	case c.cfg.ProjectID != "":
		return Scope{ProjectID: c.cfg.ProjectID}
	case c.cfg.ProjectName != "":
		return Scope{ProjectName: c.cfg.ProjectName}
	}
	return Scope{ProjectName: c.cfg.Region}
}
