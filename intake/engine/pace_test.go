package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

// states counts the letters of a purpose to somebody: those that are sent and
// those that are held.
func (o *office) states(purpose intake.Purpose, to string) (out, held int) {
	o.t.Helper()
	for _, l := range o.letters(purpose) {
		switch {
		case l.To != to:
		case l.State == intake.LetterHeld:
			held++
		default:
			out++
		}
	}
	return out, held
}

// A machine in a colleague's name forwards a request for every receipt that it
// gets. It gets a limited number an hour, and the rest waits for a person.
func TestReceiptsToAColleagueAreHeldAtALimit(t *testing.T) {
	const colleague = "practitioner@cafcass.gov.uk"
	o := mailOffice(t, "2026-11-20 10:00")
	for n := range 40 {
		o.one("cafcass", mail{id: fmt.Sprintf("fw-%d@cafcass.gov.uk", n), from: "Practitioner <" + colleague + ">", to: "governance@cafcass.gov.uk", subject: "FW: Freedom of Information request",
			head: []string{"Authentication-Results: mx.example.org; dmarc=pass header.from=cafcass.gov.uk"},
			body: fmt.Sprintf("Please see below.\n\nFrom: Ann Example <ann%d@example.org>\nSent: 19 November 2026 09:00\nTo: Practitioner <%s>\nSubject: Freedom of Information request\n\n%s", n, colleague, foiText)})
	}
	if out, held := o.states(intake.ForReceipt, colleague); out != 30 || held != 10 {
		t.Errorf("%d receipts go out and %d are held, want 30 and 10", out, held)
	}
	if n := len(o.letters(intake.ForTriage)) + len(o.letters(intake.ForHeld)); n < 40 {
		t.Errorf("staff were shown %d of 40 requests", n)
	}
	o.now = o.now.Add(time.Hour)
	for _, l := range o.letters(intake.ForReceipt) {
		if l.State != intake.LetterHeld {
			continue
		}
		if !strings.Contains(l.Response, "rate") {
			t.Errorf("held because of %q", l.Response)
		}
		if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
			t.Errorf("a person lets it go: %v", err)
		}
	}
	o.send()
	if out, held := o.states(intake.ForReceipt, colleague); out != 40 || held != 0 {
		t.Errorf("once a person let them go %d are out and %d held", out, held)
	}
}

// An autoresponder whose first line happens to be a command answers each
// confirmation. It gets a limited number; other officers find it in their list.
func TestConfirmationsToAnAutoresponderAreHeldAtALimit(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	l := o.to(ceri, intake.ForHeld)
	for range 60 {
		o.one("cafcass", answer(l, ceri, "MINE", passed))
		o.now = o.now.Add(time.Minute / 2)
	}
	if n := o.events(ref); n < 60 {
		t.Fatalf("%d events: the answers were not obeyed", n)
	}
	if out, held := o.states(intake.ForConfirmation, ceri); out != 30 || held != 30 {
		t.Errorf("%d confirmations go out and %d are held, want 30 of each", out, held)
	}
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	if s := text(t, o.to(bethan, intake.ForDigest)); !strings.Contains(s, "DECIDED BY COLLEAGUES (60)") {
		t.Errorf("the other officer is not told of 60 decisions:\n%s", s)
	}
}
