// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

const omURLAddress = "data.huaweiops_cbh_instance_om_url.test"

// omArguments are the three arguments in HCL.
func omArguments(server, ip, account string) string {
	return fmt.Sprintf("  server_id = %s\n  ip_address = %s\n  host_account_name = %s\n", hcl(server), hcl(ip), hcl(account))
}

// hcl quotes text for HCL, where a dollar or percent sign before a brace begins a template.
func hcl(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(fmt.Sprintf("%q", s))
}

func omURLConfig(s *emulator.Server, arguments string) string {
	return at(s, "data \"huaweiops_cbh_instance_om_url\" \"test\" {\n"+arguments+"\n}\n")
}

// goodOM are arguments that lead to a URL.
func goodOM() string {
	return omArguments(emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount)
}

func TestOMURLDataSource(t *testing.T) {
	s := startEmulator(t)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: omURLConfig(s, goodOM()),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("state"), knownvalue.StringExact("SUCCESS")),
			statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("region"), knownvalue.StringExact(emulator.DefaultRegion)),
			statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("login_url"), knownvalue.StringRegexp(regexp.MustCompile("^https://"))),
			statecheck.ExpectSensitiveValue(omURLAddress, tfjsonpath.New("login_url")),
		},
	}}})
}

// TestOMURLHostileValues: whatever stands in the three arguments arrives as it was written.
func TestOMURLHostileValues(t *testing.T) {
	s := startEmulator(t)
	for _, hostile := range []string{
		"a&b c#d+e/ü%20", `CORP\adm in+1&x=y@é`, `"quoted" 'twice'`, "${var.x} %{if}", "?a=b;c", "..", "日本語", "fe80::1%eth0",
	} {
		t.Run(hostile, func(t *testing.T) {
			s.AddBastion(emulator.Bastion{ServerID: hostile, Hosts: map[string][]string{hostile: {hostile}}})
			s.ResetRequests()
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: omURLConfig(s, omArguments(hostile, hostile, hostile)),
			}}})
			for _, r := range s.Requests(emulator.OpShowOMURL) {
				if len(r.Query) != 3 {
					t.Errorf("the query has %d values, not 3: %s", len(r.Query), r.RawQuery)
				}
				for _, name := range []string{"server_id", "ip_address", "host_account_name"} {
					if got := r.Query.Get(name); got != hostile {
						t.Errorf("%s arrived as %q", name, got)
					}
				}
			}
		})
	}
}

func TestOMURLBadArguments(t *testing.T) {
	s := startEmulator(t)
	for name, tc := range map[string]struct{ config, want string }{
		"control character": {omArguments("x", "a\nb", "root"), `Invalid ip_address(?s:.*)control\s+character`},
		"null character":    {omArguments("x", "1", "a\x01b"), `Invalid host_account_name`},
		"empty":             {omArguments("", "1", "root"), `Invalid server_id(?s:.*)it is empty`},
		"65 characters":     {omArguments(strings.Repeat("x", 65), "1", "root"), `65\s+characters`},
		"region":            {goodOM() + `region = "Evil.example/"`, `Invalid region`},
		"timeout":           {goodOM() + "timeouts {\n read = \"-1s\"\n}", `above\s+zero`},
	} {
		t.Run(name, func(t *testing.T) {
			tc.config = strings.ReplaceAll(tc.config, `\x01`, `\u0001`)
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: omURLConfig(s, tc.config), PlanOnly: true, ExpectError: regexp.MustCompile(tc.want),
			}}})
			expectOperations(t, s)
		})
	}
}

// TestOMURLStates: each documented state is an error with its name, number, description and a remedy, or with fail_on_error = false
// an answer.
func TestOMURLStates(t *testing.T) {
	for _, state := range client.OMStates[1:] {
		t.Run(state.Name, func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			s.SetOMState(emulator.DefaultBastionServerID, state.Name, "the service's words", -1)
			short := goodOM() + "timeouts {\n read = \"2s\"\n}\n"
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
				{
					Config: omURLConfig(s, short),
					ExpectError: regexp.MustCompile(fmt.Sprintf(`CBH issued no O&M URL(?s:.*)%s\s+\(%d\)(?s:.*)Description: the service's words(?s:.*)%s`,
						state.Name, state.Number, wrapped(state.Remedy))),
				},
				{
					Config: omURLConfig(s, short+"fail_on_error = false"),
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("state"), knownvalue.StringExact(state.Name)),
						statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("description"), knownvalue.StringExact("the service's words")),
						statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("login_url"), knownvalue.StringExact("")),
					},
				},
			}})
		})
	}
}

// TestOMURLWaits: an instance whose trust list is being set up is asked again, whatever fail_on_error says.
func TestOMURLWaits(t *testing.T) {
	s := startEmulator(t)
	s.SetOMState(emulator.DefaultBastionServerID, "INS_WHITE_LIST_INITIALIZING", "", 1)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: omURLConfig(s, goodOM()+"fail_on_error = false"),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("state"), knownvalue.StringExact("SUCCESS")),
		},
	}}})
}

// TestOMURLLenient: the forms that the published examples have, and those that they do not.
func TestOMURLLenient(t *testing.T) {
	s := startEmulator(t)
	for name, tc := range map[string]struct{ body, want string }{
		"number":               {`{"state": 0, "login_url": "https://a.example/?x=1"}`, ""},
		"number as text":       {`{"state": "0", "login_url": "https://a.example/?x=1", "description": null}`, ""},
		"number of a failure":  {`{"state": 553}`, `HOST_ACCOUNT_NOT_EXIST\s+\(553\)`},
		"no URL":               {`{"state": "SUCCESS"}`, wrapped("reports success, but sent no URL")},
		"empty URL":            {`{"state": "SUCCESS", "login_url": ""}`, wrapped("reports success, but sent no URL")},
		"null URL":             {`{"state": "SUCCESS", "login_url": null}`, wrapped("reports success, but sent no URL")},
		"unknown state":        {`{"state": "HOST_ON_FIRE", "description": "hot"}`, wrapped("HOST_ON_FIRE: This state is not documented")},
		"no state":             {`{"login_url": "https://secret.example"}`, wrapped("not what the service documents")},
		"no JSON":              {`<html>`, wrapped("not what the service documents")},
		"more than documented": {`{"state": "SUCCESS", "login_url": "https://a.example/?x=1", "extra": {"a": [1]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s.ClearFaults()
			s.InjectFault(emulator.OpShowOMURL, emulator.Fault{Status: 200, Body: tc.body}, -1)
			step := resource.TestStep{Config: omURLConfig(s, goodOM())}
			if tc.want != "" {
				step.ExpectError = regexp.MustCompile(tc.want)
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{step}})
		})
	}
}

// TestOMURLRegion: another region has another project, looked up once, and can not be had with what is bound to one.
func TestOMURLRegion(t *testing.T) {
	s := startEmulator(t)
	const server = "bastion-in-the-second-region"
	s.AddBastion(emulator.Bastion{ServerID: server, Region: emulator.SecondRegion, ProjectID: emulator.SecondProjectID,
		Hosts: map[string][]string{"10.0.0.1": {"root"}}})
	second := omArguments(server, "10.0.0.1", "root") + fmt.Sprintf("region = %q\n", emulator.SecondRegion)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{Config: omURLConfig(s, second), PlanOnly: true, ExpectError: regexp.MustCompile("Another region can not be asked(?s:.*)endpoints.cbh")},
	}})
	proxied(t, s)
	config := fmt.Sprintf("provider \"huaweiops\" {\n region = %q\n access_key = %q\n secret_key = %q\n project_id = %q\n}\n",
		emulator.DefaultRegion, emulator.DefaultAccessKey, emulator.DefaultSecretKey, emulator.DefaultProjectID)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{
			Config: config + "data \"huaweiops_cbh_instance_om_url\" \"test\" {\n" + second + "\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("region"), knownvalue.StringExact(emulator.SecondRegion)),
			},
		},
	}})
	for _, r := range s.Requests(emulator.OpShowOMURL) {
		if r.Host != "cbh."+emulator.SecondRegion+".myhuaweicloud.com" || !strings.Contains(r.Path, emulator.SecondProjectID) {
			t.Errorf("asked %s%s", r.Host, r.Path)
		}
	}
	if n := s.Count(emulator.OpListProjects); n == 0 {
		t.Error("the project of the other region was not looked up")
	}
}
