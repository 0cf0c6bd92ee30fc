// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

var (
	_ datasource.DataSourceWithConfigure      = (*tasksDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*tasksDataSource)(nil)
)

func newTasksDataSource() datasource.DataSource { return &tasksDataSource{} }

type tasksDataSource struct {
	dataSource
}

type tasksModel struct {
	State               types.String   `tfsdk:"state"`
	Name                types.String   `tfsdk:"name"`
	TaskID              types.String   `tfsdk:"task_id"`
	SourceServerID      types.String   `tfsdk:"source_server_id"`
	TargetServerID      types.String   `tfsdk:"target_server_id"`
	EnterpriseProjectID types.String   `tfsdk:"enterprise_project_id"`
	IDs                 []string       `tfsdk:"ids"`
	Tasks               []taskModel    `tfsdk:"tasks"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

type taskModel struct {
	ID                  string              `tfsdk:"id"`
	Name                string              `tfsdk:"name"`
	Type                string              `tfsdk:"type"`
	OSType              string              `tfsdk:"os_type"`
	State               string              `tfsdk:"state"`
	CreateDate          types.Int64         `tfsdk:"create_date"`
	ErrorJSON           string              `tfsdk:"error_json"`
	MigrationIP         string              `tfsdk:"migration_ip"`
	Syncing             bool                `tfsdk:"syncing"`
	EnterpriseProjectID string              `tfsdk:"enterprise_project_id"`
	SourceServer        []sourceServerModel `tfsdk:"source_server"`
	TargetServer        []targetModel       `tfsdk:"target_server"`
}

type sourceServerModel struct {
	ID        string `tfsdk:"id"`
	IP        string `tfsdk:"ip"`
	Name      string `tfsdk:"name"`
	OSType    string `tfsdk:"os_type"`
	OSVersion string `tfsdk:"os_version"`
	State     string `tfsdk:"state"`
}

type targetModel struct {
	ID        string `tfsdk:"id"`
	VMID      string `tfsdk:"vm_id"`
	IP        string `tfsdk:"ip"`
	Name      string `tfsdk:"name"`
	OSType    string `tfsdk:"os_type"`
	OSVersion string `tfsdk:"os_version"`
}

func (d *tasksDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sms_tasks"
}

func (d *tasksDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	filter := func(description string, most int) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description,
			Validators: []validator.String{stringvalidator.LengthBetween(1, most)}}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists migration tasks of the Server Migration Service (SMS), newest first: to find the task behind a server that stays locked. All pages are read.",
		Attributes: map[string]schema.Attribute{
			"state": filter("State of the tasks. The service documents these: "+code(client.FilterStates...)+". Others are passed on to it.", 255),
			"name":  filter("Name of the tasks, as the service matches it: 1 to 255 characters.", 255),
			"task_id": schema.StringAttribute{Optional: true, MarkdownDescription: "ID of one task: " + idRule.description + ".",
				Validators: []validator.String{idRule}},
			"source_server_id":      filter("SMS ID of the source server: 1 to 255 characters.", 255),
			"target_server_id":      filter("ECS ID of the target server (`target_server.vm_id`). The service has no such filter: the provider applies it to all tasks that the other filters let through.", 255),
			"enterprise_project_id": filter("ID of the enterprise project: 1 to 255 characters.", 255),
			"ids": schema.ListAttribute{ElementType: types.StringType, Computed: true,
				MarkdownDescription: "IDs of the tasks, in the order of `tasks`."},
			"tasks": schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The tasks, newest first, then by ID.",
				NestedObject: schema.NestedAttributeObject{Attributes: taskAttributes()}},
		},
		Blocks: d.timeoutsBlock(ctx, "reading all pages"),
	}
}

func taskAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	server := func(description, which, extra string, more schema.Attribute) schema.ListNestedAttribute {
		return schema.ListNestedAttribute{Computed: true, MarkdownDescription: description,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("SMS ID of the " + which + "."), "ip": text("Address."), "name": text("Name."),
				"os_type": text("Operating system: `WINDOWS` or `LINUX`."), "os_version": text("Version of the operating system."),
				extra: more,
			}}}
	}
	return map[string]schema.Attribute{
		"id":   text("ID of the task."),
		"name": text("Name of the task."),
		"type": text("Type of the migration: `MIGRATE_FILE` or `MIGRATE_BLOCK`."), "os_type": text("Operating system: `WINDOWS` or `LINUX`."),
		"state": text("State of the task. States that this provider does not know are passed through."),
		"create_date": schema.Int64Attribute{Computed: true,
			MarkdownDescription: "When the task was created, in milliseconds since 1970-01-01 UTC. Null if the service does not say."},
		"error_json":            text("What the service says of the task's failure; empty if nothing."),
		"migration_ip":          text("Address that the migration goes to."),
		"syncing":               schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the task synchronizes after the migration."},
		"enterprise_project_id": text("ID of the enterprise project."),
		"source_server": server("The source server: a list of one, as in the official provider.", "source server", "state",
			text("State of the source server.")),
		"target_server": server("The target server: a list of one, as in the official provider.", "target server", "vm_id",
			text("ECS ID of the target server; empty while there is none.")),
	}
}

func (d *tasksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model tasksModel
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
	tasks, err := c.Tasks(bound, client.TaskFilter{
		State: model.State.ValueString(), Name: model.Name.ValueString(), ID: model.TaskID.ValueString(),
		SourceServerID: model.SourceServerID.ValueString(), EnterpriseProjectID: model.EnterpriseProjectID.ValueString(),
		TargetVMID: model.TargetServerID.ValueString(),
	})
	if err != nil {
		report(&resp.Diagnostics, err, timeoutRead)
		return
	}
	model.IDs, model.Tasks = make([]string, 0, len(tasks)), make([]taskModel, 0, len(tasks))
	for _, t := range tasks {
		model.IDs = append(model.IDs, t.ID)
		model.Tasks = append(model.Tasks, newTaskModel(t))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func newTaskModel(t client.Task) taskModel {
	m := taskModel{
		ID: t.ID, Name: t.Name, Type: t.Type, OSType: t.OSType, State: t.State, CreateDate: types.Int64Null(),
		ErrorJSON: t.Error, MigrationIP: t.MigrationIP, Syncing: t.Syncing, EnterpriseProjectID: t.EnterpriseProjectID,
		SourceServer: []sourceServerModel{{
			ID: t.Source.ID, IP: t.Source.IP, Name: t.Source.Name, OSType: t.Source.OSType, OSVersion: t.Source.OSVersion, State: t.Source.State,
		}},
		TargetServer: []targetModel{{
			ID: t.Target.ID, VMID: t.Target.VMID, IP: t.Target.IP, Name: t.Target.Name, OSType: t.Target.OSType, OSVersion: t.Target.OSVersion,
		}},
	}
	if !t.Created.IsZero() {
		m.CreateDate = types.Int64Value(t.Created.UnixMilli())
	}
	return m
}
