// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
)

const (
	unlockType = "huaweiops_sms_task_unlock"
	omType     = "huaweiops_cbh_instance_om_url"
)

// shortWaits shortens the waits between tries, unless the table is to be printed.
func shortWaits(cfg *client.Config) {
	if !*table {
		cfg.Backoff = 5 * time.Millisecond
	}
}

// shortTries is for rows in which a try takes too long: a moment stands for the minute that it may take.
func shortTries(cfg *client.Config) {
	if !*table {
		cfg.TryTimeout = time.Second
	}
}

// server is the provider over its protocol.
type server struct {
	t      *testing.T
	proto  tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

// settings are the endpoint of all services, further arguments of the provider's block, and what users can not set.
type settings struct {
	endpoint string
	values   map[string]tftypes.Value
	tune     func(*client.Config)
}

// newServer configures the provider for an emulator, as its default user unless the settings say otherwise.
func newServer(t *testing.T, s settings) *server {
	t.Helper()
	tune := []func(*client.Config){shortWaits}
	if s.tune != nil {
		tune = append(tune, s.tune)
	}
	proto := provider.NewServer("test", "", tune...)()
	schema, err := proto.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	endpoints := map[string]tftypes.Value{}
	for _, key := range client.EndpointKeys {
		endpoints[key] = str(s.endpoint)
	}
	values := map[string]tftypes.Value{
		"region": str(emulator.DefaultRegion), "project_id": str(emulator.DefaultProjectID),
		"access_key": str(emulator.DefaultAccessKey), "secret_key": str(emulator.DefaultSecretKey),
		"endpoints": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, endpoints),
	}
	maps.Copy(values, s.values)
	config := object(t, schema.Provider, values)
	resp, err := proto.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config, TerraformVersion: "1.14.0"})
	if err != nil || problems(resp.Diagnostics) != "" {
		t.Fatalf("configuring the provider: %v %s", err, problems(resp.Diagnostics))
	}
	return &server{t, proto, schema}
}

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
func num(n int) tftypes.Value    { return tftypes.NewValue(tftypes.Number, n) }
func yes() tftypes.Value         { return tftypes.NewValue(tftypes.Bool, true) }

// object is a value of the schema's type, with null where nothing is given. Single blocks are given as maps of texts.
func object(t *testing.T, schema *tfprotov6.Schema, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	typ, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	all := map[string]tftypes.Value{}
	for name, attribute := range typ.AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
		if list, ok := attribute.(tftypes.List); ok {
			all[name] = tftypes.NewValue(list, []tftypes.Value{})
		}
	}
	maps.Copy(all, values)
	return dynamic(t, typ, tftypes.NewValue(typ, all))
}

func dynamic(t *testing.T, typ tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	d, err := tfprotov6.NewDynamicValue(typ, v)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// outcome is what the user sees of one operation.
type outcome struct {
	// said are the errors, as one text; empty where it succeeded.
	said string
	// state are the attributes that are text, nil where nothing was stored.
	state map[string]string
	took  time.Duration
}

// problems are the errors among diagnostics, as one text.
func problems(diags []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			fmt.Fprintf(&b, "%s\n\n%s\n", d.Summary, d.Detail)
		}
	}
	return b.String()
}

// stored are the texts of a value.
func stored(t *testing.T, typ tftypes.Type, d *tfprotov6.DynamicValue) map[string]string {
	t.Helper()
	if d == nil {
		return nil
	}
	v, err := d.Unmarshal(typ)
	if err != nil {
		t.Fatal(err)
	}
	if v.IsNull() {
		return nil
	}
	var all map[string]tftypes.Value
	if err := v.As(&all); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, v := range all {
		var s string
		if v.IsKnown() && !v.IsNull() && v.As(&s) == nil {
			texts[name] = s
		}
	}
	return texts
}

// unlock plans and applies the resource with these arguments over a prior state, nil for a creation.
func (s *server) unlock(ctx context.Context, prior *tfprotov6.DynamicValue, values map[string]tftypes.Value) (outcome, *tfprotov6.DynamicValue) {
	s.t.Helper()
	schema := s.schema.ResourceSchemas[unlockType]
	typ := schema.ValueType()
	config := object(s.t, schema, values)
	if prior == nil {
		prior = dynamic(s.t, typ, tftypes.NewValue(typ, nil))
	}
	plan, err := s.proto.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: unlockType, PriorState: prior, ProposedNewState: config, Config: config,
	})
	if err != nil || problems(plan.Diagnostics) != "" {
		s.t.Errorf("planning: %v %s", err, problems(plan.Diagnostics))
		return outcome{}, nil
	}
	began := time.Now()
	resp, err := s.proto.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: unlockType, PriorState: prior, PlannedState: plan.PlannedState, Config: config, PlannedPrivate: plan.PlannedPrivate,
	})
	if err != nil {
		s.t.Errorf("applying: %v", err)
		return outcome{}, nil
	}
	return outcome{problems(resp.Diagnostics), stored(s.t, typ, resp.NewState), time.Since(began)}, resp.NewState
}

// omURL reads the data source for the emulator's default host.
func (s *server) omURL(ctx context.Context, values map[string]tftypes.Value) outcome {
	s.t.Helper()
	schema := s.schema.DataSourceSchemas[omType]
	all := map[string]tftypes.Value{
		"server_id": str(emulator.DefaultBastionServerID), "ip_address": str(emulator.DefaultHostIP), "host_account_name": str(emulator.DefaultHostAccount),
	}
	maps.Copy(all, values)
	began := time.Now()
	resp, err := s.proto.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: omType, Config: object(s.t, schema, all)})
	if err != nil {
		s.t.Errorf("reading: %v", err)
		return outcome{}
	}
	o := outcome{said: problems(resp.Diagnostics), took: time.Since(began)}
	if o.said == "" {
		o.state = stored(s.t, schema.ValueType(), resp.State)
	}
	return o
}

// stop is what Terraform does on Ctrl-C.
func (s *server) stop(ctx context.Context) error {
	resp, err := s.proto.StopProvider(ctx, &tfprotov6.StopProviderRequest{})
	if err == nil && resp.Error != "" {
		err = errors.New(resp.Error)
	}
	return err
}

// within is a timeouts block.
func within(t *testing.T, schema *tfprotov6.Schema, name string, d time.Duration) tftypes.Value {
	t.Helper()
	typ, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	block, ok := typ.AttributeTypes["timeouts"].(tftypes.Object)
	if !ok {
		t.Fatal("the block is no object")
	}
	values := map[string]tftypes.Value{}
	for attribute, typ := range block.AttributeTypes {
		values[attribute] = tftypes.NewValue(typ, nil)
	}
	values[name] = str(d.String())
	return tftypes.NewValue(block, values)
}
