package config

import (
	"slices"
	"strings"
	"testing"

	"requestd/deadlines"
)

const team = `staff:
  - {address: foi@staff.example.org, mailboxes: [cafcass], kinds: [foi, review], gets: [triage, copies]}
  - {address: dp@staff.example.org, mailboxes: [cafcass], kinds: [dsar]}
  - {address: head@staff.example.org, mailboxes: [cafcass], gets: [overdue]}
`

// TestKindsThatWereWrittenBeforeNewOnesLoseNothing: eir goes with foi, and rights with
// dsar, where nobody of the mailbox names them.
func TestKindsThatWereWrittenBeforeNewOnesLoseNothing(t *testing.T) {
	c := parse(t, strings.Replace(baseFile(t), "staff:\n  - address: officer@staff.example.org\n", team, 1))
	foi, dp := c.Staff[0], c.Staff[1]
	for _, x := range []struct {
		who     Staff
		kind    string
		handles bool
	}{{foi, "eir", false}, {foi, "rights", false}, {dp, "rights", false}, {c.Staff[2], "eir", true}} { // head leaves kinds out, which means all
		if got := c.Handles(x.who, "cafcass", x.kind); got != x.handles {
			t.Errorf("%s of %s: %v", x.who.Address, x.kind, got)
		}
	}
	c.Staff = c.Staff[:2]
	for _, x := range []struct {
		who     Staff
		kind    string
		handles bool
	}{{foi, "eir", true}, {foi, "rights", false}, {dp, "rights", true}, {dp, "eir", false}, {dp, "other", true}} {
		if got := c.Handles(x.who, "cafcass", x.kind); got != x.handles {
			t.Errorf("without anybody who names it, %s of %s: %v", x.who.Address, x.kind, got)
		}
	}
}

func TestWhatNobodyWouldHearOf(t *testing.T) {
	for name, x := range map[string]struct{ staff, want string }{
		"everybody everything": {"staff:\n  - address: officer@staff.example.org\n", ""},
		"a mailbox":            {"staff:\n  - {address: officer@staff.example.org, mailboxes: [cafcass]}\n", "nobody deals with mailbox cymru"},
		"a kind":               {"staff:\n  - {address: officer@staff.example.org, kinds: [foi, dsar]}\n", "nobody deals with review in mailbox cafcass; nobody deals with review in mailbox cymru"},
	} {
		t.Run(name, func(t *testing.T) {
			c := parse(t, strings.Replace(baseFile(t), "staff:\n  - address: officer@staff.example.org\n", x.staff, 1))
			var got []string
			for _, p := range c.Unheard() {
				got = append(got, p.Says)
			}
			if g := strings.Join(got, "; "); g != x.want {
				t.Errorf("got %q, want %q", g, x.want)
			}
		})
	}
}

func TestWhatNeedsARestart(t *testing.T) {
	before := parse(t, baseFile(t))
	after := parse(t, strings.NewReplacer("control.sock", "other.sock", "requestd.db", "other.db", "language: en", "language: cy-en").Replace(baseFile(t)))
	if got, want := after.Changes(before), []string{"store.path", "control.socket"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := before.Changes(parse(t, baseFile(t))); len(got) != 0 {
		t.Errorf("the same file again changes %v", got)
	}
}

func TestPeriods(t *testing.T) {
	for _, x := range []struct{ period, from, want string }{
		{"3 years", "2026-11-01", "2029-11-01"},
		{"1 year", "2028-02-29", "2029-02-28"},
		{"1 month", "2027-01-31", "2027-02-28"},
		{"6 months", "2026-08-31", "2027-02-28"},
		{"14 months", "2026-12-31", "2028-02-29"},
		{"90 days", "2026-12-31", "2027-03-31"},
	} {
		p, err := parsePeriod(x.period)
		if err != nil {
			t.Fatal(err)
		}
		from, err := deadlines.ParseDay(x.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.After(from).String(); got != x.want {
			t.Errorf("%s after %s is %s, want %s", x.period, x.from, got, x.want)
		}
		if got := p.String(); got != x.period && x.period != "14 months" {
			t.Errorf("%q is printed as %q", x.period, got)
		}
	}
	for _, s := range []string{"", "3", "years", "0 days", "-1 days", "3 weeks", "3years", "3  years", "200 years", "99999999999999999999 days", "3 yearss"} {
		if p, err := parsePeriod(s); err == nil {
			t.Errorf("%q is taken for %v", s, p)
		}
	}
	if p, err := parsePeriod("for ever"); err != nil || !p.IsZero() {
		t.Errorf("for ever: got %v, %v", p, err)
	}
}
