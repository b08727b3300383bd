package engine_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
	"requestd/intake/holds"
	"requestd/store"
	"requestd/store/storetest"
)

// perils are mails whose senders must not be written to before a person has
// seen it, by reason.
var perils = map[string]inDoubt{
	holds.Danger:        {hold: []string{holds.Danger}},
	holds.Child:         {hold: []string{holds.Child}, flags: []string{intake.ChildAsking}},
	holds.ContactUnsafe: {hold: []string{holds.ContactUnsafe}, flags: []string{intake.ContactUnsafe}},
}

// The kind of a mail says nothing about whether it is safe to answer: a
// decision on the kind, by mail or otherwise, sends no letter to a child or
// into danger. The mail DONE says so and offers to send it, and only that
// answer sends it.
func TestAWordOnTheKindSendsNoLetterIntoDanger(t *testing.T) {
	for why, read := range perils {
		for _, kind := range []intake.Kind{intake.FOI, intake.Other} { // known, or in doubt
			t.Run(why+" "+string(kind), func(t *testing.T) {
				o := mailOffice(t, "2026-11-20 10:00")
				read.kind = kind
				ref := doubtful(o, read)
				asked := intake.ForHeld
				if kind == intake.Other {
					asked = intake.ForTriage
				}
				o.one("cafcass", answer(o.to(ceri, asked), ceri, "FOI", passed))
				for _, l := range o.letters(intake.ForAcknowledgement) {
					if l.State != intake.LetterHeld {
						t.Errorf("the letter is %s, want held", l.State)
					}
				}
				done := o.to(ceri, intake.ForConfirmation)
				if s := flat(t, done); !strings.Contains(s, "still waits for a person ("+holds.Short(why)+")") || !strings.Contains(s, `Send the acknowledgement: "SEND"`) {
					t.Errorf("DONE says not why it waits, or offers not to send it:\n%s", s)
				}
				o.one("cafcass", answer(done, ceri, "SEND", passed))
				if l := o.ack(ref); l.State != intake.LetterWaiting {
					t.Errorf("after SEND the letter is %s", l.State)
				}
			})
		}
	}
}

// Whoever records that no child asks has settled that reason.
func TestWhereNoChildAsksTheLetterGoesWithTheDecision(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, perils[holds.Child])
	o.did(o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Child: "no"}}))
	if ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.FOI}))); ch.Letter == 0 {
		t.Errorf("the letter did not go: %q", ch.Warnings)
	}
}

// The reason why a letter is held is the same before a decision and after its
// undoing.
func TestUndoingKeepsWhyALetterIsHeld(t *testing.T) {
	for why, read := range perils {
		t.Run(why, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := doubtful(o, read)
			before := o.ack(ref).Response
			for _, act := range []casework.Act{casework.Decide(casework.KindInput{Kind: intake.FOI}), casework.Acknowledge(casework.AckInput{})} {
				ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, act))
				o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Undo(ch.Event)))
				if l := o.ack(ref); l.State != intake.LetterHeld || l.Response != before {
					t.Errorf("it is %s: %q, want held as before: %q", l.State, l.Response, before)
				}
				if held := o.view(ref).Ack.Held; !slices.Equal(held, []string{why}) {
					t.Errorf("the case says that it is held for %v", held)
				}
			}
		})
	}
}

// Danger in a mail that was merged into a case holds its letter just as danger
// in the first mail does.
func TestAWordOnTheKindHeedsTheMailOfAMergedCase(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{})
	o.e.ReadWith(inDoubt{urgent: "harm"})
	a := o.one("cafcass", mail{id: "later@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "A question",
		body: "He reads all that comes here, and I am afraid of what he does."})
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Merge(a.Ref, 0)))
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.FOI})))
	if ch.Letter != 0 || !strings.Contains(strings.Join(ch.Warnings, " "), holds.Short(holds.Danger)) {
		t.Errorf("letter %d goes, and it warns %q", ch.Letter, ch.Warnings)
	}
}

// If the record of a mail is damaged nobody knows what it says: a decision is
// accepted, but it sends no letter.
func TestAMailThatCannotBeReadHoldsTheLetterOfItsCase(t *testing.T) {
	storetest.FileOnly(t, "can be damaged from outside")
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{})
	a := o.one("cafcass", mail{id: "later@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "A question",
		body: "There is something more that I would like to know."})
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Merge(a.Ref, 0)))
	path := filepath.Join(t.TempDir(), "damaged.db")
	if err := o.db.BackupFile(path); err != nil {
		t.Fatal(err)
	}
	storetest.Damage(t, path, "arrivals", string([]byte{0, 0, 0, 0, 0, 0, 0, byte(a.ID)}))
	db, err := store.Open(path, store.Options{Now: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o.db = db
	if o.e, err = engine.New(casework.Options{Store: db, Now: o.clock, Log: slog.New(slog.DiscardHandler)}, configtest.Load(t, settings)); err != nil {
		t.Fatal(err)
	}
	ch, err := o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.FOI}))
	if err != nil || ch.Letter != 0 || !strings.Contains(strings.Join(ch.Warnings, " "), holds.Short(holds.Danger)) {
		t.Errorf("%+v, %v: want a decision, and no letter", ch, err)
	}
}
