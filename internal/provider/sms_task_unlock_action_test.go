// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

const actionType = "huaweiops_sms_task_unlock"

// TestTaskUnlockActionByTrigger runs the action as documented, by a CLI that knows actions. What it does is tested everywhere through the
// provider server, below.
func TestTaskUnlockActionByTrigger(t *testing.T) {
	s := startEmulator(t)
	config := func(revision string) string {
		return at(s, fmt.Sprintf(`
action "huaweiops_sms_task_unlock" "test" {
  config {
    task_id = %q
  }
}
resource "terraform_data" "revision" {
  input = %q
  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.huaweiops_sms_task_unlock.test]
    }
  }
}
`, emulator.TaskID("MIGRATE_FAIL"), revision))
	}
	run := []string{emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask}
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: config("1"), Check: sent(t, s, run...)},
			{Config: config("1"), Check: sent(t, s)},
			{Config: config("2"), Check: sent(t, s, run...)},
		},
	})
}

// actionServer is the provider over its protocol, configured for the emulator.
type actionServer struct {
	t      *testing.T
	server tfprotov6.ProviderServer
	schema *tfprotov6.Schema
}

func newActionServer(t *testing.T, s *emulator.Server) actionServer {
	t.Helper()
	ctx := t.Context()
	server, err := providerserver.NewProtocol6WithError(New("test", "")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	endpoints := map[string]tftypes.Value{}
	for _, service := range []string{"iam", "sts", "sms", "ecs", "cbh"} {
		endpoints[service] = tftypes.NewValue(tftypes.String, s.URL())
	}
	config := object(t, schemas.Provider.Block, map[string]tftypes.Value{
		"region":     tftypes.NewValue(tftypes.String, emulator.DefaultRegion),
		"access_key": tftypes.NewValue(tftypes.String, emulator.DefaultAccessKey),
		"secret_key": tftypes.NewValue(tftypes.String, emulator.DefaultSecretKey),
		"endpoints":  tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, endpoints),
	})
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: &config, TerraformVersion: "1.14.0"})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatalf("configure: %v %v", err, text(configured.Diagnostics))
	}
	return actionServer{t, server, schemas.ActionSchemas[actionType].Schema}
}

// object is a value of the block's type with the given attributes, and null for the rest.
func object(t *testing.T, block *tfprotov6.SchemaBlock, values map[string]tftypes.Value) tfprotov6.DynamicValue {
	t.Helper()
	typ, ok := (&tfprotov6.Schema{Block: block}).ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	all := map[string]tftypes.Value{}
	for name, attribute := range typ.AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
		if list, ok := attribute.(tftypes.List); ok {
			all[name] = tftypes.NewValue(list, []tftypes.Value{})
		}
		if v, ok := values[name]; ok {
			all[name] = v
		}
	}
	v, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, all))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (a actionServer) config(values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	v := object(a.t, a.schema.Block, values)
	return &v
}

func text(diags []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s %s: %s\n%s\n", d.Severity, d.Attribute, d.Summary, d.Detail)
	}
	return b.String()
}

// invoke runs the action and returns its progress and its diagnostics.
func (a actionServer) invoke(ctx context.Context, values map[string]tftypes.Value) (progress []string, diags string) {
	a.t.Helper()
	server, ok := a.server.(tfprotov6.ActionServer)
	if !ok {
		a.t.Fatal("the server knows no actions")
	}
	resp, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: actionType, Config: a.config(values)})
	if err != nil {
		a.t.Fatal(err)
	}
	for event := range resp.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = text(e.Diagnostics)
		}
	}
	return progress, diags
}

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func flag(v bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, v) }

func TestTaskUnlockActionSchema(t *testing.T) {
	var schema action.SchemaResponse
	newTaskUnlockAction().Schema(t.Context(), action.SchemaRequest{}, &schema)
	if diags := schema.Schema.ValidateImplementation(t.Context()); diags.HasError() {
		t.Fatal(diags)
	}
	a := newActionServer(t, startEmulator(t))
	var names []string
	for _, attribute := range a.schema.Block.Attributes {
		names = append(names, attribute.Name)
	}
	slices.Sort(names)
	if want := []string{"force", "method", "task_id", "verify"}; !slices.Equal(names, want) {
		t.Errorf("attributes are %v, not %v", names, want)
	}
}

func TestTaskUnlockActionPlan(t *testing.T) {
	s := startEmulator(t)
	a := newActionServer(t, s)
	server := a.server.(tfprotov6.ActionServer) //nolint:forcetypeassert // checked where it is invoked
	for name, tc := range map[string]struct {
		values map[string]tftypes.Value
		want   string
	}{
		"good":    {map[string]tftypes.Value{"task_id": str("x")}, ""},
		"unknown": {map[string]tftypes.Value{"task_id": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}, ""},
		"dots":    {map[string]tftypes.Value{"task_id": str("..")}, "Invalid task_id"},
		"method":  {map[string]tftypes.Value{"task_id": str("x"), "method": str("soap")}, "value must be one of"},
	} {
		validated, err := server.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: actionType, Config: a.config(tc.values)})
		if err != nil {
			t.Fatal(err)
		}
		got := text(validated.Diagnostics)
		if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%s: validated with %q, want %q", name, got, tc.want)
		}
		planned, err := server.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: actionType, Config: a.config(tc.values)})
		if err != nil || len(planned.Diagnostics) > 0 {
			t.Errorf("%s: planned with %v %s", name, err, text(planned.Diagnostics))
		}
	}
	expectOperations(t, s)
}

func TestTaskUnlockActionInvoke(t *testing.T) {
	project, read, unlock, act := emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpServerAction
	task := emulator.TaskID("MIGRATE_FAIL")
	for name, tc := range map[string]struct {
		values    map[string]tftypes.Value
		withdrawn bool
		progress  []string
		diags     string
		sent      []string
	}{
		"sms": {
			map[string]tftypes.Value{"task_id": str(task)}, false,
			[]string{"Unlocking the target server of task " + task, "The unlock of task " + task + " was accepted (sms)"}, "",
			[]string{project, read, unlock},
		},
		"fallback": {
			map[string]tftypes.Value{"task_id": str(task), "force": flag(true)}, true,
			[]string{
				"Unlocking the target server of task " + task,
				"SMS does not publish the unlock call: asking ECS for the target of task " + task,
				"The unlock of task " + task + " was accepted (ecs)",
			}, "The server was unlocked through ECS",
			[]string{project, unlock, read, act},
		},
		"unseen": {
			map[string]tftypes.Value{"task_id": str(task), "force": flag(false)}, false,
			[]string{"Unlocking the target server of task " + task, "The unlock of task " + task + " was accepted (sms)"},
			"What the task is doing could not be seen",
			[]string{project, read, unlock},
		},
		"busy": {
			map[string]tftypes.Value{"task_id": str(emulator.TaskID("SYNCING"))}, false,
			[]string{"Unlocking the target server of task " + emulator.TaskID("SYNCING")}, "The migration task is at work",
			[]string{project, read},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := startEmulator(t)
			s.SetUnlockPublished(!tc.withdrawn)
			if name == "unseen" {
				s.InjectFault(read, emulator.Fault{Status: 503}, -1)
			}
			progress, diags := newActionServer(t, s).invoke(t.Context(), tc.values)
			if !slices.Equal(progress, tc.progress) {
				t.Errorf("progress:\n got  %q\n want %q", progress, tc.progress)
			}
			if (tc.diags == "") != (diags == "") || !strings.Contains(diags, tc.diags) {
				t.Errorf("diagnostics %q, want %q", diags, tc.diags)
			}
			expectOperations(t, s, tc.sent...)
		})
	}
}

// TestTaskUnlockActionUnverified: where only the check of the lock fails, the diagnostics say that the unlock was accepted.
func TestTaskUnlockActionUnverified(t *testing.T) {
	s := startEmulator(t)
	s.Deny(emulator.DefaultAccessKey, emulator.OpShowServer)
	_, diags := newActionServer(t, s).invoke(t.Context(), map[string]tftypes.Value{"task_id": str(emulator.TaskID("ABORT")), "verify": flag(true)})
	for _, want := range []string{"WARNING", "The unlock was accepted", "ERROR", "ecs:cloudServers:showServer"} {
		if !strings.Contains(diags, want) {
			t.Errorf("diagnostics do not say %q: %s", want, diags)
		}
	}
}

// TestTaskUnlockActionFailsBothWays: where ECS was asked because SMS does not publish the call, and refuses, both are told of.
func TestTaskUnlockActionFailsBothWays(t *testing.T) {
	s := startEmulator(t)
	s.SetUnlockPublished(false)
	s.Deny(emulator.DefaultAccessKey, emulator.OpServerAction)
	_, diags := newActionServer(t, s).invoke(t.Context(), map[string]tftypes.Value{"task_id": str(emulator.TaskID("ABORT"))})
	for _, want := range []string{"WARNING", "SMS does not publish the unlock call", "APIGW.0101", "ERROR", "ecs:servers:unlock"} {
		if !strings.Contains(diags, want) {
			t.Errorf("diagnostics do not say %q: %s", want, diags)
		}
	}
}

// TestTaskUnlockActionCancelled: a cancelled action lets go of the request in flight at once.
func TestTaskUnlockActionCancelled(t *testing.T) {
	s := startEmulator(t)
	arrived, release := s.Hold(emulator.OpUnlockTask)
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	a := newActionServer(t, s)
	began := time.Now()
	_, diags := a.invoke(ctx, map[string]tftypes.Value{"task_id": str(emulator.TaskID("ABORT"))})
	if !strings.Contains(diags, "cancelled") {
		t.Errorf("diagnostics %q", diags)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}
