// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// unknownProvider is a configuration whose access key is only known after apply.
func unknownProvider(s *emulator.Server) string {
	block := strings.Replace(s.ProviderBlock(), fmt.Sprintf("%q", emulator.DefaultAccessKey), "terraform_data.key.output", 1)
	return block + fmt.Sprintf("resource \"terraform_data\" \"key\" {\n  input = %q\n}\n", emulator.DefaultAccessKey)
}

// TestProviderUnknown: at plan a resource waits, and a data source, which can not, says what to do.
func TestProviderUnknown(t *testing.T) {
	s := startEmulator(t)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: unknownProvider(s) + fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"test\" {\n task_id = %q\n force = true\n}\n", emulator.TaskID("ABORT")),
		Check:  sent(t, s, emulator.OpListProjects, emulator.OpUnlockTask),
	}}})
	for _, data := range []string{
		"data \"huaweiops_cbh_instance_om_url\" \"test\" {\n" + goodOM() + "}\n",
		"data \"huaweiops_sms_target_server\" \"test\" {\n task_id = \"x\"\n}\n",
		"data \"huaweiops_sms_tasks\" \"test\" {}\n",
	} {
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
			Config:      unknownProvider(s) + data,
			ExpectError: regexp.MustCompile("configuration is not known yet(?s:.*)access_key(?s:.*)-target"),
		}}})
	}
	expectOperations(t, s)
}

// TestProviderSettings: what can not be used is refused at its argument, with its source named, before anything is sent.
func TestProviderSettings(t *testing.T) {
	keys := "access_key = \"AK0123456789ABCDEFGH\"\n secret_key = \"x\"\n"
	for name, tc := range map[string]struct {
		env          map[string]string
		config, want string
	}{
		"no region":            {nil, keys, `with provider(?s:.*)Missing region|Missing region(?s:.*)HW_REGION_NAME or\s+OS_REGION_NAME`},
		"region":               {nil, keys + `region = "cn north"`, `Invalid region(?s:.*)value of region can not be used`},
		"region with a dot":    {nil, keys + `region = "evil.example"`, `Invalid region`},
		"region of a variable": {map[string]string{"OS_REGION_NAME": "a/b"}, keys, `Invalid region(?s:.*)value of OS_REGION_NAME can not be used`},
		"cloud":                {nil, keys + "region = \"cn-north-4\"\n cloud = \"http://x\"", `Invalid cloud`},
		"cloud of a variable":  {map[string]string{"HW_CLOUD": "a b"}, keys + "region = \"cn-north-4\"", `Invalid cloud(?s:.*)value of HW_CLOUD`},
		"sms_region":           {nil, keys + "region = \"cn-north-4\"\n sms_region = \"X\"", `Invalid SMS region`},
		"max_retries":          {nil, keys + "region = \"cn-north-4\"\n max_retries = -1", `Invalid max_retries(?s:.*)"-1"`},
		"max_retries as text":  {map[string]string{"HW_MAX_RETRIES": "many"}, keys + "region = \"cn-north-4\"", `HW_MAX_RETRIES can not be\s+used`},
		"insecure as text":     {map[string]string{"HW_INSECURE": "maybe"}, keys + "region = \"cn-north-4\"", `HW_INSECURE can not be\s+used`},
		"http endpoint":        {nil, keys + "region = \"cn-north-4\"\n endpoints = { sms = \"http://sms.example\" }", `Invalid endpoint(?s:.*)endpoints.sms(?s:.*)https`},
		"http auth_url":        {map[string]string{"HW_AUTH_URL": "http://iam.example/v3"}, keys + "region = \"cn-north-4\"", `Invalid endpoint(?s:.*)HW_AUTH_URL`},
		"user in an endpoint":  {nil, keys + "region = \"cn-north-4\"\n endpoints = { cbh = \"https://a:b@cbh.example\" }", `user information`},
		"empty endpoint":       {nil, keys + "region = \"cn-north-4\"\n endpoints = { ecs = \"\" }", `it is empty`},
		"no CA":                {nil, keys + "region = \"cn-north-4\"\n cacert_file = \"/no/such/file\"", `CA certificates can not be read(?s:.*)/no/such/file`},
		"no certificate":       {map[string]string{"OS_CACERT": "-----BEGIN NOTHING-----"}, keys + "region = \"cn-north-4\"", `No CA certificates(?s:.*)OS_CACERT`},
		"signing_algorithm":    {nil, keys + "region = \"cn-north-4\"\n signing_algorithm = \"md5\"", `Invalid signing algorithm`},
		"project_id":           {nil, keys + "region = \"cn-north-4\"\n project_id = \"../x\"", `Invalid project ID`},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range tc.env {
				t.Setenv(k, v)
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
				Config: "provider \"huaweiops\" {\n " + tc.config + "\n}\nresource \"huaweiops_sms_task_unlock\" \"test\" {\n task_id = \"x\"\n}\n", PlanOnly: true,
				ExpectError: regexp.MustCompile(tc.want),
			}}})
		})
	}
}

// configure hands a configuration of text arguments to a provider of its own, in this process, and returns what it says.
func configure(t *testing.T, version string, values map[string]tftypes.Value) string {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(New("1.2.3", "")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	config := object(t, schemas.Provider.Block, values)
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: &config, TerraformVersion: version})
	if err != nil {
		t.Fatal(err)
	}
	return text(resp.Diagnostics)
}

// TestProviderWarnings: what is allowed but may not be meant is said once, at its argument.
func TestProviderWarnings(t *testing.T) {
	endpoints := func(key, value string) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{key: str(value)})
	}
	for name, tc := range map[string]struct {
		values map[string]tftypes.Value
		want   string
	}{
		"nothing to say":            {nil, ""},
		"insecure":                  {map[string]tftypes.Value{"insecure": flag(true)}, "WARNING AttributeName(\"insecure\"): TLS certificates are not verified"},
		"not insecure":              {map[string]tftypes.Value{"insecure": flag(false)}, ""},
		"endpoint elsewhere":        {map[string]tftypes.Value{"endpoints": endpoints("sms", "sms.example")}, "sms.example, which does not belong to myhuaweicloud.com"},
		"endpoint of the cloud":     {map[string]tftypes.Value{"endpoints": endpoints("sms", "sms.cn-north-1.myhuaweicloud.com/")}, ""},
		"endpoint of this machine":  {map[string]tftypes.Value{"endpoints": endpoints("sms", "http://localhost:1")}, ""},
		"endpoint of one's cloud":   {map[string]tftypes.Value{"endpoints": endpoints("sms", "sms.cloud.example"), "cloud": str("cloud.example")}, ""},
		"auth_url elsewhere":        {map[string]tftypes.Value{"auth_url": str("https://iam.example/v3")}, "AttributeName(\"auth_url\"): Credentials are sent outside the cloud"},
		"a key of the official one": {map[string]tftypes.Value{"endpoints": endpoints("vpc", "vpc.example")}, ""},
		"a key of nobody":           {map[string]tftypes.Value{"endpoints": endpoints("smss", "x")}, "Unknown endpoint key"},
	} {
		t.Run(name, func(t *testing.T) {
			values := map[string]tftypes.Value{"region": str("cn-north-4"), "access_key": str("AK0123456789ABCDEFGH"), "secret_key": str("x")}
			maps.Copy(values, tc.values)
			got := configure(t, "1.11.4", values)
			if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) || strings.Contains(got, "ERROR") {
				t.Errorf("it says %q, want %q", got, tc.want)
			}
		})
	}
}

// TestProviderIsOffline: configuring asks nobody, not even where everything would have to be looked up.
func TestProviderIsOffline(t *testing.T) {
	s := startEmulator(t)
	proxied(t, s)
	for name, value := range map[string]string{
		"HW_REGION_NAME": "cn-north-4", "HW_USER_NAME": emulator.DefaultUserName, "HW_USER_PASSWORD": emulator.DefaultPassword, "HW_DOMAIN_NAME": emulator.DefaultDomainName,
		"HW_ASSUME_ROLE_AGENCY_NAME": emulator.DefaultAgencyName, "HW_ASSUME_ROLE_DOMAIN_NAME": emulator.DefaultDomainName,
	} {
		t.Setenv(name, value)
	}
	if got := configure(t, "1.11.4", nil); got != "" {
		t.Errorf("it says %q", got)
	}
	expectOperations(t, s)
}

// TestUserAgent names the provider, the CLI, and what the environment adds.
func TestUserAgent(t *testing.T) {
	s := startEmulator(t)
	t.Setenv("TF_APPEND_USER_AGENT", " module/1.0\r\nX-Evil: 1 ")
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: unlockConfig(s, emulator.TaskID("ABORT"), "force = true"),
	}}})
	want := regexp.MustCompile(`^terraform-provider-huaweiops/test Terraform/\d+\.\d+\.\S+ module/1\.0 +X-Evil: 1$`)
	for _, r := range s.Requests() {
		if ua := r.Header.Get("User-Agent"); !want.MatchString(ua) || r.Header.Get("X-Evil") != "" {
			t.Errorf("%s was asked as %q", r.Operation, ua)
		}
	}
}
