package deadlines

import (
	"encoding/json"
	"os"
	"testing"
)

// The vectors of testdata/record.json were worked out from the rules in words,
// independently of this code; each says why.
func TestVectorsOfTheRegister(t *testing.T) {
	text, err := os.ReadFile("testdata/record.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Request
		AcknowledgeBy          Day `json:"acknowledge_by"`
		RespondBy              Day `json:"respond_by"`
		FirstDue               Day `json:"first_due"`
		LateSince              Day `json:"late_since"` // from nothing but the events
		ComplaintAcknowledgeBy Day `json:"complaint_acknowledge_by"`
		Why                    string
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 200 {
		t.Fatalf("%d vectors, want at least 200", len(vectors))
	}
	for _, v := range vectors {
		got := answer(t, v.Request)
		for _, d := range []struct {
			name      string
			got, want Day
		}{
			{"acknowledge_by", got.AcknowledgeBy, v.AcknowledgeBy},
			{"respond_by", got.RespondBy, v.RespondBy},
			{"first_due", got.FirstDue, v.FirstDue},
			{"late_since", got.LateSince(0), v.LateSince},
			{"complaint_acknowledge_by", got.ComplaintAcknowledgeBy, v.ComplaintAcknowledgeBy},
		} {
			if d.got != d.want {
				t.Errorf("%s of %q received %s %v: %s %q, want %q (%s)", v.Kind, v.Of, v.Received, v.Events, d.name, d.got, d.want, v.Why)
			}
		}
	}
}

// Lateness is a fact and remains one.
func TestLateness(t *testing.T) {
	for _, e := range []struct {
		name, kind, of, received, today string
		events                          []string
		since                           string
		days                            int
		newWork                         string
	}{
		{name: "on the last day", kind: KindFOI, received: "20 November 2026", today: "21 December 2026"},
		{name: "on the day after", kind: KindFOI, received: "20 November 2026", today: "22 December 2026", since: "22 December 2026", days: 1},
		{name: "answered late, and looked at later", kind: KindFOI, received: "20 November 2026", today: "1 June 2027",
			events: []string{"responded 28 December 2026"}, since: "22 December 2026", days: 7},
		{name: "identity asked when a DSAR was overdue", kind: KindDSAR, received: "26 October 2026", today: "1 December 2026",
			events: []string{"identity asked 27 November 2026"}, since: "27 November 2026", days: 5},
		{name: "asked on the last day itself", kind: KindDSAR, received: "26 October 2026", today: "1 December 2026",
			events: []string{"identity asked 26 November 2026"}},
		{name: "entered late, happened in time", kind: KindFOI, received: "20 November 2026", today: "1 June 2027", events: []string{"responded 21 December 2026"}},
		{name: "extended too late", kind: KindFOI, received: "20 November 2026", today: "23 December 2026",
			events: []string{"extended 22 December 2026"}, since: "22 December 2026", days: 2},
		{name: "a DSAR by the longer reading", kind: KindDSAR, received: "1 September 2026", today: "13 October 2026",
			events: []string{"clarification asked 10 September 2026", "clarification answered 21 September 2026"}},
		{name: "and past it", kind: KindDSAR, received: "1 September 2026", today: "14 October 2026",
			events: []string{"clarification asked 10 September 2026", "clarification answered 21 September 2026"}, since: "14 October 2026", days: 1},
		{name: "reopened after an answer in time", kind: KindFOI, received: "20 November 2026", today: "1 June 2027",
			events: []string{"responded 1 December 2026", "reopened 4 January 2027"}, newWork: "1 February 2027"},
		{name: "reopened after an answer that was late", kind: KindFOI, received: "20 November 2026", today: "1 June 2027",
			events: []string{"responded 22 December 2026", "reopened 4 January 2027"}, since: "22 December 2026", days: 1, newWork: "1 February 2027"},
		{name: "withdrawn in error and reopened", kind: KindFOI, received: "20 November 2026", today: "4 January 2027",
			events: []string{"withdrawn 1 December 2026", "reopened 4 January 2027"}, since: "22 December 2026", days: 14},
		{name: "a house target is none of law", kind: KindReview, received: "20 November 2026", today: "1 June 2027"},
		{name: "nor is that of a complaint", kind: KindReview, of: KindRights, received: "20 November 2026", today: "1 June 2027"},
		{name: "forty days of the EIR are", kind: KindReview, of: KindEIR, received: "20 November 2026", today: "25 January 2027", since: "23 January 2027", days: 3},
	} {
		t.Run(e.name, func(t *testing.T) {
			r := compute(t, e.kind, e.of, on(t, e.received), told(t, e.events)...)
			today := on(t, e.today)
			if since, days := r.LateSince(today), r.DaysLate(today); since != on(t, e.since) || days != e.days {
				t.Errorf("late since %q by %d days, want %q by %d", since, days, on(t, e.since), e.days)
			}
			if r.NewWorkBy != on(t, e.newWork) {
				t.Errorf("the reopened work is due on %q, want %q", r.NewWorkBy, on(t, e.newWork))
			}
		})
	}
}
