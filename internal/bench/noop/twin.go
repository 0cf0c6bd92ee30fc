// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// twin has the attributes of huaweiops_sms_task_unlock and does nothing: what an unlock costs beyond it is the unlock itself.
type twin struct{}

type twinModel struct {
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

func (*twin) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "noop_twin"
}

func (*twin) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	computed := schema.StringAttribute{
		Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
	flag := schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false)}
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"id":          computed,
			"task_id":     schema.StringAttribute{Required: true},
			"method":      schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("auto")},
			"force":       flag,
			"verify":      flag,
			"triggers":    schema.MapAttribute{ElementType: types.StringType, Optional: true},
			"accepted_at": computed,
			"accepted_by": computed,
		},
		Blocks: map[string]schema.Block{"timeouts": timeouts.Block(ctx, timeouts.Opts{Create: true, Update: true})},
	}
}

func (*twin) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m twinModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	m.ID, m.AcceptedAt, m.AcceptedBy = m.TaskID, types.StringValue("2026-01-01T00:00:00Z"), types.StringValue("sms")
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (*twin) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (*twin) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m twinModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (*twin) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
