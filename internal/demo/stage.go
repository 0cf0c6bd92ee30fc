// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

const (
	source  = "huaweiops/huaweiops"
	version = "0.1.0"
)

// options change how the demonstration runs.
type options struct {
	// cli is the CLI to run; empty means that one is found or installed.
	cli string
	// upset is called with the stand-in before the first step, so that a test can make a step fail.
	upset func(*emulator.Server)
}

// stage is all that a demonstration needs. Everything it writes is below dir.
type stage struct {
	out    io.Writer
	dir    string
	root   string
	cli    string
	env    map[string]string
	cloud  *emulator.Server
	number int
	// said is everything that a CLI has printed, to be searched for what must not be there.
	said strings.Builder
	// tf runs the CLI in the directory of the configuration at hand. What it prints goes to two buffers, since it is written by two
	// goroutines.
	tf             *tfexec.Terraform
	stdout, stderr bytes.Buffer
}

// setUp builds the provider, finds the CLI, and starts the stand-in. The caller closes the stage, also after an error.
func setUp(ctx context.Context, out io.Writer, opts options) (*stage, error) {
	s := &stage{out: out}
	var err error
	if s.root, err = tfcli.Root(ctx); err != nil {
		return s, err
	}
	if s.dir, err = os.MkdirTemp("", "huaweiops-demo-"); err != nil {
		return s, err
	}
	s.cli = opts.cli
	if s.cli == "" {
		if s.cli, err = tfcli.Find(ctx, s.dir); err != nil {
			return s, err
		}
	}
	mirror := tfcli.Mirror{Dir: filepath.Join(s.dir, "mirror")}
	binary, err := mirror.Place(s.cli, source, version)
	if err != nil {
		return s, err
	}
	began := time.Now()
	if err := tfcli.Build(ctx, s.root, ".", binary); err != nil {
		return s, err
	}
	s.printf("Built the provider in %.1f s.\n", time.Since(began).Seconds())
	config := filepath.Join(s.dir, "terraform.rc")
	if err := mirror.WriteConfig(config); err != nil {
		return s, err
	}
	s.env = tfcli.Environ(config)
	s.cloud = emulator.Start()
	if opts.upset != nil {
		opts.upset(s.cloud)
	}
	s.printf("Started a stand-in for Huawei Cloud at %s.\n", s.cloud.URL())
	return s, nil
}

// close leaves nothing behind.
func (s *stage) close() error {
	if s.cloud != nil {
		s.cloud.Close()
	}
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

func (s *stage) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

// step prints the heading of the next step, and what is about to happen.
func (s *stage) step(heading, text string) {
	s.number++
	title := fmt.Sprintf("%d. %s", s.number, heading)
	s.printf("\n%s\n%s\n%s\n", title, strings.Repeat("=", len([]rune(title))), text)
}

// told prints what was checked, or returns an error that says what was not so.
func (s *stage) told(ok bool, claim string) error {
	if !ok {
		return fmt.Errorf("%w in step %d: %s", errNotAsTold, s.number, claim)
	}
	s.printf("  [ok] %s\n", claim)
	return nil
}

// open copies a configuration of examples/demo, points its provider at the stand-in, and initialises it.
func (s *stage) open(ctx context.Context, name string) error {
	dir := filepath.Join(s.dir, name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(s.root, "examples", "demo", name))); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "provider.tf"), []byte(s.cloud.ProviderBlock()), 0o600); err != nil {
		return err
	}
	tf, err := tfexec.NewTerraform(dir, s.cli)
	if err != nil {
		return err
	}
	if err := tf.SetEnv(s.env); err != nil {
		return err
	}
	s.tf = tf
	if err := tf.Init(ctx); err != nil {
		return fmt.Errorf("terraform init: %w", err)
	}
	s.printf("Copied examples/demo/%s, and initialised it from a local mirror.\n", name)
	tf.SetStdout(&s.stdout)
	tf.SetStderr(&s.stderr)
	return nil
}

// set writes the configuration's variables and shows them.
func (s *stage) set(text string) error {
	s.printf("\n  terraform.tfvars\n%s", indent(text, "  | "))
	return os.WriteFile(filepath.Join(s.tf.WorkingDir(), "terraform.tfvars"), []byte(text), 0o600)
}

// run runs one command, prints what it said, and returns that.
func (s *stage) run(ctx context.Context, title string, command func() error) (string, error) {
	s.printf("\n  $ terraform %s\n", title)
	s.stdout.Reset()
	s.stderr.Reset()
	err := command()
	text := s.stdout.String() + s.stderr.String()
	s.said.WriteString(text)
	s.printf("%s", indent(trim(text), "  | "))
	if ctx.Err() != nil {
		return text, ctx.Err()
	}
	return text, err
}

// plan plans into a file and says whether there is anything to do.
func (s *stage) plan(ctx context.Context) (text string, changes bool, err error) {
	text, err = s.run(ctx, "plan -out=demo.tfplan -detailed-exitcode", func() (err error) {
		changes, err = s.tf.Plan(ctx, tfexec.Out("demo.tfplan"))
		return err
	})
	return text, changes, err
}

// apply applies the last plan.
func (s *stage) apply(ctx context.Context) (string, error) {
	return s.run(ctx, "apply demo.tfplan", func() error { return s.tf.Apply(ctx, tfexec.DirOrPlan("demo.tfplan")) })
}

// look reads the data sources and changes nothing.
func (s *stage) look(ctx context.Context) (string, error) {
	return s.run(ctx, "apply -refresh-only -auto-approve", func() error { return s.tf.Apply(ctx, tfexec.RefreshOnly(true)) })
}

// sent forgets the requests so far and returns their operations.
func (s *stage) sent() []string {
	var ops []string
	for _, r := range s.cloud.Requests() {
		ops = append(ops, r.Operation)
	}
	s.cloud.ResetRequests()
	return ops
}

// trim leaves out the CLI's advice on what to do with a plan file, doubled blank lines, and what a data source that is read at
// apply will know by then, which is always "known after apply".
func trim(text string) string {
	var kept []string
	inData := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		switch {
		case strings.HasPrefix(line, "─────"), strings.HasPrefix(line, "Saved the plan to:"),
			strings.HasPrefix(line, "To perform exactly these actions"), strings.HasPrefix(line, `    terraform apply "`),
			strings.HasPrefix(line, `    tofu apply "`):
			continue
		case strings.HasPrefix(line, " <= data "):
			inData = true
			kept = append(kept, line, "      ...")
			continue
		case inData && line != "    }":
			continue
		case line == "" && (len(kept) == 0 || kept[len(kept)-1] == ""):
			continue
		}
		inData = false
		kept = append(kept, line)
	}
	return strings.Trim(strings.Join(kept, "\n"), "\n") + "\n"
}

func indent(text, with string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(with+line, " \n") + "\n")
	}
	return b.String()
}

// refusedByCLI says whether an error is the CLI's own refusal, as opposed to a failure to run it.
func refusedByCLI(err error) bool {
	return err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}
