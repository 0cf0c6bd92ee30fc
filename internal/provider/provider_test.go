// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

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
