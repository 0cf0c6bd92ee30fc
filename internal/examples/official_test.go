// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// hcloudFile is a configuration file as KooCLI writes it, fields that nobody here reads included.
const hcloudFile = `{
  "language": "en", "authEncrypt": "false", "current": "keys",
  "profiles": [
    {"name": "keys", "mode": "AKSK", "accessKeyId": "EMULATORACCESSKEY001", "secretAccessKey": "emulatorSecretKey0000000000000000000001",
     "securityToken": "", "region": "cn-north-4", "projectId": "", "domainId": "", "agencyDomainId": "", "agencyDomainName": "", "agencyName": "",
     "xAuthToken": "", "expiresAt": "", "skipSecureVerify": "false", "readTimeout": 10, "connectTimeout": 5, "retryCount": 0, "sourceProfile": ""},
    {"name": "login", "mode": "SSO", "region": "cn-north-4",
     "ssoParam": {"startUrl": "https://example.com/start", "ssoRegion": "cn-north-4"},
     "ssoAuth": {"stsToken": {"accessKeyId": "EMULATORACCESSKEY001", "secretAccessKey": "emulatorSecretKey0000000000000000000001", "securityToken": ""}}},
    {"name": "agency", "mode": "agency", "accessKeyId": "EMULATORACCESSKEY001", "secretAccessKey": "emulatorSecretKey0000000000000000000001",
     "region": "cn-north-4", "agencyName": "sms-operators", "agencyDomainName": "migration-account"}
  ]
}`

// TestABlockOfTheOfficialProvider runs this provider on blocks that were written for the official one, with nothing but its name
// changed. The arguments are those of the official provider's page (v1.97.1, docs/index.md).
func TestABlockOfTheOfficialProvider(t *testing.T) {
	for name, tt := range map[string]struct {
		block string
		// prepare adds to the environment, which has neither region nor keys.
		prepare func(*testing.T, *work, *emulator.Server)
		as      string
	}{
		"keys as arguments": {block: `
			region     = "cn-north-4"
			access_key = "EMULATORACCESSKEY001"
			secret_key = "emulatorSecretKey0000000000000000000001"`, as: emulator.DefaultUserName},
		"empty, keys as variables": {prepare: func(_ *testing.T, w *work, _ *emulator.Server) {
			w.set(map[string]string{
				"HW_REGION_NAME": "cn-north-4", "HW_ACCESS_KEY": emulator.DefaultAccessKey, "HW_SECRET_KEY": emulator.DefaultSecretKey,
			})
		}, as: emulator.DefaultUserName},
		"empty, temporary keys as older variables": {prepare: func(_ *testing.T, w *work, s *emulator.Server) {
			access, secret, token := s.NewTemporaryKey(time.Hour)
			w.set(map[string]string{"OS_REGION_NAME": "cn-north-4", "OS_ACCESS_KEY": access, "OS_SECRET_KEY": secret, "HW_SECURITY_TOKEN": token})
		}, as: emulator.DefaultUserName},
		"password": {block: `
			region      = "cn-north-4"
			domain_name = "emulator-account"
			user_name   = "emulator-user"
			password    = "Emulator-Password-1"
			auth_url    = "https://iam.cn-north-4.myhuaweicloud.com/v3"`, as: emulator.DefaultUserName},
		"shared configuration file": {block: `
			shared_config_file = "~/.hcloud/config.json"`, prepare: withHcloud, as: emulator.DefaultUserName},
		"profile of single sign-on": {block: `
			profile = "login"`, prepare: withHcloud, as: emulator.DefaultUserName},
		"profile of an agency": {block: `
			shared_config_file = "~/.hcloud/config.json"
			profile            = "agency"`, prepare: withHcloud, as: "agency:sms-operators"},
		"agency": {block: `
			region     = "cn-north-4"
			access_key = "EMULATORACCESSKEY001"
			secret_key = "emulatorSecretKey0000000000000000000001"
			assume_role {
			  agency_name = "sms-operators"
			  domain_name = "migration-account"
			}`, prepare: withAgency, as: "agency:sms-operators"},
		"chain of agencies": {block: `
			region     = "cn-north-4"
			access_key = "EMULATORACCESSKEY001"
			secret_key = "emulatorSecretKey0000000000000000000001"
			assume_role {
			  agency_name = "emulator-agency"
			  domain_name = "emulator-account"
			}
			assume_role {
			  agency_name = "sms-operators"
			  domain_name = "migration-account"
			}`, prepare: withAgency, as: "agency:sms-operators"},
		"ID token": {block: `
			region = "cn-north-4"
			assume_role_with_oidc {
			  agency_name   = "sms-operators"
			  domain_id     = "` + theirDomainID + `"
			  idp_id        = "ci"
			  id_token_file = "token"
			}`, prepare: func(t *testing.T, w *work, s *emulator.Server) {
			withIDToken(t, w, s)
			writeFile(t, filepath.Join(w.dir, "token"), jobToken+"\n")
		}, as: "agency:sms-operators"},
		"endpoints, retries and algorithm": {block: `
			region            = "cn-north-4"
			access_key        = "EMULATORACCESSKEY001"
			secret_key        = "emulatorSecretKey0000000000000000000001"
			project_name      = "cn-north-4"
			max_retries       = 3
			signing_algorithm = "HmacSHA256"
			insecure          = false
			cloud             = "myhuaweicloud.com"
			endpoints = {
			  vpc = "https://vpc.cn-north-4.myhuaweicloud.com"
			  ecs = "https://ecs.cn-north-4.myhuaweicloud.com/"
			}`, as: emulator.DefaultUserName},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := emulator.Start()
			t.Cleanup(s.Close)
			w := newWork(t, "data-sources/huaweiops_sms_tasks", s)
			w.set(map[string]string{"HW_ACCESS_KEY": "", "HW_SECRET_KEY": ""})
			written := "provider \"huaweicloud\" {\n" + tt.block + "\n}\n"
			w.provider(strings.Replace(written, "huaweicloud", "huaweiops", 1))
			if tt.prepare != nil {
				tt.prepare(t, w, s)
			}
			w.init()
			out := w.must("plan", "-input=false", "-no-color")
			if strings.Contains(out, "Warning") {
				t.Errorf("the block brings a warning:\n%s", out)
			}
			asked := s.Requests(emulator.OpListTasks)
			if len(asked) != 1 || asked[0].Principal != tt.as {
				t.Errorf("the tasks were asked for by %+v, want %s", asked, tt.as)
			}
		})
	}
}

func withHcloud(t *testing.T, w *work, s *emulator.Server) {
	withAgency(t, w, s)
	w.hcloud(hcloudFile)
}

// TestArgumentsOfTheOfficialProviderAlone holds the guide to its list of what must be left out of the block.
func TestArgumentsOfTheOfficialProviderAlone(t *testing.T) {
	w := newWork(t, "data-sources/huaweiops_sms_tasks", nil)
	w.init()
	for _, argument := range []string{
		`agency_domain_name = "a"`, `agency_name = "a"`, `cert = "a"`, `delegated_project = "a"`, `enable_force_new = true`,
		`enterprise_project_id = "a"`, `key = "a"`, `regional = true`, `skip_check_upgrade = true`, `skip_check_website_type = true`,
		`tenant_id = "a"`, `tenant_name = "a"`,
	} {
		w.provider("provider \"huaweiops\" {\n  region = \"cn-north-4\"\n  " + argument + "\n}\n")
		name, _, _ := strings.Cut(argument, " ")
		w.mustFail([]string{"Unsupported argument", `An argument named "` + name + `" is not expected here.`}, "validate", "-no-color")
	}
	for _, block := range []string{"default_tags", "ignore_tags"} {
		w.provider("provider \"huaweiops\" {\n  region = \"cn-north-4\"\n  " + block + " {}\n}\n")
		w.mustFail([]string{`"` + block + `" are not expected here.`}, "validate", "-no-color")
	}
}

// provider replaces the provider block of the copy.
func (w *work) provider(block string) {
	w.t.Helper()
	writeFile(w.t, filepath.Join(w.dir, "terraform.tf"),
		"terraform {\n  required_providers {\n    huaweiops = {\n      source = \""+ours+"\"\n    }\n  }\n}\n\n"+block)
}
