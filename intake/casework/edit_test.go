package casework_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/compose"
	"requestd/store"
)

// ack returns the acknowledgement of a case, with its text.
func (d *desk) ack(ref string) (l intake.Letter, text string) {
	d.t.Helper()
	err := d.db.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		at, _ := d.AckLetter(tx, c)
		l, err = tx.Letter(at.ID)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	if l.Raw != nil {
		if _, text, err = compose.Text(l.Raw); err != nil {
			d.t.Fatal(err)
		}
	}
	return l, text
}

func (d *desk) edit(id uint64, text string) error {
	d.t.Helper()
	_, err := d.EditLetter(d.t.Context(), admin, id, text)
	return err
}

// A person changes the text of an acknowledgement while it waits or is held; it
// must still state reference and date, and is sent as written.
func TestAnAcknowledgementIsEdited(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	l, text := d.ack(ref)
	var refused *casework.Refusal
	for _, lacks := range []string{ref, "21 December 2026"} {
		if err := d.edit(l.ID, strings.ReplaceAll(text, lacks, "it")); !errors.As(err, &refused) || !strings.Contains(err.Error(), lacks) {
			t.Errorf("without %q: %v", lacks, err)
		}
	}
	own := strings.Replace(text, "Dear Ann", "Dear Dr Example,\nthank you for calling. Dear Ann", 1)
	if err := d.edit(l.ID, own); err != nil {
		t.Fatal(err)
	}
	was := l
	if l, text = d.ack(ref); !strings.Contains(text, "thank you for calling") || l.State != intake.LetterWaiting || !l.Next.Equal(was.Next) || l.ID != was.ID {
		t.Errorf("the letter is %s at %s: %s", l.State, l.Next, text)
	}
	if evs := d.history(ref); evs[len(evs)-1].Name != intake.StepEdited || evs[len(evs)-1].Actor != admin.Actor {
		t.Errorf("the last event is %+v", evs[len(evs)-1])
	}

	d.do(ref, casework.Hold())
	if err := d.edit(l.ID, strings.Replace(text, "calling", "writing", 1)); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Hour)
	ch := d.do(ref, casework.Acknowledge(casework.AckInput{}))
	if l, text = d.ack(ref); !strings.Contains(text, "thank you for writing") || l.State != intake.LetterWaiting || len(ch.Warnings) > 0 {
		t.Errorf("let go, the letter is %s with %q: %s", l.State, ch.Warnings, text)
	}

	l.State, l.Attempts = intake.LetterSent, 1
	if err := d.db.Update(func(tx *store.Tx) error { l.Raw = nil; return tx.PutLetter(l) }); err != nil {
		t.Fatal(err)
	}
	if err := d.edit(l.ID, own); !errors.As(err, &refused) || !strings.Contains(err.Error(), "cannot be edited") {
		t.Errorf("one that has gone: %v", err)
	}
}

// The dates in an edited acknowledgement have changed: it is written anew, and
// is not sent before somebody has read it.
func TestAnEditedAcknowledgementIsOvertaken(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	l, text := d.ack(ref)
	if err := d.edit(l.ID, text+"\nWith kind regards"); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Minute)
	ch := d.do(ref, casework.Record(casework.RecordInput{Event: intake.ReceivedOn, Date: deadlines.NewDay(2026, time.November, 18)}))
	l, text = d.ack(ref)
	if l.State != intake.LetterHeld || strings.Contains(text, "kind regards") || !strings.Contains(text, "17 December 2026") {
		t.Errorf("the letter is %s: %s", l.State, text)
	}
	if !slices.ContainsFunc(ch.Warnings, func(w string) bool { return strings.Contains(w, "text that somebody gave it is gone") }) {
		t.Errorf("nobody is told: %q", ch.Warnings)
	}
	if v := ch.View; !slices.Contains(v.Ack.Held, "by-hand") || v.Ack.Queued {
		t.Errorf("the case says %+v", v.Ack)
	}
	d.do(ref, casework.Acknowledge(casework.AckInput{}))
	if l, _ = d.ack(ref); l.State != intake.LetterWaiting {
		t.Errorf("let go, the letter is %s", l.State)
	}
}

// An acknowledgement of a case that is over is not edited.
func TestAnAcknowledgementThatIsNotOwedIsNotEdited(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	l, text := d.ack(ref)
	d.do(ref, casework.Record(casework.RecordInput{Event: intake.Withdrawn}))
	var refused *casework.Refusal
	if err := d.edit(l.ID, text); !errors.As(err, &refused) {
		t.Error(err)
	}
}
