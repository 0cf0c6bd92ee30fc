// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command bench measures the provider: whole runs of a real Terraform CLI on a stand-in for the cloud, paired with the same
// runs of what costs the least, and the client alone. It writes the performance guide and its chart. With -quick it measures
// little, prints the guide, and writes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

// Where the guide and its chart belong, from the root of the source tree. The generated documentation holds the guide as it is.
const (
	template = "templates/guides/performance.md"
	guide    = "docs/guides/performance.md"
	chart    = "images/performance.svg"
)

func main() {
	little := flag.Bool("quick", false, "measure little, print the guide and write nothing")
	rounds := flag.Int("rounds", 0, "rounds of each comparison (default 5)")
	out := flag.String("out", "", "write below this directory (default: the source tree)")
	cli := flag.String("cli", "", "the Terraform CLI to run (default: terraform of the PATH, or the latest release)")
	flag.Parse()

	s := full
	if *little {
		s = quick
	}
	if *rounds > 0 {
		s.rounds, s.short = *rounds, *rounds
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := perform(ctx, s, *cli, *out, *little)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// perform measures, and writes what came of it.
func perform(ctx context.Context, s size, cli, out string, little bool) (err error) {
	w, err := newWorld(ctx, cli, max(slices.Max(s.counts), s.sample))
	defer func() { err = errors.Join(err, w.close()) }()
	if err != nil {
		return err
	}
	about, err := w.describe(ctx)
	if err != nil {
		return err
	}
	b := &bench{world: w, size: s, out: os.Stderr}
	if err := b.measure(ctx); err != nil {
		return err
	}
	page := b.page(about)
	if little && out == "" {
		fmt.Print(page)
		return nil
	}
	if out == "" {
		out = w.root
	}
	svg, err := b.chart()
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{template: []byte(page), guide: []byte(page), chart: svg} {
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			return err
		}
		//nolint:gosec // Documentation is for everybody to read.
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
		b.say("wrote %s", file)
	}
	return nil
}
