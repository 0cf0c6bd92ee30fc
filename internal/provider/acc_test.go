// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestMain takes the environment's credentials and proxies away, so that a test signs in as it says and with nothing else. Only the live
// cases need them.
func TestMain(m *testing.M) {
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case os.Getenv("HUAWEIOPS_LIVE") != "":
		case strings.HasPrefix(name, "HW_"), strings.HasPrefix(name, "OS_"),
			slices.Contains([]string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}, strings.ToUpper(name)):
			_ = os.Unsetenv(name)
		case name == "TF_CLI_CONFIG_FILE":
			if _, err := os.Stat(value); err != nil {
				_ = os.Unsetenv(name)
			}
		}
	}
	os.Exit(m.Run())
}

// factories serve the provider under test in this process.
var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"huaweiops": providerserver.NewProtocol6WithError(New("test", "")()),
}

// withEcho adds the provider that copies an ephemeral value into a state, to look at it.
var withEcho = map[string]func() (tfprotov6.ProviderServer, error){
	"huaweiops": factories["huaweiops"],
	"echo":      echoprovider.NewProviderServer(),
}

// startEmulator serves the services until the test ends.
func startEmulator(t *testing.T, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	s := emulator.Start(opts...)
	t.Cleanup(s.Close)
	return s
}

// at is a configuration for the emulator's default account: the provider block, then the rest.
func at(s *emulator.Server, config string) string { return s.ProviderBlock() + config }

// operations names the requests that the emulator got, in order.
func operations(s *emulator.Server) []string {
	ops := []string{}
	for _, r := range s.Requests() {
		ops = append(ops, r.Operation)
	}
	return ops
}

// expectOperations fails unless the requests since the last call were these, in this order, and forgets them.
func expectOperations(t *testing.T, s *emulator.Server, want ...string) {
	t.Helper()
	if got := operations(s); !slices.Equal(got, want) {
		t.Errorf("requests sent:\n  got  %v\n  want %v", got, want)
	}
	s.ResetRequests()
}

// proxied sends what is meant for the cloud's own host names to the emulator, for the rest of the test.
func proxied(t *testing.T, s *emulator.Server) {
	t.Helper()
	t.Setenv("HTTPS_PROXY", s.ProxyURL())
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte(s.CACertPEM()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HW_CACERT_FILE", ca)
}

// wrapped is a pattern for text that the CLI may break at any space.
func wrapped(text string) string {
	return strings.Join(strings.Fields(regexp.QuoteMeta(text)), `\s+`)
}

// unable skips a test where the CLI turns out not to do what the test needs. It is found out by trying, since a version says nothing
// across Terraform and OpenTofu.
func unable(t *testing.T) resource.ErrorCheckFunc {
	return func(err error) error {
		for sign, what := range map[string]string{
			"is not wholly": "takes no ephemeral values that are unknown at plan",
			"Your infrastructure matches the configuration": "lists ephemeral resources as changes, which the test framework takes for a plan that is not empty",
		} {
			if strings.Contains(err.Error(), sign) {
				t.Skip("this CLI " + what)
			}
		}
		return err
	}
}
