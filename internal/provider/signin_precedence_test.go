// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// giver gives one way to sign in, or a part of one, as arguments or as variables.
type giver struct {
	arguments func(*providerModel)
	variables map[string]string
}

func (g giver) give(t *testing.T, m *providerModel, asArguments bool) {
	t.Helper()
	if asArguments {
		g.arguments(m)
		return
	}
	for name, value := range g.variables {
		t.Setenv(name, value)
	}
}

func tfString(s string) types.String { return types.StringValue(s) }

// agencyBlocks and idTokenBlocks are blocks as the framework hands them over.
func agencyBlocks(blocks ...assumeModel) types.List { return blockList(assumeRoleBlock(), blocks) }

func idTokenBlocks(blocks ...oidcModel) types.List { return blockList(oidcBlock(), blocks) }

func blockList[T any](block schema.Block, blocks []T) types.List {
	kind, ok := block.Type().(types.ListType)
	if !ok {
		panic("not a list of blocks")
	}
	list, diags := types.ListValueFrom(context.Background(), kind.ElemType, blocks)
	if diags.HasError() {
		panic(diags)
	}
	return list
}

// profileFile writes a shared config file whose profile p has these fields.
func profileFile(t *testing.T, fields string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	file := `{"current":"p","profiles":[{"name":"p",` + fields + `}]}`
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const profileKeys = `"mode":"AKSK","accessKeyId":"PROFILEACCESSKEY0001","secretAccessKey":"s"`

// givers are the whole ways by name.
func givers(t *testing.T) map[string]giver {
	t.Helper()
	profile := func(fields string) giver {
		path := profileFile(t, fields)
		return giver{func(m *providerModel) { m.SharedConfigFile = tfString(path) }, map[string]string{"HW_SHARED_CONFIG_FILE": path}}
	}
	oidc := func(agency, domain types.String) func(*providerModel) {
		return func(m *providerModel) {
			m.AssumeRoleWithOIDC = idTokenBlocks(oidcModel{IdPID: tfString("idp"), IDToken: tfString("id"), AgencyName: agency, DomainID: domain})
		}
	}
	return map[string]giver{
		"token": {func(m *providerModel) { m.Token = tfString("t") }, map[string]string{"HW_AUTH_TOKEN": "t"}},
		"oidc": {
			oidc(types.StringNull(), types.StringNull()), map[string]string{"HW_ASSUME_ROLE_IDP_ID": "idp", "HW_ASSUME_ROLE_ID_TOKEN": "id"},
		},
		"profile": profile(profileKeys),
		"keys": {func(m *providerModel) { m.AccessKey, m.SecretKey = tfString("ACCESSKEY00000000001"), tfString("s") },
			map[string]string{"HW_ACCESS_KEY": "ACCESSKEY00000000001", "HW_SECRET_KEY": "s"}},
		"password": {func(m *providerModel) {
			m.UserName, m.Password, m.DomainName = tfString("u"), tfString("p"), tfString("d")
		},
			map[string]string{"HW_USER_NAME": "u", "HW_USER_PASSWORD": "p", "HW_DOMAIN_NAME": "d"}},
		"agency": {
			func(m *providerModel) {
				m.AssumeRole = agencyBlocks(assumeModel{AgencyName: tfString("A"), DomainName: tfString("D")})
			},
			map[string]string{"HW_ASSUME_ROLE_AGENCY_NAME": "A", "HW_ASSUME_ROLE_DOMAIN_NAME": "D"},
		},
		"profile's agency": profile(profileKeys + `,"agencyName":"P","agencyDomainName":"D"`),
		"oidc's agency": {oidc(tfString("O"), tfString("I")), map[string]string{
			"HW_ASSUME_ROLE_IDP_ID": "idp", "HW_ASSUME_ROLE_ID_TOKEN": "id", "HW_ASSUME_ROLE_AGENCY_NAME": "O", "HW_ASSUME_ROLE_DOMAIN_ID": "I",
		}},
		"ecsAgency": profile(`"mode":"ecsAgency"`),
	}
}

// resolve reads the settings and says as whom they sign in, with the warnings and errors.
func resolve(t *testing.T, m providerModel) (who string, diags diag.Diagnostics) {
	t.Helper()
	s := readSettings(t.Context(), m, &diags)
	if diags.HasError() {
		return "error", diags
	}
	signIn := s.signIn(&diags)
	if diags.HasError() {
		return "error", diags
	}
	return describeSignIn(signIn), diags
}

// describeSignIn names a way and what is assumed with it, e.g. "keys > A".
func describeSignIn(s client.SignIn) string {
	switch s := s.(type) {
	case client.Token:
		return "token"
	case client.OIDC:
		return "oidc"
	case client.Password:
		return "password"
	case client.Metadata:
		return "metadata"
	case client.Keys:
		if strings.HasPrefix(s.AccessKey, "PROFILE") {
			return "profile"
		}
		return "keys"
	case client.AssumeRole:
		return describeSource(s.Source) + " > " + s.AgencyName
	}
	return fmt.Sprintf("%T", s)
}

// describeSource names the way of a session by the identity, which is all that it shows.
func describeSource(s *client.Session) string {
	id := s.Identity().String()
	for _, w := range [][2]string{
		{"this ECS", "metadata"}, {"agency ", "agency"}, {"identity provider", "oidc"}, {"token (", "token"}, {"profile ", "profile"},
		{"access key (", "keys"}, {"password (", "password"},
	} {
		if strings.Contains(id, w[0]) {
			return w[1]
		}
	}
	return id
}

// TestPrecedence gives every pair of ways together, each as arguments and as variables, and compares who is chosen with what the official
// provider (v1.97.1) chooses.
func TestPrecedence(t *testing.T) {
	const metadata = "metadata"
	for _, tt := range []struct {
		first, second string
		official      string
		// ours is empty where it is the official provider's choice.
		ours string
		// warned says whether a warning is due even where the way that is not used stands in the environment.
		warned bool
		// apart: the two share variables, so both in the environment is another case.
		apart bool
	}{
		{first: "token", second: "oidc", official: "token"},
		{first: "token", second: "profile", official: "token"},
		{first: "token", second: "keys", official: "token"},
		{first: "token", second: "password", official: "token"},
		{first: "oidc", second: "profile", official: "oidc"},
		{first: "oidc", second: "keys", official: "oidc"},
		{first: "oidc", second: "password", official: "oidc"},
		{first: "profile", second: "keys", official: "profile", warned: true},
		{first: "profile", second: "password", official: "profile", warned: true},
		{first: "keys", second: "password", official: "keys"},
		{first: "ecsAgency", second: "keys", official: metadata, warned: true},
		{first: "ecsAgency", second: "password", official: "password", ours: metadata, warned: true},
		{first: "token", second: "ecsAgency", official: "token"},
		{first: "oidc", second: "ecsAgency", official: "oidc"},
	} {
		for _, place := range []struct{ first, second bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
			t.Run(fmt.Sprintf("%s and %s, arguments: %t and %t", tt.first, tt.second, place.first, place.second), func(t *testing.T) {
				var m providerModel
				ways := givers(t)
				ways[tt.first].give(t, &m, place.first)
				ways[tt.second].give(t, &m, place.second)
				want := tt.ours
				if want == "" {
					want = tt.official
				}
				who, diags := resolve(t, m)
				if who != want {
					t.Errorf("signs in by %s, want %s; %v", who, want, diags)
				}
				warnings := 0
				if tt.warned || place.second {
					warnings = 1
				}
				if len(diags) != warnings {
					t.Errorf("%d diagnostics, want %d: %v", len(diags), warnings, diags)
				}
				if differ := warnings == 1 && strings.Contains(diags[0].Detail(), "different accounts"); differ != (tt.ours != "") {
					t.Errorf("the warning tells of different accounts: %t, want %t: %v", differ, tt.ours != "", diags)
				}
			})
		}
	}
}

// TestPrecedenceOfAgencies does the same with what is assumed. The official provider keeps one place for an agency.
func TestPrecedenceOfAgencies(t *testing.T) {
	two := func(m *providerModel) {
		m.AssumeRole = agencyBlocks(assumeModel{AgencyName: tfString("A"), DomainName: tfString("D")}, assumeModel{AgencyName: tfString("B"), DomainID: tfString("I")})
	}
	ways := givers(t)
	arguments := func(names ...string) func(*providerModel) {
		return func(m *providerModel) {
			for _, name := range names {
				ways[name].arguments(m)
			}
		}
	}
	for _, tt := range []struct {
		name      string
		give      func(*providerModel)
		variables map[string]string
		official  string
		ours      string
		warning   string
	}{
		{"nothing else", arguments("agency"), nil, "metadata > A", "", ""},
		{"token", arguments("token", "agency"), nil, "token > A", "", ""},
		{"oidc", arguments("oidc's agency"), nil, "oidc > O", "", ""},
		{"profile's own", arguments("profile's agency"), nil, "profile > P", "", ""},
		{"profile", arguments("profile", "agency"), nil, "profile > A", "", ""},
		{"keys", arguments("keys", "agency"), nil, "keys > A", "", ""},
		{"password", arguments("password", "agency"), nil, "password > A", "", ""},
		{"keys, by variables", arguments("keys"), ways["agency"].variables, "keys > A", "", ""},
		{"a block before variables", arguments("keys", "agency"), map[string]string{"HW_ASSUME_ROLE_AGENCY_NAME": "V"}, "keys > A", "", ""},
		{"a chain", func(m *providerModel) { ways["keys"].arguments(m); two(m) }, nil, "agency > B", "", ""},
		{"a chain after the ID token's agency", func(m *providerModel) { ways["oidc's agency"].arguments(m); two(m) }, nil, "agency > B", "", ""},
		{"a chain after the profile's agency", func(m *providerModel) { ways["profile's agency"].arguments(m); two(m) }, nil, "agency > B", "", ""},
		{
			"a block and the profile's", arguments("profile's agency", "agency"), nil, "profile > P", "",
			"The agency A (assume_role) is given, but that of profile \"p\" of PATH takes its place: the agency P. This provider acts as the latter. So does the official provider.",
		},
		{
			"variables and the profile's", arguments("profile's agency"), ways["agency"].variables, "profile > P", "",
			"The agency A (HW_ASSUME_ROLE_AGENCY_NAME) is given, but that of profile \"p\" of PATH takes its place: the agency P. This provider acts as the latter. So does the official provider.",
		},
		{
			"a block and the ID token's", arguments("oidc's agency", "agency"), nil, "oidc > O", "",
			"The agency A (assume_role) is given, but that of assume_role_with_oidc takes its place: the agency O. This provider acts as the latter. So does the official provider.",
		},
		{
			"the ID token's and the profile's", arguments("oidc's agency", "profile's agency"), nil, "oidc > P in the ID token's account", "oidc > P",
			"The agency O (assume_role_with_oidc) is given, but that of profile \"p\" of PATH takes its place: the agency P. This provider acts as the latter. " +
				"The official provider would look for the agency P in the account I, which may be another one.",
		},
		{
			"a block, and an ID token of the environment without an agency", arguments("agency"), ways["oidc"].variables, "oidc", "oidc > A",
			"assume_role is given beside an ID token of the environment, so its agency A is assumed with the ID token's keys. The official provider would not assume it: there the two are different accounts.",
		},
		{
			"the account by an argument and by a variable", arguments("keys", "agency"), map[string]string{"HW_ASSUME_ROLE_DOMAIN_ID": "I"}, "keys > A in account I", "keys > A",
			"domain_name is given, so the agency of the account D is assumed. The official provider would take the account of HW_ASSUME_ROLE_DOMAIN_ID instead, I: if they are not the same, the two providers act as different accounts.",
		},
		{
			"the older variables", arguments("keys"), map[string]string{"OS_AGENCY_NAME": "L", "OS_AGENCY_DOMAIN_NAME": "D"}, "keys > L", "keys",
			"The official provider acts as the agency L of the account D, which OS_AGENCY_NAME and OS_AGENCY_DOMAIN_NAME name; this provider does not read them, so the two act as different accounts. " +
				"To act as the agency here too, give it in assume_role, or in HW_ASSUME_ROLE_AGENCY_NAME and HW_ASSUME_ROLE_DOMAIN_NAME.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.variables {
				t.Setenv(name, value)
			}
			var m providerModel
			tt.give(&m)
			want := tt.ours
			if want == "" {
				want = tt.official
			}
			who, diags := resolve(t, m)
			if who != want {
				t.Errorf("signs in by %s, want %s; %v", who, want, diags)
			}
			var got []string
			for _, d := range diags {
				detail := d.Detail()
				if file := m.SharedConfigFile.ValueString(); file != "" {
					detail = strings.ReplaceAll(detail, file, "PATH")
				}
				got = append(got, detail)
			}
			if tt.warning == "" && len(got) > 0 || tt.warning != "" && !slices.Contains(got, tt.warning) {
				t.Errorf("warnings %q, want %q", got, tt.warning)
			}
		})
	}
}

// TestHalves gives a part of each way, alone and beside each whole way. In the environment a part is no mistake as long as
// another way is whole; the official provider then does not see it either.
func TestHalves(t *testing.T) {
	whole := []string{"", "token", "oidc", "profile", "keys", "password"}
	for _, tt := range []struct {
		name    string
		giver   giver
		missing string
		// completes are the whole ways that make the part whole.
		completes []string
		// harmless: not even an argument is a mistake beside another way.
		harmless bool
	}{
		{"access_key", giver{func(m *providerModel) { m.AccessKey = tfString("A") }, map[string]string{"OS_ACCESS_KEY": "A"}}, "secret_key", []string{"keys"}, false},
		{"secret_key", giver{func(m *providerModel) { m.SecretKey = tfString("S") }, map[string]string{"HW_SECRET_KEY": "S"}}, "access_key", []string{"keys"}, false},
		{"security_token", giver{func(m *providerModel) { m.SecurityToken = tfString("T") }, map[string]string{"HW_SECURITY_TOKEN": "T"}}, "access_key", []string{"keys"}, false},
		{"password", giver{func(m *providerModel) { m.Password = tfString("P") }, map[string]string{"OS_PASSWORD": "P"}}, "user_name", []string{"password"}, false},
		{"user_name", giver{func(m *providerModel) { m.UserName = tfString("U") }, map[string]string{"OS_USERNAME": "U"}}, "password", []string{"password"}, true},
		{"user_id", giver{func(m *providerModel) { m.UserID = tfString("U") }, map[string]string{"HW_USER_ID": "U"}}, "password", []string{"password"}, true},
		{
			"password without a domain", giver{func(m *providerModel) { m.UserName, m.Password = tfString("U"), tfString("P") },
				map[string]string{"OS_USERNAME": "U", "OS_PASSWORD": "P"}}, "domain_name", []string{"password"}, false,
		},
		{
			"ID token", giver{func(m *providerModel) { m.AssumeRoleWithOIDC = idTokenBlocks(oidcModel{IDToken: tfString("i")}) },
				map[string]string{"HW_ASSUME_ROLE_ID_TOKEN_FILE": "f"}}, "assume_role_with_oidc.idp_id", []string{"oidc"}, false,
		},
		{
			"identity provider", giver{func(m *providerModel) { m.AssumeRoleWithOIDC = idTokenBlocks(oidcModel{IdPID: tfString("i")}) },
				map[string]string{"HW_ASSUME_ROLE_IDP_ID": "i"}}, "assume_role_with_oidc.id_token_file", []string{"oidc"}, false,
		},
		{
			"empty block", giver{func(m *providerModel) { m.AssumeRoleWithOIDC = idTokenBlocks(oidcModel{}) },
				map[string]string{"HW_ASSUME_ROLE_ID_TOKEN": "i"}}, "assume_role_with_oidc.idp_id", []string{"oidc"}, false,
		},
	} {
		for _, other := range whole {
			if slices.Contains(tt.completes, other) {
				continue
			}
			for _, argument := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s beside %q, as an argument: %t", tt.name, other, argument), func(t *testing.T) {
					var m providerModel
					want := "error"
					if other != "" {
						givers(t)[other].give(t, &m, false)
						if !argument || tt.harmless {
							want = other
						}
					}
					tt.giver.give(t, &m, argument)
					who, diags := resolve(t, m)
					if who != want {
						t.Fatalf("signs in by %s, want %s: %v", who, want, diags)
					}
					if want != "error" {
						if len(diags) > 0 {
							t.Errorf("unexpected: %v", diags)
						}
						return
					}
					if len(diags) != 1 || diags[0].Summary() != "Half of the credentials is missing" || !strings.Contains(diags[0].Detail(), "but "+tt.missing+" is not.") {
						t.Errorf("got %v, want %s missing", diags, tt.missing)
					}
				})
			}
		}
	}
}
