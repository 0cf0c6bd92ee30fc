// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import "context"

// Token sends a token that somebody else obtained (X-Auth-Token). It can not be renewed here.
type Token struct {
	Value string
	// Way says where the token was configured.
	Way string
}

// Identity names the way alone: whose token it is, the service knows.
func (t Token) Identity() Identity { return Identity{Way: t.Way} }

// Fetch returns the token.
func (t Token) Fetch(context.Context, *Client, Scope) (Credential, error) {
	return Credential{Token: t.Value}, nil
}
