// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

var (
	opAssumeRole = &Operation{
		Name: "assume the agency", Service: "IAM", Path: "/v3.0/OS-CREDENTIAL/securitytokens", Permission: "iam:agencies:assume",
	}
	opAssumeAgency = &Operation{
		Name: "assume the agency", Service: "STS", Path: "/v5/agencies/assume", Permission: "sts:agencies:assume",
	}
)

const (
	// assumeLife is what the official provider asks IAM v3 for, whatever the configuration says (v1.97.1, config/auth.go). Here
	// it is the default.
	assumeLife = 12 * time.Hour
	// stsLife is what STS gives where no duration is asked for (AssumeAgency, huaweicloud-sdk-go-v3 v0.1.207, services/sts/v1).
	stsLife = time.Hour
	// stsMost is the longest life that STS gives, and stsMostChained where temporary keys ask for it (same source). Since keys
	// are renewed, a longer duration is no reason to fail: the most is asked for.
	stsMost, stsMostChained = 12 * time.Hour, time.Hour
	// keysMargin is how long before their end temporary keys are replaced; never more than a third of their life.
	keysMargin = 5 * time.Minute
)

// AssumeRole takes an agency with the credentials of another way, and obtains temporary keys that act in the account of the
// agency. A chain is an AssumeRole whose source assumed a role itself.
type AssumeRole struct {
	Source *Session
	// AgencyName and the account that delegates. With DomainID the agency is assumed through STS v5, with DomainName alone
	// through IAM v3, as in the official provider; and through IAM v3 always where the source is a token, which STS does not take.
	AgencyName, DomainName, DomainID string
	// Duration is the life of the keys; 0 means 12 hours from IAM, and the hour that is the default of STS.
	Duration time.Duration
	// Way says where the agency was configured.
	Way string
}

// Identity names the agency, its account, and who assumed it.
func (a AssumeRole) Identity() Identity {
	return Identity{
		Way: a.Way + " as " + a.Source.Identity().String(),
		Who: "agency " + a.AgencyName + " of account " + firstOf(a.DomainID, a.DomainName),
	}
}

// Fetch assumes the agency.
func (a AssumeRole) Fetch(ctx context.Context, c *Client, _ Scope) (Credential, error) {
	// The rights on agencies are the account's, not a project's: the scope names none.
	source, err := a.Source.Credential(ctx, c, Scope{})
	if err != nil {
		return Credential{}, err
	}
	var keys temporaryKeys
	r, life := a.viaIAM(c), assumeLife
	if a.DomainID != "" && source.Token == "" {
		r, life = a.viaSTS(c, source), stsLife
	}
	if a.Duration > 0 {
		life = min(life, a.Duration)
	}
	r.session, r.as = a.Source, a.Identity()
	if err := c.call(ctx, r, &keys); err != nil {
		return Credential{}, c.explainAs(ctx, a.Source, err)
	}
	return keys.credential(c.cfg.Now(), life), nil
}

// viaIAM is POST /v3.0/OS-CREDENTIAL/securitytokens ("Obtaining a Temporary Access Key and Security Token Through an Agency").
func (a AssumeRole) viaIAM(c *Client) *request {
	role := map[string]any{"agency_name": a.AgencyName, "duration_seconds": seconds(a.Duration, assumeLife)}
	if a.DomainID != "" {
		role["domain_id"] = a.DomainID
	} else {
		role["domain_name"] = a.DomainName
	}
	return securityTokens(c, opAssumeRole, "assume_role", role)
}

// viaSTS is POST /v5/agencies/assume (AssumeAgency).
func (a AssumeRole) viaSTS(c *Client, source Credential) *request {
	body := map[string]any{
		"agency_urn":          "iam::" + a.DomainID + ":agency:" + a.AgencyName,
		"agency_session_name": a.AgencyName,
	}
	if a.Duration > 0 {
		most := stsMost
		if source.SecurityToken != "" {
			most = stsMostChained
		}
		body["duration_seconds"] = seconds(min(a.Duration, most), 0)
	}
	return &request{
		op: opAssumeAgency, service: serviceSTS, region: c.cfg.Region, method: http.MethodPost,
		segments: []string{"v5", "agencies", "assume"}, body: body,
	}
}

// securityTokens asks IAM for temporary keys by one of its methods.
func securityTokens(c *Client, op *Operation, method string, how map[string]any) *request {
	return &request{
		op: op, service: serviceIAM, region: c.cfg.Region, method: http.MethodPost,
		segments: []string{"v3.0", "OS-CREDENTIAL", "securitytokens"},
		body: map[string]any{"auth": map[string]any{
			"identity": map[string]any{"methods": []string{method}, method: how},
		}},
	}
}

func seconds(d, otherwise time.Duration) int {
	if d <= 0 {
		d = otherwise
	}
	return int(d / time.Second)
}

// temporaryKeys is the answer of whoever hands out temporary keys: IAM v3 and the metadata service
// (credential{access, secret, securitytoken, expires_at}), STS v5 (credentials{access_key_id, ...}).
type temporaryKeys struct {
	access, secret, token, expires string
}

func (k *temporaryKeys) UnmarshalJSON(b []byte) error {
	var w struct {
		V3 struct {
			Access  lenientString `json:"access"`
			Secret  lenientString `json:"secret"`
			Token   lenientString `json:"securitytoken"`
			Expires lenientString `json:"expires_at"`
		} `json:"credential"`
		V5 struct {
			Access  lenientString `json:"access_key_id"`
			Secret  lenientString `json:"secret_access_key"`
			Token   lenientString `json:"security_token"`
			Expires lenientString `json:"expiration"`
		} `json:"credentials"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	pick := func(a, b lenientString) string { return firstOf(string(a), string(b)) }
	*k = temporaryKeys{
		access: pick(w.V3.Access, w.V5.Access), secret: pick(w.V3.Secret, w.V5.Secret),
		token: pick(w.V3.Token, w.V5.Token), expires: pick(w.V3.Expires, w.V5.Expires),
	}
	switch {
	case k.access == "":
		return lacking("access key")
	case k.secret == "":
		return lacking("secret key")
	case k.token == "":
		return lacking("security token")
	}
	return nil
}

// credential is good until shortly before the keys expire; otherwise is their life where the answer does not tell it.
func (k *temporaryKeys) credential(now time.Time, otherwise time.Duration) Credential {
	cred := Credential{AccessKey: k.access, SecretKey: k.secret, SecurityToken: k.token}
	cred.Expires = expiry(k.expires, now, otherwise)
	cred.Refresh = cred.Expires.Add(-min(keysMargin, cred.Expires.Sub(now)/3))
	return cred
}
