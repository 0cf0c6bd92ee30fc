// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// ephemeralConfig echoes the ephemeral resource into a state.
func ephemeralConfig(s *emulator.Server, arguments string) string {
	return at(s, "ephemeral \"huaweiops_cbh_instance_om_url\" \"test\" {\n"+arguments+`
}
provider "echo" {
  data = ephemeral.huaweiops_cbh_instance_om_url.test
}
resource "echo" "test" {}
`)
}

var sinceEphemeral = []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)}

func TestOMURLEphemeral(t *testing.T) {
	s := startEmulator(t)
	data := tfjsonpath.New("data")
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks: sinceEphemeral, ProtoV6ProviderFactories: withEcho, ErrorCheck: unable(t),
		Steps: []resource.TestStep{{
			Config: ephemeralConfig(s, goodOM()),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("echo.test", data.AtMapKey("state"), knownvalue.StringExact("SUCCESS")),
				statecheck.ExpectKnownValue("echo.test", data.AtMapKey("region"), knownvalue.StringExact(emulator.DefaultRegion)),
				statecheck.ExpectKnownValue("echo.test", data.AtMapKey("login_url"), knownvalue.StringRegexp(regexp.MustCompile("^https://"))),
			},
		}},
	})
}

// TestOMURLEphemeralRefusals: the same code stands behind both kinds, so the same answers are errors.
func TestOMURLEphemeralRefusals(t *testing.T) {
	s := startEmulator(t)
	s.SetOMState(emulator.DefaultBastionServerID, "IAM_USER_CONFLICT", "", -1)
	for arguments, want := range map[string]string{
		goodOM(): `IAM_USER_CONFLICT\s+\(1016\)`,
		goodOM() + "timeouts {\n open = \"0s\"\n}": `above\s+zero`,
		omArguments("x", "1", ""):                  `Invalid host_account_name`,
	} {
		resource.UnitTest(t, resource.TestCase{
			TerraformVersionChecks: sinceEphemeral, ProtoV6ProviderFactories: withEcho,
			Steps: []resource.TestStep{{Config: ephemeralConfig(s, arguments), ExpectError: regexp.MustCompile(want)}},
		})
	}
}

// TestOMURLEphemeralUnknownProvider: while the provider's configuration is unknown, so is the URL, and the plan goes on.
func TestOMURLEphemeralUnknownProvider(t *testing.T) {
	s := startEmulator(t)
	config := unknownProvider(s) + "ephemeral \"huaweiops_cbh_instance_om_url\" \"test\" {\n" + goodOM() + `
}
provider "echo" {
  data = ephemeral.huaweiops_cbh_instance_om_url.test
}
resource "echo" "test" {}
`
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks: sinceEphemeral, ProtoV6ProviderFactories: withEcho, ErrorCheck: unable(t),
		Steps: []resource.TestStep{{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("state"), knownvalue.StringExact("SUCCESS")),
			},
		}},
	})
}
