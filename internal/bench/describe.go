// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// description is what the numbers depend on.
type description struct {
	date    time.Time
	machine string
	// load is the machine's before the measurements, over one minute; empty where the system does not tell.
	load     string
	versions []string
}

// describe tells of the machine and the versions.
func (w *world) describe(ctx context.Context) (description, error) {
	d := description{date: time.Now().UTC(), load: firstField("/proc/loadavg")}
	parts := []string{}
	if model := afterColon("/proc/cpuinfo", "model name"); model != "" {
		parts = append(parts, model)
	}
	parts = append(parts, fmt.Sprintf("%d cores", runtime.NumCPU()))
	if memory := afterColon("/proc/meminfo", "MemTotal"); memory != "" {
		var kib float64
		if _, err := fmt.Sscanf(memory, "%f kB", &kib); err == nil {
			parts = append(parts, fmt.Sprintf("%.0f GiB of memory", kib/(1<<20)))
		}
	}
	d.machine = strings.Join(append(parts, runtime.GOOS+"/"+runtime.GOARCH), ", ")

	cli, err := w.cliVersion(ctx)
	if err != nil {
		return d, err
	}
	d.versions = append(d.versions, cli, strings.Replace(runtime.Version(), "go", "Go ", 1))
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "github.com/hashicorp/terraform-plugin-framework", "github.com/hashicorp/terraform-plugin-go":
				d.versions = append(d.versions, strings.TrimPrefix(m.Path, "github.com/hashicorp/")+" "+m.Version)
			}
		}
	}
	commit := exec.CommandContext(ctx, "git", "rev-parse", "--short=12", "HEAD")
	commit.Dir = w.root
	if hash, err := commit.Output(); err == nil {
		d.versions = append(d.versions, "commit "+strings.TrimSpace(string(hash)))
	}
	return d, ctx.Err()
}

func (w *world) cliVersion(ctx context.Context) (string, error) {
	//nolint:gosec // The program is the one that is measured.
	cmd := exec.CommandContext(ctx, w.cli, "version", "-json")
	cmd.Env = w.env
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("asking the CLI for its version: %w", err)
	}
	var v struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return "", fmt.Errorf("reading the CLI's version: %w", err)
	}
	return "Terraform " + v.Version, nil
}

// afterColon is the value of the first line of a file with this name before a colon, empty if there is none.
func afterColon(file, name string) string {
	f, err := os.Open(file) //nolint:gosec // The files are named above.
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if k, v, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func firstField(file string) string {
	text, err := os.ReadFile(file) //nolint:gosec // The file is named above.
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 0 {
		return fields[0]
	}
	return ""
}
