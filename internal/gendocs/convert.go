// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	formatVersion = "1.0"
	// schemaKey is where tfplugindocs (0.25, internal/provider/schema.go) looks for the provider "huaweiops", whatever its
	// real address is.
	schemaKey = "registry.terraform.io/hashicorp/huaweiops"
)

// convert turns the protocol's schemas into those of the CLI's JSON output.
func convert(resp *tfprotov6.GetProviderSchemaResponse) (*tfjson.ProviderSchemas, error) {
	var c converter
	out := &tfjson.ProviderSchema{
		ConfigSchema:             c.schema(resp.Provider),
		ResourceSchemas:          c.schemas(resp.ResourceSchemas),
		DataSourceSchemas:        c.schemas(resp.DataSourceSchemas),
		EphemeralResourceSchemas: c.schemas(resp.EphemeralResourceSchemas),
		ActionSchemas:            map[string]*tfjson.ActionSchema{},
	}
	for name, a := range resp.ActionSchemas {
		out.ActionSchemas[name] = &tfjson.ActionSchema{Block: c.schema(a.Schema).Block}
	}
	return &tfjson.ProviderSchemas{
		FormatVersion: formatVersion, Schemas: map[string]*tfjson.ProviderSchema{schemaKey: out},
	}, c.err
}

// converter keeps the first error.
type converter struct {
	err error
}

func (c *converter) schemas(in map[string]*tfprotov6.Schema) map[string]*tfjson.Schema {
	out := make(map[string]*tfjson.Schema, len(in))
	for name, s := range in {
		out[name] = c.schema(s)
	}
	return out
}

func (c *converter) schema(in *tfprotov6.Schema) *tfjson.Schema {
	return &tfjson.Schema{Version: uint64(max(in.Version, 0)), Block: c.block(in.Block)}
}

func (c *converter) block(in *tfprotov6.SchemaBlock) *tfjson.SchemaBlock {
	out := &tfjson.SchemaBlock{
		Attributes: c.attributes(in.Attributes), NestedBlocks: map[string]*tfjson.SchemaBlockType{},
		Description: in.Description, DescriptionKind: kind(in.DescriptionKind), Deprecated: in.Deprecated,
	}
	for _, b := range in.BlockTypes {
		out.NestedBlocks[b.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: tfjson.SchemaNestingMode(strings.ToLower(b.Nesting.String())), Block: c.block(b.Block),
			MinItems: uint64(max(b.MinItems, 0)), MaxItems: uint64(max(b.MaxItems, 0)),
		}
	}
	return out
}

func (c *converter) attributes(in []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	out := make(map[string]*tfjson.SchemaAttribute, len(in))
	for _, a := range in {
		to := &tfjson.SchemaAttribute{
			Description: a.Description, DescriptionKind: kind(a.DescriptionKind), Deprecated: a.Deprecated,
			Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		if n := a.NestedType; n != nil {
			to.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
				Attributes: c.attributes(n.Attributes), NestingMode: tfjson.SchemaNestingMode(strings.ToLower(n.Nesting.String())),
			}
		} else {
			c.convertType(a, to)
		}
		out[a.Name] = to
	}
	return out
}

// convertType goes by way of JSON, which the two type systems have in common.
func (c *converter) convertType(a *tfprotov6.SchemaAttribute, to *tfjson.SchemaAttribute) {
	text, err := json.Marshal(a.Type)
	if err == nil {
		err = json.Unmarshal(text, &to.AttributeType)
	}
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("type of %s: %w", a.Name, err)
	}
}

func kind(k tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if k == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}
