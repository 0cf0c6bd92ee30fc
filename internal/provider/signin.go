// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// signIn chooses the way to sign in: a token, else an access key. Nil means that none was given, which the first operation that needs
// one reports.
func (s settings) signIn(diags *diag.Diagnostics) client.SignIn {
	ak, sk := s.m["access_key"], s.m["secret_key"]
	switch {
	case s.m["token"].given():
		return client.Token{Value: s.get("token"), Way: "token (" + s.m["token"].from + ")"}
	case ak.given() && sk.given():
		keys := client.Keys{AccessKey: ak.value, SecretKey: sk.value, Way: "access key (" + ak.from + ")"}
		if token := s.m["security_token"]; token.argument == ak.argument {
			keys.SecurityToken = token.value
		}
		return keys
	case ak.given():
		half(diags, "secret_key", ak.from)
	case sk.given():
		half(diags, "access_key", sk.from)
	}
	return nil
}

// half reports a credential whose other half is missing.
func half(diags *diag.Diagnostics, missing, given string) {
	diags.AddAttributeError(path.Root(missing), "Half of the credentials is missing", fmt.Sprintf(
		"%s is given, but %s is not. Give it as %s, or remove %s.", given, missing, orList(append([]string{"the argument " + missing}, variables[missing]...)), given))
}
