package engine_test

import (
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/compose"
)

// TestALetterThatIsLetGoNamesTheReceiptAsItIs: the date of receipt was
// corrected, and the correction struck, while a letter was held or waiting, and
// once the letter was sent with the day that it had been written with.
// Depending on its purpose it is now written anew, or refused until a person
// has corrected it, and never names only the wrong day.
func TestALetterThatIsLetGoNamesTheReceiptAsItIs(t *testing.T) {
	step := func(name intake.EventName) func(*testing.T) (*office, string) {
		return func(t *testing.T) (*office, string) {
			o, ref := asked(t)
			o.now = london(t, "2026-11-23 10:00")
			o.record(ref, name, "")
			return o, ref
		}
	}
	for _, c := range []struct {
		purpose intake.Purpose
		make    func(*testing.T) (*office, string)
		refused bool // until it is edited
	}{
		{intake.ForNoRequest, noRequestAfterANeutralLetter, false},
		{intake.ForNeutral, waiting, false},
		{intake.ForAcknowledgement, func(t *testing.T) (*office, string) {
			o := newOffice(t, "2026-11-20 10:00")
			return o, o.one("cafcass", foiMail("a@example.org")).Ref
		}, false},
		{intake.ForAskIdentity, step(intake.IdentityRequested), true},
		{intake.ForAskAuthority, step(intake.AuthorityRequested), true},
		{intake.ForOnItsWay, step(intake.Responded), true},
	} {
		for _, edited := range []bool{false, true} {
			name := string(c.purpose)
			if edited {
				if c.purpose != intake.ForNoRequest {
					continue
				}
				name += ", edited"
			}
			t.Run(name, func(t *testing.T) {
				o, ref := c.make(t)
				l := o.draft(c.purpose)
				_, text, err := compose.Text(l.Raw)
				if err != nil || !strings.Contains(text, "20 November 2026") {
					t.Fatalf("%v: it names another day to begin with:\n%s", err, text)
				}
				if l.State == intake.LetterWaiting {
					if l, err = o.e.Cases.HoldLetter(t.Context(), o.by(), l.ID); err != nil {
						t.Fatal(err)
					}
				}
				if edited {
					if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, text+"\nIn my own words."); err != nil {
						t.Fatal(err)
					}
				}
				o.now = o.now.Add(time.Minute)
				o.record(ref, intake.ReceivedOn, "2026-11-19")
				o.now = o.now.Add(time.Minute)
				_, err = o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID)
				if !c.refused && !edited {
					if err != nil {
						t.Fatal(err)
					}
				} else {
					if err == nil || !strings.Contains(err.Error(), "19 November 2026") {
						t.Fatalf("let go with an old day: %v", err)
					}
					mended := strings.ReplaceAll(text, "20 November 2026", "19 November 2026")
					if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, mended); err != nil {
						t.Fatal(err)
					}
					if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
						t.Fatalf("mended: %v", err)
					}
				}
				l = o.draft(c.purpose)
				if _, text, err = compose.Text(l.Raw); err != nil || l.State != intake.LetterWaiting || !strings.Contains(text, "19 November 2026") || strings.Contains(text, "20 November 2026") {
					t.Fatalf("%v: it is %s, and says\n%s", err, l.State, text)
				}

				// It is still waiting when the correction is struck.
				n := 0
				for i, ev := range o.view(ref).Events {
					if ev.Name == intake.ReceivedOn {
						n = i + 1
					}
				}
				o.now = o.now.Add(time.Minute)
				ch := o.did(o.do(ref, casework.RecordInput{Event: intake.Void, Void: n}))
				l = o.draft(c.purpose)
				if _, text, err = compose.Text(l.Raw); err != nil {
					t.Fatal(err)
				}
				if l.State == intake.LetterWaiting && !strings.Contains(text, "20 November 2026") {
					t.Errorf("it waits to go, and says\n%s", text)
				}
				if l.State == intake.LetterHeld {
					warned(t, ch, "states a date that has changed")
				}
			})
		}
	}
}
