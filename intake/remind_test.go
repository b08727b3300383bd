package intake_test

import (
	"slices"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

func TestWhenStaffAreReminded(t *testing.T) {
	acked := intake.Event{Name: intake.Acknowledged, Day: day(t, "2026-11-20")}
	cases := []struct {
		name          string
		h             history
		after, before string
		want          []string // London time and purpose
	}{
		{"a request that nobody answers",
			history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{acked}}, "2026-11-20", "2026-12-24",
			[]string{"2026-12-07 08:00 reminder", "2026-12-14 08:00 reminder", "2026-12-17 08:00 reminder", "2026-12-21 08:00 reminder", "2026-12-22 08:00 overdue", "2026-12-23 08:00 overdue"}},
		{"a reminder that falls on a holiday goes on the working day before it, and none goes over Christmas",
			history{kind: intake.FOI, received: "2026-11-24", events: []intake.Event{{Name: intake.Acknowledged, Day: day(t, "2026-11-24")}}}, "2026-12-22", "2026-12-30",
			[]string{"2026-12-23 08:00 reminder", "2026-12-24 08:00 overdue", "2026-12-29 08:00 overdue"}},
		{"the third working day comes near",
			history{kind: intake.FOI, received: "2026-11-20"}, "2026-11-20", "2026-11-27",
			[]string{"2026-11-24 08:00 ack-at-risk", "2026-11-25 08:00 ack-at-risk", "2026-11-26 08:00 ack-at-risk"}},
		{"triage undecided after a working day",
			history{kind: intake.FOI, received: "2026-11-20", triage: true, events: []intake.Event{acked, {Name: intake.AckHeld, Day: day(t, "2026-11-20")}, {Name: intake.Void, Refers: 2, Day: day(t, "2026-11-20")}, {Name: intake.AckSent, Day: day(t, "2026-11-20")}}}, "2026-11-20", "2026-11-26",
			[]string{"2026-11-24 08:00 undecided", "2026-11-25 08:00 undecided"}},
		{"the requester is waited for, and closing is suggested at last",
			history{kind: intake.DSAR, received: "2026-09-01", events: []intake.Event{{Name: intake.Acknowledged, Day: day(t, "2026-09-01")}, {Name: intake.IdentityRequested, Day: day(t, "2026-09-02")}}}, "2026-09-02", "2026-10-29",
			[]string{"2026-09-16 08:00 recall", "2026-09-30 08:00 recall", "2026-10-14 08:00 recall", "2026-10-28 08:00 closing"}},
		{"an answered one is left alone",
			history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{acked, {Name: intake.Responded, Day: day(t, "2026-11-24")}}}, "2026-11-20", "2027-01-20", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cal := deadlines.Default()
			v := c.h.build(t).ViewAt(day(t, c.after).Time(12, 0), cal, deadlines.DefaultRules())
			all := v.Reminders(houseSchedule(), cal, day(t, c.after).Time(12, 0), day(t, c.before).Time(0, 0))
			var got []string
			for _, r := range all {
				got = append(got, r.At.In(deadlines.London()).Format("2006-01-02 15:04 ")+string(r.Purpose))
			}
			if len(got) != len(c.want) {
				t.Fatalf("got %q\nwant %q", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %q, want %q", got[i], c.want[i])
				}
			}
			if due := v.DueReminders(houseSchedule(), cal, day(t, c.after).Time(12, 0), day(t, c.before).Time(0, 0)); !slices.Equal(due, mailed(all)) {
				t.Errorf("of these %+v is mailed, want %+v", due, mailed(all))
			}
			own := slices.DeleteFunc(slices.Clone(all), func(r intake.Reminder) bool { return !r.OwnMail })
			if next := v.NextReminder(houseSchedule(), cal, day(t, c.after).Time(12, 0)); len(own) > 0 && !next.Equal(own[0].At) {
				t.Errorf("next is %s, the first that is a mail of its own is %s", next, own[0].At)
			}
		})
	}
}

// mailed returns the reminders that are sent as mails of their own when the
// daemon looks at the end: all of one moment, but of several moments only the
// most urgent.
func mailed(all []intake.Reminder) []intake.Reminder {
	all = slices.DeleteFunc(slices.Clone(all), func(r intake.Reminder) bool { return !r.OwnMail })
	if len(all) == 0 || all[0].At.Equal(all[len(all)-1].At) {
		return all
	}
	best := all[0]
	for _, r := range all {
		if r.Rank > best.Rank || r.Rank == best.Rank && r.At.After(best.At) {
			best = r
		}
	}
	return []intake.Reminder{best}
}

func TestTheMostUrgentOfALongGapIsTheSameAsOfAll(t *testing.T) {
	cal := deadlines.Default()
	for name, h := range map[string]history{
		"never acknowledged": {kind: intake.FOI, received: "2024-12-20"},
		"undecided":          {kind: intake.Review, received: "2024-12-20", triage: true, doubt: true},
	} {
		c := h.build(t)
		for days := range 120 {
			after := c.Opening().Received
			through := after.AddDate(1, 0, days).Add(time.Duration(days) * 13 * time.Minute)
			v := c.ViewAt(through, cal, deadlines.DefaultRules())
			got := v.DueReminders(houseSchedule(), cal, after, through)
			want := mailed(v.Reminders(houseSchedule(), cal, after, through))
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Fatalf("%s through %s: got %+v, want %+v", name, through, got, want)
			}
		}
	}
}

func TestUrgentMailIsNotLeftForMoreThanAnHour(t *testing.T) {
	h := history{kind: intake.Other, received: "2026-11-21", triage: true, doubt: true}
	c := h.build(t)
	o := *c.Events[0].Opening
	o.Urgent = "harm"
	first := c.Events[0]
	first.Opening = &o
	c = &intake.Case{Ref: c.Ref, Mailbox: c.Mailbox}
	c.Append(first, make([]byte, intake.SaltSize))
	opened := first.At
	cal := deadlines.Default()
	v := c.ViewAt(opened, cal, deadlines.DefaultRules())
	got := v.Reminders(houseSchedule(), cal, opened, opened.Add(2*time.Hour))
	if len(got) != 1 || got[0].Purpose != intake.ForUrgent || !got[0].At.Equal(opened.Add(time.Hour)) || !got[0].Escalate {
		t.Errorf("got %+v, want one urgent reminder an hour after %s, on a Saturday too", got, opened)
	}
}

// TestWhatFallsDueAtOneMomentGoesOutTogether: if reminders were missed only the
// most urgent is sent; if several fall due now all are.
func TestWhatFallsDueAtOneMomentGoesOutTogether(t *testing.T) {
	acked := intake.Event{Name: intake.Acknowledged, Day: day(t, "2026-11-20")}
	both := history{kind: intake.FOI, also: []intake.Kind{intake.DSAR}, received: "2026-11-20", events: []intake.Event{acked}}
	undecided := history{kind: intake.FOI, received: "2026-11-20", triage: true, events: []intake.Event{{Name: intake.AckHeld, Code: "undecided", Day: day(t, "2026-11-20")}}}
	cal, s := deadlines.Default(), houseSchedule()
	for _, c := range []struct {
		name       string
		h          history
		after, now string
		want       []string
	}{
		{"the two clocks of one case", both, "2026-12-20", "2026-12-21", []string{"0-before/foi/2026-12-21", "0-before/dsar/2026-12-21"}},
		{"what stands in the list alone", undecided, "2026-11-23", "2026-11-24", nil},
		{"the last day for the acknowledgement", undecided, "2026-11-24", "2026-11-25", []string{"ack-at-risk/2026-11-25/0"}},
		{"a day of several missed", both, "2026-12-13", "2026-12-22", []string{"overdue/foi/2026-12-22"}},
		{"nothing", both, "2026-12-21", "2026-12-21", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := day(t, c.now).Time(8, 0)
			v := c.h.build(t).ViewAt(now, cal, deadlines.DefaultRules())
			var got []string
			for _, r := range v.DueReminders(s, cal, day(t, c.after).Time(8, 0), now) {
				got = append(got, r.Code)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// houseSchedule is the schedule of a configuration that sets none.
func houseSchedule() intake.Schedule {
	return intake.Schedule{
		Hour: 8, HalfTime: true, Before: []int{5, 2, 0}, Overdue: true, AckBefore: []int{1, 0},
		Undecided: 1, UrgentAfter: time.Hour, RecallEvery: 10, CloseAfter: 40,
	}
}
