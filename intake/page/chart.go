package page

import (
	"fmt"
	"html/template"
	"strings"
)

// bar is one bar of a chart, or one row of its table.
type bar struct {
	Label string
	Value float64
	Shown string // the value as people read it; "" if there is nothing to count
}

// chart is a picture of some numbers, which the screen also shows as a table.
type chart struct {
	Title string
	Bars  []bar
	Lines []float64 // values at which a line is drawn across all bars
	Top   float64   // the value of a full bar; 0 means that of the longest
}

// Measures of a chart, in the units of its view box.
const (
	chartWide = 400
	barHigh   = 16
	barEvery  = 46
	labelHigh = 18
	valueWide = 60
	chartHead = 4
	lineFoot  = 18
)

// SVG draws the chart as horizontal bars, each under its name, so that it can
// be read on a telephone. Its colours come from the style sheet, so that they
// follow the dark mode and print.
func (c chart) SVG() template.HTML {
	top := c.Top
	for _, b := range c.Bars {
		if c.Top == 0 {
			top = max(top, b.Value)
		}
	}
	room, high := float64(chartWide-valueWide), chartHead+len(c.Bars)*barEvery
	at := func(v float64) float64 {
		if top == 0 {
			return 0
		}
		return room * min(v, top) / top
	}
	var s strings.Builder
	total := high
	if len(c.Lines) > 0 {
		total += lineFoot
	}
	fmt.Fprintf(&s, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWide, total, template.HTMLEscapeString(c.Title))
	for i, b := range c.Bars {
		y := chartHead + i*barEvery
		fmt.Fprintf(&s, `<text x="0" y="%d">%s</text><rect class="bar" x="0" y="%d" width="%.1f" height="%d"/><text x="%.1f" y="%d">%s</text>`,
			y+labelHigh-4, template.HTMLEscapeString(b.Label), y+labelHigh, at(b.Value), barHigh, at(b.Value)+6, y+labelHigh+barHigh-2, template.HTMLEscapeString(b.Shown))
	}
	for i, l := range c.Lines {
		x, anchor := at(l), "end"
		if i > 0 { // the lines are close together
			anchor = "start"
		}
		fmt.Fprintf(&s, `<line class="mark" x1="%.1f" y1="0" x2="%.1f" y2="%d"/><text class="mark" text-anchor="%s" x="%.1f" y="%d">%.0f</text>`, x, x, high, anchor, x, high+14, l)
	}
	s.WriteString("</svg>")
	return template.HTML(s.String()) //nolint:gosec // numbers, and texts that are escaped above
}
