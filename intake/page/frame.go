package page

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// Heading returns the title of the screen. What was done or what is wrong comes
// first, since a screen reader begins with it.
func (f *frame) Heading() string {
	title := f.Title
	if f.Notice != "" {
		title = f.T("Done") + ": " + title
	}
	if f.Problem != "" {
		title = f.T("Error") + ": " + title
	}
	return title
}

// At reports whether a tab is that of this screen.
func (f *frame) At(to string) bool {
	return f.Path == to || to != "/" && strings.HasPrefix(f.Path, to+"/")
}

// Left says how far away a date is.
func (f *frame) Left(d deadlines.Day) string {
	switch n := int(d - f.Today); {
	case n == 0:
		return f.T("today")
	case n == 1:
		return f.T("tomorrow")
	case n == -1:
		return f.T("1 day late")
	case n < 0:
		return f.T("%d days late", -n)
	default:
		return f.T("in %d days", n)
	}
}

// Tone returns the colour of the tag that Left makes.
func (f *frame) Tone(d deadlines.Day) string {
	switch n := int(d - f.Today); {
	case n < 0:
		return "red"
	case n <= 2:
		return "amber"
	}
	return ""
}

// Count returns how many cases a list has.
func (f *frame) Count(s section) int { return len(s.Rows) + s.More }

// Number returns i counted from one.
func (f *frame) Number(i int) int { return i + 1 }

// Size writes a number of bytes as people read it.
func (f *frame) Size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return f.T("%d bytes", n)
}

// Mine reports whether an officer is the visitor.
func (f *frame) Mine(officer string) bool {
	return f.User != nil && intake.SameAddress(officer, f.User.Address)
}

// At1 writes a time, which may be nil.
func (f *frame) At1(t *time.Time) string {
	if t == nil {
		return f.T("Never")
	}
	return f.Moment(*t)
}

// Chosen reports whether a form's field has a value or, if it was not sent yet,
// whether the value is proposed.
func (f *frame) Chosen(form url.Values, field string, value any, proposed bool) bool {
	if sent, ok := form[field]; ok {
		return slices.Contains(sent, fmt.Sprint(value))
	}
	return proposed && len(form) == 0
}

// Plain reports whether a choice is only a kind, which can be a further part.
func (f *frame) Plain(value string) bool { return intake.Kind(value).HasClock() }

// Sendable reports whether a person may send a letter.
func (f *frame) Sendable(l intake.Letter) bool {
	return l.State == intake.LetterHeld || l.State == intake.LetterFailed || l.State == intake.LetterInDoubt || l.State == intake.LetterWaiting
}

// Holdable reports whether a letter can be held.
func (f *frame) Holdable(l intake.Letter) bool {
	return l.State == intake.LetterWaiting || l.State == intake.LetterInDoubt
}

// clockLines is a part's deadline with its ledger.
type clockLines struct {
	intake.Clock
	Ledger []deadlines.Step
}

// clocks are the deadlines of a case as the screens show them.
type clocks struct{ Clocks []clockLines }

func clocksOf(v *intake.View, ledgers bool) (c clocks) {
	for _, k := range v.Clocks {
		x := clockLines{Clock: k}
		if ledgers {
			x.Ledger = k.Result.Ledger
		}
		c.Clocks = append(c.Clocks, x)
	}
	return c
}
