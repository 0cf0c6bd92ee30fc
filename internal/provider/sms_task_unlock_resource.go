// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

var (
	_ resource.ResourceWithConfigure      = (*taskUnlockResource)(nil)
	_ resource.ResourceWithImportState    = (*taskUnlockResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*taskUnlockResource)(nil)
	_ resource.ResourceWithValidateConfig = (*taskUnlockResource)(nil)
)

func newTaskUnlockResource() resource.Resource { return &taskUnlockResource{} }

type taskUnlockResource struct {
	data *providerData
}

type taskUnlockModel struct {
	ID         types.String   `tfsdk:"id"`
	TaskID     types.String   `tfsdk:"task_id"`
	Method     types.String   `tfsdk:"method"`
	Force      types.Bool     `tfsdk:"force"`
	Verify     types.Bool     `tfsdk:"verify"`
	Triggers   types.Map      `tfsdk:"triggers"`
	AcceptedAt types.String   `tfsdk:"accepted_at"`
	AcceptedBy types.String   `tfsdk:"accepted_by"`
	Timeouts   timeouts.Value `tfsdk:"timeouts"`
}

func (r *taskUnlockResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sms_task_unlock"
}

func (r *taskUnlockResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Unlocks the target server of a migration task of the Server Migration Service (SMS), once at creation and again each time `triggers` changes. It is an operation, not an object: nothing is read back, and destroying it undoes nothing.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, MarkdownDescription: "Equals `task_id`."},
			"task_id": schema.StringAttribute{
				Required: true, MarkdownDescription: taskIDText + " Another task is another unlock: the resource is replaced.",
				Validators:    []validator.String{idRule},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"method": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(client.MethodAuto),
				MarkdownDescription: methodText + " A change alone unlocks nothing.",
				Validators:          []validator.String{stringvalidator.OneOf(client.Methods...)},
			},
			"force": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: forceText,
			},
			"verify": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: verifyText,
			},
			"triggers": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Values whose change unlocks again, in place. Removing them unlocks nothing, and neither does setting them for the first time after an import.",
			},
			"accepted_at": schema.StringAttribute{Computed: true,
				MarkdownDescription: "When the service accepted the latest unlock, RFC 3339 in UTC. Null after an import, until the next unlock."},
			"accepted_by": schema.StringAttribute{Computed: true,
				MarkdownDescription: "Which service accepted the latest unlock: `sms` or `ecs`. Null after an import, until the next unlock."},
		},
		Blocks: map[string]schema.Block{
			"timeouts": timeouts.Block(ctx, timeouts.Opts{
				Create: true, CreateDescription: "How long an unlock at creation may take, as a duration such as `30s` or `5m`. Default: `5m`.",
				Update: true, UpdateDescription: "How long an unlock by `triggers` may take. Default: `5m`.",
			}),
		},
	}
}

func (r *taskUnlockResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *taskUnlockResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var block timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, timeoutsPath, &block)...)
	validateTimeouts(block.Object, &resp.Diagnostics)
}

// ModifyPlan makes accepted_at and accepted_by unknown only where the server will be unlocked, or may be.
func (r *taskUnlockResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var plan taskUnlockModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	plan.ID = plan.TaskID
	if !req.State.Raw.IsNull() {
		var state taskUnlockModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if state.TaskID.Equal(plan.TaskID) && !runsAgain(state, plan) {
			plan.AcceptedAt, plan.AcceptedBy = state.AcceptedAt, state.AcceptedBy
		} else {
			plan.AcceptedAt, plan.AcceptedBy = types.StringUnknown(), types.StringUnknown()
		}
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// runsAgain says whether an update unlocks: when triggers go from one map to another, or are first set on an unlock that this provider
// made. While they are unknown it may, and says so.
func runsAgain(state, plan taskUnlockModel) bool {
	switch {
	case plan.Triggers.IsNull(), plan.Triggers.Equal(state.Triggers):
		return false
	case state.Triggers.IsNull():
		return !state.AcceptedAt.IsNull()
	}
	return true
}

func (r *taskUnlockResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan taskUnlockModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d, found := plan.Timeouts.Create(ctx, unlockTimeout)
	ctx, cancel := bounded(ctx, timeoutCreate, d, found, &resp.Diagnostics)
	defer cancel()
	done, ok := unlock(ctx, r.data, plan.request(), timeoutCreate, func(string) {}, &resp.Diagnostics)
	if !ok {
		return
	}
	plan.accept(done)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Read keeps the state: SMS has no lock to read, and asking at each plan would cost a request for nothing.
func (r *taskUnlockResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *taskUnlockResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state taskUnlockModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.AcceptedAt, plan.AcceptedBy = state.AcceptedAt, state.AcceptedBy
	if runsAgain(state, plan) {
		d, found := plan.Timeouts.Update(ctx, unlockTimeout)
		bound, cancel := bounded(ctx, timeoutUpdate, d, found, &resp.Diagnostics)
		defer cancel()
		done, ok := unlock(bound, r.data, plan.request(), timeoutUpdate, func(string) {}, &resp.Diagnostics)
		if !ok {
			return
		}
		plan.accept(done)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete forgets the unlock. Nothing is undone: the server stays as it is.
func (r *taskUnlockResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

func (r *taskUnlockResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if err := client.CheckID(req.ID); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("task_id"), "Invalid import ID",
			fmt.Sprintf("The import ID is the ID of a migration task, and this one can not be used: %s", sentence(err.Error())))
		return
	}
	for name, value := range map[string]any{
		"id": req.ID, "task_id": req.ID, "method": client.MethodAuto, "force": false, "verify": false,
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

func (m *taskUnlockModel) request() client.UnlockRequest {
	return unlockRequest(m.TaskID, m.Method, m.Force, m.Verify)
}

func (m *taskUnlockModel) accept(done client.Unlocked) {
	m.ID = m.TaskID
	m.AcceptedAt = types.StringValue(done.At.UTC().Format(time.RFC3339))
	m.AcceptedBy = types.StringValue(done.By)
}
