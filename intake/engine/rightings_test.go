package engine_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/store"
)

// TestACorrectionNamesWhatWasWrongAndNothingElse, whatever else was recorded
// since the letter was sent.
func TestACorrectionNamesWhatWasWrongAndNothingElse(t *testing.T) {
	const receipt, kind = "The date on which we received your message was wrong", "We had misread what you asked for"
	for name, c := range map[string]struct {
		act     casework.Act
		says    string
		without string
	}{
		"another kind":           {casework.Decide(casework.KindInput{Kind: intake.FOI}), kind, receipt},
		"another day of receipt": {casework.Record(casework.RecordInput{Event: intake.ReceivedOn, Date: deadlines.NewDay(2026, 11, 19)}), receipt, kind},
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := asked(t)
			o.now = london(t, "2026-11-23 10:00")
			o.did(o.do(ref, casework.RecordInput{Event: intake.Note, Note: "they rang"}))
			o.did(o.e.Cases.Do(t.Context(), o.by(), ref, c.act))
			o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Correct: true})))
			if got := flat(t, o.draft(intake.ForCorrection)); !strings.Contains(got, c.says) || strings.Contains(got, c.without) {
				t.Errorf("want %q and not %q: %s", c.says, c.without, got)
			}
		})
	}
}

// TestADraftThatAMailIsNoRequestFollowsWhatIsPutRight while it is held: whoever
// reads it reads what will be sent.
func TestADraftThatAMailIsNoRequestFollowsWhatIsPutRight(t *testing.T) {
	received := casework.RecordInput{Event: intake.ReceivedOn, Date: deadlines.NewDay(2026, 11, 19)}
	for name, c := range map[string]struct {
		in         casework.RecordInput
		later      time.Duration // than the draft was written
		says, said string        // with the address to which it goes
	}{
		"the day of receipt": {received, time.Minute, "19 November 2026", "20 November 2026"},
		"the day of receipt, by a clock that was set back": {received, -time.Hour, "19 November 2026", "20 November 2026"},
		"the name":    {casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: "Anne Sample"}}, time.Minute, "Dear Anne Sample", "Ann Example"},
		"the address": {casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Address: "ann@example.net"}}, time.Minute, "ann@example.net", "ann@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := noRequestAfterANeutralLetter(t)
			o.now = o.now.Add(c.later)
			o.did(o.do(ref, c.in))
			l := o.draft(intake.ForNoRequest)
			if s := l.To + " " + flat(t, l); l.State != intake.LetterHeld || !strings.Contains(s, c.says) || strings.Contains(s, c.said) {
				t.Errorf("it is %s and says\n%s", l.State, s)
			}
		})
	}
}

// TestADraftFollowsWhatIsStruck: a name that was put right, no longer was, and is
// again.
func TestADraftFollowsWhatIsStruck(t *testing.T) {
	o, ref := noRequestAfterANeutralLetter(t)
	in := casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: "Anne Sample"}}
	for i, says := range []string{"Dear Anne Sample", "Dear Ann Example", "Dear Anne Sample"} {
		o.now = o.now.Add(time.Minute)
		in = casework.RecordInput{Event: intake.Void, Void: o.did(o.do(ref, in)).Event}
		if s := flat(t, o.draft(intake.ForNoRequest)); !strings.Contains(s, says) {
			t.Errorf("step %d: it does not say %q:\n%s", i+1, says, s)
		}
	}
}

// TestWhatALetterDoesNotSayLeavesItAsItIs: a letter is the same at each attempt,
// also where something is recorded between two of them or a person lets it go.
func TestWhatALetterDoesNotSayLeavesItAsItIs(t *testing.T) {
	for purpose, begin := range map[intake.Purpose]func(*testing.T) (*office, string){
		intake.ForNoRequest: noRequestAfterANeutralLetter, intake.ForNeutral: waiting,
	} {
		t.Run(string(purpose), func(t *testing.T) {
			o, ref := begin(t)
			l := o.draft(purpose)
			for range 2 {
				if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
					t.Fatal(err)
				}
				o.now = o.now.Add(time.Minute)
				o.did(o.do(ref, casework.RecordInput{Event: intake.Note, Note: "they rang"}))
			}
			if now := o.draft(purpose); now.State != intake.LetterWaiting || !bytes.Equal(now.Raw, l.Raw) {
				t.Errorf("it is %s and says\n%s", now.State, now.Raw)
			}
		})
	}
}

// TestAPersonsWordsOutlastACorrection of what the program would have said: they
// go as they were written, to where letters go by then.
func TestAPersonsWordsOutlastACorrection(t *testing.T) {
	o, ref := noRequestAfterANeutralLetter(t)
	l := o.draft(intake.ForNoRequest)
	if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, "Dear Ann, about "+ref+": our colleagues in court services can help."); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(time.Minute)
	o.did(o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: "Anne Sample", Address: "ann@example.net"}}))
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
		t.Fatal(err)
	}
	l = o.draft(intake.ForNoRequest)
	if s := flat(t, l); l.State != intake.LetterWaiting || l.To != "ann@example.net" || !strings.Contains(s, "colleagues in court services") {
		t.Errorf("it is %s, to %s:\n%s", l.State, l.To, s)
	}
}

// TestAnAcknowledgementThatWasMadeIsNotAskedFor: what was done is told with the
// day to acknowledge while that is to be done, and not afterwards.
func TestAnAcknowledgementThatWasMadeIsNotAskedFor(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	doubtful(o, inDoubt{hold: []string{"danger"}})
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "FOI", passed))
	waits := flat(t, o.to(ceri, intake.ForConfirmation))
	o, _ = asked(t)
	o.one("cafcass", answer(o.to(ceri, intake.ForCopy), ceri, "FOI", passed))
	made := flat(t, o.to(ceri, intake.ForConfirmation))
	const says = "acknowledge by"
	if !strings.Contains(strings.ToLower(waits), says) || strings.Contains(strings.ToLower(made), says) {
		t.Errorf("while it waits DONE says\n%s\nand afterwards\n%s", waits, made)
	}
}

// TestOnlyAnotherAcknowledgementIsSaidNotToCount: the first is the one that
// counts, and other events have nothing to do with it.
func TestOnlyAnotherAcknowledgementIsSaidNotToCount(t *testing.T) {
	for name, c := range map[string]struct {
		in    casework.RecordInput
		warns bool
	}{
		"acknowledged again": {casework.RecordInput{Event: intake.Acknowledged}, true},
		"a note":             {casework.RecordInput{Event: intake.Note, Note: "they rang"}, false},
		"extended":           {casework.RecordInput{Event: intake.Extended}, false},
		"answered":           {casework.RecordInput{Event: intake.Responded, Outcome: "granted"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := asked(t)
			o.now, c.in.Date = london(t, "2026-11-27 10:00"), day(t, "2026-11-27")
			warnings := strings.Join(o.did(o.do(ref, c.in)).Warnings, " ")
			if strings.Contains(warnings, "stays the date that counts") != c.warns {
				t.Errorf("it warns %q", warnings)
			}
		})
	}
}

// TestTheTextOfAPassedMailGoesWhenItsPeriodIsOver: not a day before, and not a
// day after.
func TestTheTextOfAPassedMailGoesWhenItsPeriodIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		at    string
		there bool
	}{
		"its last day":  {"2027-02-19 10:00", true},
		"the day after": {"2027-02-20 10:00", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			cfg := *o.e.Cases.Settings()
			cfg.Retention.Texts = config.Period{Months: 3}
			if err := o.e.Cases.Reload(&cfg); err != nil {
				t.Fatal(err)
			}
			a := o.one("cafcass", mail{id: "thanks@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "Thanks",
				body: "Thank you very much for your kind help last week.\n"})
			if a.Decision != intake.DidPass {
				t.Fatalf("the mail was %s", a.Decision)
			}
			o.now = london(t, c.at)
			if err := o.e.Clock.ApplyRetention(t.Context()); err != nil {
				t.Fatal(err)
			}
			var text string
			if err := o.db.View(func(tx *store.Tx) (err error) { text, _, err = tx.TextOf(&a); return err }); err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			if (text != "") != c.there {
				t.Errorf("its text is %q", text)
			}
		})
	}
}

// TestWhenTheListSuggestsToAskAgainOrToClose: after ten working days without an
// answer, and after forty.
func TestWhenTheListSuggestsToAskAgainOrToClose(t *testing.T) {
	for at, says := range map[string]string{
		"2026-12-03 09:00": "since 20 November 2026, 9 working days",
		"2026-12-04 09:00": "10 working days: ask again?",
		"2027-01-19 09:00": "39 working days: ask again?",
		"2027-01-20 09:00": "40 working days: it may be closed",
	} {
		t.Run(at, func(t *testing.T) {
			o, ref := asked(t)
			o.record(ref, intake.IdentityRequested, "")
			o.now = london(t, at)
			o.tick()
			if got := flat(t, o.to(ceri, intake.ForDigest)); !strings.Contains(got, says) || strings.Contains(got, "ask again?") != strings.Contains(says, "ask again?") {
				t.Errorf("the list says %s", got)
			}
		})
	}
}
