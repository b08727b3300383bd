package deadlines

import (
	"strings"
	"testing"
	"time"
)

var monday = NewDay(2026, time.September, 7)

func TestCheckRefuses(t *testing.T) {
	request := func(kind, of string, received Day, events ...Event) Request {
		return Request{kind, of, received, events}
	}
	for _, e := range []struct {
		name string
		req  Request
		want []string
	}{
		{"an unknown kind", request("env", "", monday), []string{`kind "env"`, "want foi, dsar, review, eir or rights"}},
		{"a review of a review", request(KindReview, KindReview, monday), []string{`of "review"`, "want foi, dsar, eir, rights or unknown"}},
		{"a request of something", request(KindFOI, KindFOI, monday), []string{`of "foi"`, "only a review"}},
		{"no receipt", request(KindFOI, "", 0), []string{"received: no date"}},
		{"1999", request(KindFOI, "", NewDay(1999, time.December, 31)), []string{"received: date 1999-12-31", "2000 to 2099"}},
		{"2100", request(KindFOI, "", NewDay(2100, time.January, 1)), []string{"received: date 2100-01-01", "2000 to 2099"}},
		{"an unknown event", request(KindFOI, "", monday, Event{"clarified", monday}), []string{`event 1, unknown event "clarified"`, ClarificationReceived}},
		{"void", request(KindFOI, "", monday, Event{"void", monday}), []string{"event 1, void", "leave the struck event out"}},
		{"an event without a date", request(KindFOI, "", monday, Event{Extended, 0}), []string{"event 1, extended: no date"}},
		{"an event in 2100", request(KindFOI, "", monday, Event{Extended, NewDay(2100, time.January, 1)}), []string{"event 1, extended: date 2100-01-01"}},
		{"an event before receipt", request(KindDSAR, "", monday, Event{IdentityRequested, monday - 1}), []string{"event 1, identity-requested on 2026-09-06: before the receipt on 2026-09-07"}},
		{"before the receipt as corrected", request(KindDSAR, "", monday, Event{Extended, monday + 3}, Event{Received, monday + 4}), []string{"event 1, extended on 2026-09-10: before the receipt on 2026-09-11"}},
		{"an answer without a question", request(KindDSAR, "", monday, Event{IdentityReceived, monday + 2}), []string{"no identity-requested on or before that day"}},
		{"an answer to another question", request(KindDSAR, "", monday, Event{FeeRequested, monday}, Event{IdentityReceived, monday + 2}), []string{"no identity-requested"}},
		{"an answer before its question", request(KindFOI, "", monday, Event{ClarificationRequested, monday + 3}, Event{ClarificationReceived, monday + 2}), []string{"event 2, clarification-received on 2026-09-09: no clarification-requested"}},
		{"everything at once", request("env", "", 0, Event{"x", 0}), []string{`kind "env"`, "received: no date", "event 1, unknown"}},
		{"more events than can be", request(KindFOI, "", monday, make([]Event, 1001)...), []string{"1001 events"}},
	} {
		t.Run(e.name, func(t *testing.T) {
			err := Default().Check(e.req)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range e.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v; want it to say %q", err, want)
				}
			}
		})
	}
}

func TestCheckAccepts(t *testing.T) {
	for _, r := range []Request{
		{KindFOI, "", firstDay, nil},
		{KindDSAR, "", lastDay, []Event{{IdentityRequested, lastDay}, {IdentityReceived, lastDay}}},
		{KindReview, OfUnknown, monday, []Event{{Note, monday}}},
		{KindDSAR, "", monday, []Event{{ClarificationReceived, monday + 1}, {ClarificationRequested, monday + 1}}},
		{KindDSAR, "", monday, []Event{{FeeRequested, monday}, {FeeReceived, monday + 1}, {FeeReceived, monday + 9}}},
		{KindFOI, "", monday, []Event{{Received, monday - 9}, {Extended, monday - 8}}},
	} {
		if err := Default().Check(r); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
		if _, err := Default().Compute(r, DefaultRules()); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// What a register may contain, but the command would refuse.
func TestComputeIsLenient(t *testing.T) {
	plain := compute(t, KindDSAR, "", monday)
	for _, e := range []struct {
		name, kind string
		events     []Event
		due        Day
		state      State
		warning    string
	}{
		{"an answer whose question is not entered yet", KindDSAR, []Event{{IdentityReceived, monday + 10}}, plain.RespondBy, StateRunning,
			"identity-received on 2026-09-17 has no identity-requested on or before that day"},
		{"a question entered with too late a date", KindDSAR, []Event{{IdentityReceived, monday + 10}, {IdentityRequested, monday + 11}}, 0, StateWaitingForIdentity, "has no identity-requested"},
		{"an event before receipt counts", KindDSAR, []Event{{IdentityRequested, monday - 3}}, 0, StateWaitingForIdentity, "lies before the receipt on 2026-09-07"},
		{"a pause that began before receipt", KindDSAR, []Event{{ClarificationRequested, monday - 3}, {ClarificationReceived, monday + 2}}, NewDay(2026, time.October, 9), StateRunning, "lies before the receipt"},
		{"an event of another century", KindDSAR, []Event{{IdentityRequested, NewDay(2126, time.January, 1)}}, plain.RespondBy, StateRunning, "it is left out"},
		{"an event with an unknown name", KindDSAR, []Event{{"lost", monday}}, plain.RespondBy, StateRunning, `unknown event "lost"`},
		{"identity on an FOI request", KindFOI, []Event{{IdentityRequested, monday}}, compute(t, KindFOI, "", monday).RespondBy, StateRunning, "identity-requested moves no date"},
		{"a fee on a review", KindReview, []Event{{FeeRequested, monday}}, compute(t, KindReview, "", monday).RespondBy, StateRunning, "fee-requested moves no date"},
		{"clarification asked after the date", KindFOI, []Event{{ClarificationRequested, monday + 29}, {ClarificationReceived, monday + 30}}, NewDay(2026, time.November, 4), StateRunning,
			"clarification-requested on 2026-10-06 came after the request was due on 2026-10-05"},
		{"a pause after the date", KindDSAR, []Event{{ClarificationRequested, monday + 31}, {ClarificationReceived, monday + 36}}, NewDay(2026, time.October, 12), StateRunning,
			"clarification-requested on 2026-10-08 came after the request was due on 2026-10-07"},
		{"a question asked twice and answered once", KindDSAR, []Event{{IdentityRequested, monday + 1}, {IdentityRequested, monday + 3}, {IdentityReceived, monday + 9}}, 0, StateWaitingForIdentity,
			"identity-requested on 2026-09-10 has no answer of its own, though one to an earlier question came on 2026-09-16"},
		{"a question asked twice and answered twice", KindDSAR, []Event{{IdentityRequested, monday + 1}, {IdentityRequested, monday + 3}, {IdentityReceived, monday + 9}, {IdentityReceived, monday + 9}}, NewDay(2026, time.October, 16), StateRunning, ""},
		{"a further question after the answer to the first", KindDSAR, []Event{{IdentityRequested, monday + 1}, {IdentityReceived, monday + 3}, {IdentityRequested, monday + 4}}, 0, StateWaitingForIdentity, ""},
		{"a clarification asked twice and answered once", KindFOI, []Event{{ClarificationRequested, monday + 1}, {ClarificationRequested, monday + 3}, {ClarificationReceived, monday + 3}}, 0, StateWaitingForClarification,
			"clarification-requested on 2026-09-10 has no answer of its own"},
		{"an identity asked for twice on an FOI request stops nothing", KindFOI, []Event{{IdentityRequested, monday}, {IdentityRequested, monday + 1}, {IdentityReceived, monday + 2}}, compute(t, KindFOI, "", monday).RespondBy, StateRunning, "moves no date"},
		{"a pause on the date is in time", KindDSAR, []Event{{ClarificationRequested, monday + 30}, {ClarificationReceived, monday + 35}}, NewDay(2026, time.October, 12), StateRunning, ""},
	} {
		t.Run(e.name, func(t *testing.T) {
			r := compute(t, e.kind, "", monday, e.events...)
			if r.RespondBy != e.due {
				t.Errorf("respond by %s, want %s", r.RespondBy, e.due)
			}
			if r.State != e.state {
				t.Errorf("state %s, want %s", r.State, e.state)
			}
			warned(t, r, e.warning)
		})
	}
}

func TestComputeRefusesOnlyWhatHasNoDates(t *testing.T) {
	for _, r := range []Request{
		{Kind: "env", Received: monday},
		{Kind: KindFOI},
		{Kind: KindFOI, Received: NewDay(2100, time.January, 1)},
	} {
		if res, err := Default().Compute(r, DefaultRules()); err == nil {
			t.Errorf("%+v: %+v", r, res)
		}
	}
}

func TestWhatIsAwaited(t *testing.T) {
	r := compute(t, KindDSAR, "", monday, Event{ClarificationRequested, monday + 4}, Event{IdentityRequested, monday + 2},
		Event{FeeRequested, monday + 1}, Event{FeeReceived, monday + 3})
	if r.PausedSince != monday+2 || r.Start != monday+3 || r.Region != EnglandAndWales {
		t.Errorf("paused since %s, start %s, region %s", r.PausedSince, r.Start, r.Region)
	}
	want := []Question{
		{Event{ClarificationRequested, monday + 4}, ClarificationReceived},
		{Event{IdentityRequested, monday + 2}, IdentityReceived},
	}
	if len(r.Open) != 2 || r.Open[0] != want[0] || r.Open[1] != want[1] {
		t.Errorf("open %v, want %v", r.Open, want)
	}
	if !r.State.Waiting() || r.State.Ended() || !StateClosed.Ended() || StateRunning.Waiting() {
		t.Error("a state is read wrongly")
	}
}

func TestFeePayableBy(t *testing.T) {
	for notice, want := range map[string]string{
		"2026-09-14": "2026-12-13",
		"2026-12-01": "2027-02-28",
		"2026-11-30": "2027-02-28",
		"2027-11-30": "2028-02-29",
		"2026-11-28": "2027-02-27",
	} {
		d, _ := ParseDay(notice)
		if got := FeePayableBy(d).String(); got != want {
			t.Errorf("notice of %s: payable by %s, want %s", notice, got, want)
		}
	}
}
