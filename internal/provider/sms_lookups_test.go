// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func TestTargetServer(t *testing.T) {
	s := startEmulator(t)
	const address = "data.huaweiops_sms_target_server.test"
	config := func(task string) string {
		return at(s, fmt.Sprintf("data \"huaweiops_sms_target_server\" \"test\" {\n task_id = %q\n}\n", task))
	}
	is := func(name string, v knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), v)
	}
	metadata := emulator.LockMetadata()
	unlocked := s.AddServer(emulator.VM{Name: "free"})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{Config: config("gone"), ExpectError: regexp.MustCompile("SMS.7703")},
		{Config: config("a/b"), ExpectError: regexp.MustCompile("Invalid task_id")},
		{
			Config:      config(s.AddTask(emulator.Task{State: "READY"})),
			ExpectError: regexp.MustCompile("The target server is not known(?s:.*)" + wrapped("does not name target_server.vm_id")),
		},
		{
			Config: config(emulator.TaskID("MIGRATE_FAIL")),
			ConfigStateChecks: []statecheck.StateCheck{
				is("task_state", knownvalue.StringExact("MIGRATE_FAIL")), is("task_name", knownvalue.StringRegexp(regexp.MustCompile("."))),
				is("server_id", knownvalue.StringExact(emulator.ServerID("MIGRATE_FAIL"))), is("server_name", knownvalue.StringRegexp(regexp.MustCompile("."))),
				is("region", knownvalue.StringExact(emulator.DefaultRegion)), is("project_id", knownvalue.StringExact(emulator.DefaultProjectID)),
				is("locked", knownvalue.Bool(true)), is("lock_source", knownvalue.StringExact(metadata["lockSource"])),
				is("lock_source_id", knownvalue.StringExact(metadata["lockSourceId"])), is("lock_scene", knownvalue.StringExact(metadata["lockScene"])),
			},
		},
		{
			Config:            config(s.AddTask(emulator.Task{State: "MIGRATE_SUCCESS", TargetVMID: unlocked})),
			ConfigStateChecks: []statecheck.StateCheck{is("locked", knownvalue.Bool(false)), is("server_name", knownvalue.StringExact("free"))},
		},
	}})
}

// TestTasks: filters at the service and here, every page, in a stable order.
func TestTasks(t *testing.T) {
	s := startEmulator(t, emulator.WithoutSeed())
	const address = "data.huaweiops_sms_tasks.test"
	for i := range 450 {
		state := "MIGRATE_SUCCESS"
		if i%150 == 0 {
			state = "MIGRATE_FAIL"
		}
		s.AddTask(emulator.Task{
			ID: fmt.Sprintf("task-%03d", i), Name: fmt.Sprintf("name-%d", i), State: state, CreateDate: int64(1_700_000_000_000 + i/2),
			TargetVMID: fmt.Sprintf("vm-%d", i%100), SourceServerID: fmt.Sprintf("source-%d", i),
		})
	}
	s.AddTask(emulator.Task{ID: "odd", State: "STATE_OF_TOMORROW", CreateDate: 1, TargetVMID: "vm-odd", EnterpriseProjectID: "ep-1"})
	ids := func(want ...string) []statecheck.StateCheck {
		list := make([]knownvalue.Check, len(want))
		for i, id := range want {
			list[i] = knownvalue.StringExact(id)
		}
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("ids"), knownvalue.ListExact(list))}
	}
	step := func(filter string, checks []statecheck.StateCheck) resource.TestStep {
		return resource.TestStep{Config: at(s, "data \"huaweiops_sms_tasks\" \"test\" {\n"+filter+"\n}\n"), ConfigStateChecks: checks}
	}
	task := func(i int, name string) tfjsonpath.Path {
		return tfjsonpath.New("tasks").AtSliceIndex(i).AtMapKey(name)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{Config: at(s, "data \"huaweiops_sms_tasks\" \"test\" {\n task_id = \"..\"\n}\n"), ExpectError: regexp.MustCompile("Invalid task_id")},
		step("", []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("ids"), knownvalue.ListSizeExact(451)),
			statecheck.ExpectKnownValue(address, task(0, "id"), knownvalue.StringExact("task-448")),
			statecheck.ExpectKnownValue(address, task(1, "id"), knownvalue.StringExact("task-449")),
			statecheck.ExpectKnownValue(address, task(450, "state"), knownvalue.StringExact("STATE_OF_TOMORROW")),
		}),
		step("state = \"MIGRATE_FAIL\"", ids("task-300", "task-150", "task-000")),
		step("target_server_id = \"vm-7\"", ids("task-407", "task-307", "task-207", "task-107", "task-007")),
		step("target_server_id = \"vm-0\"\n state = \"MIGRATE_FAIL\"", ids("task-300", "task-000")),
		step("task_id = \"task-007\"", append(ids("task-007"),
			statecheck.ExpectKnownValue(address, task(0, "target_server").AtSliceIndex(0).AtMapKey("vm_id"), knownvalue.StringExact("vm-7")),
			statecheck.ExpectKnownValue(address, task(0, "source_server").AtSliceIndex(0).AtMapKey("id"), knownvalue.StringExact("source-7")),
			statecheck.ExpectKnownValue(address, task(0, "create_date"), knownvalue.Int64Exact(1_700_000_000_003)),
		)),
		step("source_server_id = \"source-9\"", ids("task-009")),
		step("enterprise_project_id = \"ep-1\"", ids("odd")),
		step("target_server_id = \"nobody\"", ids()),
	}})
}
