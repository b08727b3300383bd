package intake_test

import (
	"slices"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// TestACaseOfWhichTheCommissionerWantsToHearIsFound, even if the case was
// answered: the Commissioner's date is listed, and staff are reminded of it
// until we have answered.
func TestACaseOfWhichTheCommissionerWantsToHearIsFound(t *testing.T) {
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 9, 0, 0, 0, time.UTC) }
	c := &intake.Case{Ref: "CAF26-00001", Mailbox: "cafcass"}
	record := func(e intake.Event) *intake.View {
		e.Day = deadlines.DayOf(e.At)
		c.Append(e, nil)
		return c.ViewAt(at(10, 2), deadlines.Default(), deadlines.DefaultRules())
	}
	record(intake.Event{At: at(9, 1), Name: intake.Opened, Kind: intake.FOI, Opening: &intake.Opening{Mailbox: "cafcass", Received: at(9, 1), Source: "mail"}})
	v := record(intake.Event{At: at(9, 2), Name: intake.Responded, Outcome: "refused"})
	if ix := v.Index(time.Time{}); ix != (intake.Index{}) {
		t.Errorf("answered, and sorted as %+v", ix)
	}
	due := deadlines.DayOf(at(10, 15))
	v = record(intake.Event{At: at(10, 1), Name: intake.CommissionerNotified, Due: due})
	if ix := v.Index(time.Time{}); !ix.Open || ix.Due != due || ix.State != "" || v.State != intake.StateResponded {
		t.Errorf("%s, sorted as %+v", v.State, ix)
	}
	if got := v.Dates(); !slices.Equal(got, []intake.Date{{Ref: c.Ref, Mailbox: "cafcass", Kind: intake.FOI, What: intake.OwedCommissionerAnswer, Day: due}}) {
		t.Errorf("its dates are %v", got)
	}
	s := intake.Schedule{Hour: 8, Before: []int{5, 0}, Overdue: true}
	var codes []string
	for _, r := range v.Reminders(s, deadlines.Default(), at(10, 2), at(10, 19)) {
		codes = append(codes, r.Code)
	}
	if want := []string{"5-before/commissioner/2026-10-15", "0-before/commissioner/2026-10-15", "overdue/commissioner/2026-10-16", "overdue/commissioner/2026-10-19"}; !slices.Equal(codes, want) {
		t.Errorf("reminded of by %q, want %q", codes, want)
	}
	if next := v.NextReminder(s, deadlines.Default(), at(10, 2)); !next.IsZero() {
		t.Errorf("a mail of its own goes at %s: it stands in the list", next)
	}
	v = record(intake.Event{At: at(10, 2), Name: intake.CommissionerAnswered})
	if ix := v.Index(time.Time{}); ix != (intake.Index{}) || len(v.Dates()) > 0 {
		t.Errorf("the Commissioner was answered, and it is sorted as %+v with %v", ix, v.Dates())
	}
}
