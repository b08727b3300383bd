package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/intake/statistics"
)

// told is what the test itself knows about a request that it made. It counts
// from this again without the register's code.
type told struct {
	ref                          string
	kind                         intake.Kind
	recorded, received, acked    time.Time
	extended, answered, withdrew time.Time
	outcome                      string
}

// Bank holidays of the half-year, as gov.uk lists them: those of England and
// Wales, and those of Scotland and Northern Ireland.
var (
	ofEnglandAndWales = []string{"2026-08-31", "2026-12-25", "2026-12-28"}
	ofOthers          = []string{"2026-07-13", "2026-08-03", "2026-11-30"}
)

func works(d time.Time, anyUK bool) bool {
	s := d.Format(time.DateOnly)
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !slices.Contains(ofEnglandAndWales, s) && (!anyUK || !slices.Contains(ofOthers, s))
}

func after(d time.Time, n int, anyUK bool) time.Time {
	for n > 0 {
		if d = d.AddDate(0, 0, 1); works(d, anyUK) {
			n--
		}
	}
	return d
}

// lawful returns the last day for an answer, computed by the test itself.
func (x *told) lawful() time.Time {
	if x.kind == intake.DSAR {
		d := x.received.AddDate(0, 1, 0)
		if d.Day() != x.received.Day() { // the month is shorter: its last day
			d = d.AddDate(0, 0, -d.Day())
		}
		for !works(d, false) {
			d = d.AddDate(0, 0, 1)
		}
		return d
	}
	if !x.extended.IsZero() {
		return after(x.received, 40, true)
	}
	return after(x.received, 20, true)
}

// recount counts the requests of one kind within a period, as at a day.
func recount(all []*told, kind intake.Kind, from, to, asAt time.Time) statistics.Row {
	r := statistics.Row{Kind: kind, Outcomes: map[string]int{}, Exemptions: map[string]int{}}
	var took []int
	for _, x := range all {
		if x.kind != kind || x.received.Before(from) || x.received.After(to) || x.recorded.After(asAt) {
			continue
		}
		r.Received++
		switch {
		case x.acked.IsZero() || x.acked.After(asAt):
			r.Acknowledged.Not++
		case x.acked.After(after(x.received, 3, false)):
			r.Acknowledged.Late++
		default:
			r.Acknowledged.InTime++
		}
		switch {
		case !x.answered.IsZero() && !x.answered.After(asAt):
			r.Outcomes[x.outcome]++
			if x.outcome != "not-held" {
				r.Resolvable++
			}
			switch {
			case x.answered.After(x.lawful()):
				r.Late++
			case !x.extended.IsZero() && x.answered.After(after(x.received, 20, true)):
				r.ExtendedInTime++
			default:
				r.InTime++
			}
			n := 0
			for d := x.received; d.Before(x.answered); {
				if d = d.AddDate(0, 0, 1); works(d, kind != intake.DSAR) {
					n++
				}
			}
			took = append(took, n)
		case !x.withdrew.IsZero() && !x.withdrew.After(asAt):
		default:
			r.Open++
			r.Resolvable++
			if asAt.After(x.lawful()) {
				r.OpenLate++
			}
		}
	}
	slices.Sort(took)
	if n := len(took); n > 0 {
		r.WorkingDays = statistics.Days{Median: took[(n+1)/2-1], P90: took[(9*n+9)/10-1]}
	}
	return r
}

// TestStatisticsCountedTwice: half a year of requests, answered in any order,
// late and in time, is counted by the register and again by the test itself.
// Past figures stay exactly the same whatever is recorded later.
func TestStatisticsCountedTwice(t *testing.T) {
	o := newOffice(t, "2026-07-01 09:00")
	var all []*told
	kinds := []intake.Kind{intake.FOI, intake.DSAR, intake.EIR}
	on := func(d time.Time) deadlines.Day { return deadlines.DayOf(d.Add(12 * time.Hour)) }
	do := func(x *told, in casework.RecordInput) {
		t.Helper()
		o.did(o.e.Cases.Do(t.Context(), o.by(), x.ref, casework.Record(in)))
	}
	for i, d := 0, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC); d.Before(time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)); d = d.AddDate(0, 0, 1) {
		o.now = d.Add(11 * time.Hour)
		for _, x := range all {
			if x.acked.Equal(d) {
				do(x, casework.RecordInput{Event: intake.Acknowledged, Date: on(d)})
			}
			if x.extended.Equal(d) {
				do(x, casework.RecordInput{Event: intake.Extended, Date: on(d)})
			}
			if x.answered.Equal(d) {
				do(x, casework.RecordInput{Event: intake.Responded, Date: on(d), Outcome: x.outcome})
			}
			if x.withdrew.Equal(d) {
				do(x, casework.RecordInput{Event: intake.Withdrawn, Date: on(d)})
			}
		}
		if !works(d, false) || d.After(time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)) {
			continue
		}
		x := &told{kind: kinds[i%3], recorded: d, received: d.AddDate(0, 0, -(i*7)%3), outcome: []string{"granted", "not-held", "part"}[(i/3)%3]}
		x.ref = o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: x.kind},
			Received: on(x.received), Source: "post", Requester: intake.Address{Name: fmt.Sprint("Jo ", i)}, Subject: "A letter", Language: "en"})).View.Ref
		if i%4 != 3 {
			x.acked = d.AddDate(0, 0, 1+i%5)
		}
		switch i * 5 % 7 {
		case 0: // open for ever
		case 1:
			x.withdrew = d.AddDate(0, 0, 9)
		case 2:
			if x.kind != intake.DSAR {
				x.extended = d.AddDate(0, 0, 8)
			}
			x.answered = d.AddDate(0, 0, 38)
		default:
			x.answered = d.AddDate(0, 0, 5+i*11%37)
		}
		all, i = append(all, x), i+1
	}
	from, to := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)
	count := func(asAt deadlines.Day) *register.Statistics {
		t.Helper()
		s, err := o.e.Register.Statistics(t.Context(), register.StatisticsQuery{Period: statistics.Period{From: on(from), To: on(to), AsAt: asAt}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, asAt := range []time.Time{after(to, 25, false), time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC)} {
		for _, got := range count(on(asAt)).Rows {
			if !slices.Contains(kinds, got.Kind) {
				continue
			}
			want := recount(all, got.Kind, from, to, asAt)
			want.From, want.To, want.AsAt, want.Percent, want.Mark = got.From, got.To, got.AsAt, got.Percent, got.Mark
			if is, should := asJSON(t, got), asJSON(t, want); is != should {
				t.Errorf("as at %s the register counts\n%s\nand the test\n%s", asAt.Format(time.DateOnly), is, should)
			}
			if n := want.InTime + want.ExtendedInTime + want.Late; n < 2 {
				t.Errorf("as at %s only %d of %s were answered: this shows nothing", asAt.Format(time.DateOnly), n, got.Kind)
			}
		}
	}
	before, now := asJSON(t, count(0)), asJSON(t, count(on(time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC))))
	if s := count(0); s.Rows[0].AsAt != on(after(to, 25, false)) {
		t.Errorf("as at %s without being asked, want 25 working days after the period", s.Rows[0].AsAt)
	}
	o.now = time.Date(2027, 2, 1, 11, 0, 0, 0, time.UTC)
	for _, x := range all {
		if x.kind == intake.FOI && !x.answered.IsZero() && x.received.Before(to) {
			do(x, casework.RecordInput{Event: intake.ReceivedOn, Date: on(x.received) - 1})
			o.did(o.e.Cases.Do(t.Context(), o.by(), x.ref, casework.Erase()))
			break
		}
	}
	o.proclaim("2026-09-08")
	if again := asJSON(t, count(0)); again != before {
		t.Errorf("a past quarter gives other figures after a correction, an erasure and a new holiday:\n%s\nwas\n%s", again, before)
	}
	if today := asJSON(t, count(on(o.now))); today == now {
		t.Error("as at today the new holiday changes nothing: the test shows nothing")
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
