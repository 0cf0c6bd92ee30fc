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
	_ datasource.DataSourceWithConfigure      = (*omURLDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*omURLDataSource)(nil)
)

func newOMURLDataSource() datasource.DataSource { return &omURLDataSource{} }

type omURLDataSource struct {
	dataSource
}

type omURLDataSourceModel struct {
	omURLModel
	FailOnError types.Bool     `tfsdk:"fail_on_error"`
	Timeouts    timeouts.Value `tfsdk:"timeouts"`
}

func (d *omURLDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_cbh_instance_om_url"
}

func (d *omURLDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads an O&M URL: one link that logs an operator in to a host that a Cloud Bastion Host (CBH) instance manages. The URL is stored in the state. Prefer the ephemeral resource of the same name, which stores nothing.",
		Attributes: map[string]schema.Attribute{
			"server_id":         schema.StringAttribute{Required: true, MarkdownDescription: serverIDText, Validators: []validator.String{queryRule}},
			"ip_address":        schema.StringAttribute{Required: true, MarkdownDescription: ipAddressText, Validators: []validator.String{queryRule}},
			"host_account_name": schema.StringAttribute{Required: true, MarkdownDescription: accountText, Validators: []validator.String{queryRule}},
			"region":            schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: omRegionText, Validators: []validator.String{hostRule}},
			"fail_on_error": schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Whether a state other than `SUCCESS` is an error. With `false` it is an answer, to be read in `state` and `description`; a refused request stays an error. Default: `true`."},
			"state":       schema.StringAttribute{Computed: true, MarkdownDescription: omStateText},
			"description": schema.StringAttribute{Computed: true, MarkdownDescription: descriptionText},
			"login_url":   schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: loginURLText},
		},
		Blocks: d.timeoutsBlock(ctx, "reading, waits for an instance that is being set up included,"),
	}
}

func (d *omURLDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model omURLDataSourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	bound, cancel := d.bound(ctx, model.Timeouts, &resp.Diagnostics)
	defer cancel()
	tolerate := !model.FailOnError.IsNull() && !model.FailOnError.ValueBool()
	model.read(bound, d.data, tolerate, timeoutRead, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}
