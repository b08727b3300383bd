package page

import (
	"requestd/deadlines"
	"requestd/templates/welsh"
)

// Fact returns what the reckoning of dates or an alarm says in the language of the
// page. What has no Welsh, such as the words of a server, stays as it is.
func (f *frame) Fact(s string) string {
	if f.Lang != "cy" {
		return s
	}
	cy, _ := welsh.Text(s)
	return cy
}

// Long writes a date out.
func (f *frame) Long(d deadlines.Day) string {
	if f.Lang != "cy" || d == 0 {
		return d.Long()
	}
	return welsh.Long(d)
}

// Ledger says how a date was reached, in lines.
func (f *frame) Ledger(steps []deadlines.Step) []string {
	lines := deadlines.Lines(steps)
	if f.Lang != "cy" {
		return lines
	}
	for i, line := range lines {
		lines[i], _ = welsh.Line(line)
	}
	return lines
}
