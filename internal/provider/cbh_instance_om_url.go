// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// What the data source and the ephemeral resource say of their common attributes.
const (
	serverIDText    = "ID of the server on which the CBH instance is deployed (`server_id` of the instance), not the instance's own ID: 1 to 64 characters."
	ipAddressText   = "Address of the managed host, as the CBH instance knows it: 1 to 64 characters, sent as given."
	accountText     = "Account on the managed host, as the CBH instance knows it: 1 to 64 characters, sent as given."
	omRegionText    = "Region of the CBH instance. Default: the provider's. Another region's project is looked up by the region's name, whatever `project_id` and `project_name` of the provider say; it can not be combined with the provider's `token` or `endpoints.cbh`."
	omStateText     = "State that CBH answered with; `SUCCESS` if there is a URL."
	descriptionText = "What CBH says of a state other than `SUCCESS`. Its language is the service's choice."
	loginURLText    = "URL that logs its holder in to the managed host: a credential. How long it is valid, and how often, is not documented."
)

// omURLModel is what both kinds have.
type omURLModel struct {
	ServerID        types.String `tfsdk:"server_id"`
	IPAddress       types.String `tfsdk:"ip_address"`
	HostAccountName types.String `tfsdk:"host_account_name"`
	Region          types.String `tfsdk:"region"`
	State           types.String `tfsdk:"state"`
	Description     types.String `tfsdk:"description"`
	LoginURL        types.String `tfsdk:"login_url"`
}

// read asks for the URL. A state other than SUCCESS is an error unless tolerated.
func (m *omURLModel) read(ctx context.Context, d *providerData, tolerate bool, timeout timeoutName, diags *diag.Diagnostics) {
	c := d.ready(diags)
	if c == nil || diags.HasError() {
		return
	}
	if m.Region.ValueString() == "" {
		m.Region = types.StringValue(c.Region())
	}
	if region := m.Region.ValueString(); region != c.Region() {
		d.checkOtherRegion(region, c.Region(), diags)
	}
	if diags.HasError() {
		return
	}
	answer, err := c.OMURL(ctx, client.OMURLRequest{
		ServerID: m.ServerID.ValueString(), IPAddress: m.IPAddress.ValueString(), HostAccountName: m.HostAccountName.ValueString(),
		Region: m.Region.ValueString(),
	})
	if err == nil && (!tolerate || !answer.Failed()) {
		err = answer.Err()
	}
	if err != nil {
		report(diags, err, timeout)
		return
	}
	m.State = types.StringValue(answer.State)
	m.Description = types.StringValue(answer.Description)
	m.LoginURL = types.StringValue(answer.LoginURL)
}

// checkOtherRegion refuses another region where the configuration is bound to one.
func (d *providerData) checkOtherRegion(region, home string, diags *diag.Diagnostics) {
	var why string
	switch {
	case d.tokenGiven:
		why = "the provider acts with a token that was given to it, which is good for one project alone"
	case d.cbhEndpoint:
		why = "the provider's endpoints.cbh names one host for every region"
	default:
		return
	}
	diags.AddAttributeError(path.Root("region"), "Another region can not be asked", fmt.Sprintf(
		"region is %q, the provider's is %q, and %s.\n\nWhat to do: Use a provider alias that is configured for %s.", region, home, why, region))
}
