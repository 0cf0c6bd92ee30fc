// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// TestSecurityToken: it counts only with keys from the same place.
func TestSecurityToken(t *testing.T) {
	for _, tt := range []struct {
		access, secret, token bool // as arguments
		sent                  bool
	}{
		{true, true, true, true},
		{false, false, false, true},
		{true, false, false, true},
		{true, false, true, true},
		{false, true, true, true},
		{true, true, false, false},
		{false, false, true, false},
	} {
		t.Run(fmt.Sprintf("arguments: %t %t %t", tt.access, tt.secret, tt.token), func(t *testing.T) {
			var m providerModel
			for _, v := range []struct {
				argument bool
				field    *types.String
				variable string
				value    string
			}{
				{tt.access, &m.AccessKey, "HW_ACCESS_KEY", "A"}, {tt.secret, &m.SecretKey, "HW_SECRET_KEY", "S"}, {tt.token, &m.SecurityToken, "HW_SECURITY_TOKEN", "T"},
			} {
				if v.argument {
					*v.field = tfString(v.value)
				} else {
					t.Setenv(v.variable, v.value)
				}
			}
			var diags diag.Diagnostics
			s := readSettings(t.Context(), m, &diags)
			keys, ok := s.signIn(&diags).(client.Keys)
			if !ok || keys.AccessKey != "A" || keys.SecretKey != "S" || (keys.SecurityToken == "T") != tt.sent {
				t.Errorf("got %+v", keys)
			}
			if warned := len(diags) == 1 && diags[0].Summary() == "A security token is not used"; warned == tt.sent {
				t.Errorf("diagnostics %v", diags)
			}
		})
	}
}

// TestPasswordSettings: an argument comes before a variable, then the ID before the name.
func TestPasswordSettings(t *testing.T) {
	for _, tt := range []struct {
		name      string
		arguments func(*providerModel)
		variables map[string]string
		want      client.Password
	}{
		{
			"names", func(m *providerModel) { m.UserName, m.DomainName = tfString("u"), tfString("d") }, nil,
			client.Password{UserName: "u", DomainName: "d"},
		},
		{
			"both, by arguments", func(m *providerModel) {
				m.UserName, m.UserID, m.DomainName, m.DomainID = tfString("u"), tfString("U"), tfString("d"), tfString("D")
			}, nil, client.Password{UserID: "U", DomainID: "D"},
		},
		{
			"both, by variables", func(*providerModel) {},
			map[string]string{"OS_USERNAME": "u", "OS_USER_ID": "U", "OS_USER_DOMAIN_ID": "D", "OS_DOMAIN_NAME": "d"},
			client.Password{UserID: "U", DomainID: "D"},
		},
		{
			"names by arguments, IDs by variables", func(m *providerModel) { m.UserName, m.DomainName = tfString("u"), tfString("d") },
			map[string]string{"HW_USER_ID": "U", "HW_DOMAIN_ID": "D"}, client.Password{UserName: "u", DomainName: "d"},
		},
		{"a user ID alone", func(m *providerModel) { m.UserID = tfString("U") }, nil, client.Password{UserID: "U"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.variables {
				t.Setenv(name, value)
			}
			m := providerModel{Password: tfString("p")}
			tt.arguments(&m)
			tt.want.Password, tt.want.Way = "p", "password (password)"
			var diags diag.Diagnostics
			s := readSettings(t.Context(), m, &diags)
			if got := s.signIn(&diags); got != tt.want || len(diags) > 0 {
				t.Errorf("got %+v, %v, want %+v", got, diags, tt.want)
			}
		})
	}
}

// TestProfileSettings: what a profile has comes before arguments and variables, with a warning where it changes something.
func TestProfileSettings(t *testing.T) {
	path := profileFile(t, profileKeys+`,"region":"eu-west-101","projectId":"P"`)
	t.Setenv("HW_SHARED_CONFIG_FILE", path)
	for _, tt := range []struct {
		name     string
		model    providerModel
		warnings []string
	}{
		{"nothing else", providerModel{}, nil},
		{"the same", providerModel{Region: tfString("eu-west-101"), ProjectID: tfString("P")}, nil},
		{"others", providerModel{Region: tfString("cn-north-4"), ProjectID: tfString("Q"), ProjectName: tfString("n")}, []string{
			`region is "cn-north-4", but "eu-west-101"`, `project_id is "Q", but "P"`, `project_name is "n", but "P"`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var diags diag.Diagnostics
			s := readSettings(t.Context(), tt.model, &diags)
			if s.get("region") != "eu-west-101" || s.get("project_id") != "P" || s.get("project_name") != "" {
				t.Errorf("region %q, project %q, %q", s.get("region"), s.get("project_id"), s.get("project_name"))
			}
			if len(diags) != len(tt.warnings) {
				t.Fatalf("got %v, want %q", diags, tt.warnings)
			}
			for i, part := range tt.warnings {
				want := part + fmt.Sprintf(" is used: it is in the profile \"p\" of %s, which comes before arguments and variables, as in the official provider.", path)
				if diags[i].Detail() != want || diags[i].Severity() != diag.SeverityWarning {
					t.Errorf("got %q, want %q", diags[i].Detail(), want)
				}
			}
		})
	}
}

// TestProfileFaults: each is an error at the argument that chose the profile, with path and profile.
func TestProfileFaults(t *testing.T) {
	good := profileFile(t, profileKeys)
	missing := filepath.Join(t.TempDir(), "missing.json")
	token := profileFile(t, `"mode":"token","xAuthToken":"canary"`)
	for _, tt := range []struct {
		name          string
		file, profile string
		byVariable    bool
		at, detail    string
	}{
		{"missing file", missing, "", false, "shared_config_file", "shared_config_file names a file or a profile that can not be used: " + missing + ": the file does not exist."},
		{"missing file, profile given too", missing, "p", false, "shared_config_file", `shared_config_file names a file or a profile that can not be used: profile "p" of ` + missing + ": the file does not exist."},
		{"missing profile", good, "q", false, "profile", `profile names a file or a profile that can not be used: profile "q" of ` + good + ": there is no such profile."},
		{"missing profile of a variable", good, "q", true, "profile", `HW_PROFILE names a file or a profile that can not be used: profile "q" of ` + good + ": there is no such profile."},
		{"mode", token, "", true, "shared_config_file", `HW_SHARED_CONFIG_FILE names a file or a profile that can not be used: profile "p" of ` + token + ": its mode is token, and a token in this file has no keys to renew it with."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m providerModel
			if tt.byVariable {
				t.Setenv("HW_SHARED_CONFIG_FILE", tt.file)
				t.Setenv("HW_PROFILE", tt.profile)
			} else {
				m.SharedConfigFile, m.Profile = tfString(tt.file), tfString(tt.profile)
			}
			_, diags := resolve(t, m)
			if len(diags) != 1 || diags[0].Summary() != "The profile can not be used" {
				t.Fatalf("got %v", diags)
			}
			d, ok := diags[0].(diag.DiagnosticWithPath)
			detail, remedy, _ := strings.Cut(diags[0].Detail(), "\n\nWhat to do: ")
			if !ok || d.Path().String() != tt.at || detail != tt.detail || remedy == "" || strings.Contains(remedy, "canary") {
				t.Errorf("got %v, want %q at %s", diags, tt.detail, tt.at)
			}
		})
	}
}

// TestDefaultProfile: a profile's name alone takes the file in the home directory; without either no file is looked for.
func TestDefaultProfile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	who, diags := resolve(t, providerModel{Profile: tfString("p")})
	if who != "error" || !strings.Contains(diags[0].Detail(), filepath.Join(home, ".hcloud", "config.json")) {
		t.Errorf("got %s, %v", who, diags)
	}
	if who, diags := resolve(t, providerModel{}); who != "metadata" || len(diags) > 0 {
		t.Errorf("got %s, %v", who, diags)
	}
}

func TestRoleSettings(t *testing.T) {
	for _, tt := range []struct {
		name      string
		block     assumeModel
		variables map[string]string
		want      client.AssumeRole
		fault     string
	}{
		{
			"by name", assumeModel{AgencyName: tfString("A"), DomainName: tfString("D"), Duration: types.Int64Value(3600)}, nil,
			client.AssumeRole{AgencyName: "A", DomainName: "D", Duration: time.Hour, Way: "assume_role"}, "",
		},
		{
			"by both", assumeModel{AgencyName: tfString("A"), DomainName: tfString("D"), DomainID: tfString("I")}, nil,
			client.AssumeRole{AgencyName: "A", DomainID: "I", Way: "assume_role"}, "",
		},
		{
			"filled from variables", assumeModel{}, map[string]string{
				"HW_ASSUME_ROLE_AGENCY_NAME": "A", "HW_ASSUME_ROLE_DOMAIN_ID": "I", "HW_ASSUME_ROLE_DOMAIN_NAME": "D", "HW_ASSUME_ROLE_DURATION": "900",
			}, client.AssumeRole{AgencyName: "A", DomainID: "I", Duration: 15 * time.Minute, Way: "assume_role"}, "",
		},
		{"no agency", assumeModel{DomainName: tfString("D")}, nil, client.AssumeRole{}, "assume_role[0].agency_name: assume_role is given, but assume_role.agency_name is not. " +
			"Give it as the argument assume_role.agency_name or HW_ASSUME_ROLE_AGENCY_NAME, or remove assume_role."},
		{"no account", assumeModel{AgencyName: tfString("A")}, nil, client.AssumeRole{}, "assume_role[0].domain_name: assume_role.agency_name is given, but assume_role.domain_name is not. " +
			"Give it as the argument assume_role.domain_name or HW_ASSUME_ROLE_DOMAIN_NAME, or remove assume_role.agency_name."},
		{"duration", assumeModel{AgencyName: tfString("A"), DomainName: tfString("D")}, map[string]string{"HW_ASSUME_ROLE_DURATION": "1h"}, client.AssumeRole{},
			`assume_role[0].duration: The value of HW_ASSUME_ROLE_DURATION can not be used: "1h" is no whole number of seconds from 900 to 86400.`},
		{"short duration", assumeModel{AgencyName: tfString("A"), DomainName: tfString("D")}, map[string]string{"HW_ASSUME_ROLE_DURATION": "899"}, client.AssumeRole{},
			`assume_role[0].duration: The value of HW_ASSUME_ROLE_DURATION can not be used: "899" is no whole number of seconds from 900 to 86400.`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.variables {
				t.Setenv(name, value)
			}
			var diags diag.Diagnostics
			s := readSettings(t.Context(), providerModel{AssumeRole: agencyBlocks(tt.block)}, &diags)
			signIn := s.signIn(&diags)
			if tt.fault != "" {
				if len(diags) != 1 {
					t.Fatalf("got %v, want %q", diags, tt.fault)
				}
				d, _ := diags[0].(diag.DiagnosticWithPath)
				if got := d.Path().String() + ": " + d.Detail(); got != tt.fault {
					t.Errorf("got %q, want %q", got, tt.fault)
				}
				return
			}
			got, _ := signIn.(client.AssumeRole)
			got.Source = nil
			if len(diags) > 0 || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, diags, tt.want)
			}
		})
	}
}

// TestVariableFaults: without a block, what is wrong with variables is told at the block that they stand for.
func TestVariableFaults(t *testing.T) {
	for _, tt := range []struct {
		name      string
		variables map[string]string
		want      string
	}{
		{
			"an agency without an account", map[string]string{"HW_ASSUME_ROLE_AGENCY_NAME": "A"},
			"assume_role: HW_ASSUME_ROLE_AGENCY_NAME is given, but assume_role.domain_name is not. " +
				"Give it as the argument assume_role.domain_name or HW_ASSUME_ROLE_DOMAIN_NAME, or remove HW_ASSUME_ROLE_AGENCY_NAME.",
		},
		{
			"an ID token without its provider", map[string]string{"HW_ASSUME_ROLE_ID_TOKEN_FILE": "f"},
			"assume_role_with_oidc: HW_ASSUME_ROLE_ID_TOKEN_FILE is given, but assume_role_with_oidc.idp_id is not. " +
				"Give it as the argument assume_role_with_oidc.idp_id or HW_ASSUME_ROLE_IDP_ID, or remove HW_ASSUME_ROLE_ID_TOKEN_FILE.",
		},
		{
			"an identity provider that is no ID", map[string]string{"HW_ASSUME_ROLE_ID_TOKEN_FILE": "f", "HW_ASSUME_ROLE_IDP_ID": "a b"},
			"assume_role_with_oidc: The value of HW_ASSUME_ROLE_IDP_ID can not be used: it holds ' ': slashes, white space and control characters can not stand in an ID.",
		},
		{
			"half a password", map[string]string{"OS_USERNAME": "u", "HW_USER_PASSWORD": "canary"},
			"domain_name: OS_USERNAME is given, but domain_name is not. Give it as the argument domain_name, HW_DOMAIN_NAME, OS_DOMAIN_NAME, OS_USER_DOMAIN_NAME or OS_PROJECT_DOMAIN_NAME, or remove OS_USERNAME.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.variables {
				t.Setenv(name, value)
			}
			who, diags := resolve(t, providerModel{})
			if who != "error" || len(diags) != 1 {
				t.Fatalf("got %s, %v", who, diags)
			}
			d, _ := diags[0].(diag.DiagnosticWithPath)
			if got := d.Path().String() + ": " + d.Detail(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestTwoIDTokens: as arguments they contradict each other; a variable gives way.
func TestTwoIDTokens(t *testing.T) {
	block := oidcModel{IdPID: tfString("i"), IDToken: tfString("t"), IDTokenFile: tfString("f")}
	who, diags := resolve(t, providerModel{AssumeRoleWithOIDC: idTokenBlocks(block)})
	if who != "error" || len(diags) != 1 || diags[0].Summary() != "Two ID tokens" {
		t.Errorf("got %s, %v", who, diags)
	}
	t.Setenv("HW_ASSUME_ROLE_ID_TOKEN", "other")
	block.IDToken = types.StringNull()
	var more diag.Diagnostics
	s := readSettings(t.Context(), providerModel{AssumeRoleWithOIDC: idTokenBlocks(block)}, &more)
	if got := s.signIn(&more); got != (client.OIDC{IdPID: "i", IDTokenFile: "f", Way: "ID token (assume_role_with_oidc.id_token_file)"}) || len(more) > 0 {
		t.Errorf("got %+v, %v", got, more)
	}
}
