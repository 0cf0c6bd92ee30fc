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

// Identity says only that it is a token: whose it is, the service alone knows.
func (t Token) Identity() Identity { return Identity{Way: t.Way, Who: "the holder of the token"} }

// Fetch returns the token.
func (t Token) Fetch(context.Context, *Client, Scope) (Credential, error) {
	return Credential{Token: t.Value}, nil
}
