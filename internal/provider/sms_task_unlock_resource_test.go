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
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

const unlockAddress = "huaweiops_sms_task_unlock.test"

var (
	acceptedAt = tfjsonpath.New("accepted_at")
	acceptedBy = tfjsonpath.New("accepted_by")
	rfc3339    = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
)

// unlockConfig is the resource with the arguments.
func unlockConfig(s *emulator.Server, taskID, arguments string) string {
	return at(s, fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"test\" {\n  task_id = %q\n%s\n}\n", taskID, arguments))
}

// sent checks, after a step, that it sent these requests and no others.
func sent(t *testing.T, s *emulator.Server, ops ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		expectOperations(t, s, ops...)
		return nil
	}
}

// TestTaskUnlockRequests walks the resource through every change and asserts the requests that it takes.
func TestTaskUnlockRequests(t *testing.T) {
	s := startEmulator(t)
	task := emulator.TaskID("MIGRATE_FAIL")
	project, read, unlock, lock := emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpShowServer
	step := func(arguments string, action plancheck.ResourceActionType, checks []statecheck.StateCheck, ops ...string) resource.TestStep {
		return resource.TestStep{
			Config:            unlockConfig(s, task, arguments),
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(unlockAddress, action)}},
			ConfigStateChecks: checks,
			Check:             sent(t, s, ops...),
		}
	}
	update, noop := plancheck.ResourceActionUpdate, plancheck.ResourceActionNoop
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			step("", plancheck.ResourceActionCreate, []statecheck.StateCheck{
				statecheck.ExpectKnownValue(unlockAddress, tfjsonpath.New("id"), knownvalue.StringExact(task)),
				statecheck.ExpectKnownValue(unlockAddress, acceptedBy, knownvalue.StringExact("sms")),
				statecheck.ExpectKnownValue(unlockAddress, acceptedAt, knownvalue.StringRegexp(rfc3339)),
			}, project, read, unlock),
			step("", noop, nil),
			{RefreshState: true, Check: sent(t, s)},
			step("force = true", update, nil),
			step("force = true\n  method = \"sms\"\n  verify = true\n  timeouts {\n    create = \"1m\"\n  }", update, nil),
			step("triggers = {}", update, nil, project, read, unlock),
			step("triggers = { run = \"1\" }\n  force = true", update, nil, project, unlock),
			step("triggers = { run = \"2\" }\n  verify = true", update, nil, project, read, unlock, lock),
			step("", update, nil),
			step("triggers = { run = \"3\" }\n  method = \"ecs\"", update, []statecheck.StateCheck{
				statecheck.ExpectKnownValue(unlockAddress, acceptedBy, knownvalue.StringExact("ecs")),
			}, project, read, emulator.OpServerAction),
			{Config: at(s, ""), Check: sent(t, s)},
		},
	})
}

// TestTaskUnlockPlanSaysWhatIsUnknown asserts that a plan promises a new acceptance only where there will be one.
func TestTaskUnlockPlanSaysWhatIsUnknown(t *testing.T) {
	s := startEmulator(t)
	task := emulator.TaskID("MIGRATE_FAIL")
	unknown := plancheck.ExpectUnknownValue(unlockAddress, acceptedAt)
	known := plancheck.ExpectKnownValue(unlockAddress, acceptedAt, knownvalue.NotNull())
	step := func(arguments string, checks ...plancheck.PlanCheck) resource.TestStep {
		return resource.TestStep{
			Config:           unlockConfig(s, task, arguments),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks},
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			step("", unknown, plancheck.ExpectKnownValue(unlockAddress, tfjsonpath.New("id"), knownvalue.StringExact(task))),
			step("force = true", known),
			step("triggers = { a = \"1\" }", unknown),
			step("triggers = { a = \"1\" }\n  method = \"sms\"", known),
			step("", known),
		},
	})
}

// TestTaskUnlockUnknownTriggers: a trigger that is unknown at plan unlocks only if it turns out changed.
func TestTaskUnlockUnknownTriggers(t *testing.T) {
	s := startEmulator(t)
	task := emulator.TaskID("MIGRATE_FAIL")
	config := func(revision, input string) string {
		return unlockConfig(s, task, "triggers = { a = terraform_data.a.output }\n  force = true") + fmt.Sprintf(`
resource "terraform_data" "b" {
  input = %q
}
resource "terraform_data" "a" {
  input            = terraform_data.b.output == "" ? "never" : %q
  triggers_replace = terraform_data.b.id
}
`, input, revision)
	}
	project, unlock := emulator.OpListProjects, emulator.OpUnlockTask
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: config("1", "x"), Check: sent(t, s, project, unlock)},
			{
				Config:           config("1", "y"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectUnknownValue(unlockAddress, acceptedAt)}},
				Check:            sent(t, s),
			},
			{Config: config("2", "z"), Check: sent(t, s, project, unlock)},
		},
	})
}

// TestTaskUnlockImport: an import and what follows from it send nothing until triggers change.
func TestTaskUnlockImport(t *testing.T) {
	s := startEmulator(t)
	task := emulator.TaskID("ABORT")
	config := func(arguments string) string { return unlockConfig(s, task, arguments) }
	imported := func(arguments string) string {
		return config(arguments) + fmt.Sprintf("import {\n  to = huaweiops_sms_task_unlock.test\n  id = %q\n}\n", task)
	}
	null := []statecheck.StateCheck{
		statecheck.ExpectKnownValue(unlockAddress, acceptedAt, knownvalue.Null()),
		statecheck.ExpectKnownValue(unlockAddress, acceptedBy, knownvalue.Null()),
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: imported(""), ConfigStateChecks: null, Check: sent(t, s)},
			{
				Config:           config(""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{
				Config: config("triggers = { a = \"1\" }"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(unlockAddress, acceptedAt, knownvalue.Null()),
				}},
				ConfigStateChecks: null, Check: sent(t, s),
			},
			{
				Config: config("triggers = { a = \"2\" }"),
				Check:  sent(t, s, emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask),
			},
			{
				ResourceName: unlockAddress, ImportState: true, ImportStateId: "a/b",
				ExpectError: regexp.MustCompile(`Invalid import ID`),
			},
		},
	})
}

// TestTaskUnlockReplace: another task is another unlock.
func TestTaskUnlockReplace(t *testing.T) {
	s := startEmulator(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: unlockConfig(s, emulator.TaskID("ABORT"), "force = true")},
			{
				Config: unlockConfig(s, emulator.TaskID("MIGRATE_FAIL"), "force = true"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(unlockAddress, plancheck.ResourceActionReplace),
					plancheck.ExpectUnknownValue(unlockAddress, acceptedAt),
				}},
				Check: func(*terraform.State) error {
					if s.Locked(emulator.ServerID("MIGRATE_FAIL")) {
						t.Error("the new task's target is still locked")
					}
					return nil
				},
			},
		},
	})
}

// TestTaskUnlockBadArguments: what can be known at plan is refused there, at the argument, and nothing is sent.
func TestTaskUnlockBadArguments(t *testing.T) {
	s := startEmulator(t)
	for name, tc := range map[string]struct{ task, arguments, want string }{
		"dots":           {"..", "", `Invalid task_id`},
		"dot":            {".", "", `Invalid task_id`},
		"slash":          {"a/b", "", `slashes`},
		"spaces":         {"a b", "", `white space`},
		"tab":            {"a\tb", "", `white space`},
		"empty":          {"", "", `it is empty`},
		"300 characters": {strings.Repeat("x", 300), "", `300\s+characters`},
		"method":         {"x", "method = \"soap\"", `value must be one of`},
		"timeout":        {"x", "timeouts {\n create = \"-5s\"\n }", `A timeout must be above\s+zero`},
		"zero timeout":   {"x", "timeouts {\n update = \"0s\"\n }", `A timeout must be above\s+zero`},
		"no duration":    {"x", "timeouts {\n create = \"soon\"\n }", `Time\s+Duration`},
	} {
		t.Run(name, func(t *testing.T) {
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories,
				Steps: []resource.TestStep{{
					Config: unlockConfig(s, tc.task, tc.arguments), PlanOnly: true, ExpectError: regexp.MustCompile(tc.want),
				}},
			})
			expectOperations(t, s)
		})
	}
}
