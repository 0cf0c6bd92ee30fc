// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// signInConfig is a provider that knows the emulator and is given these arguments, and one unlock without a look at its task.
func signInConfig(s *emulator.Server, arguments string) string {
	block := s.ProviderBlock()
	for _, given := range []string{
		fmt.Sprintf("  access_key = %q\n", emulator.DefaultAccessKey), fmt.Sprintf("  secret_key = %q\n", emulator.DefaultSecretKey),
	} {
		block = strings.Replace(block, given, "", 1)
	}
	block = strings.TrimSuffix(strings.TrimSpace(block), "}")
	return block + arguments + "\n}\n" +
		fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"test\" {\n  task_id = %q\n  force   = true\n}\n", emulator.TaskID("ABORT"))
}

// credentialFiles writes the files that ways to sign in read, and gives their paths.
func credentialFiles(t *testing.T) (profiles, idToken string) {
	t.Helper()
	dir := t.TempDir()
	keys := fmt.Sprintf(`"accessKeyId":%q,"secretAccessKey":%q`, emulator.DefaultAccessKey, emulator.DefaultSecretKey)
	agency := fmt.Sprintf(`"agencyName":%q,"agencyDomainName":%q`, emulator.DefaultAgencyName, emulator.DefaultDomainName)
	for name, content := range map[string]string{
		"config.json": `{"current":"plain","profiles":[
			{"name":"plain","mode":"AKSK",` + keys + `},
			{"name":"sso","mode":"SSO","ssoAuth":{"stsToken":{` + keys + `}}},
			{"name":"agency","mode":"agency",` + keys + `,` + agency + `},
			{"name":"source","mode":"agency",` + agency + `,"sourceProfile":"plain"},
			{"name":"ecs","mode":"ecsAgency"},
			{"name":"token","mode":"token","xAuthToken":"x"},
			{"name":"encrypted","mode":"AKSK","accessKeyId":"` + strings.Repeat("0f", 32) + `","secretAccessKey":"` + strings.Repeat("f0", 48) + `"}]}`,
		"id-token": emulator.DefaultIDToken + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "config.json"), filepath.Join(dir, "id-token")
}

const (
	passwordArguments = `
  user_name   = "emulator-user"
  domain_name = "emulator-account"
  password    = "Emulator-Password-1"`
	agencyBlock = `
  assume_role {
    agency_name = "emulator-agency"
    domain_name = "emulator-account"
  }`
	keyArguments = `
  access_key = "EMULATORACCESSKEY001"
  secret_key = "emulatorSecretKey0000000000000000000001"`
)

// TestSignIn signs in by each way through a real CLI, and looks who unlocked, after which requests.
func TestSignIn(t *testing.T) {
	profiles, idToken := credentialFiles(t)
	shared := fmt.Sprintf("  shared_config_file = %q\n", profiles)
	const agency, user, projects = "agency:emulator-agency", emulator.DefaultUserName, emulator.OpListProjects
	metadata := []string{emulator.OpMetadataToken, emulator.OpMetadataKeys}
	for _, tt := range []struct {
		name, arguments string
		variables       map[string]string
		who             string
		asked           []string // before the unlock
	}{
		{"password", passwordArguments, nil, user, []string{emulator.OpCreateToken}},
		{"user ID", "", map[string]string{"OS_USER_ID": emulator.DefaultUserID, "OS_PASSWORD": emulator.DefaultPassword}, user, []string{emulator.OpCreateToken}},
		{"password, project by ID", passwordArguments + "\n  project_id = \"" + emulator.DefaultProjectID + "\"", nil, user, []string{emulator.OpCreateToken}},
		{"profile", shared, nil, user, []string{projects}},
		{"profile of a variable", "", map[string]string{"HW_SHARED_CONFIG_FILE": profiles, "HW_PROFILE": "sso"}, user, []string{projects}},
		{"profile with an agency", shared + `  profile = "agency"`, nil, agency, []string{emulator.OpAssumeRoleV3, projects}},
		{"profile with a source", shared + `  profile = "source"`, nil, agency, []string{emulator.OpAssumeRoleV3, projects}},
		{"profile of an ECS", shared + `  profile = "ecs"`, nil, agency, append(metadata[:2:2], projects)},
		{"metadata", "", nil, agency, append(metadata[:2:2], projects)},
		{"HmacSM3", keyArguments + "\n" + `  signing_algorithm = "HmacSM3"`, nil, user, []string{projects}},
		{"EcdsaP256SHA256", keyArguments, map[string]string{"HW_SIGNING_ALGORITHM": "EcdsaP256SHA256"}, user, []string{projects}},
		{"SM2SM3", keyArguments, map[string]string{"HW_SIGNING_ALGORITHM": "SM2SM3"}, user, []string{projects}},
		{"agency by IAM", keyArguments + agencyBlock, nil, agency, []string{emulator.OpAssumeRoleV3, projects}},
		{
			"agency by STS, of variables", keyArguments, map[string]string{
				"HW_ASSUME_ROLE_AGENCY_NAME": emulator.DefaultAgencyName, "HW_ASSUME_ROLE_DOMAIN_ID": emulator.DefaultDomainID, "HW_ASSUME_ROLE_DURATION": "7200",
			}, agency, []string{emulator.OpAssumeRoleV5, projects},
		},
		{"agency by a password", passwordArguments + agencyBlock, nil, agency, []string{emulator.OpCreateToken, emulator.OpAssumeRoleV3, projects}},
		{
			"chain", keyArguments + agencyBlock + strings.Replace(agencyBlock, "domain_name = \"emulator-account\"", "domain_id = \""+emulator.DefaultDomainID+"\"", 1), nil, agency,
			[]string{emulator.OpAssumeRoleV3, emulator.OpAssumeRoleV5, projects},
		},
		{
			"ID token with an agency", fmt.Sprintf("  assume_role_with_oidc {\n    idp_id        = %q\n    id_token_file = %q\n    agency_name   = %q\n    domain_id     = %q\n  }",
				emulator.DefaultIdPID, idToken, emulator.DefaultAgencyName, emulator.DefaultDomainID), nil, agency,
			[]string{emulator.OpOIDCToken, emulator.OpTokenToKeys, emulator.OpAssumeRoleV5, projects},
		},
		{
			"ID token of variables", "", map[string]string{"HW_ASSUME_ROLE_IDP_ID": emulator.DefaultIdPID, "HW_ASSUME_ROLE_ID_TOKEN_FILE": idToken},
			"idp:" + emulator.DefaultIdPID, []string{emulator.OpOIDCToken, emulator.OpTokenToKeys, projects},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startEmulator(t)
			t.Setenv("HW_METADATA_ENDPOINT", s.URL())
			for name, value := range tt.variables {
				t.Setenv(name, value)
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: signInConfig(s, tt.arguments),
				Check: func(*terraform.State) error {
					if r := s.Requests(emulator.OpUnlockTask); len(r) != 1 || r[0].Principal != tt.who {
						return fmt.Errorf("unlocked by %+v, want %s", r, tt.who)
					}
					return nil
				},
			}}})
			expectOperations(t, s, append(tt.asked[:len(tt.asked):len(tt.asked)], emulator.OpUnlockTask)...)
		})
	}
}

// TestSignInTwins gives each way its wrong twin, and compares the whole diagnostic. HOST stands for the emulator's.
func TestSignInTwins(t *testing.T) {
	profiles, _ := credentialFiles(t)
	shared := fmt.Sprintf("  shared_config_file = %q\n", profiles)
	missing := filepath.Join(t.TempDir(), "missing")
	oidc := func(idp, token string) string {
		return fmt.Sprintf("  assume_role_with_oidc {\n    idp_id = %q\n    %s\n  }", idp, token)
	}
	const noCredentials = `The provider was given no credentials, and found none. Nothing was sent to the services.

What to do: Give one of these, as arguments of the provider or as variables:

  access key: access_key, secret_key (HW_ACCESS_KEY, HW_SECRET_KEY), and security_token (HW_SECURITY_TOKEN) if it is temporary
  token: token (HW_AUTH_TOKEN)
  password: user_name or user_id, password, and domain_name or domain_id (HW_USER_NAME, HW_USER_ID, HW_USER_PASSWORD, HW_DOMAIN_NAME, HW_DOMAIN_ID)
  shared config file: shared_config_file, profile (HW_SHARED_CONFIG_FILE, HW_PROFILE)
  OIDC: assume_role_with_oidc (HW_ASSUME_ROLE_IDP_ID, HW_ASSUME_ROLE_ID_TOKEN_FILE)
  ECS agency: run on an ECS that has an agency

The last resort, the ECS metadata service, failed: `
	for _, tt := range []struct {
		name, arguments string
		variables       map[string]string
		asked           []string
		summary, detail string
	}{
		{
			"wrong password", strings.Replace(passwordArguments, "Emulator-Password-1", "Wrong-Password-canary", 1), nil, []string{emulator.OpCreateToken},
			"Unable to sign in with the password", `IAM answered: The username or password is wrong. The credentials were not accepted.

  Code: 401
  HTTP status: 401 Unauthorized
  Request ID: 00000000000000000000000000000001
  Asked: HOST/v3/auth/tokens
  As: user emulator-user of account emulator-account, by password (password)

What to do: Check user_name or user_id, password, and domain_name or domain_id, which IAM does not tell apart, and that the project is the account's. A locked user stays refused for a while, and a HUAWEI ID can not sign in by password: create an IAM user. This password is not tried again while the provider runs, since repeated failures lock the user.`,
		},
		{
			"unknown agency", keyArguments + strings.Replace(agencyBlock, "emulator-agency", "unknown", 1), nil, []string{emulator.OpAssumeRoleV3},
			"Unable to assume the agency", `IAM answered: You are not authorized to perform the requested action. The identity may not do this.

  Code: 403
  HTTP status: 403 Forbidden
  Request ID: 00000000000000000000000000000001
  Asked: HOST/v3.0/OS-CREDENTIAL/securitytokens
  As: agency unknown of account emulator-account, by assume_role as EMUL****Y001, by access key (access_key)
  Permission: iam:agencies:assume

What to do: Check agency_name and the account, domain_name or domain_id: the agency must exist there and trust the account that assumes it. Whoever assumes it needs the permission named above; the system's role Agent Operator has it.`,
		},
		{
			"untrusted ID token", oidc(emulator.DefaultIdPID, `id_token = "untrusted-canary"`), nil, []string{emulator.OpOIDCToken},
			"Unable to sign in with the ID token", `IAM answered: The request you have made requires authentication. Authentication is needed.

  Code: IAM.0001
  HTTP status: 401 Unauthorized
  Request ID: 00000000000000000000000000000001
  Asked: HOST/v3.0/OS-AUTH/id-token/tokens
  As: identity provider emulator-idp, by ID token (assume_role_with_oidc.id_token)

What to do: Check idp_id, and the ID token: it must not be expired, its issuer and its audience must be those that the identity provider in IAM was given, and a rule there must admit its holder.`,
		},
		{
			"missing ID token", oidc(emulator.DefaultIdPID, fmt.Sprintf("id_token_file = %q", missing)), nil, nil,
			"Unable to sign in", `As identity provider emulator-idp, by ID token (assume_role_with_oidc.id_token_file): the ID token file ` + missing + ` can not be read: ` + syscall.ENOENT.Error() + `.

What to do: Check id_token_file (HW_ASSUME_ROLE_ID_TOKEN_FILE), and that the CI job writes its ID token there before Terraform runs.`,
		},
		{
			"no credentials", "", map[string]string{"HW_METADATA_ENDPOINT": "http://127.0.0.1:1"}, nil,
			"No credentials", noCredentials + `the metadata service of ECS (127.0.0.1:1) gave no answer: no connection.`,
		},
		{
			"no credentials on an ECS", "", nil, []string{emulator.OpMetadataToken, emulator.OpMetadataKeys},
			"No credentials", noCredentials + `this ECS has no agency, so its metadata service has no keys to give.`,
		},
		{
			"ECS without an agency", shared + `  profile = "ecs"`, nil, []string{emulator.OpMetadataToken, emulator.OpMetadataKeys},
			"Unable to sign in", `As the agency of this ECS, by profile "ecs" of ` + profiles + `: this ECS has no agency, so its metadata service has no keys to give.

What to do: Create an agency that delegates to ECS, with the permissions that the operation needs, and choose it in the server's details.`,
		},
		{
			"encrypted profile", shared + `  profile = "encrypted"`, nil, nil,
			"The profile can not be used", `profile names a file or a profile that can not be used: profile "encrypted" of ` + profiles + `: its secrets look encrypted, as KooCLI writes them unless told otherwise, and KooCLI alone can read them.

What to do: Run ` + "`hcloud configure set --cli-auth-encrypt=false`" + `, which makes KooCLI write them in plain text, or give access_key and secret_key.`,
		},
		{
			"mode token", shared + `  profile = "token"`, nil, nil,
			"The profile can not be used", `profile names a file or a profile that can not be used: profile "token" of ` + profiles + `: its mode is token, and a token in this file has no keys to renew it with.

What to do: Use a profile with the mode AKSK, SSO, agency or ecsAgency, or give no profile and the token itself as token (HW_AUTH_TOKEN).`,
		},
		{
			"missing profile", shared + `  profile = "unknown"`, nil, nil,
			"The profile can not be used", `profile names a file or a profile that can not be used: profile "unknown" of ` + profiles + `: there is no such profile.

What to do: The file has the profiles "plain", "sso", "agency", "source", "ecs", "token", "encrypted".`,
		},
		{
			"missing file", fmt.Sprintf("  shared_config_file = %q", missing), nil, nil,
			"The profile can not be used", `shared_config_file names a file or a profile that can not be used: ` + missing + `: the file does not exist.

What to do: Check shared_config_file (HW_SHARED_CONFIG_FILE), or create it: hcloud configure init.`,
		},
		{
			"half an access key", `  access_key = "EMULATORACCESSKEY001"`, nil, nil,
			"Half of the credentials is missing", `access_key is given, but secret_key is not. Give it as the argument secret_key, HW_SECRET_KEY or OS_SECRET_KEY, or remove access_key.`,
		},
		{
			"a password without its account", "", map[string]string{"OS_USERNAME": "u", "OS_PASSWORD": "canary"}, nil,
			"Half of the credentials is missing", `OS_USERNAME is given, but domain_name is not. Give it as the argument domain_name, HW_DOMAIN_NAME, OS_DOMAIN_NAME, OS_USER_DOMAIN_NAME or OS_PROJECT_DOMAIN_NAME, or remove OS_USERNAME.`,
		},
		{
			"expired token", "", map[string]string{"HW_AUTH_TOKEN": "expired-canary"}, []string{emulator.OpUnlockTask},
			"Unable to unlock the target server through SMS", `SMS answered: Incorrect IAM authentication information: decrypt token fail. The token or the access key's signature was not accepted.

  Code: APIGW.0301
  HTTP status: 401 Unauthorized
  Request ID: 00000000000000000000000000000001
  Asked: HOST/v3/tasks/{task_id}/unlock
  As: token (HW_AUTH_TOKEN)
  Permission: sms:server:unlock

What to do: Sign in again: the token is expired, revoked, or of another site.`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startEmulator(t)
			s.SetMetadata(emulator.Metadata{NoAgency: http.StatusUnauthorized})
			t.Setenv("HW_METADATA_ENDPOINT", s.URL())
			for name, value := range tt.variables {
				t.Setenv(name, value)
			}
			u, err := url.Parse(s.URL())
			if err != nil {
				t.Fatal(err)
			}
			want := wrapped("Error: "+tt.summary) + `\s+with\s(?s:.+?)\s` + wrapped(tt.detail) + `\s*\z`
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config:      signInConfig(s, tt.arguments),
				ExpectError: regexp.MustCompile(strings.ReplaceAll(want, "HOST", regexp.QuoteMeta(u.Host))),
			}}})
			expectOperations(t, s, tt.asked...)
		})
	}
}

// TestUnknownAgencies: agencies whose number is only known after apply make a resource wait, not fail.
func TestUnknownAgencies(t *testing.T) {
	s := startEmulator(t)
	config := signInConfig(s, keyArguments+`
  dynamic "assume_role" {
    for_each = terraform_data.agencies.output
    content {
      agency_name = assume_role.value
      domain_name = "emulator-account"
    }
  }`) + "resource \"terraform_data\" \"agencies\" {\n  input = [\"emulator-agency\"]\n}\n"
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: config,
		Check: func(*terraform.State) error {
			if r := s.Requests(emulator.OpUnlockTask); len(r) != 1 || r[0].Principal != "agency:emulator-agency" {
				return fmt.Errorf("unlocked by %+v", r)
			}
			return nil
		},
	}}})
	expectOperations(t, s, emulator.OpAssumeRoleV3, emulator.OpListProjects, emulator.OpUnlockTask)
}
