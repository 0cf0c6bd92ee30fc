// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"
)

var (
	opIDToken = &Operation{
		Name: "sign in with the ID token", Service: "IAM", Path: "/v3.0/OS-AUTH/id-token/tokens",
	}
	opTokenKeys = &Operation{
		Name: "obtain temporary keys for the ID token", Service: "IAM", Path: "/v3.0/OS-CREDENTIAL/securitytokens",
	}
)

const (
	// federatedLife is the life of the keys, as the official SDK asks for it (v0.1.207, core/auth/internal/federal_accessor.go):
	// a CI job's ID token is often good for minutes only, and must not be needed again before the job ends.
	federatedLife = 6 * time.Hour
	// maxIDToken bounds the file of an ID token, in bytes.
	maxIDToken = 64 << 10
)

// OIDC turns an ID token of an OpenID Connect identity provider into temporary keys. It holds no secret of its own.
type OIDC struct {
	// IdPID is the identity provider's ID in IAM.
	IdPID string //nolint:revive // IdP is how the services write it.
	// IDToken is the token; where it is empty, IDTokenFile is read each time, since CI systems rotate it.
	IDToken, IDTokenFile string
	// Way says where it was configured.
	Way string
}

// Identity names the identity provider: whom the token speaks of, IAM alone decides.
func (o OIDC) Identity() Identity {
	return Identity{Way: o.Way, Who: "identity provider " + o.IdPID}
}

// Fetch exchanges the ID token for an IAM token ("Obtaining a Token with an OpenID Connect ID Token", api-iam), and that for
// temporary keys.
func (o OIDC) Fetch(ctx context.Context, c *Client, _ Scope) (Credential, error) {
	id, err := o.idToken()
	if err != nil {
		return Credential{}, err
	}
	r := &request{
		op: opIDToken, service: serviceIAM, region: c.cfg.Region, method: http.MethodPost,
		segments: []string{"v3.0", "OS-AUTH", "id-token", "tokens"}, header: map[string]string{"X-Idp-Id": o.IdPID},
		body:    map[string]any{"auth": map[string]any{"id_token": map[string]string{"id": id}}},
		secrets: []string{id}, anonymous: true, as: o.Identity(),
	}
	header, err := c.exchange(ctx, r, nil)
	if err != nil {
		return Credential{}, err
	}
	token := header.Get(subjectToken)
	if token == "" {
		return Credential{}, c.noToken(r, header)
	}
	r = securityTokens(c, opTokenKeys, "token", map[string]any{"id": token, "duration_seconds": seconds(federatedLife, 0)})
	r.anonymous, r.as, r.secrets = true, o.Identity(), []string{token}
	var keys temporaryKeys
	if err := c.call(ctx, r, &keys); err != nil {
		return Credential{}, err
	}
	return keys.credential(c.cfg.Now(), federatedLife), nil
}

func (o OIDC) idToken() (string, error) {
	if o.IDToken != "" {
		return o.IDToken, nil
	}
	fail := func(why string, err error) error {
		return &SignInError{
			As: o.Identity(), Why: fmt.Sprintf("the ID token file %s %s", o.IDTokenFile, why),
			Remedy: "Check id_token_file (HW_ASSUME_ROLE_ID_TOKEN_FILE), and that the CI job writes its ID token there before Terraform runs.",
			cause:  err,
		}
	}
	text, err := readBounded(o.IDTokenFile, maxIDToken)
	if err != nil {
		return "", fail("can not be read: "+fileFault(err), err)
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return "", fail("is empty", nil)
	}
	return string(text), nil
}
