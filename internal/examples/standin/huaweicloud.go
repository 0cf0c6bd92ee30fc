// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The variables that say what the official provider's look-ups find.
const (
	foundServer  = "STANDIN_COMPUTE_INSTANCE_ID"
	foundBastion = "STANDIN_CBH_INSTANCE_ID"
)

func newComputeInstance() datasource.DataSource { return &computeInstance{} }

// computeInstance is the official provider's look-up of a server by name.
type computeInstance struct{}

type computeInstanceModel struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
}

func (*computeInstance) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "huaweicloud_compute_instance"
}

func (*computeInstance) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{Computed: true}, "name": schema.StringAttribute{Optional: true},
	}}
}

func (*computeInstance) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model computeInstanceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	model.ID = types.StringValue(os.Getenv(foundServer))
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func newCBHInstances() datasource.DataSource { return &cbhInstances{} }

// cbhInstances is the official provider's look-up of bastion hosts. The ID of an instance is that of its server.
type cbhInstances struct{}

type cbhInstancesModel struct {
	Name      types.String       `tfsdk:"name"`
	Instances []cbhInstanceModel `tfsdk:"instances"`
}

type cbhInstanceModel struct {
	ID types.String `tfsdk:"id"`
}

func (*cbhInstances) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "huaweicloud_cbh_instances"
}

func (*cbhInstances) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name": schema.StringAttribute{Optional: true},
		"instances": schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{"id": schema.StringAttribute{Computed: true}},
		}},
	}}
}

func (*cbhInstances) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model cbhInstancesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	model.Instances = []cbhInstanceModel{{ID: types.StringValue(os.Getenv(foundBastion))}}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
