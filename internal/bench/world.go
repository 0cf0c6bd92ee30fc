// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

const version = "0.1.0"

// world is what every measurement needs: the programs, the stand-in for the cloud, and directories, all below dir.
type world struct {
	dir, root, cli string
	// program is the path of each provider's program by its source.
	program map[string]string
	// env is for measurements of time; peakEnv runs the providers inside a program that records their memory.
	env, peakEnv []string
	cloud        *emulator.Server
	// opened are the working directories that are initialised.
	opened map[string]bool
}

const (
	ours  = "huaweiops/huaweiops"
	empty = "huaweiops/noop"
)

// newWorld builds and starts everything, for up to n tasks. The caller closes it, also after an error.
func newWorld(ctx context.Context, cli string, n int) (*world, error) {
	w := &world{cli: cli, program: map[string]string{}, opened: map[string]bool{}}
	var err error
	if w.root, err = tfcli.Root(ctx); err != nil {
		return w, err
	}
	if w.dir, err = os.MkdirTemp("", "huaweiops-bench-"); err != nil {
		return w, err
	}
	if w.cli == "" {
		if w.cli, err = tfcli.Find(ctx, w.dir); err != nil {
			return w, err
		}
	}
	if err := w.build(ctx); err != nil {
		return w, err
	}
	w.cloud = emulator.Start()
	for i := range n {
		w.cloud.AddTask(emulator.Task{
			ID: taskID(i), Name: "bench-" + strconv.Itoa(i), State: "MIGRATE_SUCCESS", TargetVMID: serverID(i),
		})
		w.cloud.AddServer(emulator.VM{ID: serverID(i), Name: "bench-" + strconv.Itoa(i), Locked: true})
	}
	return w, nil
}

func taskID(i int) string   { return fmt.Sprintf("7a9a9540-ff28-4869-b9e4-%012d", i) }
func serverID(i int) string { return fmt.Sprintf("0f58c8dc-4a78-42e6-9811-%012d", i) }

// build compiles both providers twice into place: as they are, and inside the program that records memory.
func (w *world) build(ctx context.Context) error {
	plain := tfcli.Mirror{Dir: filepath.Join(w.dir, "mirror")}
	peak := tfcli.Mirror{Dir: filepath.Join(w.dir, "mirror-peak")}
	for source, pkg := range map[string]string{ours: ".", empty: "./internal/bench/noop"} {
		file, err := plain.Place(w.cli, source, version)
		if err != nil {
			return err
		}
		if err := tfcli.Build(ctx, w.root, pkg, file); err != nil {
			return err
		}
		w.program[source] = file
		if file, err = peak.Place(w.cli, source, version); err != nil {
			return err
		}
		if err := tfcli.Build(ctx, w.root, "./internal/bench/peak", file); err != nil {
			return err
		}
	}
	for mirror, env := range map[tfcli.Mirror]*[]string{plain: &w.env, peak: &w.peakEnv} {
		config := mirror.Dir + ".rc"
		if err := mirror.WriteConfig(config); err != nil {
			return err
		}
		for name, value := range tfcli.Environ(config) {
			*env = append(*env, name+"="+value)
		}
	}
	return nil
}

// close leaves nothing behind.
func (w *world) close() error {
	if w.cloud != nil {
		w.cloud.Close()
	}
	if w.dir == "" {
		return nil
	}
	return os.RemoveAll(w.dir)
}

// open makes and initialises the working directory of a subject with n instances, once.
func (w *world) open(ctx context.Context, s subject, n int, env []string, suffix string) (string, error) {
	dir := filepath.Join(w.dir, fmt.Sprintf("%s-%d%s", s.key, n, suffix))
	if w.opened[dir] {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	text := s.config
	if s.source != "" {
		name := filepath.Base(s.source)
		text = fmt.Sprintf("terraform {\n  required_providers {\n    %s = { source = %q }\n  }\n}\n\n", name, s.source) + text
	}
	if s.source == ours {
		text = w.cloud.ProviderBlock() + text
	}
	text = strings.ReplaceAll(text, "COUNT", strconv.Itoa(n))
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		return "", err
	}
	if _, err := w.terraform(ctx, dir, env, "init"); err != nil {
		return "", err
	}
	w.opened[dir] = true
	return dir, nil
}

// run is one run of the CLI, provider included.
type run struct {
	wall, cpu             time.Duration
	requests, connections int
}

// terraform runs the CLI and waits for it. An exit code other than 0 is an error.
func (w *world) terraform(ctx context.Context, dir string, env []string, args ...string) (run, error) {
	//nolint:gosec // The program and its arguments are this one's own.
	cmd := exec.CommandContext(ctx, w.cli, append(args, "-input=false", "-no-color")...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Dir, cmd.Env = dir, env
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	w.cloud.ResetRequests()
	before := w.cloud.Connections()
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	if ctx.Err() != nil {
		return run{}, ctx.Err()
	}
	if err != nil {
		return run{}, fmt.Errorf("terraform %s in %s: %w\n%s", strings.Join(args, " "), filepath.Base(dir), err, said.Bytes())
	}
	// The times are those of the CLI and of the providers that it waited for.
	return run{
		wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		requests: w.cloud.Count(""), connections: w.cloud.Connections() - before,
	}, nil
}

// apply creates everything anew.
func (w *world) apply(ctx context.Context, dir string, env []string, parallelism int) (run, error) {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
			return run{}, err
		}
	}
	return w.terraform(ctx, dir, env, "apply", "-auto-approve", "-parallelism="+strconv.Itoa(parallelism))
}

// plan plans, and fails if there is anything to do.
func (w *world) plan(ctx context.Context, dir string, env []string, parallelism int) (run, error) {
	return w.terraform(ctx, dir, env, "plan", "-detailed-exitcode", "-parallelism="+strconv.Itoa(parallelism))
}
