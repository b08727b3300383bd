package engine_test

import (
	"strings"
	"testing"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// TestALetterOfTheNextStepsNamesTheDaysAsTheyAre: a letter about a right of
// access was written, then a day that it names was corrected or passed, and
// somebody releases it. It is not sent before a person has replaced the wrong
// day by the right one.
func TestALetterOfTheNextStepsNamesTheDaysAsTheyAre(t *testing.T) {
	const receipt = "20 November 2026"
	received := func(on string) func(*office, string) {
		return func(o *office, ref string) { o.record(ref, intake.ReceivedOn, on) }
	}
	identity := func(o *office, ref string) { o.record(ref, intake.IdentityRequested, "") }
	unanswered := func(o *office, ref string) {
		identity(o, ref)
		o.now = london(o.t, "2026-12-04 09:00") // ten working days after
		o.tick()
	}
	complaint := func(o *office, ref string) { // about the answer; it came as a separate mail, but belongs to the same case
		o.now = london(o.t, "2026-11-27 10:00")
		o.record(ref, intake.Responded, "2026-11-23")
		other := o.did(o.e.Cases.OpenCase(o.t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.Review, Of: intake.DSAR},
			Received: day(o.t, "2026-11-25"), Acknowledged: day(o.t, "2026-11-26"), Requester: intake.Address{Name: "Bob Sample", Addr: "bob@example.org"}})).View.Ref
		o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Merge(other, 0)))
	}
	for name, c := range map[string]struct {
		purpose intake.Purpose
		made    []func(*office, string)
		names   string // at first
		then    []func(*office, string)
		refusal string // until it is corrected; "" if the letter is sent
		mended  []string
	}{
		"a new date": {intake.ForNewDate, []func(*office, string){identity, to("2026-12-04 10:00"), func(o *office, ref string) { o.record(ref, intake.IdentityReceived, "") }}, receipt,
			[]func(*office, string){received("2026-11-19")}, "names 20 November 2026", []string{receipt, "19 November 2026"}},
		"a new date that has changed": {intake.ForNewDate, []func(*office, string){identity, to("2026-12-04 10:00"), func(o *office, ref string) { o.record(ref, intake.IdentityReceived, "") }}, "4 January 2027",
			[]func(*office, string){func(o *office, ref string) { o.record(ref, intake.Extended, "2026-12-04") }}, "does not give the date that is right now", nil},
		"an extension": {intake.ForExtension, []func(*office, string){to("2026-11-24 10:00"), extended}, receipt,
			[]func(*office, string){received("2026-11-18")}, "names 20 November 2026", []string{receipt, "18 November 2026"}},
		"asking again": {intake.ForNoAnswer, []func(*office, string){unanswered}, receipt,
			[]func(*office, string){received("2026-11-19")}, "names 20 November 2026", []string{"reached us on " + receipt, "reached us on 19 November 2026"}},
		"asking again, asked on another day": {intake.ForNoAnswer, []func(*office, string){unanswered}, "On 20 November 2026 we asked you",
			[]func(*office, string){func(o *office, ref string) {
				o.record(ref, intake.ReceivedOn, "2026-11-16") // so that the text has another date of receipt
				o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Void, Void: asking(o, ref)})))
				o.record(ref, intake.IdentityRequested, "2026-11-18")
			}}, "names 20 November 2026", nil},
		"asking again, when its day has gone by": {intake.ForNoAnswer, []func(*office, string){unanswered}, "by 20 January 2027",
			[]func(*office, string){to("2027-01-21 10:00")}, "20 January 2027, which has passed", []string{"20 January 2027", "10 February 2027"}},
		"asking again, in time": {intake.ForNoAnswer, []func(*office, string){unanswered}, "by 20 January 2027", []func(*office, string){to("2027-01-20 10:00")}, "", nil},
		"of a part that was merged in": {intake.ForExtension, []func(*office, string){complaint, extended}, "reached us on 25 November 2026",
			nil, "", nil},
		"of a part that was merged in, the other's receipt put right": {intake.ForExtension, []func(*office, string){complaint, extended}, "reached us on 25 November 2026",
			[]func(*office, string){received("2026-11-19")}, "", nil},
		"of a part that was merged in, its receipt put right": {intake.ForExtension, []func(*office, string){complaint, extended}, "reached us on 25 November 2026",
			[]func(*office, string){func(o *office, ref string) {
				o.did(o.do(ref, casework.RecordInput{Event: intake.ReceivedOn, Part: intake.Review, Date: day(o.t, "2026-11-24")}))
			}}, "names 25 November 2026", []string{"reached us on 25 November 2026", "reached us on 24 November 2026"}},
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := asked(t)
			for _, do := range c.made {
				do(o, ref)
			}
			l := o.draft(c.purpose)
			was := strings.ReplaceAll(text(t, l), "[[ write it here ]]", "It is much to read.")
			if !strings.Contains(flat(t, l), c.names) {
				t.Fatalf("it does not name %s:\n%s", c.names, was)
			}
			if strings.Contains(text(t, l), "[[") {
				if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, was); err != nil {
					t.Fatal(err)
				}
			}
			for _, do := range c.then {
				do(o, ref)
			}
			_, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID)
			if c.refusal == "" {
				if err != nil {
					t.Fatalf("it does not go: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.refusal) {
				t.Fatalf("let go: %v; want it refused, since it %s", err, c.refusal)
			}
			if c.mended == nil {
				return
			}
			if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, strings.NewReplacer(c.mended...).Replace(strings.Join(strings.Fields(was), " "))); err != nil {
				t.Fatal(err)
			}
			if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
				t.Errorf("mended, it does not go: %v", err)
			}
		})
	}
}

func to(at string) func(*office, string) {
	return func(o *office, _ string) { o.now = london(o.t, at) }
}

func extended(o *office, ref string) {
	v := o.view(ref)
	part := v.Clocks[len(v.Clocks)-1].Kind
	if len(v.Clocks) == 1 {
		part = ""
	}
	o.did(o.do(ref, casework.RecordInput{Event: intake.Extended, Part: part, Date: deadlines.DayOf(o.now)}))
}

// asking returns the number of the event that asks for proof of identity.
func asking(o *office, ref string) (n int) {
	for i, ev := range o.view(ref).Events {
		if ev.Name == intake.IdentityRequested {
			n = i + 1
		}
	}
	return n
}

// TestACorrectionWhoseDaysWereCorrectedIsWrittenAnew: a waiting one is stopped
// when a day that it names is corrected once more, and is never sent.
func TestACorrectionWhoseDaysWereCorrectedIsWrittenAnew(t *testing.T) {
	o, ref := asked(t)
	o.now = london(t, "2026-11-24 10:00")
	o.record(ref, intake.ReceivedOn, "2026-11-19")
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Correct: true})))
	first := o.draft(intake.ForCorrection)
	if _, err := o.e.Cases.HoldLetter(t.Context(), o.by(), first.ID); err != nil {
		t.Fatal(err)
	}
	o.now = london(t, "2026-11-24 10:05")
	warned(t, o.record(ref, intake.ReceivedOn, "2026-11-18"), "no longer said what is true and was stopped")
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), first.ID); err == nil || !strings.Contains(err.Error(), "does not say what is true") {
		t.Errorf("sent with an old day: %v", err)
	}
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Correct: true})))
	if got := flat(t, o.letter(ch.Letter)); !strings.Contains(got, "18 November 2026") || strings.Contains(got, "19 November 2026") {
		t.Errorf("the next correction says %s", got)
	}
}

// TestALetterThatWaitsPastTheDayItAsksForIsHeld: it was released in time, but
// an outage delayed it.
func TestALetterThatWaitsPastTheDayItAsksForIsHeld(t *testing.T) {
	for at, held := range map[string]bool{"2027-01-20 10:00": false, "2027-01-21 10:00": true} {
		o, ref := asked(t)
		o.record(ref, intake.IdentityRequested, "")
		o.now = london(t, "2026-12-04 09:00")
		o.tick()
		l := o.draft(intake.ForNoAnswer)
		if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
			t.Fatal(err)
		}
		o.now = london(t, at)
		why := ""
		if err := o.db.View(func(tx *store.Tx) (err error) { why, err = o.e.Cases.OutOfDate(tx, &l); return err }); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(why, "20 January 2027") != held {
			t.Errorf("at %s: held because %q", at, why)
		}
	}
}
