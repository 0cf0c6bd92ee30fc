// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// subject is something to measure: a configuration of COUNT instances of one kind of thing.
type subject struct {
	// key names its directories, name it in the tables.
	key, name string
	// source is the provider's, empty for one that is built in.
	source string
	config string
}

const ids = `format("7a9a9540-ff28-4869-b9e4-%012d", count.index)`

// block is a configuration of one block with COUNT instances.
func block(kind, label, body string) string {
	return fmt.Sprintf("%s %q \"this\" {\n  count = COUNT\n%s}\n", kind, label, body)
}

// The floors, and what is measured against them.
var (
	builtin = subject{
		key: "terraform-data", name: "`terraform_data`",
		config: block("resource", "terraform_data", "  input = "+ids+"\n"),
	}
	noop = subject{
		key: "noop", name: "no-op resource", source: empty,
		config: block("resource", "noop_thing", "  value = "+ids+"\n"),
	}
	unlock = subject{
		key: "unlock", name: "forced unlock", source: ours,
		config: block("resource", "huaweiops_sms_task_unlock", "  task_id = "+ids+"\n  force = true\n"),
	}
	// twin does nothing either, but has the attributes of an unlock, and so its place in the state.
	twin = subject{
		key: "twin", name: "its no-op twin", source: empty,
		config: block("resource", "noop_twin", "  task_id = "+ids+"\n  force = true\n"),
	}
	noopRead = subject{
		key: "noop-read", name: "no-op data source", source: empty,
		config: block("data", "noop_thing", "  value = "+ids+"\n"),
	}
	omURL = subject{
		key: "om-url", name: "O&M URL", source: ours,
		config: block("data", "huaweiops_cbh_instance_om_url", fmt.Sprintf("  server_id = %q\n  ip_address = %q\n  host_account_name = %q\n",
			emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount)),
	}
)

// operation is a subject whose requests are counted.
type operation struct {
	subject
	// withdrawn says that SMS does not publish the unlock call.
	withdrawn bool
	// read says that it is read at plan, and that there is nothing to apply.
	read bool
}

func unlocking(key, name, body string, withdrawn bool) operation {
	return operation{withdrawn: withdrawn, subject: subject{
		key: key, name: name, source: ours, config: block("resource", "huaweiops_sms_task_unlock", "  task_id = "+ids+"\n"+body),
	}}
}

var operations = []operation{
	unlocking("op-force", "unlock, `force = true`", "  force = true\n", false),
	unlocking("op-auto", "unlock", "", false),
	unlocking("op-verify", "unlock, `verify = true`", "  verify = true\n", false),
	unlocking("op-ecs", "unlock, `method = \"ecs\"`", "  method = \"ecs\"\n", false),
	unlocking("op-withdrawn", "unlock, withdrawn from SMS", "", true),
	{read: true, subject: subject{
		key: "op-server", name: "data source `huaweiops_sms_target_server`", source: ours,
		config: block("data", "huaweiops_sms_target_server", "  task_id = "+ids+"\n"),
	}},
	{read: true, subject: subject{key: "op-om-url", name: "data source `huaweiops_cbh_instance_om_url`", source: ours, config: omURL.config}},
}
