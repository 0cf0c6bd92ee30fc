// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package secrets

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
)

// secretName is how an attribute is named that holds a secret.
var secretName = regexp.MustCompile(`(?i)(secret|token|passw|pass$|_pass|credential|private|key|signature|login|url|cookie|session|pem|cert)`)

// exempt are attributes that are named so and hold none.
var exempt = map[string]string{
	"provider.access_key":                          "half of a pair, useless without the other; messages need it to say as whom the provider acts, and mask it",
	"provider.auth_url":                            "an address",
	"provider.cacert_file":                         "public certificates",
	"provider.assume_role_with_oidc.id_token_file": "a path",
}

// sensitive are all attributes that may be Sensitive: what hides too much is a fault too.
var sensitive = []string{
	"data.huaweiops_cbh_instance_om_url.login_url", "ephemeral.huaweiops_cbh_instance_om_url.login_url",
	"provider.assume_role_with_oidc.id_token", "provider.password", "provider.secret_key", "provider.security_token", "provider.token",
}

// TestSchemas walks every attribute of every kind: what is named like a secret is Sensitive, or exempt for a reason.
func TestSchemas(t *testing.T) {
	schemas, err := provider.NewServer("test", "")().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	w := walk{t: t}
	w.block("provider", schemas.Provider.Block)
	for name, s := range schemas.ResourceSchemas {
		w.block("resource."+name, s.Block)
	}
	for name, s := range schemas.DataSourceSchemas {
		w.block("data."+name, s.Block)
	}
	for name, s := range schemas.EphemeralResourceSchemas {
		w.block("ephemeral."+name, s.Block)
	}
	for name, s := range schemas.ActionSchemas {
		w.block("action."+name, s.Schema.Block)
	}
	slices.Sort(w.sensitive)
	if !slices.Equal(w.sensitive, sensitive) {
		t.Errorf("Sensitive are\n%s\nnot\n%s", strings.Join(w.sensitive, "\n"), strings.Join(sensitive, "\n"))
	}
	if w.attributes < 60 {
		t.Errorf("only %d attributes were looked at", w.attributes)
	}
	for at := range exempt {
		if !slices.Contains(w.exempt, at) {
			t.Errorf("%s is exempt, and is not there", at)
		}
	}
}

type walk struct {
	t                 *testing.T
	sensitive, exempt []string
	attributes        int
}

func (w *walk) block(at string, b *tfprotov6.SchemaBlock) {
	w.list(at, b.Attributes)
	for _, nested := range b.BlockTypes {
		w.block(at+"."+nested.TypeName, nested.Block)
	}
}

func (w *walk) list(at string, attributes []*tfprotov6.SchemaAttribute) {
	for _, a := range attributes {
		name := at + "." + a.Name
		w.attributes++
		switch {
		case a.Sensitive:
			w.sensitive = append(w.sensitive, name)
		case exempt[name] != "":
			w.exempt = append(w.exempt, name)
		case secretName.MatchString(a.Name):
			w.t.Errorf("%s is named like a secret, and neither Sensitive nor exempt", name)
		}
		if a.NestedType != nil {
			w.list(name, a.NestedType.Attributes)
		}
	}
}
