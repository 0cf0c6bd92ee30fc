// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import "context"

// Keys signs requests with an access key, permanent or temporary (with its security token).
type Keys struct {
	AccessKey, SecretKey, SecurityToken string
	// Way says where the keys were configured.
	Way string
}

// Identity names the masked access key.
func (k Keys) Identity() Identity {
	return Identity{Way: k.Way, Who: Mask(k.AccessKey)}
}

// Fetch returns the keys.
func (k Keys) Fetch(context.Context, *Client, Scope) (Credential, error) {
	return Credential{AccessKey: k.AccessKey, SecretKey: k.SecretKey, SecurityToken: k.SecurityToken}, nil
}
