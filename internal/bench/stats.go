// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"math"
	"slices"
)

// median is NaN for no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	v := slices.Sorted(slices.Values(values))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// pick takes one number from each run.
func pick(runs []run, of func(run) float64) []float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	return values
}

// process takes the median of one number of the processes of a cell.
func (r *results) process(of cell, number func(process) float64) float64 {
	all := r.processes[of]
	values := make([]float64, len(all))
	for i, p := range all {
		values[i] = number(p)
	}
	return median(values)
}

func wall(r run) float64 { return r.wall.Seconds() }
func cpu(r run) float64  { return r.cpu.Seconds() }

// ratios divides the wall times of one cell by those of another, round by round.
func (r *results) ratios(of, floor cell) []float64 {
	a, b := pick(r.runs[of], wall), pick(r.runs[floor], wall)
	n := min(len(a), len(b))
	values := make([]float64, n)
	for i := range n {
		values[i] = a[i] / b[i]
	}
	return values
}

// above subtracts the wall times of one cell from those of another, round by round, in seconds.
func (r *results) above(of, floor cell) []float64 {
	a, b := pick(r.runs[of], wall), pick(r.runs[floor], wall)
	n := min(len(a), len(b))
	values := make([]float64, n)
	for i := range n {
		values[i] = a[i] - b[i]
	}
	return values
}
