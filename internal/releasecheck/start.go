// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const address = "registry.terraform.io/huaweiops/huaweiops"

// wanted are the types that the provider must show by its schema.
var wanted = map[string][]string{
	"resource_schemas":    {"huaweiops_sms_task_unlock"},
	"data_source_schemas": {"huaweiops_sms_target_server", "huaweiops_cbh_instance_om_url"},
}

// start installs the archive from a local mirror, as a user behind a closed
// network would, and asks the provider for its schema.
func (r *release) start(ctx context.Context, cli, platform string) error {
	dir, err := os.MkdirTemp("", "releasecheck")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	archive, err := fs.ReadFile(r.dist, r.archive(platform))
	if err != nil {
		return err
	}
	mirror := filepath.Join(dir, "mirror")
	files := map[string]string{
		filepath.Join(mirror, filepath.FromSlash(address), r.archive(platform)): string(archive),
		filepath.Join(dir, "cli.tfrc"): fmt.Sprintf(
			"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror)),
		filepath.Join(dir, "main.tf"): fmt.Sprintf(
			"terraform {\n  required_providers {\n    huaweiops = {\n      source  = %q\n      version = %q\n    }\n  }\n}\n",
			address, "= "+r.version),
	}
	for path, content := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
	}

	terraform := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, cli, args...) //nolint:gosec // The CLI is named by whoever runs this.
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w\n%s", cli, args[0], err, stderr.String())
		}
		return out, nil
	}
	if _, err := terraform("init", "-no-color", "-input=false"); err != nil {
		return err
	}
	schema, err := terraform("providers", "schema", "-json")
	if err != nil {
		return err
	}
	return checkSchema(schema)
}

func checkSchema(content []byte) error {
	var schema struct {
		Providers map[string]map[string]json.RawMessage `json:"provider_schemas"`
	}
	if err := json.Unmarshal(content, &schema); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	provider, ok := schema.Providers[address]
	if !ok {
		return fmt.Errorf("schema: %s is not in it", address)
	}
	var missing []string
	for kind, types := range wanted {
		var have map[string]json.RawMessage
		if raw, ok := provider[kind]; ok {
			if err := json.Unmarshal(raw, &have); err != nil {
				return fmt.Errorf("schema: %s: %w", kind, err)
			}
		}
		for _, typ := range types {
			if _, ok := have[typ]; !ok {
				missing = append(missing, kind+"."+typ)
			}
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("schema: lacks %s", strings.Join(missing, ", "))
	}
	return nil
}
