// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

var (
	_ action.ActionWithConfigure      = (*taskUnlockAction)(nil)
	_ action.ActionWithValidateConfig = (*taskUnlockAction)(nil)
)

func newTaskUnlockAction() action.Action { return &taskUnlockAction{} }

type taskUnlockAction struct {
	data *providerData
}

type taskUnlockActionModel struct {
	TaskID   types.String   `tfsdk:"task_id"`
	Method   types.String   `tfsdk:"method"`
	Force    types.Bool     `tfsdk:"force"`
	Verify   types.Bool     `tfsdk:"verify"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func (a *taskUnlockAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sms_task_unlock"
}

func (a *taskUnlockAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Unlocks the target server of a migration task of the Server Migration Service (SMS). Nothing is kept in the state, and it runs each time it is invoked. Needs Terraform 1.14 or newer.",
		Attributes: map[string]schema.Attribute{
			"task_id": schema.StringAttribute{Required: true, MarkdownDescription: taskIDText, Validators: []validator.String{idRule}},
			"method": schema.StringAttribute{Optional: true, MarkdownDescription: methodText,
				Validators: []validator.String{stringvalidator.OneOf(client.Methods...)}},
			"force":  schema.BoolAttribute{Optional: true, MarkdownDescription: forceText},
			"verify": schema.BoolAttribute{Optional: true, MarkdownDescription: verifyText},
		},
		Blocks: map[string]schema.Block{
			"timeouts": timeouts.BlockWithOpts(ctx, timeouts.Opts{
				InvokeDescription: "How long the unlock may take, as a duration such as `30s` or `5m`. Default: `5m`.",
			}),
		},
	}
}

func (a *taskUnlockAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.data = configured(req.ProviderData, &resp.Diagnostics)
}

func (a *taskUnlockAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var block timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, timeoutsPath, &block)...)
	validateTimeouts(block.Object, &resp.Diagnostics)
}

func (a *taskUnlockAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config taskUnlockActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d, found := config.Timeouts.Invoke(ctx, unlockTimeout)
	ctx, cancel := bounded(ctx, timeoutInvoke, d, found, &resp.Diagnostics)
	defer cancel()
	progress := func(text string) {
		if resp.SendProgress != nil {
			resp.SendProgress(action.InvokeProgressEvent{Message: text})
		}
	}
	unlock(ctx, a.data, unlockRequest(config.TaskID, config.Method, config.Force, config.Verify), timeoutInvoke, progress, &resp.Diagnostics)
}
