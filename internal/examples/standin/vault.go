// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// written is the variable that names the file to which a secret is written, in place of a Vault.
const written = "STANDIN_VAULT_FILE"

func newKVSecret() resource.Resource { return &kvSecret{} }

// kvSecret is vault_kv_secret_v2 as far as its write-only argument goes (provider hashicorp/vault, 5.x).
type kvSecret struct{}

type kvSecretModel struct {
	Mount   types.String `tfsdk:"mount"`
	Name    types.String `tfsdk:"name"`
	Data    types.String `tfsdk:"data_json_wo"`
	Version types.Int64  `tfsdk:"data_json_wo_version"`
}

func (*kvSecret) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "vault_kv_secret_v2"
}

func (*kvSecret) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"mount":                schema.StringAttribute{Required: true},
		"name":                 schema.StringAttribute{Required: true},
		"data_json_wo":         schema.StringAttribute{Optional: true, WriteOnly: true, Sensitive: true},
		"data_json_wo_version": schema.Int64Attribute{Optional: true},
	}}
}

func (*kvSecret) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan kvSecretModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	//nolint:gosec // The test that runs the stand-in names the file.
	if err := os.WriteFile(os.Getenv(written), []byte(config.Data.ValueString()), 0o600); err != nil {
		resp.Diagnostics.AddError("The secret can not be written", err.Error())
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

func (*kvSecret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (k *kvSecret) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	created := resource.CreateResponse{State: resp.State}
	k.Create(ctx, resource.CreateRequest{Config: req.Config, Plan: req.Plan}, &created)
	resp.State, resp.Diagnostics = created.State, created.Diagnostics
}

func (*kvSecret) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
