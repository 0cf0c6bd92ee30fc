// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command standin plays the providers that stand beside this one in the examples, so that the examples run without a network.
// The name of its file says which one: terraform-provider-vault or terraform-provider-huaweicloud. Each knows what the examples
// use, under the names that the provider's documentation gives it, and nothing else.
package main

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(os.Args[0]), "terraform-provider-"), "_")
	standins := map[string]standin{
		"vault":       {name: "vault", resources: []func() resource.Resource{newKVSecret}},
		"huaweicloud": {name: "huaweicloud", attributes: officialArguments(), blocks: officialBlocks(), dataSources: []func() datasource.DataSource{newComputeInstance, newCBHInstances}},
	}
	p, ok := standins[name]
	if !ok {
		log.Fatal("there is no stand-in for a provider of this name")
	}
	err := providerserver.Serve(context.Background(), func() provider.Provider { return &p },
		providerserver.ServeOpts{Address: "registry.terraform.io/standin/" + name})
	if err != nil {
		log.Fatal(err)
	}
}

// standin is a provider that does nothing of its own.
type standin struct {
	name        string
	attributes  map[string]schema.Attribute
	blocks      map[string]schema.Block
	resources   []func() resource.Resource
	dataSources []func() datasource.DataSource
}

func (s *standin) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = s.name
}

func (s *standin) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: s.attributes, Blocks: s.blocks}
}

func (s *standin) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (s *standin) Resources(context.Context) []func() resource.Resource { return s.resources }
func (s *standin) DataSources(context.Context) []func() datasource.DataSource {
	return s.dataSources
}

// officialArguments are those arguments of the official provider's block that the examples share with this provider's.
func officialArguments() map[string]schema.Attribute {
	text := func(sensitive bool) schema.Attribute {
		return schema.StringAttribute{Optional: true, Sensitive: sensitive}
	}
	return map[string]schema.Attribute{
		"region": text(false), "access_key": text(false), "secret_key": text(true), "security_token": text(true),
		"project_name": text(false), "shared_config_file": text(false), "profile": text(false),
		"max_retries": schema.Int64Attribute{Optional: true},
		"endpoints":   schema.MapAttribute{Optional: true, ElementType: types.StringType},
	}
}

func officialBlocks() map[string]schema.Block {
	return map[string]schema.Block{
		"assume_role": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
			"agency_name": schema.StringAttribute{Required: true}, "domain_name": schema.StringAttribute{Required: true},
		}}},
	}
}
