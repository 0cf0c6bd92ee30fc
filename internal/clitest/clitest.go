// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package clitest runs a real CLI on the provider of this tree, in a directory of its own, for the tests of other packages.
package clitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	// What is built below belongs to what go test looks at before it answers from its cache.
	_ "github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// Required is the block that names the provider; without it the CLI would look for another of that name.
const Required = `
terraform {
  required_providers {
    huaweiops = {
      source = "huaweiops/huaweiops"
    }
  }
}
`

// limit ends a CLI that hangs.
const limit = 3 * time.Minute

// house is what all tests of a process share.
var house struct {
	sync.Mutex
	dir, cli, config string
}

// Close removes what the tests shared. Call it when the last one has ended.
func Close() {
	house.Lock()
	defer house.Unlock()
	if house.dir != "" {
		_ = os.RemoveAll(house.dir)
	}
}

// build makes the provider and finds the CLI, once.
func build() (cli, config string, err error) {
	house.Lock()
	defer house.Unlock()
	if house.config != "" {
		return house.cli, house.config, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if house.dir, err = os.MkdirTemp("", "huaweiops-cli-"); err != nil {
		return "", "", err
	}
	root, err := tfcli.Root(ctx)
	if err != nil {
		return "", "", err
	}
	if house.cli = os.Getenv("TF_ACC_TERRAFORM_PATH"); house.cli == "" {
		if house.cli, err = tfcli.Find(ctx, house.dir); err != nil {
			return "", "", err
		}
	}
	program := filepath.Join(house.dir, "provider", tfcli.Executable("terraform-provider-huaweiops"))
	if err := tfcli.Build(ctx, root, ".", program); err != nil {
		return "", "", err
	}
	// With an override nothing has to be initialised, which would take longer than most tests.
	text := fmt.Sprintf("disable_checkpoint = true\n\nprovider_installation {\n  dev_overrides {\n    \"huaweiops/huaweiops\" = %q\n  }\n  filesystem_mirror {\n    path = %q\n  }\n}\n",
		filepath.Dir(program), house.dir)
	config = filepath.Join(house.dir, "terraform.rc")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return "", "", err
	}
	house.config = config
	return house.cli, house.config, nil
}

// Prepare builds what New needs, for tests that measure time.
func Prepare(t *testing.T) {
	t.Helper()
	if _, _, err := build(); err != nil {
		t.Fatal(err)
	}
}

// Work is a configuration in a directory of its own.
type Work struct {
	// Dir holds the configuration, the plans and the state.
	Dir string
	// Env is the environment of the CLI: this process's without TF_*, HW_*, OS_* and proxies.
	Env map[string]string

	t   *testing.T
	cli string
}

// New writes the configuration into a directory.
func New(t *testing.T, config string) *Work {
	t.Helper()
	cli, file, err := build()
	if err != nil {
		t.Fatal(err)
	}
	w := &Work{Dir: t.TempDir(), Env: tfcli.Environ(file), t: t, cli: cli}
	for name := range w.Env {
		if slices.Contains([]string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}, strings.ToUpper(name)) {
			delete(w.Env, name)
		}
	}
	w.Env["HOME"] = t.TempDir()
	w.Write("main.tf", Required+config)
	return w
}

// Write writes a file of the directory.
func (w *Work) Write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// Read returns a file of the directory, empty where there is none.
func (w *Work) Read(name string) string {
	w.t.Helper()
	//nolint:gosec // A test names its own files.
	text, err := os.ReadFile(filepath.Join(w.Dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	return string(text)
}

// Run is a command of the CLI at work.
type Run struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan struct{}
}

// Start starts a command, in a process group of its own where there are such.
func (w *Work) Start(args ...string) *Run {
	w.t.Helper()
	r := &Run{done: make(chan struct{})}
	r.cmd = exec.Command(w.cli, args...) //nolint:gosec,noctx // The tests' own commands, ended with their whole group.
	r.cmd.Dir = w.Dir
	for name, value := range w.Env {
		r.cmd.Env = append(r.cmd.Env, name+"="+value)
	}
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.out
	apart(r.cmd)
	if err := r.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait() // the exit code says it too
		close(r.done)
	}()
	timer := time.AfterFunc(limit, func() { _ = r.Kill() })
	w.t.Cleanup(func() {
		timer.Stop()
		_ = r.Kill()
		<-r.done
	})
	return r
}

// Done is closed when the command has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Wait waits for the end and returns what was printed, and the exit code: -1 where a signal ended it.
func (r *Run) Wait() (out string, code int) {
	<-r.done
	return r.out.String(), r.cmd.ProcessState.ExitCode()
}

// Interrupt is Ctrl-C: the CLI and the provider get SIGINT. It fails where there is no such signal.
func (r *Run) Interrupt() error { return interrupt(r.cmd) }

// Kill ends the CLI and the provider at once.
func (r *Run) Kill() error {
	select {
	case <-r.done:
		return nil
	default:
		return kill(r.cmd)
	}
}

// Run runs a command to its end and returns what it printed, and its exit code.
func (w *Work) Run(args ...string) (out string, code int) {
	w.t.Helper()
	return w.Start(args...).Wait()
}

// Must runs a command and fails the test unless it exits with 0.
func (w *Work) Must(args ...string) string {
	w.t.Helper()
	out, code := w.Run(args...)
	if code != 0 {
		w.t.Fatalf("%s exited with %d:\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// Flat is what a CLI printed, without its frames, and on one line, since it wraps lines at any space.
func Flat(out string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(out)), " ")
}
