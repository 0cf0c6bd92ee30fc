// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*omURLEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*omURLEphemeral)(nil)
)

func newOMURLEphemeral() ephemeral.EphemeralResource { return &omURLEphemeral{} }

type omURLEphemeral struct {
	data *providerData
}

type omURLEphemeralModel struct {
	omURLModel
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func (e *omURLEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_cbh_instance_om_url"
}

func (e *omURLEphemeral) Schema(ctx context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Obtains an O&M URL: one link that logs an operator in to a host that a Cloud Bastion Host (CBH) instance manages. The URL is stored in no plan and no state. Needs Terraform 1.10 or OpenTofu 1.11.",
		Attributes: map[string]schema.Attribute{
			"server_id":         schema.StringAttribute{Required: true, MarkdownDescription: serverIDText, Validators: []validator.String{queryRule}},
			"ip_address":        schema.StringAttribute{Required: true, MarkdownDescription: ipAddressText, Validators: []validator.String{queryRule}},
			"host_account_name": schema.StringAttribute{Required: true, MarkdownDescription: accountText, Validators: []validator.String{queryRule}},
			"region":            schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: omRegionText, Validators: []validator.String{hostRule}},
			"state":             schema.StringAttribute{Computed: true, MarkdownDescription: omStateText},
			"description":       schema.StringAttribute{Computed: true, MarkdownDescription: descriptionText},
			"login_url":         schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: loginURLText},
		},
		Blocks: map[string]schema.Block{
			"timeouts": timeouts.BlockWithOpts(ctx, timeouts.Opts{
				OpenDescription: "How long obtaining the URL may take, waits for an instance that is being set up included, as a duration such as `30s`. Default: `2m`.",
			}),
		},
	}
}

func (e *omURLEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.data = configured(req.ProviderData, &resp.Diagnostics)
}

func (e *omURLEphemeral) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var block timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, timeoutsPath, &block)...)
	validateTimeouts(block.Object, &resp.Diagnostics)
}

func (e *omURLEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model omURLEphemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	limit, found := model.Timeouts.Open(ctx, readTimeout)
	bound, cancel := bounded(ctx, timeoutOpen, limit, found, &resp.Diagnostics)
	defer cancel()
	if e.data != nil && e.data.client == nil {
		// The provider's configuration is only known at apply, and so is the URL.
		model.State, model.Description, model.LoginURL = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
		if model.Region.IsNull() {
			model.Region = types.StringUnknown()
		}
	} else {
		model.read(bound, e.data, false, timeoutOpen, &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
	}
}
