package page

import (
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/templates/welsh"
)

// Fact gives what the reckoning of dates or an alarm says in the language of the
// page. What has no Welsh, such as the words of a server, stays as it is.
func (f *frame) Fact(s string) string {
	if f.Lang != "cy" {
		return s
	}
	cy, _ := f.fact(s)
	return cy
}

func (f *frame) fact(s string) (string, bool) {
	for i := range f.s.facts {
		x := &f.s.facts[i]
		if told, is := x.Told(s); is {
			return welsh.Fill(x.Cy, told, f.part), true
		}
	}
	return s, false
}

// part is what a text tells of: a day, something that is itself such a text, or
// one behind which a server speaks.
func (f *frame) part(s string) string {
	if d, err := deadlines.ParseDay(s); err == nil {
		return f.Long(d)
	}
	if t, err := time.Parse("2 January 2006", s); err == nil {
		return f.Long(deadlines.NewDay(t.Year(), t.Month(), t.Day()))
	}
	if cy, is := f.fact(s); is {
		return cy
	}
	if at := strings.LastIndex(s, " ("); at > 0 && strings.HasSuffix(s, ")") { // a holiday of some nations
		if cy, is := f.fact(s[:at]); is {
			where := strings.Split(s[at+2:len(s)-1], ", ")
			for i := range where {
				where[i] = f.part(where[i])
			}
			return cy + " (" + strings.Join(where, ", ") + ")"
		}
	}
	if own, theirs, ok := strings.Cut(s, ": "); ok {
		if cy, is := f.fact(own); is {
			return cy + ": " + theirs
		}
	}
	return s
}

// Long writes a date out.
func (f *frame) Long(d deadlines.Day) string {
	if f.Lang != "cy" || d == 0 {
		return d.Long()
	}
	return welsh.Long(d)
}

// Ledger says how a date was reached, in lines: in Welsh each part of a line as
// deadlines has it.
func (f *frame) Ledger(steps []deadlines.Step) []string {
	lines := deadlines.Lines(steps)
	if f.Lang != "cy" {
		return lines
	}
	for i, line := range lines {
		text := strings.TrimLeft(line, " ")
		before := line[:len(line)-len(text)]
		if not, is := strings.CutPrefix(text, "- "); is {
			lines[i] = before + "- " + f.part(not)
			continue
		}
		date, rest, is := strings.Cut(text, "  ")
		end := strings.LastIndex(rest, " [")
		if !is || end < 0 {
			lines[i] = before + f.part(text)
			continue
		}
		lines[i] = before + f.part(date) + "  " + f.part(strings.TrimSpace(rest[:end])) + " [" + f.part(strings.TrimSuffix(rest[end+2:], "]")) + "]"
	}
	return lines
}
