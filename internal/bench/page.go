// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const pageHead = `---
page_title: "Performance"
subcategory: ""
description: |-
  What the provider costs beside Terraform itself, measured.
---

<!-- Written by ` + "`make bench`" + `. Changes by hand are lost. -->

# Performance

What this provider costs, measured on a stand-in for the cloud that runs on the same machine. Nothing here was measured
against the live services.

Each number is the median of several rounds. In each round every variant runs once, and ratios are taken within the round,
so that a slow moment of the machine does not count against one of them alone. There are two floors: ` + "`terraform_data`" + `,
which needs no provider's process, and a resource of a provider that does nothing (` + "`internal/bench/noop`" + `), which costs what
Terraform and the plugin framework cost. Times are those of whole runs of the CLI, and include the work of the stand-in for the cloud.

`

const whereHead = `### Where the time of many goes

The local backend writes the whole state each time an instance is done, so that the time of an apply grows with the square of
the count, and with the size of an instance in the state. The no-op resource has two attributes there, an unlock has nine. Its
no-op twin has the same nine and does nothing: what an unlock takes beyond its twin is the unlock itself. It can take less,
since this provider

- writes no log that nobody reads: the plugin libraries write every trace line, and Terraform parses each and drops it, unless a
  ` + "`TF_LOG`" + ` variable is set. Where one is, this saving is gone;
- keeps no context of a call that was answered, as the plugin framework does until the provider is stopped: some 25 KiB a call,
  which the garbage collector walks again and again.

`

const pageFoot = `## Again

` + "```shell" + `
make bench                                                # writes this page
go run ./internal/bench -quick                            # measures little, prints it
go test -run '^$' -bench . -benchmem ./internal/client    # the client alone
` + "```" + `

The numbers that do not depend on the machine (requests, connections, allocations, packages linked in, size of the binary)
are held by tests in ` + "`internal/budget`" + `, which ` + "`make test`" + ` runs.
`

// page is the guide.
func (b *bench) page(about description) string {
	var p strings.Builder
	p.WriteString(pageHead)
	fmt.Fprintf(&p, "- Machine: %s\n- Versions: %s\n- Date: %s; it took %.1f minutes",
		about.machine, strings.Join(about.versions, ", "), about.date.Format(time.DateOnly), b.results.took.Minutes())
	if about.load != "" {
		fmt.Fprintf(&p, "; load before it: %s", about.load)
	}
	fmt.Fprintf(&p, "\n- Rounds: %d, and %d where there is one instance\n\n", b.rounds, b.short)

	p.WriteString("## Aims\n\n")
	rows := [][]string{{"What", "Measured", "At most", "Reached"}}
	for _, a := range b.aims() {
		reached := "yes"
		if !a.reached() {
			reached = "**no**"
		}
		rows = append(rows, []string{a.what, fmt.Sprintf(a.format, a.measured), fmt.Sprintf(a.format, a.bound), reached})
	}
	writeTable(&p, rows)
	fmt.Fprintf(&p, "![Wall time of terraform apply against the number of resources](../../%s)\n\n", chart)

	p.WriteString("## Apply\n\nWall time in seconds of `terraform apply` without a state, and CPU seconds of the CLI and the provider.\n\n")
	writeTable(&p, b.comparison("apply", b.counts, []subject{builtin, noop, unlock}))
	p.WriteString(b.whereText())
	p.WriteString("## Idle plan\n\nWall time in seconds of `terraform plan` after that. It asks nothing of the service, at whatever latency.\n\n")
	writeTable(&p, b.comparison("plan", b.counts, []subject{builtin, noop, unlock}))
	p.WriteString("## Reading O&M URLs\n\nWall time in seconds of `terraform plan` with data sources; for `terraform_data`, of an idle plan.\n\n")
	writeTable(&p, b.comparison("read", b.reads, []subject{builtin, noopRead, omURL}))

	p.WriteString("## The provider's process\n\n")
	writeTable(&p, b.processes())
	fmt.Fprintf(&p, "## Requests\n\nFor each instance, counted over %d at `-parallelism=%d`. Where no `project_id` is given, its look-up is "+
		"one request more for each process that needs it, however many instances there are.\n\n", b.sample, parallelisms[0])
	writeTable(&p, b.requestRows())
	p.WriteString("## The client alone\n\n`bare` is a loop over `net/http` that sends the same requests unsigned: the limit. Allocations include those of the server, " +
		"which runs in the same process. `Overhead` is the median difference between both, taken in turn.\n\n")
	writeTable(&p, b.clientRows())
	p.WriteString(pageFoot)
	return p.String()
}

// comparison has a row for each count, parallelism and latency. The first two subjects are the floors.
func (b *bench) comparison(command string, counts []int, subjects []subject) [][]string {
	first, floor, ours := subjects[0], subjects[1], subjects[2]
	rows := [][]string{{"Count", "Parallelism", "Latency", first.name, floor.name, ours.name, "× " + first.name, "× " + floor.name, "CPU seconds", "Requests", "Connections"}}
	for _, n := range counts {
		for _, p := range parallelisms {
			for _, l := range []time.Duration{0, latency} {
				c := cell{ours.key, command, n, p, l}
				runs := b.results.runs[c]
				if len(runs) == 0 {
					continue
				}
				a, z := cell{first.key, command, n, p, 0}, cell{floor.key, command, n, p, 0}
				seconds := func(c cell, of func(run) float64) string {
					if len(b.results.runs[c]) == 0 {
						return "–"
					}
					return fmt.Sprintf("%.2f", median(pick(b.results.runs[c], of)))
				}
				rows = append(rows, []string{
					fmt.Sprint(n), fmt.Sprint(p), fmt.Sprintf("%d ms", l.Milliseconds()), seconds(a, wall), seconds(z, wall), seconds(c, wall),
					spread(b.results.ratios(c, a)), spread(b.results.ratios(c, z)),
					seconds(a, cpu) + " / " + seconds(z, cpu) + " / " + seconds(c, cpu),
					fmt.Sprintf("%.0f", median(pick(runs, func(r run) float64 { return float64(r.requests) }))),
					fmt.Sprintf("%.0f", median(pick(runs, func(r run) float64 { return float64(r.connections) }))),
				})
			}
		}
	}
	return rows
}

// whereText tells where the time of many goes.
func (b *bench) whereText() string {
	r, n := &b.results, slices.Max(b.counts)
	of := func(s subject) cell { return cell{s.key, "apply", n, parallelisms[0], 0} }
	subjects := []subject{noop, twin, unlock}
	rows := [][]string{{fmt.Sprintf("Apply of %d", n)}}
	for _, s := range subjects {
		rows[0] = append(rows[0], s.name)
	}
	add := func(what, format string, number func(process) float64) {
		row := []string{what}
		for _, s := range subjects {
			row = append(row, fmt.Sprintf(format, r.process(of(s), number)))
		}
		rows = append(rows, row)
	}
	add("State after it", "%.0f KiB", func(p process) float64 { return p.state / 1024 })
	add("CPU seconds of the CLI", "%.2f", func(p process) float64 { return p.all - p.cpu })
	add("CPU seconds of the provider", "%.2f", func(p process) float64 { return p.cpu })
	wallRow := []string{"Wall time, times the no-op resource"}
	for _, s := range subjects {
		wallRow = append(wallRow, spread(r.ratios(of(s), of(noop))))
	}
	var p strings.Builder
	p.WriteString(whereHead)
	writeTable(&p, append(rows, wallRow))
	return p.String()
}

// spread is a median with the lowest and the highest.
func spread(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", median(values), slices.Min(values), slices.Max(values))
}

func (b *bench) processes() [][]string {
	const mib = 1 << 20
	r := &b.results
	rows := [][]string{{"", "No-op provider", "This provider"}}
	add := func(what, format string, of func(s subject) float64) {
		rows = append(rows, []string{what, fmt.Sprintf(format, of(noop)), fmt.Sprintf(format, of(unlock))})
	}
	add("Program", "%.1f MiB", func(s subject) float64 { return float64(r.binary[s.source]) / mib })
	add(fmt.Sprintf("Start until the schema is served, %d starts", b.starts), "%.0f ms", func(s subject) float64 { return median(r.starts[s.source]) * 1000 })
	for _, n := range b.counts {
		add(fmt.Sprintf("Peak resident memory, apply of %d", n), "%.1f MiB", func(s subject) float64 {
			return r.process(cell{s.key, "apply", n, parallelisms[0], 0}, func(p process) float64 { return p.peak }) / mib
		})
	}
	return rows
}

func (b *bench) requestRows() [][]string {
	rows := [][]string{{"Operation", "Requests for each instance", "Project look-ups", "Connections"}}
	for _, c := range b.results.requests {
		var kinds []string
		for _, op := range slices.Sorted(maps.Keys(c.perInstance)) {
			kinds = append(kinds, fmt.Sprintf("%.3g × %s", c.perInstance[op], op))
		}
		rows = append(rows, []string{c.name, strings.Join(kinds, ", "), fmt.Sprint(c.lookups), fmt.Sprint(c.connections)})
	}
	return rows
}

func (b *bench) clientRows() [][]string {
	rows := [][]string{{"Benchmark", "µs", "Bytes", "Allocations"}}
	for _, bm := range b.results.client {
		if over, ok := bm.values["overhead-ns/op"]; ok {
			rows = append(rows, []string{bm.name, fmt.Sprintf("%.1f", over/1000), "", ""})
			continue
		}
		rows = append(rows, []string{bm.name, fmt.Sprintf("%.1f", bm.values["ns/op"]/1000),
			fmt.Sprintf("%.0f", bm.values["B/op"]), fmt.Sprintf("%.0f", bm.values["allocs/op"])})
	}
	return rows
}

// writeTable writes rows as Markdown, the first as the head.
func writeTable(p *strings.Builder, rows [][]string) {
	for i, row := range rows {
		fmt.Fprintf(p, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			p.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	p.WriteString("\n")
}
