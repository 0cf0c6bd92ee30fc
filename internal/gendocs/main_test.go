// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"

	huaweiops "github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
)

// written is what the program prints, as tfplugindocs reads it.
func written(t *testing.T) *tfjson.ProviderSchema {
	t.Helper()
	var text bytes.Buffer
	if err := write(t.Context(), &text, huaweiops.New("test", "")()); err != nil {
		t.Fatal(err)
	}
	var all tfjson.ProviderSchemas
	if err := json.Unmarshal(text.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if keys := slices.Collect(maps.Keys(all.Schemas)); !slices.Equal(keys, []string{"registry.terraform.io/hashicorp/huaweiops"}) {
		t.Fatalf("the schemas stand under %v", keys)
	}
	return all.Schemas[schemaKey]
}

func TestEveryKindIsWritten(t *testing.T) {
	s := written(t)
	for kind, c := range map[string]struct{ got, want []string }{
		"resources": {slices.Sorted(maps.Keys(s.ResourceSchemas)), []string{"huaweiops_sms_task_unlock"}},
		"data sources": {slices.Sorted(maps.Keys(s.DataSourceSchemas)),
			[]string{"huaweiops_cbh_instance_om_url", "huaweiops_sms_target_server", "huaweiops_sms_tasks"}},
		"ephemeral resources":    {slices.Sorted(maps.Keys(s.EphemeralResourceSchemas)), []string{"huaweiops_cbh_instance_om_url"}},
		"actions":                {slices.Sorted(maps.Keys(s.ActionSchemas)), []string{"huaweiops_sms_task_unlock"}},
		"timeouts of the action": {slices.Sorted(maps.Keys(s.ActionSchemas["huaweiops_sms_task_unlock"].Block.NestedBlocks)), []string{"timeouts"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s are %v, want %v", kind, c.got, c.want)
		}
	}
	if s.ConfigSchema.Block.NestedBlocks["assume_role"].NestingMode != tfjson.SchemaNestingModeList {
		t.Error("assume_role is no list of blocks")
	}
}

func TestAttributesKeepWhatIsSaidOfThem(t *testing.T) {
	s := written(t)
	resource := s.ResourceSchemas["huaweiops_sms_task_unlock"].Block.Attributes
	if a := resource["triggers"]; !a.Optional || a.Computed || a.AttributeType != cty.Map(cty.String) || a.DescriptionKind != tfjson.SchemaDescriptionKindMarkdown {
		t.Errorf("triggers are %+v", a)
	}
	if a := s.EphemeralResourceSchemas["huaweiops_cbh_instance_om_url"].Block.Attributes["login_url"]; !a.Sensitive || !a.Computed {
		t.Errorf("login_url is %+v", a)
	}
	tasks := s.DataSourceSchemas["huaweiops_sms_tasks"].Block.Attributes["tasks"].AttributeNestedType
	if tasks == nil || tasks.NestingMode != tfjson.SchemaNestingModeList || tasks.Attributes["target_server"].AttributeNestedType.Attributes["vm_id"] == nil {
		t.Errorf("tasks are %+v", tasks)
	}
}

// TestAChangedDescriptionShows changes one description of each kind. The check of the documentation rests on it.
func TestAChangedDescriptionShows(t *testing.T) {
	for kind, block := range map[string]func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.SchemaBlock{
		"provider": func(r *tfprotov6.GetProviderSchemaResponse) *tfprotov6.SchemaBlock { return r.Provider.Block },
		"resource": func(r *tfprotov6.GetProviderSchemaResponse) *tfprotov6.SchemaBlock {
			return r.ResourceSchemas["huaweiops_sms_task_unlock"].Block
		},
		"data source": func(r *tfprotov6.GetProviderSchemaResponse) *tfprotov6.SchemaBlock {
			return r.DataSourceSchemas["huaweiops_sms_tasks"].Block
		},
		"ephemeral resource": func(r *tfprotov6.GetProviderSchemaResponse) *tfprotov6.SchemaBlock {
			return r.EphemeralResourceSchemas["huaweiops_cbh_instance_om_url"].Block
		},
		"action": func(r *tfprotov6.GetProviderSchemaResponse) *tfprotov6.SchemaBlock {
			return r.ActionSchemas["huaweiops_sms_task_unlock"].Schema.Block
		},
	} {
		before := converted(t, func(*tfprotov6.GetProviderSchemaResponse) {})
		for what, change := range map[string]func(*tfprotov6.GetProviderSchemaResponse){
			"itself":       func(r *tfprotov6.GetProviderSchemaResponse) { block(r).Description += " Changed." },
			"an attribute": func(r *tfprotov6.GetProviderSchemaResponse) { block(r).Attributes[0].Description += " Changed." },
			"a block's attribute": func(r *tfprotov6.GetProviderSchemaResponse) {
				block(r).BlockTypes[0].Block.Attributes[0].Description += " Changed."
			},
		} {
			if bytes.Equal(before, converted(t, change)) {
				t.Errorf("%s: a changed description of %s does not show", kind, what)
			}
		}
	}
}

func converted(t *testing.T, change func(*tfprotov6.GetProviderSchemaResponse)) []byte {
	t.Helper()
	resp, err := providerserver.NewProtocol6(huaweiops.New("test", "")())().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	change(resp)
	all, err := convert(resp)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
