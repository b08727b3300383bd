package casework_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

func on(month time.Month, day int) deadlines.Day { return deadlines.NewDay(2026, month, day) }

// opened registers a request that came by post on a day of 2026, with today as
// the present day.
func (d *desk) opened(today deadlines.Day, received deadlines.Day, in casework.KindInput) string {
	d.t.Helper()
	d.now = today.Time(10, 0)
	ch, err := d.OpenCase(d.t.Context(), admin, casework.OpenInput{
		Mailbox: "cafcass", KindInput: in, Received: received, Requester: intake.Address{Name: "Ann", Addr: "ann@example.org"},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return ch.View.Ref
}

func (d *desk) record(ref string, in casework.RecordInput) *intake.View {
	d.t.Helper()
	return d.do(ref, casework.Record(in)).View
}

func (d *desk) stands(ref string) (v *intake.View) {
	d.t.Helper()
	if err := d.db.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err == nil {
			v = d.View(tx, c)
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return v
}

func (d *desk) refused(ref string, act casework.Act, words string) {
	d.t.Helper()
	_, err := d.Do(d.t.Context(), admin, ref, act)
	if refusal := (*casework.Refusal)(nil); !errors.As(err, &refusal) || !strings.Contains(refusal.Says, words) {
		d.t.Errorf("%v; want a refusal that says %q", err, words)
	}
}

var dsar = casework.KindInput{Kind: intake.DSAR}

// Lateness is a fact and remains one, whatever is recorded afterwards.
func TestWhatIsRecordedOnAnOverdueCaseRemovesNoLateness(t *testing.T) {
	for name, in := range map[string]casework.RecordInput{
		"identity asked":      {Event: intake.IdentityRequested, Date: on(11, 27)},
		"clarification asked": {Event: intake.ClarificationRequested, Date: on(11, 27)},
		"a fee asked":         {Event: intake.FeeRequested, Date: on(11, 27)},
		"extended":            {Event: intake.Extended, Date: on(11, 27)},
		"answered":            {Event: intake.Responded, Date: on(11, 27)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ref := d.opened(on(11, 28), on(10, 20), dsar) // due on 20 November
			v := d.record(ref, in)
			if v.LateSince != on(11, 21) || v.DaysLate() < 7 || v.Clocks[0].LateSince != on(11, 21) {
				t.Errorf("late since %q by %d days, want 2026-11-21 and 7 or 8", v.LateSince, v.DaysLate())
			}
			if in.Event == intake.Extended && (!v.Overdue || v.RespondBy != on(11, 20)) {
				t.Errorf("an extension that came too late: due %s, overdue %t", v.RespondBy, v.Overdue)
			}
		})
	}
}

func TestAnEventOfADayBeforeTheLastCountsWhenEnteredLater(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	if v := d.record(ref, casework.RecordInput{Event: intake.IdentityRequested, Date: on(11, 18)}); v.LateSince != 0 {
		t.Errorf("late since %s", v.LateSince)
	}
}

func TestALateExtensionMovesWhatWasPromisedAlone(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	v := d.record(ref, casework.RecordInput{Event: intake.Extended, Date: on(11, 27), Estimate: on(12, 18)})
	if k := v.Clocks[0]; k.Promised != on(12, 18) || k.RespondBy != on(11, 20) || !v.Overdue {
		t.Errorf("promised %s, due %s, overdue %t", k.Promised, k.RespondBy, v.Overdue)
	}
}

func TestAnExtensionAfterTheEndPromisesNothing(t *testing.T) {
	for _, end := range []casework.RecordInput{{Event: intake.Responded, Outcome: "granted"}, {Event: intake.Closed, Reason: "lapsed"}, {Event: intake.Withdrawn}} {
		d := newDesk(t)
		ref := d.opened(on(11, 28), on(10, 20), dsar)
		end.Date = on(11, 18)
		before := d.record(ref, end).Clocks[0]
		for i, estimate := range []deadlines.Day{0, on(12, 18), 0, on(12, 18)} {
			day := end.Date + deadlines.Day(i/2) // the day of the end, and the next
			if k := d.record(ref, casework.RecordInput{Event: intake.Extended, Date: day, Estimate: estimate}).Clocks[0]; k.Promised != before.Promised || k.RespondBy != before.RespondBy {
				t.Errorf("%s, then extended with the estimate %q: promised %q, reply by %s; before %q, %s", end.Event, estimate, k.Promised, k.RespondBy, before.Promised, before.RespondBy)
			}
		}
	}
}

func TestNoDateIsPromisedThatIsYearsAway(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	for _, in := range []casework.RecordInput{
		{Event: intake.Extended, Date: on(11, 20), Estimate: on(11, 20).AddMonths(24) + 1},
		{Event: intake.Extended, Date: on(11, 20), Estimate: deadlines.NewDay(9999, 12, 31)},
		{Event: intake.Reopened, Date: on(11, 20), Due: deadlines.NewDay(2062, 12, 18)},
	} {
		d.refused(ref, casework.Record(in), "within two years")
	}
}

func TestReopenedWorkHasADateOfItsOwn(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	d.record(ref, casework.RecordInput{Event: intake.Responded, Date: on(11, 18), Outcome: "granted"})
	v := d.record(ref, casework.RecordInput{Event: intake.Reopened, Date: on(11, 26), Due: on(12, 10)})
	if v.Overdue || v.LateSince != 0 || v.Clocks[0].Due() != on(12, 10) {
		t.Errorf("overdue %t, late since %q, due %s", v.Overdue, v.LateSince, v.Clocks[0].Due())
	}
	d.now = on(12, 11).Time(10, 0)
	if v := d.record(ref, casework.RecordInput{Event: intake.Note, Note: "still at it"}); !v.Overdue || v.LateSince != 0 {
		t.Errorf("past the promise: overdue %t, late since %q", v.Overdue, v.LateSince)
	}
}

func TestReopeningALateAnswerKeepsItsLateness(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	d.record(ref, casework.RecordInput{Event: intake.Responded, Date: on(11, 25), Outcome: "part"})
	if v := d.record(ref, casework.RecordInput{Event: intake.Reopened, Date: on(11, 26)}); v.LateSince != on(11, 21) || v.DaysLate() != 5 {
		t.Errorf("late since %q by %d days", v.LateSince, v.DaysLate())
	}
}

func TestACaseThatIsOverdueIsNotClosedWithoutAReason(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	d.refused(ref, casework.Record(casework.RecordInput{Event: intake.Closed}), "--reason")
	if v := d.record(ref, casework.RecordInput{Event: intake.Closed, Reason: "lapsed"}); v.State != intake.StateClosed || v.LateSince == 0 {
		t.Errorf("%s, late since %q", v.State, v.LateSince)
	}
}

func TestBothHalvesAreNotEndedByOversight(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(11, 20), casework.KindInput{Kind: intake.DSAR, Also: []intake.Kind{intake.FOI}})
	for _, end := range []intake.EventName{intake.Responded, intake.Closed, intake.Withdrawn} {
		d.refused(ref, casework.Record(casework.RecordInput{Event: end}), "[dsar foi]")
	}
	d.record(ref, casework.RecordInput{Event: intake.Withdrawn, Part: intake.FOI})
	if v := d.record(ref, casework.RecordInput{Event: intake.Closed, Reason: "other"}); v.IsOpen() { // one half has still to end
		t.Errorf("the case is %s", v.State)
	}
}

func TestMergedRequestsKeepTheirReceipts(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(10, 20), dsar)
	d.record(ref, casework.RecordInput{Event: intake.Responded, Date: on(11, 18), Outcome: "granted"})
	complaint := d.opened(on(11, 28), on(11, 27), casework.KindInput{Kind: intake.Review, Of: intake.DSAR})
	v := d.do(ref, casework.Merge(complaint, 0)).View
	if v.Kinds() != "dsar+review of dsar" {
		t.Errorf("the case is called %s", v.Kinds())
	}
	if was := d.stands(complaint); was.State != intake.StateClosed || !was.Clocks[0].Finished() {
		t.Errorf("the complaint's own case is %s and its clock %s", was.State, was.Clocks[0].State)
	}
	if len(v.Clocks) != 2 || !v.IsOpen() || v.ReceivedOn != on(10, 20) {
		t.Fatalf("%d clocks, %s, received %s", len(v.Clocks), v.State, v.ReceivedOn)
	}
	if k := v.Clocks[1]; k.ReceivedOn != on(11, 27) || k.State != "running" || k.RespondBy != deadlines.NewDay(2026, 12, 29) {
		t.Errorf("the complaint was received %s, is %s, due %s", k.ReceivedOn, k.State, k.RespondBy)
	}
	// The same request, sent twice: the earlier receipt is kept.
	again := d.opened(on(11, 28), on(10, 19), dsar)
	if v := d.do(ref, casework.Merge(again, 0)).View; v.ReceivedOn != on(10, 19) {
		t.Errorf("received %s", v.ReceivedOn)
	}
}

func TestAMissedTargetIsNotLate(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(deadlines.NewDay(2027, 1, 20), on(11, 20), casework.KindInput{Kind: intake.Review, Of: intake.FOI})
	v := d.record(ref, casework.RecordInput{Event: intake.Note, Note: "looked at"})
	if !v.Clocks[0].Missed || v.LateSince != 0 || !v.Overdue {
		t.Errorf("missed %t, late since %q, overdue %t", v.Clocks[0].Missed, v.LateSince, v.Overdue)
	}
}

// TestAMergerWarnsOfTwoPeople: it compares their addresses, or their names if
// there are none.
func TestAMergerWarnsOfTwoPeople(t *testing.T) {
	for name, x := range map[string]struct {
		one, other intake.Address
		warns      bool
	}{
		"by post, the same":       {intake.Address{Name: "Mo Vale"}, intake.Address{Name: "MO VALE"}, false},
		"by post, two":            {intake.Address{Name: "Mo Vale"}, intake.Address{Name: "Ann"}, true},
		"the same address":        {intake.Address{Name: "M", Addr: "mo@example.org"}, intake.Address{Name: "Mo Vale", Addr: "Mo@example.org"}, false},
		"only one has an address": {intake.Address{Name: "Mo Vale"}, intake.Address{Name: "Mo Vale", Addr: "mo@example.org"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.now = on(11, 20).Time(10, 0)
			var refs []string
			for _, who := range []intake.Address{x.one, x.other} {
				ch, err := d.OpenCase(t.Context(), admin, casework.OpenInput{Mailbox: "cafcass", KindInput: dsar, Received: on(11, 18), Acknowledged: on(11, 18), Requester: who})
				if err != nil {
					t.Fatal(err)
				}
				refs = append(refs, ch.View.Ref)
			}
			ch := d.do(refs[0], casework.Merge(refs[1], 0))
			if warns := strings.Contains(strings.Join(ch.Warnings, " "), "different requesters"); warns != x.warns {
				t.Errorf("it warns: %v (%q)", warns, ch.Warnings)
			}
		})
	}
}

func TestReopeningWhatIsOpenWarns(t *testing.T) {
	d := newDesk(t)
	ref := d.opened(on(11, 28), on(11, 20), dsar)
	warns := func(in casework.RecordInput) bool {
		return strings.Contains(strings.Join(d.do(ref, casework.Record(in)).Warnings, " "), "moves no date")
	}
	if !warns(casework.RecordInput{Event: intake.Reopened, Date: on(11, 27)}) {
		t.Error("a case that nobody answered is reopened without a word")
	}
	ref = d.opened(on(11, 28), on(11, 20), dsar)
	d.record(ref, casework.RecordInput{Event: intake.Responded, Date: on(11, 25), Outcome: "granted"})
	if warns(casework.RecordInput{Event: intake.Reopened, Date: on(11, 28)}) {
		t.Error("an answered case is reopened with a warning")
	}
}

// Cases that could not be sorted while a reload was running are sorted the next
// time that somebody looks.
func TestCasesThatCouldNotBeSortedAreSortedLater(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	index := func() (ix intake.Index) {
		if err := d.db.View(func(tx *store.Tx) error {
			for _, is := range tx.OpenCases() {
				ix = is
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return ix
	}
	right := index()
	err := d.db.Update(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		wrong := right
		wrong.Due++
		return tx.PutCase(c, wrong)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.AdoptCalendar(); err != nil || index().Due == right.Due {
		t.Fatalf("nobody asked for it: %v", err)
	}
	d.ReindexLater()
	if err := d.AdoptCalendar(); err != nil || d.IndexStale() || index().Due != right.Due {
		t.Errorf("due on %s, want %s; still to be sorted: %v; %v", index().Due, right.Due, d.IndexStale(), err)
	}
}
