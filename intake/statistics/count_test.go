package statistics_test

import (
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/statistics"
)

func day(t *testing.T, s string) deadlines.Day {
	t.Helper()
	d, err := deadlines.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// opened returns a case that a mail of 1 September 2026 opened.
func opened(t *testing.T, kind, of intake.Kind, triage bool, more ...intake.Event) *intake.Case {
	t.Helper()
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	c := &intake.Case{Ref: "CAF26-00001", Mailbox: "cafcass"}
	c.Append(intake.Event{At: at, Actor: intake.ActorSelf, Name: intake.Opened, Day: deadlines.DayOf(at), Kind: kind, Of: of,
		Opening: &intake.Opening{Mailbox: "cafcass", Received: at, Source: "mail", Triage: triage}}, nil)
	for _, e := range more {
		if e.Day == 0 {
			e.Day = day(t, "2026-09-02")
		}
		if e.Actor == "" {
			e.Actor = "local:clerk"
		}
		e.At = e.Day.Time(10, 0)
		c.Append(e, nil)
	}
	return c
}

func count(t *testing.T, cases ...*intake.Case) *statistics.Count {
	t.Helper()
	n := statistics.New(statistics.Period{From: day(t, "2026-07-01"), To: day(t, "2026-09-30"), AsAt: day(t, "2026-11-04")}, deadlines.Default(),
		func(string) deadlines.Rules { return deadlines.Rules{} })
	for _, c := range cases {
		n.Add(c, func(string) bool { return true })
	}
	return n
}

func row(t *testing.T, n *statistics.Count, kind intake.Kind) statistics.Row {
	t.Helper()
	for _, r := range n.Rows() {
		if r.Kind == kind {
			return r
		}
	}
	t.Fatalf("there is no row of %s", kind)
	return statistics.Row{}
}

// TestReviewsCountWithTheRegimeWhoseAnswerTheyAreAbout and by what was upheld.
func TestReviewsCountWithTheRegimeWhoseAnswerTheyAreAbout(t *testing.T) {
	answered := func(outcome string) intake.Event { return intake.Event{Name: intake.Responded, Outcome: outcome} }
	n := count(t,
		opened(t, intake.Review, intake.FOI, false, answered("decision-overturned")),
		opened(t, intake.Review, intake.FOI, false, answered("upheld")), // recorded before the record said what was upheld
		opened(t, intake.Review, intake.DSAR, false, intake.Event{Name: intake.Acknowledged}, answered("complaint-part-upheld")),
		opened(t, intake.FOI, "", false, intake.Event{Name: intake.Responded, Outcome: "refused", Exemptions: []string{"40(2)", "31"}}))
	if r := row(t, n, intake.FOI); r.Reviews != (statistics.Reviews{Asked: 2, NotUpheld: 1, Unspecified: 1}) || r.Received != 1 || r.Exemptions["40(2)"] != 1 || r.Outcomes["refused"] != 1 {
		t.Errorf("foi: %+v", r)
	}
	if r := row(t, n, intake.DSAR); r.Reviews.PartUpheld != 1 || r.Complaints != (statistics.Complaints{Received: 1, Acknowledged: 1}) {
		t.Errorf("dsar: %+v", r)
	}
	if r := row(t, n, intake.Review); r.Received != 3 {
		t.Errorf("reviews: %+v", r)
	}
}

// TestWhatDoesNotCount: mail that is no request, a case merged into another,
// one recorded later, and what nobody has decided.
func TestWhatDoesNotCount(t *testing.T) {
	undecided := opened(t, intake.FOI, "", true)
	undecided.Events[0].Opening.Doubt = true
	n := count(t, undecided,
		opened(t, intake.FOI, "", true, intake.Event{Name: intake.Reclassified, Kind: intake.NotARequest}),
		opened(t, intake.FOI, "", false, intake.Event{Name: intake.MergedInto, Ref: "CAF26-00009"}),
		opened(t, intake.FOI, "", true, intake.Event{Name: intake.Reclassified, Kind: intake.EIR, Day: day(t, "2026-12-01")}))
	if r := row(t, n, intake.FOI); r.Received != 1 || r.Open != 1 || r.OpenLate != 1 || r.Mark != "below 90" {
		t.Errorf("only the last counts, as what it was thought to be at the time: %+v", r)
	}
	if r := row(t, n, intake.EIR); r.Received != 0 || r.Mark != "" {
		t.Errorf("eir: %+v", r)
	}
}

// TestHowMailWasRead: judged by a person's decision, or by what a person left
// unchanged.
func TestHowMailWasRead(t *testing.T) {
	n := count(t,
		opened(t, intake.FOI, "", false, intake.Event{Name: intake.Responded, Outcome: "granted"}), // left unchanged
		opened(t, intake.FOI, "", false), // may yet be corrected
		opened(t, intake.FOI, "", true, intake.Event{Name: intake.Reclassified, Kind: intake.FOI}),                     // confirmed
		opened(t, intake.FOI, "", true, intake.Event{Name: intake.Reclassified, Kind: intake.DSAR}),                    // wrong
		opened(t, intake.DSAR, "", true, intake.Event{Name: intake.AckReleased}),                                       // let go
		opened(t, intake.DSAR, "", true, intake.Event{Name: intake.Reclassified, Kind: intake.FOI, Actor: "requestd"})) // not decided by a person
	foi, dsar := n.Reading()[intake.FOI], n.Reading()[intake.DSAR]
	if foi.Decided != 3 || foi.ReadRightly != 2 || foi.ByDecision["triage"].Decided != 2 || foi.ByDecision["acknowledge"].ReadRightly != 1 {
		t.Errorf("foi: %+v", foi)
	}
	if dsar.Decided != 1 || dsar.ReadRightly != 1 {
		t.Errorf("dsar: %+v", dsar)
	}
}

// TestHowMailThatOpenedNoCaseWasRead: mail that was passed or put with a case
// was read rightly as long as nobody takes it out.
func TestHowMailThatOpenedNoCaseWasRead(t *testing.T) {
	late, early := day(t, "2026-11-05"), day(t, "2026-09-03")
	mail := func(id uint64, d intake.Disposition, k intake.Kind) *intake.Arrival {
		return &intake.Arrival{ID: id, Decision: d, Kind: k, Ref: "CAF26-00001"}
	}
	with := func(e intake.Event) *intake.Case { return opened(t, intake.FOI, "", true, e) }
	n := count(t)
	for _, a := range []*intake.Arrival{
		{ID: 1, Decision: intake.DidPass, Kind: intake.Other}, {ID: 2, Decision: intake.DidIgnore, Kind: intake.Automated},
		{ID: 3, Decision: intake.DidPass, Kind: intake.Other, Seems: intake.SeemsDecision}, {ID: 4, Decision: intake.DidBeforeStart},
	} {
		n.AddMail(a, nil)
	}
	n.AddMail(mail(5, intake.DidFollowup, intake.Other), with(intake.Event{Name: intake.MailAttached, Message: 5, Actor: intake.ActorSelf}))
	n.AddMail(mail(6, intake.DidFollowup, intake.Other), with(intake.Event{Name: intake.MailAttached, Message: 6, Day: early})) // by a person: it had been passed
	n.AddMail(mail(7, intake.DidFollowup, intake.Other), with(intake.Event{Name: intake.MailAttached, Message: 7, Day: late}))  // not known yet on the day of the figures
	for _, d := range []deadlines.Day{early, late} {                                                                            // the same for mail that a person made a case of
		c := opened(t, intake.FOI, "", false)
		c.Events[0].Actor, c.Events[0].At, c.Messages = "local:clerk", d.Time(9, 0), []uint64{8}
		n.Add(c, func(string) bool { return true })
	}
	other := n.Reading()[intake.Other]
	if got := other.ByDecision["pass"]; got.Decided != 5 || got.ReadRightly != 3 {
		t.Errorf("passed: %+v, want 5 of which 3 were left", got)
	}
	if got := other.ByDecision["followup"]; got.Decided != 1 || got.ReadRightly != 1 {
		t.Errorf("put with a case: %+v", got)
	}
	if got := n.Reading()[intake.Automated].ByDecision["ignore"]; got.Decided != 1 {
		t.Errorf("ignored: %+v", got)
	}
}
