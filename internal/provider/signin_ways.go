// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// The names of the ways in messages.
const (
	tokenWay    = "the token"
	oidcWay     = "the ID token"
	profileWay  = "the profile"
	keysWay     = "the access key"
	passwordWay = "the password"
)

func (s settings) token() way {
	token := s.m["token"]
	if !token.given() {
		return way{}
	}
	return way{
		name: tokenWay, attribute: "token", from: token.from, argument: token.argument,
		signIn: client.Token{Value: token.value, Way: "token (" + token.from + ")"},
	}
}

// fromProfile is the way of the profile that was read.
func (s settings) fromProfile() way {
	if s.profile == nil {
		return way{}
	}
	at := s.profileAttribute()
	w := way{name: profileWay, attribute: at, from: s.m[at].from, argument: s.m[at].argument}
	if s.profile.Mode == client.ModeECSAgency {
		w.signIn = client.Metadata{Way: s.profileName()}
		return w
	}
	w.signIn = client.Keys{
		AccessKey: s.profile.AccessKey, SecretKey: s.profile.SecretKey, SecurityToken: s.profile.SecurityToken, Way: s.profileName(),
	}
	return w
}

// accessKey is the way of an access key. A security token counts only where it was given in the same place as a part of the key.
func (s settings) accessKey() way {
	ak, sk, st := s.m["access_key"], s.m["secret_key"], s.m["security_token"]
	w := way{name: keysWay, attribute: "access_key", from: ak.from, argument: ak.argument || sk.argument}
	missing := func(name string, given setting) way {
		w.half = &half{at: path.Root(name), missing: name, given: given.from, stray: !given.argument}
		return w
	}
	switch {
	case ak.given() && sk.given():
	case ak.given():
		return missing("secret_key", ak)
	case sk.given():
		return missing("access_key", sk)
	case st.given():
		return missing("access_key", st)
	default:
		return way{}
	}
	keys := client.Keys{AccessKey: ak.value, SecretKey: sk.value, Way: "access key (" + ak.from + ")"}
	switch {
	case !st.given():
	case st.argument == ak.argument || st.argument == sk.argument:
		keys.SecurityToken = st.value
	default:
		w.unused = fmt.Sprintf("%s is given, but the access key is from another place (%s, %s), so the two are taken not to belong together. "+
			"If they do, give all three as arguments or all three as variables. The official provider sends them together.", st.from, ak.from, sk.from)
	}
	w.signIn = keys
	return w
}

// password is the way of a user's password. Of the user's name and ID, and of the account's, an argument comes before a
// variable, and the ID before the name.
func (s settings) password() way {
	password := s.m["password"]
	userID, userName := prefer(s.m["user_id"], s.m["user_name"])
	user := userName
	if userID.given() {
		user = userID
	}
	w := way{name: passwordWay, attribute: "password", from: password.from, argument: password.argument}
	missing := func(name string, given setting, stray bool) way {
		w.half = &half{at: path.Root(name), missing: name, given: given.from, stray: stray}
		return w
	}
	domainID, domainName := prefer(s.m["domain_id"], s.m["domain_name"])
	switch {
	case !password.given() && !user.given():
		return way{}
	case !password.given():
		// The official provider knows other uses of a user's name.
		return missing("password", user, true)
	case !user.given():
		return missing("user_name", password, !password.argument)
	case !userID.given() && !domainID.given() && !domainName.given():
		return missing("domain_name", userName, !password.argument && !userName.argument)
	}
	w.signIn = client.Password{
		UserID: userID.value, UserName: userName.value, Password: password.value,
		DomainID: domainID.value, DomainName: domainName.value, Way: "password (" + password.from + ")",
	}
	return w
}

// prefer keeps one of an ID and a name: what was given as an argument, else the ID.
func prefer(id, name setting) (setting, setting) {
	if id.given() && (id.argument || !name.argument) {
		return id, setting{}
	}
	return setting{}, name
}

// oidc is the way of an ID token, given in the block or in the environment.
func (s settings) oidc(diags *diag.Diagnostics) way {
	block, isBlock := s.oidcBlock()
	at := within("assume_role_with_oidc", 0, isBlock)
	idp := inBlock("assume_role_with_oidc.idp_id", block.IdPID)
	token := inBlock("assume_role_with_oidc.id_token", block.IDToken)
	file := inBlock("assume_role_with_oidc.id_token_file", block.IDTokenFile)
	w := way{name: oidcWay, attribute: "assume_role_with_oidc", from: idp.from, argument: isBlock}
	if token.argument && file.argument {
		diags.AddAttributeError(at("id_token_file"), "Two ID tokens", "Both id_token and id_token_file are given. Give one of them.")
	}
	token, file = prefer(token, file)
	source := token
	if file.given() {
		source = file
	}
	missing := func(name, given string) way {
		w.half = &half{at: at(name), missing: "assume_role_with_oidc." + name, given: given, stray: !isBlock}
		return w
	}
	switch {
	case !isBlock && !idp.given() && !source.given():
		return way{}
	case !idp.given() && !source.given():
		return missing("idp_id", "assume_role_with_oidc")
	case !idp.given():
		return missing("idp_id", source.from)
	case !source.given():
		return missing("id_token_file", idp.from)
	}
	if err := client.CheckID(idp.value); err != nil {
		diags.AddAttributeError(at("idp_id"), "Invalid identity provider", fmt.Sprintf("The value of %s can not be used: %s", idp.from, sentence(err.Error())))
	}
	w.signIn = client.OIDC{IdPID: idp.value, IDToken: token.value, IDTokenFile: file.value, Way: "ID token (" + source.from + ")"}
	return w
}

func (s settings) oidcBlock() (oidcModel, bool) {
	if len(s.idTokens) == 0 {
		return oidcModel{}, false
	}
	return s.idTokens[0], true
}

// within finds the arguments of a block for messages, or the place of a block that is not there: variables can stand for it.
func within(block string, i int, there bool) func(name string) path.Path {
	if !there {
		return func(string) path.Path { return path.Root(block) }
	}
	return path.Root(block).AtListIndex(i).AtName
}

// inBlock is an argument of a block, else its variable.
func inBlock(name string, v attr.Value) setting {
	if value := plain(v); value != "" {
		return setting{value: value, from: name, argument: true}
	}
	return fromEnvironment(name)
}
