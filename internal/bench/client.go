// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// benchmark is one of the client's, its name without "Benchmark" and the medians by unit.
type benchmark struct {
	name   string
	values map[string]float64
}

// clients runs the benchmarks of internal/client.
func (b *bench) clients(ctx context.Context) error {
	b.say("the client alone")
	//nolint:gosec // The arguments are this program's own.
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem",
		"-count", strconv.Itoa(b.rounds), "-benchtime", b.benchtime, "./internal/client")
	cmd.Dir = b.root
	text, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the client's benchmarks: %w\n%s", err, text)
	}
	b.results.client = parseBenchmarks(string(text))
	if len(b.results.client) == 0 {
		return fmt.Errorf("the client's benchmarks printed no results:\n%s", text)
	}
	return nil
}

var benchmarkLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// parseBenchmarks reads what go test -bench prints, in the order in which the names come first.
func parseBenchmarks(text string) []benchmark {
	values := map[string]map[string][]float64{}
	var names []string
	for line := range strings.Lines(text) {
		m := benchmarkLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		if values[m[1]] == nil {
			values[m[1]] = map[string][]float64{}
			names = append(names, m[1])
		}
		fields := strings.Fields(m[2])
		for i := 0; i+1 < len(fields); i += 2 {
			if x, err := strconv.ParseFloat(fields[i], 64); err == nil {
				values[m[1]][fields[i+1]] = append(values[m[1]][fields[i+1]], x)
			}
		}
	}
	list := make([]benchmark, 0, len(names))
	for _, name := range names {
		bm := benchmark{name: name, values: map[string]float64{}}
		for unit, all := range values[name] {
			bm.values[unit] = median(all)
		}
		list = append(list, bm)
	}
	return list
}

// value is a benchmark's median, 0 if there is none.
func (r *results) value(name, unit string) float64 {
	i := slices.IndexFunc(r.client, func(b benchmark) bool { return b.name == name })
	if i < 0 {
		return 0
	}
	return r.client[i].values[unit]
}
