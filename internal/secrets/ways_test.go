// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package secrets

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// The canaries that are given.
const (
	canaryAccess   = "CANARYACCESSKEY00001"
	canarySecret   = "canarySecretKey000000000000000000000001"
	canaryPassword = `canary "Passw\ord" & 1`
	canaryIDToken  = "canary.header.canary-payload.canary-signature"
)

// way is a way to sign in, with canaries.
type way struct {
	// env are its variables, arguments the same in the provider's block.
	env       map[string]string
	arguments string
	// secrets are what was given.
	secrets []string
}

// ways lets the canaries in at the emulator and returns every way to give them.
func ways(t *testing.T, s *emulator.Server) map[string]way {
	t.Helper()
	s.AddUser(emulator.User{ID: "canary-user-id", Name: "canary-user", Password: canaryPassword,
		AccessKeys: []emulator.AccessKey{{Access: canaryAccess, Secret: canarySecret}}})
	s.AddIdentityProvider(emulator.IdentityProvider{ID: "canary-idp", IDTokens: []string{canaryIDToken}})
	access, secret, securityToken := s.NewTemporaryKey(time.Hour)
	token := s.NewToken(emulator.DefaultProjectID)
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	profile := write("config.json", fmt.Sprintf(
		`{"current":"canary","profiles":[{"name":"canary","mode":"AKSK","accessKeyId":%q,"secretAccessKey":%q,"securityToken":""}]}`, canaryAccess, canarySecret))
	idToken := write("id-token", canaryIDToken+"\n")
	keys := way{
		env:       map[string]string{"HW_ACCESS_KEY": canaryAccess, "HW_SECRET_KEY": canarySecret},
		arguments: fmt.Sprintf("access_key = %q\nsecret_key = %q", canaryAccess, canarySecret),
		secrets:   []string{canarySecret},
	}
	agency := func(account, value string) way {
		env := map[string]string{"HW_ASSUME_ROLE_AGENCY_NAME": emulator.DefaultAgencyName, account: value}
		maps.Copy(env, keys.env)
		return way{env: env, secrets: keys.secrets}
	}
	oidc := way{
		env:       map[string]string{"HW_ASSUME_ROLE_IDP_ID": "canary-idp", "HW_ASSUME_ROLE_ID_TOKEN": canaryIDToken},
		arguments: fmt.Sprintf("assume_role_with_oidc {\n    idp_id = \"canary-idp\"\n    id_token = %q\n  }", canaryIDToken),
		secrets:   []string{canaryIDToken},
	}
	return map[string]way{
		"access key": keys,
		"temporary key": {
			env:       map[string]string{"HW_ACCESS_KEY": access, "HW_SECRET_KEY": secret, "HW_SECURITY_TOKEN": securityToken},
			arguments: fmt.Sprintf("access_key = %q\nsecret_key = %q\nsecurity_token = %q", access, secret, securityToken),
			secrets:   []string{secret, securityToken},
		},
		"token": {
			env:       map[string]string{"HW_AUTH_TOKEN": token},
			arguments: fmt.Sprintf("token = %q", token),
			secrets:   []string{token},
		},
		"password": {
			env:       map[string]string{"HW_USER_NAME": "canary-user", "HW_USER_PASSWORD": canaryPassword, "HW_DOMAIN_NAME": emulator.DefaultDomainName},
			arguments: fmt.Sprintf("user_id = \"canary-user-id\"\npassword = %q", canaryPassword),
			secrets:   []string{canaryPassword, `canary \"Passw\\ord\" & 1`, `Passw\ord`},
		},
		"profile":         {env: map[string]string{"HW_SHARED_CONFIG_FILE": profile, "HW_PROFILE": "canary"}, secrets: keys.secrets},
		"metadata":        {env: map[string]string{"HW_METADATA_ENDPOINT": s.URL()}},
		"agency from IAM": agency("HW_ASSUME_ROLE_DOMAIN_NAME", emulator.DefaultDomainName),
		"agency from STS": agency("HW_ASSUME_ROLE_DOMAIN_ID", emulator.DefaultDomainID),
		"ID token":        oidc,
		"ID token file": {
			env:     map[string]string{"HW_ASSUME_ROLE_IDP_ID": "canary-idp", "HW_ASSUME_ROLE_ID_TOKEN_FILE": idToken},
			secrets: oidc.secrets,
		},
	}
}
