// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestUnlockGuard: a task at work is refused, and forced. Every state is tried in the client's own tests.
func TestUnlockGuard(t *testing.T) {
	s := startEmulator(t)
	task := emulator.TaskID("RUNNING")
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config:      unlockConfig(s, task, ""),
		ExpectError: regexp.MustCompile(`The migration task is at work(?s:.*)is RUNNING(?s:.*)set\s+force = true`),
	}}})
	expectOperations(t, s, emulator.OpListProjects, emulator.OpShowTask)
	if !s.Locked(emulator.ServerID("RUNNING")) {
		t.Error("a server in mid-copy was unlocked")
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: unlockConfig(s, task, "force = true"), Check: sent(t, s, emulator.OpListProjects, emulator.OpUnlockTask),
	}}})
}

// TestUnlockMethods: each method, with the call published and withdrawn.
func TestUnlockMethods(t *testing.T) {
	project, read, unlock, act := emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpServerAction
	for name, tc := range map[string]struct {
		arguments string
		published bool
		want      []string
		refused   string
	}{
		"auto, published":         {"", true, []string{project, read, unlock}, ""},
		"sms, published":          {"method = \"sms\"", true, []string{project, read, unlock}, ""},
		"ecs, published":          {"method = \"ecs\"", true, []string{project, read, act}, ""},
		"auto, withdrawn":         {"", false, []string{project, read, unlock, act}, ""},
		"auto, withdrawn, forced": {"force = true", false, []string{project, unlock, read, act}, ""},
		"ecs, withdrawn, forced":  {"method = \"ecs\"\nforce = true", false, []string{project, read, act}, ""},
		"sms, withdrawn":          {"method = \"sms\"", false, []string{project, read, unlock}, "SMS does not publish the unlock call"},
		"verify":                  {"verify = true", true, []string{project, read, unlock, emulator.OpShowServer}, ""},
		"verify, withdrawn":       {"verify = true", false, []string{project, read, unlock, act, emulator.OpShowServer}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			s.SetUnlockPublished(tc.published)
			step := resource.TestStep{Config: unlockConfig(s, emulator.TaskID("MIGRATE_FAIL"), tc.arguments)}
			if tc.refused != "" {
				step.ExpectError = regexp.MustCompile(tc.refused)
			} else {
				step.Check = sent(t, s, tc.want...)
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{step}})
			if tc.refused != "" {
				expectOperations(t, s, tc.want...)
			}
			if locked := s.Locked(emulator.ServerID("MIGRATE_FAIL")); locked != (tc.refused != "") {
				t.Errorf("locked is %v afterwards", locked)
			}
		})
	}
}

// TestUnlockAnswers: every 2xx is success, whatever the body.
func TestUnlockAnswers(t *testing.T) {
	for _, tc := range []struct {
		status            int
		contentType, body string
	}{
		{200, "application/json", "{}"}, {200, "application/json", ""}, {200, "text/plain", "unlocked"}, {201, "application/json", "\"unlocked\""},
		{202, "", ""}, {204, "", ""}, {200, "application/json", "{\"half"}, {200, "text/html", "<html>"},
	} {
		t.Run(fmt.Sprintf("%d %s %q", tc.status, tc.contentType, tc.body), func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			s.SetUnlockAnswer(tc.status, tc.contentType, tc.body)
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: unlockConfig(s, emulator.TaskID("MIGRATE_FAIL"), "force = true"),
				Check:  sent(t, s, emulator.OpListProjects, emulator.OpUnlockTask),
			}}})
		})
	}
}

// TestUnlockWithoutReading: a task that can not be read is no obstacle, unless its answer is needed.
func TestUnlockWithoutReading(t *testing.T) {
	project, read, unlock := emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask
	s := startEmulator(t)
	s.Deny(emulator.DefaultAccessKey, read)
	task := emulator.TaskID("MIGRATE_FAIL")
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: unlockConfig(s, task, ""), Check: sent(t, s, project, read, unlock),
	}}})
	for _, arguments := range []string{"verify = true", "method = \"ecs\""} {
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
			Config: unlockConfig(s, task, arguments), ExpectError: regexp.MustCompile("sms:server:getTask"),
		}}})
		expectOperations(t, s, project, read, emulator.OpDecode)
	}
	s.Allow(emulator.DefaultAccessKey, read)
	s.InjectFault(read, emulator.Fault{Status: 503}, 1)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: unlockConfig(s, task, ""), Check: sent(t, s, project, read, unlock),
	}}})
}

// TestUnlockVerify: a lock that lifts late, and one that stays.
func TestUnlockVerify(t *testing.T) {
	s := startEmulator(t)
	late := s.AddServer(emulator.VM{Locked: true, LiftAfterReads: 1})
	stays := s.AddServer(emulator.VM{Locked: true, Sticky: true, Metadata: emulator.LockMetadata()})
	config := func(server, arguments string) string {
		return unlockConfig(s, s.AddTask(emulator.Task{State: "MIGRATE_FAIL", TargetVMID: server}), "verify = true\n"+arguments)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: config(late, ""),
		Check:  sent(t, s, emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpShowServer, emulator.OpShowServer),
	}}})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config:      config(stays, "timeouts {\n create = \"2s\"\n }"),
		ExpectError: regexp.MustCompile("The target server is still locked(?s:.*)lockSource"),
	}}})
}

// TestUnlockUnknownTask: the site that was asked is named, and so is the other's.
func TestUnlockUnknownTask(t *testing.T) {
	s := startEmulator(t)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: unlockConfig(s, "no-such-task", ""), ExpectError: regexp.MustCompile("SMS.7703(?s:.*)Check task_id no-such-task"),
	}}})
	expectOperations(t, s, emulator.OpListProjects, emulator.OpShowTask)
}
