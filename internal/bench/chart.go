// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"image/color"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// line is one of the chart.
type line struct {
	label       string
	subject     string
	parallelism int
	latency     time.Duration
	colour      color.RGBA
	dashes      []vg.Length
}

// Colours that differ for readers who do not tell red from green (Okabe and Ito).
var (
	black  = color.RGBA{A: 255}
	blue   = color.RGBA{G: 114, B: 178, A: 255}
	orange = color.RGBA{R: 213, G: 94, A: 255}
)

var lines = []line{
	{"terraform_data", builtin.key, 10, 0, black, []vg.Length{vg.Points(2), vg.Points(3)}},
	{"no-op resource", noop.key, 10, 0, black, nil},
	{"forced unlock", unlock.key, 10, 0, blue, nil},
	{"forced unlock, 100 ms, parallelism 50", unlock.key, 50, latency, orange, []vg.Length{vg.Points(6), vg.Points(3)}},
	{"forced unlock, 100 ms, parallelism 10", unlock.key, 10, latency, orange, nil},
}

// chart draws the wall time of an apply against the number of resources, as SVG.
func (b *bench) chart() ([]byte, error) {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text = "Wall time of terraform apply"
	p.X.Label.Text = "resources"
	p.Y.Label.Text = "seconds"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker = plot.ConstantTicks(ticks(b.counts))
	p.Y.Tick.Marker = plot.ConstantTicks([]plot.Tick{
		{Value: 0.1, Label: "0.1"}, {Value: 0.2, Label: "0.2"}, {Value: 0.5, Label: "0.5"}, {Value: 1, Label: "1"}, {Value: 2, Label: "2"},
		{Value: 5, Label: "5"}, {Value: 10, Label: "10"}, {Value: 20, Label: "20"}, {Value: 50, Label: "50"}, {Value: 100, Label: "100"},
	})
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding = vg.Points(3)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{Y: 225}, color.Gray{Y: 225}
	p.Add(grid)
	for _, l := range slices.Backward(lines) {
		var points plotter.XYs
		for _, n := range b.counts {
			parallelism := min(l.parallelism, slices.Max(parallelismsFor(n)))
			runs := b.results.runs[cell{l.subject, "apply", n, parallelism, l.latency}]
			points = append(points, plotter.XY{X: float64(n), Y: median(pick(runs, wall))})
		}
		drawn, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		drawn.Color, drawn.Dashes, drawn.Width = l.colour, l.dashes, vg.Points(1.5)
		dots.Color, dots.Shape, dots.Radius = l.colour, draw.CircleGlyph{}, vg.Points(2.5)
		p.Add(drawn, dots)
		p.Legend.Add(l.label, drawn)
	}
	// The reader's theme may be dark: the canvas is painted.
	p.BackgroundColor = color.White
	canvas := vgsvg.New(16*vg.Centimeter, 11*vg.Centimeter)
	p.Draw(draw.New(canvas))
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return nil, err
	}
	// Documents that embed the chart may not have the library's own fonts.
	return bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,sans-serif")), nil
}

func ticks(counts []int) []plot.Tick {
	marks := make([]plot.Tick, len(counts))
	for i, n := range counts {
		marks[i] = plot.Tick{Value: float64(n), Label: strconv.Itoa(n)}
	}
	return marks
}
