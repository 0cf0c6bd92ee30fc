// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"slices"
)

// aim is a bound that the provider is held to. The value is at most the bound where it is reached.
type aim struct {
	what            string
	measured, bound float64
	format          string // of both
}

func (a aim) reached() bool { return a.measured <= a.bound }

// aims compares what was measured with what was aimed at.
func (b *bench) aims() []aim {
	const mib = 1 << 20
	r := &b.results
	n, few, many := slices.Max(b.counts), parallelisms[0], parallelisms[len(parallelisms)-1]
	one := func(s subject) cell { return cell{s.key, "plan", b.counts[0], few, 0} }
	apply := func(s subject, p int) cell { return cell{s.key, "apply", n, p, 0} }
	slow := cell{unlock.key, "apply", n, many, latency}
	ideal := latency.Seconds() * float64(n) / float64(many)

	within := func(floor subject) float64 { return median(r.above(slow, apply(floor, many))) / ideal }
	list := []aim{
		{"idle plan of one unlock, as a multiple of `terraform_data`", median(r.ratios(one(unlock), one(builtin))), 4.3, "%.2f ×"},
		{fmt.Sprintf("%d forced unlocks, as a multiple of the no-op resource", n),
			median(r.ratios(apply(unlock, few), apply(noop, few))), 1.15, "%.2f ×"},
		{"the same, as a multiple of its no-op twin", median(r.ratios(apply(unlock, few), apply(twin, few))), 1.15, "%.2f ×"},
		{fmt.Sprintf("%d forced unlocks at %v and `-parallelism=%d`: time above the no-op resource, as a multiple of latency × n / parallelism (%.1f s)",
			n, latency, many, ideal), within(noop), 1.10, "%.2f ×"},
		{"the same, above its no-op twin", within(twin), 1.10, "%.2f ×"},
	}
	for _, p := range parallelisms {
		list = append(list, aim{fmt.Sprintf("connections opened by %d forced unlocks at `-parallelism=%d`", n, p),
			median(pick(r.runs[apply(unlock, p)], func(r run) float64 { return float64(r.connections) })), float64(p), "%.0f"})
	}
	return append(list,
		aim{"client's own time for a signed request, above a bare loop", r.value("Overhead/HTTP", "overhead-ns/op") / 1000, 50, "%.0f µs"},
		aim{"client's own allocations for a signed request, above a bare loop",
			r.value("Unlock/HTTP/client", "allocs/op") - r.value("Unlock/HTTP/bare", "allocs/op"), 150, "%.0f"},
		aim{fmt.Sprintf("peak memory of the provider's process at %d unlocks", n),
			r.process(apply(unlock, few), func(p process) float64 { return p.peak }) / mib, 40, "%.1f MiB"},
		aim{"start of the provider's process until it has answered with its schema", median(r.starts[ours]) * 1000, 40, "%.0f ms"},
		aim{"size of the provider's program", float64(r.binary[ours]) / mib, 22, "%.1f MiB"},
	)
}
