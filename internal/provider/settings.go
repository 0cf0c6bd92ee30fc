// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// variables are what an argument falls back to, in order: the names that the official provider reads.
var variables = map[string][]string{
	"region":             {"HW_REGION_NAME", "OS_REGION_NAME"},
	"access_key":         {"HW_ACCESS_KEY", "OS_ACCESS_KEY"},
	"secret_key":         {"HW_SECRET_KEY", "OS_SECRET_KEY"},
	"security_token":     {"HW_SECURITY_TOKEN"},
	"token":              {"HW_AUTH_TOKEN", "OS_AUTH_TOKEN"},
	"user_name":          {"HW_USER_NAME", "OS_USERNAME"},
	"user_id":            {"HW_USER_ID", "OS_USER_ID"},
	"password":           {"HW_USER_PASSWORD", "OS_PASSWORD"},
	"domain_id":          {"HW_DOMAIN_ID", "OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"},
	"domain_name":        {"HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"},
	"project_id":         {"HW_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID"},
	"project_name":       {"HW_PROJECT_NAME", "OS_PROJECT_NAME", "OS_TENANT_NAME"},
	"auth_url":           {"HW_AUTH_URL", "OS_AUTH_URL"},
	"cloud":              {"HW_CLOUD"},
	"sms_region":         {"HW_SMS_REGION"},
	"insecure":           {"HW_INSECURE", "OS_INSECURE"},
	"cacert_file":        {"HW_CACERT_FILE", "OS_CACERT"},
	"max_retries":        {"HW_MAX_RETRIES"},
	"shared_config_file": {"HW_SHARED_CONFIG_FILE"},
	"profile":            {"HW_PROFILE"},
	"signing_algorithm":  {"HW_SIGNING_ALGORITHM"},

	"assume_role.agency_name":             {"HW_ASSUME_ROLE_AGENCY_NAME"},
	"assume_role.domain_name":             {"HW_ASSUME_ROLE_DOMAIN_NAME"},
	"assume_role.domain_id":               {"HW_ASSUME_ROLE_DOMAIN_ID"},
	"assume_role.duration":                {"HW_ASSUME_ROLE_DURATION"},
	"assume_role_with_oidc.idp_id":        {"HW_ASSUME_ROLE_IDP_ID"},
	"assume_role_with_oidc.id_token":      {"HW_ASSUME_ROLE_ID_TOKEN"},
	"assume_role_with_oidc.id_token_file": {"HW_ASSUME_ROLE_ID_TOKEN_FILE"},
	"assume_role_with_oidc.agency_name":   {"HW_ASSUME_ROLE_AGENCY_NAME"},
	"assume_role_with_oidc.domain_id":     {"HW_ASSUME_ROLE_DOMAIN_ID"},
	"assume_role_with_oidc.duration":      {"HW_ASSUME_ROLE_DURATION"},
}

// setting is a value and where it was given.
type setting struct {
	value string
	// from names the place for messages: the argument's name, or the variable's.
	from string
	// argument is true where it was given in the configuration.
	argument bool
}

func (s setting) given() bool { return s.value != "" }

// settings is the provider's configuration after the environment was read.
type settings struct {
	m         map[string]setting
	endpoints map[string]string
	agencies  []assumeModel
	idTokens  []oidcModel
	// profile is what the chosen profile gives, nil where none was chosen.
	profile *client.Profile
	// unknown are the arguments whose values are only known at apply.
	unknown []string
}

func (s settings) get(name string) string { return s.m[name].value }

// readSettings takes each argument, else the first of its variables that is set; and a profile, where one is chosen.
func readSettings(ctx context.Context, model providerModel, diags *diag.Diagnostics) settings {
	s := settings{m: map[string]setting{}}
	for name, v := range map[string]attr.Value{
		"region": model.Region, "access_key": model.AccessKey, "secret_key": model.SecretKey, "security_token": model.SecurityToken,
		"token": model.Token, "user_name": model.UserName, "user_id": model.UserID, "password": model.Password,
		"domain_id": model.DomainID, "domain_name": model.DomainName, "project_id": model.ProjectID, "project_name": model.ProjectName,
		"auth_url": model.AuthURL, "cloud": model.Cloud, "sms_region": model.SMSRegion, "insecure": model.Insecure,
		"cacert_file": model.CACertFile, "max_retries": model.MaxRetries, "shared_config_file": model.SharedConfigFile,
		"profile": model.Profile, "signing_algorithm": model.SigningAlgorithm, "explain_denials": model.ExplainDenials,
	} {
		s.read(name, v)
	}
	s.readEndpoints(model.Endpoints, diags)
	if !readBlocks(ctx, model.AssumeRole, &s.agencies, diags) {
		s.unknown = append(s.unknown, "assume_role")
	}
	if !readBlocks(ctx, model.AssumeRoleWithOIDC, &s.idTokens, diags) {
		s.unknown = append(s.unknown, "assume_role_with_oidc")
	}
	slices.Sort(s.unknown)
	if len(s.unknown) == 0 {
		s.readProfile(diags)
	}
	return s
}

// read takes one argument or its variable. An empty argument counts as not given, as in the official provider.
func (s *settings) read(name string, v attr.Value) {
	if v.IsUnknown() {
		s.unknown = append(s.unknown, name)
		return
	}
	if value := plain(v); value != "" {
		s.m[name] = setting{value: value, from: name, argument: true}
		return
	}
	s.m[name] = fromEnvironment(name)
}

func fromEnvironment(name string) setting {
	for _, variable := range variables[name] {
		if value := os.Getenv(variable); value != "" {
			return setting{value: value, from: variable}
		}
	}
	return setting{}
}

// plain is the text of a known value, empty where it is null.
func plain(v attr.Value) string {
	if v.IsNull() {
		return ""
	}
	switch v := v.(type) {
	case types.String:
		return v.ValueString()
	case types.Bool:
		return strconv.FormatBool(v.ValueBool())
	case types.Int64:
		return strconv.FormatInt(v.ValueInt64(), 10)
	}
	return ""
}

func (s *settings) readEndpoints(m types.Map, diags *diag.Diagnostics) {
	if m.IsUnknown() {
		s.unknown = append(s.unknown, "endpoints")
		return
	}
	s.endpoints = map[string]string{}
	for key, v := range m.Elements() {
		at := path.Root("endpoints").AtMapKey(key)
		switch {
		case v.IsUnknown():
			s.unknown = append(s.unknown, "endpoints")
		case slices.Contains(client.EndpointKeys, key):
			s.endpoints[key] = plain(v)
		case !slices.Contains(officialEndpointKeys, key):
			diags.AddAttributeWarning(at, "Unknown endpoint key", fmt.Sprintf(
				"Neither this provider nor the official one knows a service %q, so the endpoint is not used. This provider reads: %s.",
				key, strings.Join(client.EndpointKeys, ", ")))
		}
	}
}

// readBlocks reads blocks of one kind, and says whether they are wholly known: their number may be unknown too.
func readBlocks[T any](ctx context.Context, list types.List, out *[]T, diags *diag.Diagnostics) bool {
	if list.IsUnknown() {
		return false
	}
	if len(list.Elements()) == 0 {
		return true
	}
	for _, e := range list.Elements() {
		block, ok := e.(types.Object)
		if !ok || block.IsUnknown() {
			return false
		}
		for _, v := range block.Attributes() {
			if v.IsUnknown() {
				return false
			}
		}
	}
	diags.Append(list.ElementsAs(ctx, out, false)...)
	return true
}

// refuse adds an error at an argument that names where the value came from.
func (s settings) refuse(diags *diag.Diagnostics, name, summary, why string) {
	diags.AddAttributeError(path.Root(name), summary, fmt.Sprintf("The value of %s can not be used: %s", s.m[name].from, sentence(why)))
}

// sentence makes a clause end like one.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}
