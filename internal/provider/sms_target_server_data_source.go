// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ datasource.DataSourceWithConfigure      = (*targetServerDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*targetServerDataSource)(nil)
)

func newTargetServerDataSource() datasource.DataSource { return &targetServerDataSource{} }

type targetServerDataSource struct {
	dataSource
}

type targetServerModel struct {
	TaskID       types.String   `tfsdk:"task_id"`
	TaskName     types.String   `tfsdk:"task_name"`
	TaskState    types.String   `tfsdk:"task_state"`
	ServerID     types.String   `tfsdk:"server_id"`
	ServerName   types.String   `tfsdk:"server_name"`
	Region       types.String   `tfsdk:"region"`
	ProjectID    types.String   `tfsdk:"project_id"`
	Locked       types.Bool     `tfsdk:"locked"`
	LockSource   types.String   `tfsdk:"lock_source"`
	LockSourceID types.String   `tfsdk:"lock_source_id"`
	LockScene    types.String   `tfsdk:"lock_scene"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

func (d *targetServerDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sms_target_server"
}

func (d *targetServerDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a migration task of the Server Migration Service (SMS) and whether its target server is locked, which ECS knows. For `check` blocks and conditions, and to look before and after an unlock.",
		Attributes: map[string]schema.Attribute{
			"task_id":     schema.StringAttribute{Required: true, MarkdownDescription: "ID of the migration task: " + idRule.description + ".", Validators: []validator.String{idRule}},
			"task_name":   text("Name of the task."),
			"task_state":  text("State of the task, e.g. `MIGRATE_FAIL`. States that this provider does not know are passed through."),
			"server_id":   text("ECS ID of the target server."),
			"server_name": text("Name of the target server."),
			"region":      text("Region of the target server."),
			"project_id":  text("Project of the target server."),
			"locked": schema.BoolAttribute{Computed: true,
				MarkdownDescription: "Whether ECS reports the server as locked. Null if its answer does not say."},
			"lock_source":    text("What ECS names as the source of the lock (`lockSource` of the server's metadata); empty if it names none. What SMS writes there is not documented."),
			"lock_source_id": text("What ECS names as the source's ID (`lockSourceId`); empty if it names none."),
			"lock_scene":     text("What ECS names as the scene of the lock (`lockScene`); empty if it names none."),
		},
		Blocks: d.timeoutsBlock(ctx, "reading"),
	}
}

func (d *targetServerDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model targetServerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	bound, cancel := d.bound(ctx, model.Timeouts, &resp.Diagnostics)
	defer cancel()
	c := d.data.ready(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	task, err := c.Task(bound, model.TaskID.ValueString())
	if err != nil {
		report(&resp.Diagnostics, err, timeoutRead)
		return
	}
	lock, err := c.Lock(bound, task)
	if err != nil {
		report(&resp.Diagnostics, err, timeoutRead)
		return
	}
	model.TaskName, model.TaskState = types.StringValue(task.Name), types.StringValue(task.State)
	model.ServerID, model.Region, model.ProjectID = types.StringValue(task.Target.VMID), types.StringValue(task.RegionID), types.StringValue(task.ProjectID)
	model.ServerName = types.StringValue(lock.ServerName)
	if lock.ServerName == "" {
		model.ServerName = types.StringValue(task.Target.Name)
	}
	model.Locked = types.BoolNull()
	if lock.Known {
		model.Locked = types.BoolValue(lock.Locked)
	}
	model.LockSource, model.LockSourceID, model.LockScene = types.StringValue(lock.Source), types.StringValue(lock.SourceID), types.StringValue(lock.Scene)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
