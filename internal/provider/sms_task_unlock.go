// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// What the resource and the action say of their common arguments.
var (
	taskIDText = "ID of the migration task whose target server is unlocked: " + idRule.description + ". Newer API pages allow 36 characters, older ones 255."
	methodText = "How: `auto` asks SMS, and ECS where SMS does not publish the call (with a warning that says so); `sms` asks SMS alone; `ecs` asks ECS alone. One of " +
		code(client.Methods...) + ". Default: `" + client.Methods[0] + "`."
	forceText = "Unlocks whatever the task is doing. The task is then not read, unless `verify` or `method = \"ecs\"` needs its target. Otherwise a task that is moving data or being changed (" +
		code(client.BusyStates...) + ") is refused, since unlocking a server in mid-copy can damage the migration. Default: `false`."
	verifyText = "Waits until ECS says that the server is not locked. Takes the permissions `sms:server:getTask` and `ecs:cloudServers:showServer`. Default: `false`."
)

// unlockRequest is what the client is asked for.
func unlockRequest(taskID, method types.String, force, verify types.Bool) client.UnlockRequest {
	return client.UnlockRequest{
		TaskID: taskID.ValueString(), Method: method.ValueString(), Force: force.ValueBool(), Verify: verify.ValueBool(),
	}
}

// unlock runs the client's function for the resource and the action, and tells how far it is. It says false where it failed.
func unlock(ctx context.Context, d *providerData, in client.UnlockRequest, timeout timeoutName, progress func(string), diags *diag.Diagnostics) (client.Unlocked, bool) {
	c := d.ready(diags)
	if c == nil || diags.HasError() {
		return client.Unlocked{}, false
	}
	progress(fmt.Sprintf("Unlocking the target server of task %s", in.TaskID))
	in.Fallback = func() {
		progress(fmt.Sprintf("SMS does not publish the unlock call: asking ECS for the target of task %s", in.TaskID))
	}
	done, err := c.Unlock(ctx, in)
	switch {
	case done.Refused != nil && done.By != "":
		warnFallback(in.TaskID, done, diags)
	case done.Refused != nil:
		diags.AddWarning("SMS does not publish the unlock call", fmt.Sprintf(
			"%s answered %s (request %s), so ECS was asked for the target of task %s instead; that failed.",
			done.Refused.Host, done.Refused.Code, done.Refused.RequestID, in.TaskID))
	}
	if done.By != "" && done.Unseen != nil {
		warnUnseen(in.TaskID, done.Unseen, diags)
	}
	if err != nil && done.By != "" {
		diags.AddWarning("The unlock was accepted", fmt.Sprintf(
			"The unlock of task %s was accepted (%s); what failed is the check of the server's lock afterwards. The next apply unlocks again.", in.TaskID, done.By))
	}
	if err != nil {
		report(diags, err, timeout)
		return done, false
	}
	progress(fmt.Sprintf("The unlock of task %s was accepted (%s)", in.TaskID, done.By))
	return done, true
}

func warnFallback(taskID string, done client.Unlocked, diags *diag.Diagnostics) {
	diags.AddWarning("The server was unlocked through ECS", fmt.Sprintf(
		"SMS does not publish the unlock call at %s (%s, request %s), so the lock of server %s, the target of task %s, was lifted through ECS in %s instead. "+
			"That took the permission ecs:servers:unlock.\n\nTo ask ECS at once from now on, set method = \"ecs\".",
		done.Refused.Host, done.Refused.Code, done.Refused.RequestID, done.Target.ServerID, taskID, done.Target.Region))
}

// warnUnseen says that the guard against an unlock in mid-copy could not do its work.
func warnUnseen(taskID string, e *client.Error, diags *diag.Diagnostics) {
	diags.AddWarning("What the task is doing could not be seen", fmt.Sprintf(
		"The target server of task %s was unlocked, but whether the task is moving data could not be read before: %s\n\n"+
			"What to do: Look at the task in the SMS console. To have the provider look, grant sms:server:getTask; to unlock without a look, set force = true.",
		taskID, sentence(client.Bound(e.Error(), 1024))))
}
