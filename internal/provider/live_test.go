// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// acceptance is what the cases that run against both need to know: the stand-in's default account, or the live cloud's by variables.
type acceptance struct {
	provider                  string
	task                      string
	server, host, hostAccount string
}

// standIn are the cases' values for the emulator.
func standIn(s *emulator.Server) acceptance {
	return acceptance{
		provider: s.ProviderBlock(), task: emulator.TaskID("MIGRATE_FAIL"),
		server: emulator.DefaultBastionServerID, host: emulator.DefaultHostIP, hostAccount: emulator.DefaultHostAccount,
	}
}

// live are the cases' values for the live cloud; the provider takes its credentials from the environment.
func live(t *testing.T) acceptance {
	t.Helper()
	if os.Getenv("HUAWEIOPS_LIVE") == "" {
		t.Skip("make testacc runs this against the live cloud; TestAcceptance runs the same cases against the emulator")
	}
	return acceptance{
		task: os.Getenv("HUAWEIOPS_LIVE_TASK_ID"), server: os.Getenv("HUAWEIOPS_LIVE_SERVER_ID"),
		host: os.Getenv("HUAWEIOPS_LIVE_HOST"), hostAccount: os.Getenv("HUAWEIOPS_LIVE_ACCOUNT"),
	}
}

func TestAcceptance(t *testing.T) {
	acceptanceCases(t, standIn(startEmulator(t)))
}

// TestLive has been run by nobody yet.
func TestLive(t *testing.T) {
	acceptanceCases(t, live(t))
}

func acceptanceCases(t *testing.T, a acceptance) {
	t.Helper()
	needs := func(t *testing.T, values ...string) {
		t.Helper()
		for _, v := range values {
			if v == "" {
				t.Skip("a variable is not set: see make testacc-help")
			}
		}
	}
	run := func(t *testing.T, steps ...resource.TestStep) {
		t.Helper()
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: steps})
	}
	t.Run("unlock", func(t *testing.T) {
		needs(t, a.task)
		config := func(revision string) string {
			return a.provider + fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"test\" {\n task_id = %q\n verify = true\n triggers = { run = %q }\n}\n"+
				"data \"huaweiops_sms_target_server\" \"test\" {\n task_id = huaweiops_sms_task_unlock.test.id\n depends_on = [huaweiops_sms_task_unlock.test]\n}\n", a.task, revision)
		}
		free := []statecheck.StateCheck{
			statecheck.ExpectKnownValue(unlockAddress, acceptedBy, knownvalue.StringRegexp(regexp.MustCompile("^(sms|ecs)$"))),
			statecheck.ExpectKnownValue("data.huaweiops_sms_target_server.test", tfjsonpath.New("locked"), knownvalue.Bool(false)),
		}
		run(t,
			resource.TestStep{Config: config("1"), ConfigStateChecks: free},
			resource.TestStep{Config: config("1"), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
			resource.TestStep{Config: config("2"), ConfigStateChecks: free},
		)
	})
	t.Run("list", func(t *testing.T) {
		needs(t, a.task)
		run(t, resource.TestStep{
			Config: a.provider + fmt.Sprintf("data \"huaweiops_sms_tasks\" \"test\" {\n task_id = %q\n}\n", a.task),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue("data.huaweiops_sms_tasks.test", tfjsonpath.New("ids"),
				knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact(a.task)}))},
		})
	})
	t.Run("O&M URL", func(t *testing.T) {
		needs(t, a.server, a.host, a.hostAccount)
		run(t, resource.TestStep{
			Config: a.provider + "data \"huaweiops_cbh_instance_om_url\" \"test\" {\n" + omArguments(a.server, a.host, a.hostAccount) + "}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(omURLAddress, tfjsonpath.New("login_url"), knownvalue.StringRegexp(regexp.MustCompile("^https://"))),
			},
		})
	})
	t.Run("no such task", func(t *testing.T) {
		run(t, resource.TestStep{
			Config:      a.provider + "resource \"huaweiops_sms_task_unlock\" \"test\" {\n task_id = \"00000000-0000-0000-0000-000000000000\"\n}\n",
			ExpectError: regexp.MustCompile("What to do"),
		})
	})
}
