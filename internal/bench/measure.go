// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// latency is what the stand-in waits before it answers, where it waits.
const latency = 100 * time.Millisecond

// parallelisms are the values of -parallelism that are measured; the first is Terraform's default.
var parallelisms = []int{10, 50}

// parallelismsFor are those that can make a difference to n instances.
func parallelismsFor(n int) []int {
	if n == 1 {
		return parallelisms[:1]
	}
	return parallelisms
}

// size says how much is measured.
type size struct {
	// counts are the numbers of resources, reads those of O&M URLs.
	counts, reads []int
	// rounds are those of each comparison, short those of what takes no more than a second.
	rounds, short int
	// sample is the number of instances whose requests are counted; starts is how often each program is started.
	sample, starts int
	// benchtime is that of the client's benchmarks.
	benchtime string
}

var (
	full  = size{counts: []int{1, 100, 1000}, reads: []int{1, 100}, rounds: 5, short: 9, sample: 100, starts: 21, benchtime: "500ms"}
	quick = size{counts: []int{1, 10, 60}, reads: []int{1, 10}, rounds: 1, short: 2, sample: 5, starts: 5, benchtime: "50ms"}
)

// cell is one thing that is measured, once in each round.
type cell struct {
	subject     string
	command     string // apply or plan
	n           int
	parallelism int
	latency     time.Duration
}

// results is everything that was measured. The runs of two cells are paired by their index, the round.
type results struct {
	runs      map[cell][]run
	processes map[cell][]process
	requests  []counted
	starts    map[string][]float64 // seconds, by provider
	binary    map[string]int64     // bytes, by provider
	client    []benchmark
	took      time.Duration
}

// process is what the processes of one apply took.
type process struct {
	peak     float64 // bytes that a provider's process had resident at most
	cpu, all float64 // seconds of the provider's processes, and of the CLI too
	state    float64 // bytes of the state after it
}

// bench measures. It tells on out what it is doing.
type bench struct {
	*world
	size
	out     io.Writer
	results results
}

func (b *bench) say(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format+"\n", args...) }

// measure does everything.
func (b *bench) measure(ctx context.Context) error {
	b.results = results{
		runs: map[cell][]run{}, processes: map[cell][]process{}, starts: map[string][]float64{}, binary: map[string]int64{},
	}
	began := time.Now()
	steps := []func(context.Context) error{b.programs}
	for _, n := range b.counts {
		for _, p := range parallelismsFor(n) {
			steps = append(steps, func(ctx context.Context) error { return b.writes(ctx, n, p) })
		}
	}
	for _, n := range b.reads {
		for _, p := range parallelismsFor(n) {
			steps = append(steps, func(ctx context.Context) error { return b.looks(ctx, n, p) })
		}
	}
	for _, step := range append(steps, b.memory, b.counting, b.clients) {
		if err := step(ctx); err != nil {
			return err
		}
		b.say("  %4.0f s", time.Since(began).Seconds())
	}
	b.results.took = time.Since(began)
	return nil
}

// programs measures the binaries, and how long they take to answer with their schemas.
func (b *bench) programs(ctx context.Context) error {
	b.say("start to schema")
	for source, program := range b.program {
		info, err := os.Stat(program)
		if err != nil {
			return err
		}
		b.results.binary[source] = info.Size()
	}
	for range b.starts {
		for source, program := range b.program {
			started, err := tfcli.Start(ctx, program, b.dir)
			if err != nil {
				return fmt.Errorf("starting %s: %w", source, err)
			}
			b.results.starts[source] = append(b.results.starts[source], started.Took.Seconds())
		}
	}
	return nil
}

// variant is a subject at a latency.
type variant struct {
	subject
	latency time.Duration
}

// rotate starts with another variant in each round, so that none always follows the same one.
func rotate(variants []variant, round int) []variant {
	k := round % len(variants)
	return append(append([]variant{}, variants[k:]...), variants[:k]...)
}

// writes measures the apply of n resources, and the idle plan after it.
func (b *bench) writes(ctx context.Context, n, parallelism int) error {
	b.say("apply and idle plan of %d at -parallelism=%d", n, parallelism)
	variants := []variant{{subject: builtin}, {subject: noop}, {subject: unlock}, {unlock, latency}}
	most, usual := n == slices.Max(b.counts), parallelism == parallelisms[0]
	if most {
		variants = append(variants, variant{subject: twin})
		if !usual {
			variants = variants[1:] // to stay within a quarter of an hour
		}
	}
	for round := range b.roundsFor(n) {
		for _, v := range rotate(variants, round) {
			dir, err := b.open(ctx, v.subject, n, b.env, "")
			if err != nil {
				return err
			}
			key := cell{v.key, "apply", n, parallelism, v.latency}
			b.cloud.SetLatency(v.latency)
			r, err := b.apply(ctx, dir, b.env, parallelism)
			b.cloud.SetLatency(0)
			if err != nil {
				return err
			}
			b.results.runs[key] = append(b.results.runs[key], r)
			if v.latency > 0 || most && !usual {
				continue // an idle plan asks nothing of the service
			}
			key.command = "plan"
			if r, err = b.plan(ctx, dir, b.env, parallelism); err != nil {
				return err
			}
			b.results.runs[key] = append(b.results.runs[key], r)
		}
	}
	return nil
}

// looks measures the plan of n reads beside the idle plan of n built-in resources.
func (b *bench) looks(ctx context.Context, n, parallelism int) error {
	b.say("plan of %d reads at -parallelism=%d", n, parallelism)
	variants := []variant{{subject: builtin}, {subject: noopRead}, {subject: omURL}, {omURL, latency}}
	for round := range b.roundsFor(n) {
		for _, v := range rotate(variants, round) {
			dir, err := b.open(ctx, v.subject, n, b.env, "")
			if err != nil {
				return err
			}
			if _, err := os.Stat(filepath.Join(dir, "terraform.tfstate")); v.key == builtin.key && err != nil {
				if _, err := b.apply(ctx, dir, b.env, parallelism); err != nil {
					return err
				}
			}
			b.cloud.SetLatency(v.latency)
			r, err := b.plan(ctx, dir, b.env, parallelism)
			b.cloud.SetLatency(0)
			if err != nil {
				return err
			}
			key := cell{v.key, "read", n, parallelism, v.latency}
			b.results.runs[key] = append(b.results.runs[key], r)
		}
	}
	return nil
}

func (b *bench) roundsFor(n int) int {
	if n == 1 {
		return b.short
	}
	return b.rounds
}

// memory measures what the provider's process takes during an apply.
func (b *bench) memory(ctx context.Context) error {
	b.say("memory of the provider's process")
	for _, n := range b.counts {
		rounds := min(b.rounds, 3)
		if n == slices.Max(b.counts) {
			rounds = 1
		}
		for range rounds {
			for _, s := range []subject{noop, twin, unlock} {
				if s.key == twin.key && n != slices.Max(b.counts) {
					continue
				}
				dir, err := b.open(ctx, s, n, b.peakEnv, "-peak")
				if err != nil {
					return err
				}
				file := filepath.Join(dir, "peak.txt")
				env := append([]string{"PEAK_PROGRAM=" + b.program[s.source], "PEAK_FILE=" + file}, b.peakEnv...)
				r, err := b.apply(ctx, dir, env, parallelisms[0])
				if err != nil {
					return err
				}
				p := process{all: r.cpu.Seconds()}
				if p.peak, p.cpu, err = taken(file); err != nil {
					return err
				}
				info, err := os.Stat(filepath.Join(dir, "terraform.tfstate"))
				if err != nil {
					return err
				}
				p.state = float64(info.Size())
				key := cell{s.key, "apply", n, parallelisms[0], 0}
				b.results.processes[key] = append(b.results.processes[key], p)
			}
		}
	}
	return nil
}

// taken returns the highest memory and the sum of CPU seconds in a file, both for each process in a line, and removes it.
func taken(file string) (peak, cpu float64, err error) {
	f, err := os.Open(file) //nolint:gosec // The file is this program's own.
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(file)) }()
	for {
		var bytes, seconds float64
		_, err := fmt.Fscanln(f, &bytes, &seconds)
		if errors.Is(err, io.EOF) {
			return peak, cpu, nil
		}
		if err != nil {
			return 0, 0, err
		}
		peak, cpu = max(peak, bytes), cpu+seconds
	}
}

// counted is the requests of one operation, for each instance, without the look-ups of the project's ID.
type counted struct {
	name        string
	perInstance map[string]float64
	lookups     int
	connections int
}

// counting counts the requests of each operation.
func (b *bench) counting(ctx context.Context) error {
	b.say("requests of each operation")
	for _, op := range operations {
		dir, err := b.open(ctx, op.subject, b.sample, b.env, "")
		if err != nil {
			return err
		}
		do := b.apply
		if op.read {
			do = b.plan
		}
		b.cloud.SetUnlockPublished(!op.withdrawn)
		for i := range b.sample {
			b.cloud.SetLocked(serverID(i), true)
		}
		r, err := do(ctx, dir, b.env, parallelisms[0])
		b.cloud.SetUnlockPublished(true)
		if err != nil {
			return err
		}
		c := counted{name: op.name, perInstance: map[string]float64{}, connections: r.connections, lookups: b.cloud.Count(emulator.OpListProjects)}
		for _, request := range b.cloud.Requests() {
			if request.Operation != emulator.OpListProjects {
				c.perInstance[request.Operation] += 1 / float64(b.sample)
			}
		}
		b.results.requests = append(b.results.requests, c)
	}
	return nil
}
