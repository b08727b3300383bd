package deadlines

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// on parses a date as the guidance writes it: 25 November 2024.
func on(t *testing.T, s string) Day {
	t.Helper()
	if s == "" {
		return 0
	}
	d, err := time.Parse("2 January 2006", s)
	if err != nil {
		t.Fatal(err)
	}
	return NewDay(d.Date())
}

// told parses events written as "asked for identity 23 November 2026".
func told(t *testing.T, lines []string) []Event {
	t.Helper()
	names := []struct{ words, name string }{
		{"clarification asked ", ClarificationRequested},
		{"clarification answered ", ClarificationReceived},
		{"identity asked ", IdentityRequested},
		{"identity proved ", IdentityReceived},
		{"authority asked ", AuthorityRequested},
		{"authority proved ", AuthorityReceived},
		{"fees notice ", FeeRequested},
		{"fee paid ", FeeReceived},
		{"extended ", Extended},
		{"responded ", Responded},
		{"closed ", Closed},
		{"withdrawn ", Withdrawn},
		{"reopened ", Reopened},
		{"receipt corrected to ", Received},
	}
	var events []Event
next:
	for _, line := range lines {
		for _, n := range names {
			if date, ok := strings.CutPrefix(line, n.words); ok {
				events = append(events, Event{n.name, on(t, date)})
				continue next
			}
		}
		t.Fatalf("no event reads %q", line)
	}
	return events
}

// example is one that an officer could compare with the guidance.
type example struct {
	name     string
	kind, of string
	received string
	events   []string
	reply    string // "" while the clock is not running
	state    State  // running when empty
}

var examples = []example{
	// FOIA s.10(1), (6).
	{name: "a request on a bank-holiday Monday is received on it", kind: KindFOI, received: "29 May 2017", reply: "26 June 2017"},
	{name: "a request on a Sunday is received on it", kind: KindFOI, received: "20 January 2019", reply: "15 February 2019"},
	{name: "St Patrick's Day counts for an English body", kind: KindFOI, received: "29 February 2024", reply: "2 April 2024"},
	{name: "so does a holiday for the football in Scotland", kind: KindFOI, received: "12 June 2026", reply: "14 July 2026"},
	{name: "and the second of January, kept on the fourth", kind: KindFOI, received: "4 December 2026", reply: "7 January 2027"},
	{name: "a state funeral proclaimed ten days before", kind: KindFOI, received: "18 September 2022", reply: "17 October 2022"},

	// FOIA s.1(3), s.10(6)(b).
	{name: "clarification starts the count afresh", kind: KindFOI, received: "1 October 2026", reply: "20 November 2026",
		events: []string{"clarification asked 8 October 2026", "clarification answered 24 October 2026"}},
	{name: "asked for clarification, no date until it comes", kind: KindFOI, received: "1 October 2026", state: StateWaitingForClarification,
		events: []string{"clarification asked 8 October 2026"}},
	{name: "of two clarifications the later counts", kind: KindFOI, received: "1 October 2026", reply: "1 December 2026",
		events: []string{"clarification answered 2 November 2026", "clarification asked 8 October 2026", "clarification answered 24 October 2026", "clarification asked 27 October 2026"}},

	// FOIA s.10(2).
	{name: "from notice to payment no day counts", kind: KindFOI, received: "7 September 2026", reply: "19 October 2026",
		events: []string{"fees notice 14 September 2026", "fee paid 25 September 2026"}},
	{name: "a fee paid on the day of its notice costs that day", kind: KindFOI, received: "7 September 2026", reply: "6 October 2026",
		events: []string{"fees notice 14 September 2026", "fee paid 14 September 2026"}},
	{name: "a notice on a Saturday paid on the Sunday costs nothing", kind: KindFOI, received: "7 September 2026", reply: "5 October 2026",
		events: []string{"fees notice 12 September 2026", "fee paid 13 September 2026"}},
	{name: "an unpaid fee", kind: KindFOI, received: "7 September 2026", state: StateWaitingForFee, events: []string{"fees notice 14 September 2026"}},
	{name: "paid before the clarification came: those days were never counted", kind: KindFOI, received: "1 October 2026", reply: "20 November 2026",
		events: []string{"fees notice 2 October 2026", "fee paid 9 October 2026", "clarification asked 8 October 2026", "clarification answered 24 October 2026"}},

	// FOIA s.10(3), s.17.
	{name: "the public-interest test: forty days", kind: KindFOI, received: "20 November 2026", reply: "22 January 2027", events: []string{"extended 18 December 2026"}},
	{name: "extended and clarified", kind: KindFOI, received: "1 October 2026", reply: "21 December 2026",
		events: []string{"clarification asked 8 October 2026", "clarification answered 23 October 2026", "extended 6 November 2026"}},

	// UK GDPR Art 12A, as the ICO works it.
	{name: "3 September to 3 October", kind: KindDSAR, received: "3 September 2025", reply: "3 October 2025"},
	{name: "25 November to Christmas Day, so 27 December", kind: KindDSAR, received: "25 November 2024", reply: "27 December 2024"},
	{name: "31 January to the end of February", kind: KindDSAR, received: "31 January 2025", reply: "28 February 2025"},
	{name: "31 January in a leap year", kind: KindDSAR, received: "31 January 2028", reply: "29 February 2028"},
	{name: "31 March to 30 April", kind: KindDSAR, received: "31 March 2026", reply: "30 April 2026"},
	{name: "received on a bank holiday", kind: KindDSAR, received: "1 January 2027", reply: "1 February 2027"},
	{name: "30 November is a working day in England", kind: KindDSAR, received: "30 October 2026", reply: "30 November 2026"},

	// UK GDPR Art 12A(2).
	{name: "identity starts the month", kind: KindDSAR, received: "21 November 2026", reply: "4 January 2027",
		events: []string{"identity asked 23 November 2026", "identity proved 4 December 2026"}},
	{name: "the later of identity and authority", kind: KindDSAR, received: "2 November 2026", reply: "18 December 2026",
		events: []string{"identity asked 3 November 2026", "identity proved 6 November 2026", "authority asked 3 November 2026", "authority proved 18 November 2026"}},
	{name: "a fee starts it as well", kind: KindDSAR, received: "2 November 2026", reply: "10 December 2026",
		events: []string{"fees notice 4 November 2026", "fee paid 10 November 2026"}},
	{name: "clarification names the state before identity", kind: KindDSAR, received: "2 November 2026", state: StateWaitingForClarification,
		events: []string{"identity asked 3 November 2026", "clarification asked 5 November 2026"}},
	{name: "identity before authority", kind: KindDSAR, received: "2 November 2026", state: StateWaitingForIdentity,
		events: []string{"authority asked 3 November 2026", "identity asked 5 November 2026"}},
	{name: "authority", kind: KindDSAR, received: "2 November 2026", state: StateWaitingForAuthority, events: []string{"authority asked 3 November 2026"}},

	// UK GDPR Art 12A(5).
	{name: "a clarification pauses", kind: KindDSAR, received: "1 September 2026", reply: "12 October 2026",
		events: []string{"clarification asked 10 September 2026", "clarification answered 21 September 2026"}},
	{name: "two pauses that overlap count once", kind: KindDSAR, received: "1 September 2026", reply: "16 October 2026",
		events: []string{"clarification asked 7 September 2026", "clarification asked 10 September 2026", "clarification answered 14 September 2026", "clarification answered 22 September 2026"}},
	{name: "only days after identity came are paused", kind: KindDSAR, received: "1 September 2026", reply: "22 October 2026",
		events: []string{"identity asked 2 September 2026", "clarification asked 3 September 2026", "identity proved 15 September 2026", "clarification answered 22 September 2026"}},
	{name: "the pause is added before the roll", kind: KindDSAR, received: "31 January 2026", reply: "10 March 2026",
		events: []string{"clarification asked 10 February 2026", "clarification answered 20 February 2026"}},

	// UK GDPR Art 12A(3).
	{name: "three months from the start, not one and two", kind: KindDSAR, received: "31 January 2026", reply: "30 April 2026", events: []string{"extended 20 February 2026"}},
	{name: "extended and paused", kind: KindDSAR, received: "1 September 2026", reply: "14 December 2026",
		events: []string{"clarification asked 10 September 2026", "clarification answered 21 September 2026", "extended 1 October 2026"}},

	// Reviews.
	{name: "internal review of an FOI answer", kind: KindReview, received: "23 November 2026", reply: "22 December 2026"},
	{name: "an exceptional one", kind: KindReview, of: KindFOI, received: "23 November 2026", reply: "25 January 2027", events: []string{"extended 1 December 2026"}},
	{name: "a complaint about a DSAR: St Andrew's Day counts", kind: KindReview, of: KindDSAR, received: "23 November 2026", reply: "21 December 2026"},
	{name: "of what is not known: the earlier", kind: KindReview, of: OfUnknown, received: "23 November 2026", reply: "21 December 2026"},
	{name: "no question stops a review", kind: KindReview, received: "23 November 2026", reply: "22 December 2026", events: []string{"clarification asked 24 November 2026"}},

	// States and corrections.
	{name: "responded", kind: KindFOI, received: "20 November 2026", reply: "21 December 2026", state: StateResponded, events: []string{"responded 1 December 2026"}},
	{name: "closed while waiting keeps no date", kind: KindDSAR, received: "2 November 2026", state: StateClosed, events: []string{"identity asked 3 November 2026", "closed 2 February 2027"}},
	{name: "withdrawn, then not", kind: KindFOI, received: "20 November 2026", reply: "21 December 2026", events: []string{"reopened 3 December 2026", "withdrawn 1 December 2026"}},
	{name: "of two endings on a day the one entered later", kind: KindFOI, received: "20 November 2026", reply: "21 December 2026", state: StateResponded,
		events: []string{"reopened 3 December 2026", "responded 3 December 2026"}},
	{name: "the receipt was wrong", kind: KindFOI, received: "24 November 2026", reply: "21 December 2026", events: []string{"receipt corrected to 20 November 2026"}},
	{name: "the last correction holds", kind: KindFOI, received: "24 November 2026", reply: "22 December 2026",
		events: []string{"receipt corrected to 20 November 2026", "receipt corrected to 23 November 2026"}},
}

func TestGuidance(t *testing.T) {
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			r, err := Default().Answer(Request{e.kind, e.of, on(t, e.received), told(t, e.events)}, DefaultRules())
			if err != nil {
				t.Fatal(err)
			}
			if want := on(t, e.reply); r.RespondBy != want {
				t.Errorf("reply by %s, want %s", r.RespondBy.Long(), want.Long())
			}
			want := e.state
			if want == "" {
				want = StateRunning
			}
			if r.State != want {
				t.Errorf("state %s, want %s", r.State, want)
			}
		})
	}
}

func TestAcknowledgement(t *testing.T) {
	for _, e := range []struct {
		name, received, by string
		events             []string
		rules              Rules
	}{
		{name: "St Andrew's Day is a working day in Wales", received: "26 November 2026", by: "1 December 2026"},
		{name: "unless the mailbox says otherwise", received: "26 November 2026", by: "2 December 2026", rules: Rules{AckDays: 3, AckCalendar: AnyUK}},
		{name: "five days", received: "26 November 2026", by: "3 December 2026", rules: Rules{AckDays: 5, AckCalendar: EnglandAndWales}},
		{name: "received on a Saturday", received: "21 November 2026", by: "25 November 2026"},
		{name: "received on Christmas Eve", received: "24 December 2026", by: "31 December 2026"},
		{name: "identity is no reason to wait", received: "2 November 2026", by: "5 November 2026", events: []string{"identity asked 3 November 2026"}},
		{name: "a corrected receipt moves it", received: "2 November 2026", by: "2 November 2026", events: []string{"receipt corrected to 28 October 2026"}},
	} {
		t.Run(e.name, func(t *testing.T) {
			rules := e.rules
			if rules == (Rules{}) {
				rules = DefaultRules()
			}
			r, err := Default().Answer(Request{KindDSAR, "", on(t, e.received), told(t, e.events)}, rules)
			if err != nil {
				t.Fatal(err)
			}
			if want := on(t, e.by); r.AcknowledgeBy != want {
				t.Errorf("acknowledge by %s, want %s", r.AcknowledgeBy.Long(), want.Long())
			}
		})
	}
}

func TestComplaintAcknowledgement(t *testing.T) {
	for _, e := range []struct{ name, of, received, by string }{
		{"the day before the duty came into force", KindDSAR, "18 June 2026", ""},
		{"the first day of it, rolled from a Sunday", KindDSAR, "19 June 2026", "20 July 2026"},
		{"day 30 is Christmas Day", KindDSAR, "25 November 2026", "29 December 2026"},
		{"of what is not known", OfUnknown, "25 November 2026", "29 December 2026"},
		{"of an FOI answer there is no such duty", KindFOI, "25 November 2026", ""},
	} {
		t.Run(e.name, func(t *testing.T) {
			r := compute(t, KindReview, e.of, on(t, e.received))
			if want := on(t, e.by); r.ComplaintAcknowledgeBy != want {
				t.Errorf("acknowledge by %s, want %s", r.ComplaintAcknowledgeBy.Long(), want.Long())
			}
		})
	}
}

func TestExtensionNotice(t *testing.T) {
	for _, e := range []struct {
		name, kind, received string
		events               []string
		by, safe, warning    string
	}{
		{name: "within the twenty days", kind: KindFOI, received: "20 November 2026", by: "21 December 2026", safe: "21 December 2026"},
		{name: "sent on the twentieth", kind: KindFOI, received: "20 November 2026", events: []string{"extended 21 December 2026"}, by: "21 December 2026", safe: "21 December 2026"},
		{name: "sent on the next day", kind: KindFOI, received: "20 November 2026", events: []string{"extended 22 December 2026"}, by: "21 December 2026", safe: "21 December 2026", warning: "too late"},
		{name: "the month ends on a Saturday: not rolled", kind: KindDSAR, received: "31 January 2026", by: "28 February 2026", safe: "27 February 2026"},
		{name: "a pause moves it", kind: KindDSAR, received: "1 September 2026", events: []string{"clarification asked 10 September 2026", "clarification answered 20 September 2026"}, by: "11 October 2026", safe: "9 October 2026"},
		{name: "too late", kind: KindDSAR, received: "1 September 2026", events: []string{"extended 2 October 2026"}, by: "1 October 2026", safe: "1 October 2026", warning: "too late"},
		{name: "after the answer", kind: KindDSAR, received: "1 September 2026", events: []string{"responded 8 September 2026", "extended 15 September 2026"}, by: "1 October 2026", safe: "1 October 2026", warning: "after the answer"},
		{name: "a second extension", kind: KindDSAR, received: "1 September 2026", events: []string{"extended 2 September 2026", "extended 3 September 2026"}, by: "1 October 2026", safe: "1 October 2026", warning: "one at most"},
	} {
		t.Run(e.name, func(t *testing.T) {
			r := compute(t, e.kind, "", on(t, e.received), told(t, e.events)...)
			same(t, "by", r.ExtensionNoticeBy, on(t, e.by))
			same(t, "safe", r.ExtensionNoticeSafe, on(t, e.safe))
			warned(t, r, e.warning)
		})
	}
}

// warned checks that there is a warning with the words, or none for "".
func warned(t *testing.T, r Result, words string) {
	t.Helper()
	if words == "" && len(r.Warnings) > 0 {
		t.Errorf("warnings %q, want none", r.Warnings)
	}
	if words != "" && !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, words) }) {
		t.Errorf("warnings %q, want one with %q", r.Warnings, words)
	}
}

// TestWhatComesAfterTheEndMovesNothing: a question, its answer or an extension
// dated after the answer or another ending leaves every date unchanged, with a
// warning. So do, in either order, an extension and an open question of the
// same day. Once the request was reopened they count again.
func TestWhatComesAfterTheEndMovesNothing(t *testing.T) {
	late := [][]string{
		{"identity asked 21 September 2026"},
		{"identity asked 21 September 2026", "identity proved 24 September 2026"},
		{"authority asked 21 September 2026", "authority proved 24 September 2026"},
		{"clarification asked 21 September 2026"},
		{"clarification asked 21 September 2026", "clarification answered 24 September 2026"},
		{"fees notice 21 September 2026"},
		{"fees notice 21 September 2026", "fee paid 24 September 2026"},
		{"extended 21 September 2026"},
		{"extended 18 September 2026"},
		{"fees notice 18 September 2026"},
		{"identity asked 18 September 2026", "identity proved 19 September 2026"},
	}
	before := [][]string{nil, {"clarification asked 3 September 2026"}, {"extended 3 September 2026"}}
	received := on(t, "1 September 2026")
	for _, kind := range kinds {
		for _, end := range []string{"responded", "closed", "withdrawn"} {
			for _, early := range before {
				told1 := told(t, append(slices.Clone(early), end+" 18 September 2026"))
				want := compute(t, kind, "", received, told1...)
				for _, lines := range late {
					name := strings.Join(append(append([]string{kind, end}, early...), lines...), ", ")
					got := compute(t, kind, "", received, append(slices.Clone(told1), told(t, lines)...)...)
					sooner := compute(t, kind, "", received, append(told(t, lines), told1...)...)
					sooner.Warnings = got.Warnings
					if diff := cmp.Diff(got, sooner); diff != "" {
						t.Errorf("%s: entered in another order it comes to another thing: %s", name, diff)
					}
					warned := got.Warnings
					got.Warnings, want.Warnings = nil, nil
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s: it moves something: %s", name, diff)
					}
					if !slices.ContainsFunc(warned, func(w string) bool { return strings.Contains(w, "with or after the answer or the end") }) {
						t.Errorf("%s: no warning: %q", name, warned)
					}
				}
			}
		}
	}
	again := compute(t, KindDSAR, "", received, told(t, []string{"closed 18 September 2026", "identity asked 21 September 2026", "identity proved 24 September 2026", "reopened 25 September 2026"})...)
	if want := on(t, "26 October 2026"); again.RespondBy != want || len(again.Warnings) > 0 {
		t.Errorf("reopened: reply by %s, want %s; %q", again.RespondBy.Long(), want.Long(), again.Warnings)
	}
	same := compute(t, KindDSAR, "", received, told(t, []string{"responded 18 September 2026", "identity asked 18 September 2026", "identity proved 18 September 2026"})...)
	if want := on(t, "19 October 2026"); same.RespondBy != want {
		t.Errorf("asked on the day of the answer: reply by %s, want %s", same.RespondBy.Long(), want.Long())
	}
}
