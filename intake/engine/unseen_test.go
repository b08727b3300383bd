package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// An officer's mail about another mailbox's case is treated like one about a
// case that does not exist: references are consecutive and can be guessed.
func TestMailTellsAnOfficerNothingOfAnotherMailboxsCase(t *testing.T) {
	const ref = "CAF26-00001"
	for _, words := range []string{"REF CLOSED 19 November 2026", "MERGE REF", "SHOW REF", "SEARCH REF", "ATTACH REF"} {
		words = strings.ReplaceAll(words, "REF", ref)
		told := func(there bool) string {
			o := mailOffice(t, "2026-11-20 10:00")
			if there && o.triage() != ref {
				t.Fatalf("the first case is not %s", ref)
			}
			o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cymru", KindInput: casework.KindInput{Kind: intake.FOI}}))
			a := o.one("cymru", mail{id: "asks@staff.example.org", from: other, to: "CafcassCymru@gov.wales", subject: "Re: [" + ref + "] DECIDE",
				body: words + "\n", head: []string{passed}})
			said := string(a.Decision) + a.Why
			for _, p := range []intake.Purpose{intake.ForRefusedChoice, intake.ForConfirmation} {
				for _, l := range o.letters(p) {
					if l.To == other {
						_, body, _ := strings.Cut(text(t, o.letter(l.ID)), "\n\n")
						said += body
					}
				}
			}
			return said
		}
		if is, want := told(true), told(false); is != want {
			t.Errorf("%s: of a case of the other mailbox\n%s\nof none\n%s", words, is, want)
		}
	}
}

// A case that was moved to the other mailbox can be neither seen nor changed
// through a mail that was sent before.
func TestAnAnswerOnACaseThatWentOverTellsNothing(t *testing.T) {
	for _, words := range []string{"CLOSED 20 November 2026", "Thank you."} {
		o := mailOffice(t, "2026-11-20 10:00")
		ref := o.triage()
		l := o.to(ceri, intake.ForHeld)
		o.now = o.now.Add(1e9)
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Mailbox: "cymru", Name: "Somebody Else"}})))
		events := o.events(ref)
		o.one("cafcass", answer(l, ceri, words, passed))
		if s := text(t, o.to(ceri, intake.ForRefusedChoice)); strings.Contains(s, "S. Else") || strings.Contains(s, "WHAT IS DUE") {
			t.Errorf("%s is answered with the case:\n%s", words, s)
		}
		if n := o.events(ref); n != events {
			t.Errorf("%s: the case has %d events, not %d", words, n, events)
		}
	}
}
