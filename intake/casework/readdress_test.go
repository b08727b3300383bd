package casework_test

import (
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/compose"
	"requestd/store"
	"requestd/templates"
)

// TestAnAcknowledgementFollowsACorrectionThatIsStruck: once, after a wrong
// address was struck again the letter was still sent to it, and a wrong name
// stayed in the letter.
func TestAnAcknowledgementFollowsACorrectionThatIsStruck(t *testing.T) {
	for name, wrong := range map[string]casework.Correction{
		"address":  {Address: "stranger@example.net"},
		"name":     {Name: "Bob Stranger"},
		"language": {Language: "cy"},
	} {
		for _, edited := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				d := newDesk(t)
				ref := d.open().View.Ref
				_, right := d.ack(ref)
				d.now = d.now.Add(time.Minute)
				d.do(ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: wrong}))
				n := d.events(ref)
				for i, ev := range d.history(ref) {
					if ev.Name == intake.Corrected {
						n = i + 1
					}
				}
				if l, text := d.ack(ref); edited {
					if err := d.edit(l.ID, text+"\nThank you."); err != nil {
						t.Fatal(err)
					}
				}
				d.now = d.now.Add(time.Minute)
				d.do(ref, casework.Record(casework.RecordInput{Event: intake.Void, Void: n}))
				l, text := d.ack(ref)
				if l.To != "ann@example.org" || strings.Contains(text, "Bob") || text != right {
					t.Errorf("it goes to %s, and says\n%s", l.To, text)
				}
				if want := map[bool]intake.LetterState{false: intake.LetterWaiting, true: intake.LetterHeld}[edited]; l.State != want {
					t.Errorf("it is %s, want %s", l.State, want)
				}
			})
		}
	}
}

// TestADraftFollowsItsCaseToAnotherAddress: once, a draft was sent to the
// address that the case had when it was written, whatever was corrected since.
func TestADraftFollowsItsCaseToAnotherAddress(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	d.now = d.now.Add(time.Minute)
	id := d.do(ref, casework.Record(casework.RecordInput{Event: intake.ClarificationRequested})).Draft
	draft := func() (l intake.Letter, text string) {
		t.Helper()
		if err := d.db.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(id); return err }); err != nil {
			t.Fatal(err)
		}
		_, text, err := compose.Text(l.Raw)
		if err != nil {
			t.Fatalf("letter %d is %s with %d bytes: %v", id, l.State, len(l.Raw), err)
		}
		return l, text
	}
	_, text := draft()
	own := strings.ReplaceAll(text, templates.Gap, "") + "\nThese are my own words."
	if err := d.edit(id, own); err != nil {
		t.Fatal(err)
	}
	goesTo := func(address string) {
		t.Helper()
		l, text := draft()
		if l.To != address || !strings.Contains(string(l.Raw), "To: <"+address+">") || l.State != intake.LetterHeld || !strings.Contains(text, "my own words") {
			t.Errorf("the draft is %s, to %s, want %s:\n%s", l.State, l.To, address, l.Raw)
		}
	}
	d.now = d.now.Add(time.Minute)
	d.do(ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Address: "ann@example.net"}}))
	goesTo("ann@example.net")

	d.now = d.now.Add(time.Minute)
	d.do(ref, casework.SendDraft(id))
	l, _ := draft()
	d.now = d.now.Add(time.Minute)
	d.do(ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Address: "ann@example.com"}}))
	goesTo("ann@example.com")

	// A letter that cannot be written anew, since it may have left, is not sent
	// without a person seeing it.
	err := d.db.View(func(tx *store.Tx) error {
		why, err := d.OutOfDate(tx, &l)
		if !strings.Contains(why, "another address") {
			t.Errorf("a letter to %s may go: %q", l.To, why)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
