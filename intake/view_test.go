package intake_test

import (
	"slices"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// history builds a case from the events of one table row.
type history struct {
	kind, of intake.Kind
	also     []intake.Kind
	received string
	triage   bool
	doubt    bool
	events   []intake.Event
}

func day(t *testing.T, s string) deadlines.Day {
	t.Helper()
	d, err := deadlines.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (h history) build(t *testing.T) *intake.Case {
	t.Helper()
	on := day(t, h.received)
	c := &intake.Case{Ref: "CAF26-00001", Mailbox: "cafcass"}
	c.Append(intake.Event{
		At: on.Time(9, 0).UTC(), Actor: "requestd", Name: intake.Opened, Day: on, Kind: h.kind, Of: h.of, Also: h.also,
		Opening:  &intake.Opening{Mailbox: "cafcass", Received: on.Time(9, 0).UTC(), Source: "mail", Language: "en", Reply: "en", Triage: h.triage, Doubt: h.doubt},
		Personal: &intake.Personal{Requester: intake.Address{Name: "Ann Example", Addr: "ann@example.org"}, ReplyTo: "ann@example.org"},
	}, make([]byte, intake.SaltSize))
	for _, e := range h.events {
		if e.At.IsZero() {
			e.At = e.Day.Time(10, 0).UTC()
		}
		e.Actor = "local:officer"
		c.Append(e, make([]byte, intake.SaltSize))
	}
	return c
}

func TestWhatACaseComesTo(t *testing.T) {
	ev := func(name intake.EventName, on string) intake.Event {
		return intake.Event{Name: name, Day: day(t, on)}
	}
	promise := func(part intake.Kind, told, on string) intake.Event {
		return intake.Event{Name: intake.Promised, Part: part, Day: day(t, told), At: day(t, on).Time(9, 5).UTC()}
	}
	cases := []struct {
		name    string
		h       history
		now     string
		state   intake.CaseState
		reply   string // "" while the clock is stopped
		due     string // what reminders follow
		overdue bool
	}{
		{"an FOI request on the day after its twentieth working day is overdue",
			history{kind: intake.FOI, received: "2026-11-20"}, "2026-12-22", intake.StateOpen, "2026-12-21", "2026-12-21", true},
		{"on the twentieth working day itself it is not",
			history{kind: intake.FOI, received: "2026-11-20"}, "2026-12-21", intake.StateOpen, "2026-12-21", "2026-12-21", false},
		{"a question stops the clock, and nothing is overdue meanwhile",
			history{kind: intake.FOI, received: "2026-10-01", events: []intake.Event{promise(intake.FOI, "2026-10-29", "2026-10-01"), ev(intake.ClarificationRequested, "2026-10-08")}},
			"2026-11-20", intake.StateWaiting, "", "", false},
		{"the answer starts it afresh, on the date promised before nobody relies any more",
			history{kind: intake.FOI, received: "2026-10-01", events: []intake.Event{promise(intake.FOI, "2026-10-29", "2026-10-01"), ev(intake.ClarificationRequested, "2026-10-08"), ev(intake.ClarificationReceived, "2026-10-24")}},
			"2026-11-10", intake.StateOpen, "2026-11-20", "2026-11-20", false},
		{"an earlier date that was promised is the one that counts",
			history{kind: intake.FOI, received: "2022-10-12", events: []intake.Event{promise(intake.FOI, "2022-11-08", "2022-10-14")}},
			"2022-11-09", intake.StateOpen, "2022-11-09", "2022-11-08", true},
		{"a correction to a later receipt does not move what was promised",
			history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{promise(intake.FOI, "2026-12-21", "2026-11-20"), ev(intake.ReceivedOn, "2026-11-23")}},
			"2026-11-24", intake.StateOpen, "2026-12-22", "2026-12-21", false},
		{"an extension tells the requester the new date",
			history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{promise(intake.FOI, "2026-12-21", "2026-11-20"), ev(intake.Extended, "2026-12-15")}},
			"2026-12-29", intake.StateOpen, "2027-01-22", "2027-01-22", false},
		{"a struck event counts for nothing",
			history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{ev(intake.Responded, "2026-11-25"), {Name: intake.Void, Refers: 2, Day: day(t, "2026-11-26")}}},
			"2026-11-27", intake.StateOpen, "2026-12-21", "2026-12-21", false},
		{"a struck void strikes nothing",
			history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{ev(intake.Responded, "2026-11-25"), {Name: intake.Void, Refers: 2, Day: day(t, "2026-11-26")}, {Name: intake.Void, Refers: 3, Day: day(t, "2026-11-26")}}},
			"2026-11-27", intake.StateResponded, "2026-12-21", "", false},
		{"one part of a hybrid answered leaves the case open",
			history{kind: intake.DSAR, also: []intake.Kind{intake.FOI}, received: "2026-11-20", events: []intake.Event{{Name: intake.Responded, Part: intake.DSAR, Day: day(t, "2026-12-01")}}},
			"2026-12-02", intake.StateOpen, "2026-12-21", "2026-12-21", false},
		{"both parts answered answer the case",
			history{kind: intake.DSAR, also: []intake.Kind{intake.FOI}, received: "2026-11-20", events: []intake.Event{{Name: intake.Responded, Part: intake.DSAR, Day: day(t, "2026-12-01")}, {Name: intake.Responded, Part: intake.FOI, Day: day(t, "2026-12-02")}}},
			"2026-12-03", intake.StateResponded, "2026-12-21", "", false},
		{"the other part is overdue by itself",
			history{kind: intake.DSAR, also: []intake.Kind{intake.FOI}, received: "2026-10-30", events: []intake.Event{{Name: intake.Responded, Part: intake.DSAR, Day: day(t, "2026-11-20")}}},
			"2026-12-02", intake.StateOpen, "2026-11-30", "2026-11-27", true},
		{"in doubt the earliest plausible date counts",
			history{kind: intake.Other, received: "2026-11-21", triage: true, doubt: true}, "2026-11-23", intake.StateTriage, "2026-12-18", "2026-12-18", false},
		{"a decision brings the date of its kind",
			history{kind: intake.Other, received: "2026-11-21", triage: true, doubt: true, events: []intake.Event{{Name: intake.Reclassified, Kind: intake.FOI, Day: day(t, "2026-11-23")}}},
			"2026-11-24", intake.StateOpen, "2026-12-21", "2026-12-21", false},
		{"a held request keeps the date of its kind",
			history{kind: intake.FOI, received: "2026-11-21", triage: true}, "2026-11-23", intake.StateTriage, "2026-12-21", "2026-12-21", false},
		{"what is no request owes nothing",
			history{kind: intake.FOI, received: "2026-10-01", triage: true, events: []intake.Event{{Name: intake.Reclassified, Kind: intake.NotARequest, Day: day(t, "2026-11-23")}}},
			"2026-11-24", intake.StateNotARequest, "", "", false},
		{"a withdrawal ends it", history{kind: intake.DSAR, received: "2026-10-01", events: []intake.Event{ev(intake.Withdrawn, "2026-10-05")}},
			"2026-12-01", intake.StateWithdrawn, "2026-11-02", "", false},
		{"reopened after an answer in time, it has the house's target", history{kind: intake.DSAR, received: "2026-10-01", events: []intake.Event{ev(intake.Responded, "2026-10-05"), ev(intake.Reopened, "2026-11-30")}},
			"2026-12-01", intake.StateOpen, "2026-11-02", "2026-12-30", false},
		{"reopened, with a date promised for the new work", history{kind: intake.DSAR, received: "2026-10-01", events: []intake.Event{ev(intake.Responded, "2026-10-05"), ev(intake.Reopened, "2026-11-20"), promise(intake.DSAR, "2026-11-27", "2026-11-20")}},
			"2026-12-01", intake.StateOpen, "2026-11-02", "2026-11-27", true},
		{"merged, it is closed", history{kind: intake.FOI, received: "2026-10-01", events: []intake.Event{{Name: intake.MergedInto, Ref: "CAF26-00002", Day: day(t, "2026-10-02")}}},
			"2026-12-01", intake.StateClosed, "2026-10-29", "2026-10-29", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := c.h.build(t)
			v := k.ViewAt(day(t, c.now).Time(11, 0), deadlines.Default(), deadlines.DefaultRules())
			due := v.Index(time.Time{}).Due
			if !v.IsOpen() {
				due = 0
			}
			want := c.due
			if !v.IsOpen() {
				want = ""
			}
			if v.State != c.state || v.RespondBy.String() != c.reply || due.String() != want || v.Overdue != c.overdue {
				t.Errorf("state %s, reply by %q, due %q, overdue %v; want %s, %q, %q, %v",
					v.State, v.RespondBy, due, v.Overdue, c.state, c.reply, want, c.overdue)
			}
			if err := k.VerifyChain(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAQuestionThatMovesNoDateTakesNoPromiseBack: a question moves no date if
// it came after the request had ended, unless it was reopened, or if the law of
// the request does not wait for it.
func TestAQuestionThatMovesNoDateTakesNoPromiseBack(t *testing.T) {
	ev := func(name intake.EventName, on string) intake.Event { return intake.Event{Name: name, Day: day(t, on)} }
	for _, c := range []struct {
		name              string
		kind              intake.Kind
		events            []intake.Event
		replyBy, promised string
	}{
		{"asked after the answer", intake.DSAR, []intake.Event{ev(intake.Responded, "2026-10-12"), ev(intake.ClarificationRequested, "2026-10-14")}, "2026-11-02", "2026-10-28"},
		{"asked and told after it was closed", intake.DSAR, []intake.Event{ev(intake.Closed, "2026-10-12"), ev(intake.IdentityRequested, "2026-10-14"), ev(intake.IdentityReceived, "2026-10-19")}, "2026-11-02", "2026-10-28"},
		{"extended after it was withdrawn", intake.DSAR, []intake.Event{ev(intake.Withdrawn, "2026-10-12"), ev(intake.Extended, "2026-10-14")}, "2026-11-02", "2026-10-28"},
		{"asked on the day of the answer", intake.DSAR, []intake.Event{ev(intake.Responded, "2026-10-12"), ev(intake.FeeRequested, "2026-10-12")}, "2026-11-02", "2026-10-28"},
		{"extended on the day of the answer", intake.DSAR, []intake.Event{ev(intake.Extended, "2026-10-12"), ev(intake.Responded, "2026-10-12")}, "2026-11-02", "2026-10-28"},
		{"asked before the answer", intake.DSAR, []intake.Event{ev(intake.Responded, "2026-10-12"), ev(intake.ClarificationRequested, "2026-10-09")}, "", ""},
		{"reopened since", intake.DSAR, []intake.Event{ev(intake.Closed, "2026-10-12"), ev(intake.IdentityRequested, "2026-10-14"), ev(intake.IdentityReceived, "2026-10-19"), ev(intake.Reopened, "2026-10-20")}, "2026-11-19", ""},
		{"identity asked of a request under FOIA", intake.FOI, []intake.Event{ev(intake.IdentityRequested, "2026-10-12")}, "2026-10-29", "2026-10-28"},
	} {
		told := intake.Event{Name: intake.Promised, Part: c.kind, Day: day(t, "2026-10-28"), At: day(t, "2026-10-01").Time(9, 5).UTC()}
		k := history{kind: c.kind, received: "2026-10-01", events: append([]intake.Event{told}, c.events...)}.build(t)
		v := k.ViewAt(day(t, "2026-11-20").Time(11, 0), deadlines.Default(), deadlines.DefaultRules())
		if v.RespondBy.String() != c.replyBy || v.Promised.String() != c.promised {
			t.Errorf("%s: reply by %q, promised %q; want %q, %q", c.name, v.RespondBy, v.Promised, c.replyBy, c.promised)
		}
	}
}

func TestTheAcknowledgementIsMadeOnceItWasSent(t *testing.T) {
	on := day(t, "2026-11-20")
	cases := []struct {
		name   string
		events []intake.Event
		made   bool
	}{
		{"queued is not made", []intake.Event{{Name: intake.AckQueued, Letter: 1}}, false},
		{"sent is", []intake.Event{{Name: intake.AckQueued, Letter: 1}, {Name: intake.AckSent, Letter: 1}}, true},
		{"come back it no longer counts", []intake.Event{{Name: intake.AckSent, Letter: 1}, {Name: intake.AckBounced, Letter: 1}}, false},
		{"by hand counts", []intake.Event{{Name: intake.AckHeld, Code: "danger"}, {Name: intake.Acknowledged}}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.events {
				c.events[i].Day = on
			}
			v := history{kind: intake.FOI, received: "2026-11-20", events: c.events}.build(t).
				ViewAt(on.Time(12, 0), deadlines.Default(), deadlines.DefaultRules())
			if made := v.AcknowledgedAt != nil; made != c.made {
				t.Errorf("made %v, want %v", made, c.made)
			}
		})
	}
}

// TestACorrectionDoesNotUnmakeTheAcknowledgement: else staff would be reminded
// of a letter that the requester already has, and could neither send nor
// correct it.
func TestACorrectionDoesNotUnmakeTheAcknowledgement(t *testing.T) {
	made := []intake.Event{{Name: intake.AckQueued, Day: day(t, "2026-11-09"), Letter: 1}, {Name: intake.AckSent, Day: day(t, "2026-11-10"), Letter: 1}}
	for _, c := range []struct {
		name string
		then intake.Event
		made bool
	}{
		{"its correction is held", intake.Event{Name: intake.AckHeld, Letter: 2, Code: "unsent"}, true},
		{"its correction is refused", intake.Event{Name: intake.AckFailed, Letter: 2}, true},
		{"its correction comes back", intake.Event{Name: intake.AckBounced, Letter: 2}, true},
		{"its correction is sent", intake.Event{Name: intake.AckSent, Letter: 2}, true},
		{"it comes back itself", intake.Event{Name: intake.AckBounced, Letter: 1}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.then.Day = day(t, "2026-11-12")
			h := history{kind: intake.FOI, received: "2026-11-09", events: append(slices.Clone(made), c.then)}
			v := h.build(t).ViewAt(day(t, "2026-11-13").Time(9, 0), deadlines.Default(), deadlines.DefaultRules())
			if is := !v.Ack.At.IsZero(); is != c.made {
				t.Errorf("acknowledged: %t, want %t (%+v)", is, c.made, v.Ack)
			}
			if c.made && deadlines.DayOf(v.Ack.At) != day(t, "2026-11-10") {
				t.Errorf("acknowledged on %s, want the day of the first letter", v.Ack.At)
			}
		})
	}
}

func TestTamperingShows(t *testing.T) {
	fresh := func() *intake.Case {
		return history{kind: intake.FOI, received: "2026-11-20", events: []intake.Event{
			{Name: intake.Extended, Day: day(t, "2026-12-01")},
			{Name: intake.Note, Day: day(t, "2026-12-02"), Personal: &intake.Personal{Text: "spoke to Ann"}},
		}}.build(t)
	}
	cases := map[string]func(*intake.Case){
		"a date is changed":         func(c *intake.Case) { c.Events[1].Day++ },
		"an event is taken out":     func(c *intake.Case) { c.Events = slices.Delete(c.Events, 1, 2) },
		"two events change places":  func(c *intake.Case) { c.Events[1], c.Events[2] = c.Events[2], c.Events[1] },
		"a note is rewritten":       func(c *intake.Case) { p := *c.Events[2].Personal; p.Text = "spoke to Bob"; c.Events[2].Personal = &p },
		"an actor is changed":       func(c *intake.Case) { c.Events[1].Actor = "local:other" },
		"the digest is swapped out": func(c *intake.Case) { c.Events[2].Digest = c.Events[0].Digest },
	}
	for name, tamper := range cases {
		t.Run(name, func(t *testing.T) {
			c := fresh()
			tamper(c)
			if c.VerifyChain() == nil {
				t.Error("the chain still verifies")
			}
		})
	}
	c := fresh()
	c.Erase()
	if err := c.VerifyChain(); err != nil {
		t.Errorf("after erasing: %v", err)
	}
	if c.Person().Requester.Addr != "" {
		t.Error("erasing left the requester")
	}
}
