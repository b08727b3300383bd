package casework_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

func officer(name string) casework.By {
	return casework.By{Principal: casework.Principal{Actor: intake.ActorMail + name, Role: casework.Officer}}
}

// step is something that somebody does to a case of a test.
type step struct {
	by  casework.By
	act casework.Act
}

func note(text string) casework.Act {
	return casework.Record(casework.RecordInput{Event: intake.Note, Note: text})
}

func TestUndoStopsAtWhatWasDecidedSince(t *testing.T) {
	ann, bob := officer("ann@staff.example.org"), officer("bob@staff.example.org")
	dsar := casework.Decide(casework.KindInput{Kind: intake.DSAR})
	answered := casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: "granted"})
	for name, c := range map[string]struct {
		since []step
		why   string // why it cannot be undone; "" if it can
	}{
		"nothing since":                  {nil, ""},
		"a colleague's note":             {[]step{{bob, note("Telephoned.")}}, ""},
		"a colleague takes it over":      {[]step{{bob, casework.Claim()}}, ""},
		"a colleague's decision":         {[]step{{bob, answered}}, "bob@staff.example.org has recorded: responded granted"},
		"a decision of one's own":        {[]step{{ann, answered}}, "ann@staff.example.org has recorded: responded granted"},
		"a decision behind a note":       {[]step{{bob, answered}, {bob, note("Sent.")}}, "has recorded: responded granted"},
		"a decision that was taken back": {[]step{{bob, answered}, {bob, casework.Undo(0)}}, ""},
		"undone before":                  {[]step{{ann, casework.Undo(0)}}, "undone already"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ref := d.open().View.Ref
			first, err := d.Do(t.Context(), ann, ref, dsar)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.since {
				if _, err := d.Do(t.Context(), s.by, ref, s.act); err != nil {
					t.Fatal(err)
				}
			}
			before := d.events(ref)
			ch, err := d.Do(t.Context(), ann, ref, casework.Undo(first.Event))
			if c.why == "" {
				if err != nil || ch.View.Kind != intake.FOI {
					t.Errorf("undone: kind %v, %v; want the kind that it was before", ch, err)
				}
				return
			}
			if !isA[*casework.Refusal](err) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("error %v, want a refusal with %q", err, c.why)
			}
			if n := d.events(ref); n != before {
				t.Errorf("%d events more for an act that was refused", n-before)
			}
		})
	}
}

func TestOnesOwnLastDecisionIsUndone(t *testing.T) {
	ann, bob := officer("ann@staff.example.org"), officer("bob@staff.example.org")
	dsar := casework.Decide(casework.KindInput{Kind: intake.DSAR})
	answered := casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: "granted"})
	for name, c := range map[string]struct {
		steps  []step
		undone intake.EventName // "" if there is none of Ann's own
	}{
		"the last":                      {[]step{{ann, dsar}, {ann, answered}}, intake.Responded},
		"behind a colleague's note":     {[]step{{ann, answered}, {bob, note("Telephoned.")}}, intake.Responded},
		"with what it set off":          {[]step{{ann, dsar}}, intake.Reclassified},
		"the one before, once undone":   {[]step{{ann, dsar}, {ann, answered}, {ann, casework.Undo(0)}}, intake.Reclassified},
		"not behind a colleague's":      {[]step{{ann, dsar}, {bob, answered}}, ""},
		"not where one decided nothing": {[]step{{bob, dsar}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ref := d.open().View.Ref
			for _, s := range c.steps {
				if _, err := d.Do(t.Context(), s.by, ref, s.act); err != nil {
					t.Fatal(err)
				}
			}
			ch, err := d.Do(t.Context(), ann, ref, casework.Undo(0))
			if c.undone == "" {
				if !isA[*casework.Refusal](err) || !strings.Contains(err.Error(), "no decision of yours") {
					t.Errorf("error %v, want that there is none of one's own", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			events := d.history(ref)
			for _, ev := range events[ch.Event-1:] {
				if ev.Name == intake.DecisionUndone && ev.Code == "" && events[ev.Refers-1].Name != c.undone {
					t.Errorf("undone was %s, want %s", events[ev.Refers-1].Name, c.undone)
				}
			}
		})
	}
}

// TestAHoldIsAnEventOnItsCase holds an acknowledgement in each possible way.
// Without the event the case would say that its letter is being sent.
func TestAHoldIsAnEventOnItsCase(t *testing.T) {
	for name, hold := range map[string]func(*desk, string, uint64) error{
		"of the case": func(d *desk, ref string, _ uint64) error {
			_, err := d.Do(d.t.Context(), officer("ann@staff.example.org"), ref, casework.Hold())
			return err
		},
		"of the letter": func(d *desk, _ string, letter uint64) error {
			_, err := d.HoldLetter(d.t.Context(), officer("ann@staff.example.org"), letter)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			opened := d.open()
			if err := hold(d, opened.View.Ref, opened.Letter); err != nil {
				t.Fatal(err)
			}
			events := d.history(opened.View.Ref)
			last := events[len(events)-1]
			if last.Name != intake.AckHeld || last.Letter != opened.Letter || last.Actor != "mail:ann@staff.example.org" {
				t.Errorf("the last event is %+v", last)
			}
			v := d.do(opened.View.Ref, casework.Claim()).View
			if v.Ack.Queued || !slices.Equal(v.Ack.Held, []string{"by-hand"}) {
				t.Errorf("its letter is queued %v, held for %v", v.Ack.Queued, v.Ack.Held)
			}
		})
	}
}

func (d *desk) history(ref string) (events []intake.Event) {
	d.t.Helper()
	err := d.db.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err == nil {
			events = c.Events
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return events
}
