// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// signIn chooses the way to sign in. This is the one place that does, and the order is that of the official provider (v1.97.1,
// provider.go, config/config.go and config/auth.go):
//
//  1. a token
//  2. an ID token (assume_role_with_oidc)
//  3. the keys of a profile, where one was chosen
//  4. an access key
//  5. a password
//  6. the agency of the ECS that Terraform runs on
//
// Then agencies are assumed, one after the other. A way that is given in part is an error, unless the part stands in the
// environment alone and another way is whole.
func (s settings) signIn(diags *diag.Diagnostics) client.SignIn {
	ways := []way{s.token(), s.oidc(diags), s.fromProfile(), s.accessKey(), s.password()}
	chosen := slices.IndexFunc(ways, way.whole)
	for _, w := range ways {
		if w.half != nil && (chosen < 0 || !w.half.stray) {
			w.half.report(diags)
		}
	}
	roles := s.roles(diags)
	if diags.HasError() {
		return nil
	}
	var signIn client.SignIn = client.Metadata{LastResort: true, Way: "ECS metadata"}
	if chosen >= 0 {
		signIn = ways[chosen].signIn
		s.warnUnused(diags, ways[chosen], ways[chosen+1:])
	}
	for _, r := range roles {
		r.Source = client.NewSession(signIn)
		signIn = r
	}
	return signIn
}

// way is one of the ways to sign in, as far as the settings give it.
type way struct {
	// name is what messages call it, attribute where they point, and from where it was given.
	name, attribute, from string
	// argument is true where a part of it was given in the configuration.
	argument bool
	// signIn is nil where the way was not given, or in part only; then half says what is missing.
	signIn client.SignIn
	half   *half
	// unused is what was given with it but does not belong to it, in a sentence.
	unused string
}

func (w way) whole() bool { return w.signIn != nil }

// half is a way that was given in part.
type half struct {
	at path.Path
	// missing is the argument that is missing, given where the other part stands.
	missing, given string
	// stray is true where the part is no mistake as long as another way is whole.
	stray bool
}

func (h half) report(diags *diag.Diagnostics) {
	diags.AddAttributeError(h.at, "Half of the credentials is missing", fmt.Sprintf(
		"%s is given, but %s is not. Give it as %s, or remove %s.", h.given, h.missing,
		orList(append([]string{"the argument " + h.missing}, variables[h.missing]...)), h.given))
}

// warnUnused warns of ways that were given too, where the reader can not be expected to know that they are not used: beside a profile,
// and where the configuration itself gives them.
func (s settings) warnUnused(diags *diag.Diagnostics, chosen way, others []way) {
	who := chosen.signIn.Identity().String()
	if chosen.unused != "" {
		warnAt(diags, "security_token", "A security token is not used", chosen.unused)
	}
	for _, w := range others {
		if !w.whole() || !w.argument && chosen.name != profileWay {
			continue
		}
		official := "The official provider chooses the same way."
		if s.fallsThrough(chosen) && w.name == passwordWay {
			official = "The official provider would use the password, since it finds no keys in the profile: there the two are different accounts."
		}
		warnAt(diags, w.attribute, "Credentials are not used", fmt.Sprintf(
			"%s (%s) is given, but %s (%s) comes first, so this provider acts as %s. %s", capital(w.name), w.from, chosen.name, chosen.from, who, official))
	}
}

// warnAt warns at an argument, unless that holds a secret: the CLI quotes the line of the configuration that a warning points at.
func warnAt(diags *diag.Diagnostics, argument, summary, detail string) {
	if a, ok := providerSchema().Attributes[argument]; ok && a.IsSensitive() {
		diags.AddWarning(summary, detail)
		return
	}
	diags.AddAttributeWarning(path.Root(argument), summary, detail)
}

// fallsThrough says whether the official provider goes on to a password or to the metadata, since the profile has no keys of its own.
func (s settings) fallsThrough(chosen way) bool {
	return chosen.name == profileWay && s.profile.Mode == client.ModeECSAgency
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
