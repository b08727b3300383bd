package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
)

// TestWhatIsForecastIsMailed: reminders that fall due at one moment do not
// suppress one another while the daemon runs.
func TestWhatIsForecastIsMailed(t *testing.T) {
	for name, c := range map[string]struct {
		days int
		open func(*office) string
		both [2]intake.Purpose // those of one morning, if the purposes differ
	}{
		"two clocks that end on one morning": {40, func(o *office) string {
			return o.did(o.e.Cases.OpenCase(o.t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", Acknowledged: day(o.t, "2026-11-20"), Requester: intake.Address{Addr: asksFOI},
				KindInput: casework.KindInput{Kind: intake.FOI, Also: []intake.Kind{intake.DSAR}}})).View.Ref
		}, [2]intake.Purpose{}},
		"undecided while the acknowledgement falls due": {6, (*office).unreadable, [2]intake.Purpose{intake.ForAckAtRisk, intake.ForAckAtRisk}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := c.open(o)
			coming, err := o.e.Register.Forecast(t.Context(), c.days)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			kinds := map[intake.Kind]int{}
			for _, f := range coming {
				if f.What != "due" && !f.Listed {
					want, kinds[f.Kind] = append(want, fmt.Sprintf("%s %s", f.On, f.Code)), kinds[f.Kind]+1
				}
			}
			o.wind(day(t, "2026-11-20").Time(23, 59).AddDate(0, 0, c.days))
			at := map[string][]intake.Purpose{}
			for _, l := range o.letters("") {
				prefix := ref + "/" + string(l.Purpose) + "/"
				if code, ok := strings.CutPrefix(strings.TrimSuffix(l.Key, "/"+l.To), prefix); ok && l.To == "officer@staff.example.org" && strings.Contains(code, "/") {
					on := l.Created.In(o.now.Location()).Format("2006-01-02")
					got, at[on] = append(got, on+" "+code), append(at[on], l.Purpose)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("mailed\n%s\nforecast\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if c.both[0] == "" && (kinds[intake.FOI] == 0 || kinds[intake.DSAR] == 0) {
				t.Errorf("reminders by part: %v, want some of each", kinds)
			}
			if c.both[0] != "" && !slices.ContainsFunc([]string{"2026-11-24", "2026-11-25"}, func(on string) bool {
				return slices.Contains(at[on], c.both[0]) && slices.Contains(at[on], c.both[1])
			}) {
				t.Errorf("on no morning both %v: %v", c.both, at)
			}
		})
	}
}

func TestNewsThatNobodyAskedForReachesThoseAbove(t *testing.T) {
	quiet := strings.Replace(settings, "    escalate_to: head@staff.example.org\n", "    escalate_to: head@staff.example.org\n    gets: [copies]\n", 1)
	o := newOfficeWith(t, "2026-11-20 10:00", quiet)
	o.one("cafcass", mail{id: "x@example.org", from: "Ann <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "Question",
		body: "Hello, please send me all the records you hold about me."})
	o.now = london(t, "2027-02-01 09:00")
	o.tick()
	var to []string
	for _, l := range o.letters("") {
		if l.Purpose == intake.ForDigest && strings.Contains(text(t, o.letter(l.ID)), "LATE (1)") {
			to = append(to, l.To)
		}
	}
	for _, who := range []string{"officer@staff.example.org", "head@staff.example.org"} {
		if !slices.Contains(to, who) {
			t.Errorf("%s is not told that a case is late; only %v", who, to)
		}
	}
}

// TestAForecastBeginsToday: what was due yesterday is overdue and no longer
// ahead.
func TestAForecastBeginsToday(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	v := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{
		Mailbox: "cafcass", Acknowledged: day(t, "2026-11-20"), KindInput: casework.KindInput{Kind: intake.FOI},
	})).View
	for days, want := range map[int]bool{0: true, 1: false} {
		o.now = (v.RespondBy + deadlines.Day(days)).Time(12, 0)
		coming, err := o.e.Register.Forecast(t.Context(), 30)
		if err != nil {
			t.Fatal(err)
		}
		due := false
		for _, c := range coming {
			due = due || c.What == "due" && c.On == v.RespondBy
			if c.At.Before(o.now) {
				t.Errorf("%d days after: %s on %s lies behind", days, c.What, c.On)
			}
		}
		if due != want {
			t.Errorf("%d days after the last day: listed %v, want %v", days, due, want)
		}
	}
}

// TestADayIsForecastOnce, also with several cases, and still on the day itself,
// when its reminder has been sent and the next one is on another day.
func TestADayIsForecastOnce(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	var v *intake.View
	for range 2 {
		v = o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{
			Mailbox: "cafcass", Acknowledged: day(t, "2026-11-20"), KindInput: casework.KindInput{Kind: intake.FOI},
		})).View
	}
	check := func(days int) {
		t.Helper()
		coming, err := o.e.Register.Forecast(t.Context(), days)
		if err != nil {
			t.Fatal(err)
		}
		due := map[string]int{}
		for _, c := range coming {
			if c.What == "due" && c.On == v.RespondBy {
				due[c.Ref]++
			}
		}
		if len(due) != 2 || due[v.Ref] != 1 || len(coming) != 2 && days == 0 {
			t.Errorf("%d days ahead: due %v of %+v, want each of two cases once", days, due, coming)
		}
	}
	check(40)
	o.wind(v.RespondBy.Time(12, 0))
	check(0)
}
