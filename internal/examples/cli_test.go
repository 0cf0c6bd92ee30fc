// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// work is a copy of an example in a directory of its own, and what a CLI needs to run it.
type work struct {
	house
	t   *testing.T
	dir string
	env map[string]string
	// said is everything that the CLI printed.
	said bytes.Buffer
}

// newWork copies a directory of examples and lets the CLI reach the emulator, if there is one, by the services' real names.
func newWork(t *testing.T, name string, s *emulator.Server) *work {
	t.Helper()
	h := theHouse(t)
	w := &work{house: h, t: t, dir: t.TempDir(), env: tfcli.Environ(h.config)}
	if name != "" {
		copyTree(t, h.examples(name), w.dir)
	}
	maps.DeleteFunc(w.env, func(name, _ string) bool {
		return slices.Contains([]string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}, strings.ToUpper(name))
	})
	w.env["HOME"] = t.TempDir()
	w.env["USERPROFILE"] = w.env["HOME"]
	if s == nil {
		return w
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, ca, s.CACertPEM())
	w.set(map[string]string{
		"HTTPS_PROXY": s.ProxyURL(), "HW_CACERT_FILE": ca,
		"HW_ACCESS_KEY": emulator.DefaultAccessKey, "HW_SECRET_KEY": emulator.DefaultSecretKey,
	})
	return w
}

// set adds variables to the environment. An empty value takes the variable out.
func (w *work) set(env map[string]string) {
	for name, value := range env {
		if value == "" {
			delete(w.env, name)
			continue
		}
		w.env[name] = value
	}
}

// vars sets the configuration's variables.
func (w *work) vars(vars map[string]string) {
	for name, value := range vars {
		w.env["TF_VAR_"+name] = value
	}
}

// run runs the CLI and returns what it printed and its exit code.
func (w *work) run(args ...string) (string, int) {
	w.t.Helper()
	return w.program(w.cli, args...)
}

func (w *work) program(name string, args ...string) (string, int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = w.dir
	for name, value := range w.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	w.said.Write(out)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return string(out), exit.ExitCode()
	case err != nil:
		w.t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out), 0
}

// must runs the CLI and fails the test unless it exits with 0.
func (w *work) must(args ...string) string {
	w.t.Helper()
	out, code := w.run(args...)
	if code != 0 {
		w.t.Fatalf("%s exited with %d:\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// mustFail runs the CLI and fails the test unless it refuses with all of the words, wherever it wraps its lines.
func (w *work) mustFail(words []string, args ...string) {
	w.t.Helper()
	out, code := w.run(args...)
	if code == 0 {
		w.t.Fatalf("%s succeeded:\n%s", strings.Join(args, " "), out)
	}
	expect(w.t, out, words...)
}

// expect fails the test unless the output holds all of the words, wherever the CLI wraps its lines.
func expect(t *testing.T, out string, words ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(out)), " ")
	for _, word := range words {
		if !strings.Contains(flat, word) {
			t.Errorf("the output does not say %q:\n%s", word, out)
		}
	}
}

// init initialises the directory from the mirror.
func (w *work) init() { w.t.Helper(); w.must("init", "-input=false", "-no-color") }

func (w *work) apply() string {
	w.t.Helper()
	return w.must("apply", "-input=false", "-no-color", "-auto-approve")
}

// plan returns the exit code of plan -detailed-exitcode: 0 for no change, 2 for some.
func (w *work) plan() int {
	w.t.Helper()
	out, code := w.run("plan", "-input=false", "-no-color", "-detailed-exitcode", "-out=plan.bin")
	if code == 1 {
		w.t.Fatalf("plan failed:\n%s", out)
	}
	return code
}

// output is the value of an output.
func (w *work) output(name string) any {
	w.t.Helper()
	var value any
	if err := json.Unmarshal([]byte(w.must("output", "-json", name)), &value); err != nil {
		w.t.Fatal(err)
	}
	return value
}

// holds says whether a text stands in any file of the directory, in the entries of archives such as plans too.
func (w *work) holds(text string) (where string) {
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Type()&fs.ModeSymlink != 0 || where != "" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(content, []byte(text)) || archived(content, text) {
			where = path
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return where
}

func archived(content []byte, text string) bool {
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(r.File, func(f *zip.File) bool {
		in, err := f.Open()
		if err != nil {
			return false
		}
		defer func() { _ = in.Close() }()
		plain, err := io.ReadAll(in)
		return err == nil && bytes.Contains(plain, []byte(text))
	})
}

// capability is something that not every CLI can do. What one can is found out by asking it, once.
type capability struct {
	name, snippet string
}

var (
	actions = capability{"actions", `
action "huaweiops_sms_task_unlock" "a" {
  config {
    task_id = "a"
  }
}`}
	ephemerals = capability{"ephemeral resources", `
ephemeral "huaweiops_cbh_instance_om_url" "a" {
  server_id         = "a"
  ip_address        = "a"
  host_account_name = "a"
}`}
	writeOnly = capability{"write-only arguments", `
resource "vault_kv_secret_v2" "a" {
  mount        = "a"
  name         = "a"
  data_json_wo = "a"
}`}
	importIDs = capability{"import blocks", `
import {
  to = huaweiops_sms_task_unlock.a
  id = "a"
}
resource "huaweiops_sms_task_unlock" "a" {
  task_id = "a"
}`}
	// bothDialects is for a directory that Terraform reads with actions, and OpenTofu without.
	bothDialects = capability{name: "actions, and no .tofu files"}
	testFiles    = capability{name: "terraform test"}
	mocks        = capability{name: "mock providers"}
)

// asked remembers the answers.
var asked = struct {
	sync.Mutex
	can map[capability]bool
}{can: map[capability]bool{}}

// need skips the test where the CLI lacks something.
func need(t *testing.T, capabilities ...capability) {
	t.Helper()
	for _, c := range capabilities {
		if !c.known(t) {
			t.Skipf("the CLI knows no %s", c.name)
		}
	}
}

func (c capability) known(t *testing.T) bool {
	t.Helper()
	asked.Lock()
	defer asked.Unlock()
	can, ok := asked.can[c]
	if !ok {
		can = c.ask(t)
		asked.can[c] = can
	}
	return can
}

func (c capability) ask(t *testing.T) bool {
	t.Helper()
	w := newWork(t, "", nil)
	switch c {
	case bothDialects:
		if !w.isTofu() {
			return actions.ask(t)
		}
		writeFile(t, filepath.Join(w.dir, "a.tf"), "unknown {}\n")
		writeFile(t, filepath.Join(w.dir, "a.tofu"), "locals {}\n")
		_, code := w.run("validate")
		return code == 0
	case testFiles:
		writeFile(t, filepath.Join(w.dir, "a.tftest.hcl"), "run \"a\" {\n  assert {\n    condition     = output.a == \"b\"\n    error_message = \"asserted\"\n  }\n}\n")
		writeFile(t, filepath.Join(w.dir, "main.tf"), "output \"a\" {\n  value = \"a\"\n}\n")
		w.init()
		out, code := w.run("test")
		return code != 0 && strings.Contains(out, "asserted")
	case mocks:
		writeFile(t, filepath.Join(w.dir, "a.tftest.hcl"), "mock_provider \"terraform\" {}\nrun \"a\" {}\n")
		w.init()
		_, code := w.run("test")
		return code == 0
	}
	writeFile(t, filepath.Join(w.dir, "main.tf"), "terraform {\n  required_providers {\n    huaweiops = {\n      source = \""+ours+
		"\"\n    }\n    vault = {\n      source = \""+vault+"\"\n    }\n  }\n}\n"+c.snippet)
	if _, code := w.run("init", "-input=false"); code != 0 {
		return false
	}
	_, code := w.run("validate")
	return code == 0
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// copyTree copies the files of a directory, and of its directory of tests if it has one. Other directories below are examples
// of their own.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case e.IsDir() && e.Name() == "tests":
			if err := os.CopyFS(filepath.Join(to, e.Name()), os.DirFS(filepath.Join(from, e.Name()))); err != nil {
				t.Fatal(err)
			}
		case !e.IsDir():
			text, err := os.ReadFile(filepath.Join(from, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(to, e.Name()), string(text))
		}
	}
}
