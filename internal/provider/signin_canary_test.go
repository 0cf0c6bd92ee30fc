// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// Secrets that are looked for. They come from the environment and from files, since Terraform itself keeps what a configuration holds.
const (
	canaryAccess = "CANARYACCESSKEY00001"
	canarySecret = "canary0secret0key0000000000000000000001"
	canaryPass   = "canary-password-1"
	canaryID     = "canary.id.token"
)

// canaryWays are the variables of each way, with canaries for secrets.
func canaryWays(t *testing.T, s *emulator.Server) map[string]map[string]string {
	t.Helper()
	s.AddUser(emulator.User{ID: "canary-user", Name: "canary", Password: canaryPass, AccessKeys: []emulator.AccessKey{{Access: canaryAccess, Secret: canarySecret}}})
	s.AddIdentityProvider(emulator.IdentityProvider{ID: "canary-idp", IDTokens: []string{canaryID}})
	dir := t.TempDir()
	profiles, idToken := filepath.Join(dir, "config.json"), filepath.Join(dir, "id-token")
	for path, content := range map[string]string{
		profiles: fmt.Sprintf(`{"current":"p","profiles":[{"name":"p","accessKeyId":%q,"secretAccessKey":%q}]}`, canaryAccess, canarySecret),
		idToken:  canaryID,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	agency := map[string]string{"HW_ASSUME_ROLE_AGENCY_NAME": emulator.DefaultAgencyName, "HW_ASSUME_ROLE_DOMAIN_ID": emulator.DefaultDomainID}
	with := func(variables map[string]string) map[string]string {
		for name, value := range agency {
			variables[name] = value
		}
		return variables
	}
	access, secret, token := s.NewTemporaryKey(1 << 40)
	return map[string]map[string]string{
		"access key":    {"HW_ACCESS_KEY": canaryAccess, "HW_SECRET_KEY": canarySecret},
		"temporary key": {"HW_ACCESS_KEY": access, "HW_SECRET_KEY": secret, "HW_SECURITY_TOKEN": token},
		"token":         {"HW_AUTH_TOKEN": s.NewToken(emulator.DefaultProjectID)},
		"password":      {"HW_USER_NAME": "canary", "HW_USER_PASSWORD": canaryPass, "HW_DOMAIN_NAME": emulator.DefaultDomainName},
		"profile":       {"HW_SHARED_CONFIG_FILE": profiles},
		"metadata":      {},
		"agency":        with(map[string]string{"HW_ACCESS_KEY": canaryAccess, "HW_SECRET_KEY": canarySecret}),
		"ID token":      with(map[string]string{"HW_ASSUME_ROLE_IDP_ID": "canary-idp", "HW_ASSUME_ROLE_ID_TOKEN_FILE": idToken}),
	}
}

// TestSecretsAreKept signs in by each way with everything logged, through success and refusal, and looks for each secret that was
// given, handed out or sent, in the log of the CLI and the provider and in the state.
func TestSecretsAreKept(t *testing.T) {
	for name := range canaryWays(t, startEmulator(t)) {
		for _, denied := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, denied: %t", name, denied), func(t *testing.T) {
				s := startEmulator(t)
				variables := canaryWays(t, s)[name]
				log := filepath.Join(t.TempDir(), "log")
				t.Setenv("TF_LOG", "TRACE")
				t.Setenv("TF_ACC_LOG_PATH", log)
				t.Setenv("HW_METADATA_ENDPOINT", s.URL())
				for name, value := range variables {
					t.Setenv(name, value)
				}
				state := ""
				step := resource.TestStep{
					Config: signInConfig(s, ""),
					Check: func(st *terraform.State) error {
						state = st.String()
						return nil
					},
				}
				if denied {
					s.Deny("", emulator.OpUnlockTask)
					step.ExpectError = regexp.MustCompile("Unable to unlock the target server")
				}
				resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{step}})
				text, err := os.ReadFile(log)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(text), "/v3/tasks/{task_id}/unlock") {
					t.Error("the log does not tell of the request")
				}
				for what, secret := range secretsOf(s, variables) {
					if strings.Contains(string(text), secret) || strings.Contains(state, secret) {
						t.Errorf("%s is in the log or the state", what)
					}
				}
			})
		}
	}
}

// secretsOf are the secrets that were given and those that requests carried.
func secretsOf(s *emulator.Server, variables map[string]string) map[string]string {
	secrets := map[string]string{"the secret key": canarySecret, "the password": canaryPass, "the ID token": canaryID}
	for _, name := range []string{"HW_SECRET_KEY", "HW_SECURITY_TOKEN", "HW_AUTH_TOKEN"} {
		if value := variables[name]; value != "" {
			secrets[name] = value
		}
	}
	for i, r := range s.Requests() {
		for _, name := range []string{"X-Auth-Token", "X-Security-Token", "X-Metadata-Token", "Authorization"} {
			value := r.Header.Get(name)
			if name == "Authorization" {
				_, value, _ = strings.Cut(value, "Signature=")
			}
			if value != "" {
				secrets[fmt.Sprintf("%s of request %d", name, i+1)] = value
			}
		}
	}
	return secrets
}

// TestIssuedSecretsAreKept hands out keys that are known here, and that the service then refuses.
func TestIssuedSecretsAreKept(t *testing.T) {
	const access, secret, token = "ISSUEDCANARYKEY00001", "issued0canary0secret", "issued0canary0token"
	v3 := fmt.Sprintf(`{"credential":{"access":%q,"secret":%q,"securitytoken":%q,"expires_at":"2099-01-01T00:00:00.000000Z"}}`, access, secret, token)
	v5 := fmt.Sprintf(`{"credentials":{"access_key_id":%q,"secret_access_key":%q,"security_token":%q,"expiration":"2099-01-01T00:00:00.000Z"}}`, access, secret, token)
	for _, tt := range []struct {
		way, op, body string
	}{
		{"metadata", emulator.OpMetadataKeys, v3},
		{"agency", emulator.OpAssumeRoleV5, v5},
		{"ID token", emulator.OpTokenToKeys, v3},
	} {
		t.Run(tt.way, func(t *testing.T) {
			s := startEmulator(t)
			s.InjectFault(tt.op, emulator.Fault{Status: http.StatusOK, Body: tt.body}, -1)
			log := filepath.Join(t.TempDir(), "log")
			t.Setenv("TF_LOG", "TRACE")
			t.Setenv("TF_ACC_LOG_PATH", log)
			t.Setenv("HW_METADATA_ENDPOINT", s.URL())
			for name, value := range canaryWays(t, s)[tt.way] {
				t.Setenv(name, value)
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: signInConfig(s, ""), ExpectError: regexp.MustCompile("Unable to (look up the project|assume the agency)"),
			}}})
			text, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			for _, kept := range []string{secret, token} {
				if strings.Contains(string(text), kept) {
					t.Errorf("%q is in the log", kept)
				}
			}
		})
	}
}
