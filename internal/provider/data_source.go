// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// dataSource is what the data sources have in common: the provider's data, and a timeouts block with read.
type dataSource struct {
	data *providerData
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = configured(req.ProviderData, &resp.Diagnostics)
}

func (d *dataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var block timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, timeoutsPath, &block)...)
	validateTimeouts(block.Object, &resp.Diagnostics)
}

// timeoutsBlock is the block of a data source whose reading does what the text says.
func (d *dataSource) timeoutsBlock(ctx context.Context, what string) map[string]schema.Block {
	return map[string]schema.Block{
		"timeouts": timeouts.BlockWithOpts(ctx, timeouts.Opts{
			ReadDescription: "How long " + what + " may take, as a duration such as `30s`. Default: `2m`.",
		}),
	}
}

// bound puts the deadline of the timeouts block on the context.
func (d *dataSource) bound(ctx context.Context, block timeouts.Value, diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	limit, found := block.Read(ctx, readTimeout)
	return bounded(ctx, timeoutRead, limit, found, diags)
}
