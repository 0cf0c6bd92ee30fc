// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}, {[]float64{7}, 7}} {
		before := slices.Clone(c.values)
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
		if !slices.Equal(before, c.values) {
			t.Errorf("%v became %v", before, c.values)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("the median of nothing is a number")
	}
}

func TestRatiosArePaired(t *testing.T) {
	a, b := cell{subject: "a"}, cell{subject: "b"}
	r := results{runs: map[cell][]run{
		a: {{wall: 2 * time.Second}, {wall: 30 * time.Second}},
		b: {{wall: 1 * time.Second}, {wall: 10 * time.Second}},
	}}
	if got := r.ratios(a, b); !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("ratios %v", got)
	}
	if got := r.above(a, b); !slices.Equal(got, []float64{1, 20}) {
		t.Errorf("differences %v", got)
	}
}

func TestParseBenchmarks(t *testing.T) {
	got := parseBenchmarks(`goos: linux
BenchmarkUnlock/HTTP/client-2   	    5097	    275000 ns/op	   16085 B/op	     201 allocs/op
BenchmarkUnlock/HTTP/client-2   	    5097	    265000 ns/op	   16085 B/op	     203 allocs/op
BenchmarkUnlock/HTTP/client-2   	    5097	    285000 ns/op	   16085 B/op	     202 allocs/op
BenchmarkOverhead/TLS-2         	   13018	    255685 ns/op	     21671 overhead-ns/op
PASS
`)
	if len(got) != 2 || got[0].name != "Unlock/HTTP/client" || got[1].name != "Overhead/TLS" {
		t.Fatalf("got %v", got)
	}
	r := results{client: got}
	for unit, want := range map[string]float64{"ns/op": 275000, "allocs/op": 202} {
		if x := r.value("Unlock/HTTP/client", unit); x != want {
			t.Errorf("%s is %v, want %v", unit, x, want)
		}
	}
	if x := r.value("Overhead/TLS", "overhead-ns/op"); x != 21671 {
		t.Errorf("overhead is %v", x)
	}
	if r.value("None", "ns/op") != 0 {
		t.Error("a benchmark that did not run has a value")
	}
}

// TestPerform measures next to nothing and looks at what is written.
func TestPerform(t *testing.T) {
	out := t.TempDir()
	tiny := size{counts: []int{1, 2}, reads: []int{1}, rounds: 1, short: 1, sample: 1, starts: 1, benchtime: "1x"}
	if err := perform(t.Context(), tiny, "", out, true); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, name := range []string{template, guide, chart} {
		text, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	page := texts[guide]
	if page != texts[template] {
		t.Error("the guide and its template differ")
	}
	if strings.Contains(page, "NaN") {
		t.Errorf("the guide has gaps:\n%s", page)
	}
	for _, want := range []string{
		"page_title:", "## Aims", "## Apply", "| 2 | 50 | 100 ms |", "## Idle plan", "## Reading O&M URLs", "## The provider's process",
		"| unlock, `force = true` | 1 × sms:UnlockTargetEcs | 1 | 1 |",
		"| unlock | 1 × sms:ShowTask, 1 × sms:UnlockTargetEcs | 1 | 1 |",
		"| unlock, withdrawn from SMS | 1 × ecs:NovaUnlockServer, 1 × sms:ShowTask, 1 × sms:UnlockTargetEcs | 1 | 1 |",
		"| Unlock/HTTP/client |", "../../" + chart,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the guide lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
	decoder := xml.NewDecoder(strings.NewReader(texts[chart]))
	paths := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the chart is no XML: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "path" {
			paths++
		}
	}
	if paths < len(lines) {
		t.Errorf("the chart has %d paths, and there are %d lines", paths, len(lines))
	}
}
