// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"
	"unicode/utf8"
)

var opDecode = &Operation{
	Name: "decode the reason of the refusal", Service: "STS", Path: "/v5/decode-authorization-message", Permission: "sts::decodeAuthorizationMessage",
}

const (
	// maxDecodable is the length, in characters, of a message that STS takes (sts/DecodeAuthorizationMessage).
	maxDecodable = 10240
	explainTime  = 5 * time.Second
)

// Denial is what STS says of a refusal. Of a decoded message only "failure" is documented; nothing of the user's profile is kept.
type Denial struct {
	// Failure is the reason, e.g. "implicit deny by identity-based policy". Action and Resource are empty where not told.
	Failure, Action, Resource string
	// Unknown says why there is no reason; it is empty where there is one.
	Unknown string
}

// explain asks STS why a request was refused, once per distinct message, and notes the answer in the error, which it returns.
// It never makes the error worse: where STS can not say, that is noted.
func (c *Client) explain(ctx context.Context, err error) error { return c.explainAs(ctx, nil, err) }

// explainAs is explain with the credentials of a session; nil means the client's own.
func (c *Client) explainAs(ctx context.Context, session *Session, err error) error {
	var e *Error
	if !c.cfg.ExplainDenials || !errors.As(err, &e) || e.Denial != nil || e.Status != http.StatusForbidden || e.EncodedAuthorizationMessage == "" {
		return err
	}
	sum := sha256.Sum256([]byte(e.EncodedAuthorizationMessage))
	denial, failed := c.denials.at(hex.EncodeToString(sum[:])).get(ctx, always, func(ctx context.Context) (Denial, error) {
		return c.decodeDenial(ctx, session, e), nil
	})
	if failed != nil {
		return err
	}
	// Everybody who waited for the same credential was given the same error: it is copied, not changed.
	told := *e
	told.Denial = &denial
	return &told
}

func (c *Client) decodeDenial(ctx context.Context, session *Session, e *Error) Denial {
	if utf8.RuneCountInString(e.EncodedAuthorizationMessage) > maxDecodable {
		return Denial{Unknown: "the message is longer than STS decodes"}
	}
	ctx, cancel := context.WithTimeout(ctx, explainTime)
	defer cancel()
	scope := Scope{}
	if session == nil {
		session, scope = c.session, c.homeScope()
	}
	// STS acts in no project, so none is looked up: that may be what was refused.
	cred, err := session.Credential(ctx, c, scope)
	switch {
	case err != nil:
		return Denial{Unknown: "signing in to ask STS failed"}
	case cred.AccessKey == "":
		return Denial{Unknown: "STS takes an access key only, and this provider acted with a token"}
	}
	r := &request{
		op: opDecode, service: serviceSTS, region: c.cfg.Region, method: http.MethodPost,
		segments: []string{"v5", "decode-authorization-message"},
		body:     map[string]string{"encoded_message": e.EncodedAuthorizationMessage}, once: true, cred: &cred,
	}
	var answer struct {
		Decoded string `json:"decoded_message"`
	}
	if _, err := c.send(ctx, r, &answer); err != nil {
		var refusal *Error
		if errors.As(err, &refusal) && refusal.Status != 0 {
			return Denial{Unknown: "STS refused to decode it: " + Bound(refusal.Error(), 512)}
		}
		return Denial{Unknown: "STS could not be asked: " + Bound(Clean(errText(err)), 512)}
	}
	return readDenial(redact(answer.Decoded, []string{cred.SecretKey, cred.SecurityToken}))
}

// readDenial finds failure, action and resource wherever they stand in the decoded message, but not in the user's profile.
func readDenial(message string) Denial {
	var tree any
	if json.Unmarshal([]byte(message), &tree) != nil {
		return Denial{Unknown: "STS decoded it to something that this provider can not read"}
	}
	d := Denial{
		Failure:  Bound(Clean(find(tree, "failure")), 1024),
		Action:   Bound(Clean(find(tree, "action")), 256),
		Resource: Bound(Clean(find(tree, "resource")), 1024),
	}
	if d.Failure == "" && d.Action == "" && d.Resource == "" {
		d.Unknown = "STS decoded it, but it names no reason"
	}
	return d
}

// find is the first text under the key, nearest to the root.
func find(tree any, key string) string {
	level := []any{tree}
	for len(level) > 0 {
		var next []any
		for _, node := range level {
			switch n := node.(type) {
			case map[string]any:
				if s, ok := n[key].(string); ok && s != "" {
					return s
				}
				for _, k := range sortedKeys(n) {
					if k != "user_profile" {
						next = append(next, n[k])
					}
				}
			case []any:
				next = append(next, n...)
			}
		}
		level = next
	}
	return ""
}
