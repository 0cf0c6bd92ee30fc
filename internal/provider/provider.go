// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package provider is what Terraform sees: schemas, configuration, plans and diagnostics over internal/client.
package provider

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// Address is where registries keep the provider.
const Address = "registry.terraform.io/huaweiops/huaweiops"

var (
	_ provider.Provider                       = (*huaweiops)(nil)
	_ provider.ProviderWithEphemeralResources = (*huaweiops)(nil)
	_ provider.ProviderWithActions            = (*huaweiops)(nil)
)

// New returns the provider's constructor for the version and the commit that it was built from. Tests may tune what users can not
// set: how long the client waits.
func New(version, commit string, tune ...func(*client.Config)) func() provider.Provider {
	return func() provider.Provider { return &huaweiops{version: version, commit: commit, tune: tune} }
}

type huaweiops struct {
	version, commit string
	tune            []func(*client.Config)
}

// providerData is what each kind of thing is given. The client is nil while the configuration is not wholly known, as it can be
// at plan.
type providerData struct {
	client *client.Client
	// unknown are the arguments whose values are only known at apply.
	unknown []string
	// tokenGiven and cbhEndpoint forbid another region.
	tokenGiven, cbhEndpoint bool
}

func (p *huaweiops) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "huaweiops"
	resp.Version = p.version
}

func (p *huaweiops) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

// Configure reads the settings and makes the client. It calls nobody.
func (p *huaweiops) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	tflog.Info(ctx, "configuring the provider", map[string]any{"version": p.version, "commit": p.commit})
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := readSettings(ctx, model, &resp.Diagnostics)
	data := &providerData{unknown: s.unknown}
	if len(s.unknown) == 0 && !resp.Diagnostics.HasError() {
		cfg := s.clientConfig(&resp.Diagnostics)
		cfg.UserAgent = userAgent(p.version, req.TerraformVersion)
		cfg.Log = logEvent
		for _, tune := range p.tune {
			tune(&cfg)
		}
		if resp.Diagnostics.HasError() {
			return
		}
		c, err := client.New(cfg)
		if err != nil {
			resp.Diagnostics.AddError("The provider can not be configured", sentence(err.Error()))
			return
		}
		data.client = c
		_, data.cbhEndpoint = cfg.Endpoints["cbh"]
		_, data.tokenGiven = cfg.SignIn.(client.Token)
	}
	resp.ResourceData, resp.DataSourceData, resp.EphemeralResourceData, resp.ActionData = data, data, data, data
}

func (p *huaweiops) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newTaskUnlockResource}
}

func (p *huaweiops) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newOMURLDataSource, newTargetServerDataSource, newTasksDataSource}
}

func (p *huaweiops) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newOMURLEphemeral}
}

func (p *huaweiops) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newTaskUnlockAction}
}

// configured is what every kind's Configure does with the provider's data. It is nil before the provider is configured.
func configured(data any, diags *diag.Diagnostics) *providerData {
	if data == nil {
		return nil
	}
	d, ok := data.(*providerData)
	if !ok {
		diags.AddError("The provider handed over the wrong data",
			fmt.Sprintf("Expected *providerData, got %T. This is a fault of the provider: please report it.", data))
	}
	return d
}

// ready returns the client, or says why there is none.
func (d *providerData) ready(diags *diag.Diagnostics) *client.Client {
	switch {
	case d == nil:
		diags.AddError("The provider is not configured", "It was asked to work before it was configured. This is a fault of the provider: please report it.")
		return nil
	case d.client == nil:
		diags.AddError("The provider's configuration is not known yet", fmt.Sprintf(
			"The value of %s depends on something that is only known after apply, and this has to be read now. "+
				"Create what it depends on first (terraform apply -target=...), or use two configurations that are applied one after the other.",
			strings.Join(d.unknown, ", ")))
		return nil
	}
	return d.client
}

// userAgent names the provider and the CLI, and what TF_APPEND_USER_AGENT adds, without the line breaks that would forge a header.
func userAgent(version, terraform string) string {
	ua := "terraform-provider-huaweiops/" + version
	if terraform != "" {
		ua += " Terraform/" + terraform
	}
	if extra := strings.TrimSpace(client.Clean(os.Getenv("TF_APPEND_USER_AGENT"))); extra != "" {
		ua += " " + extra
	}
	return ua
}
