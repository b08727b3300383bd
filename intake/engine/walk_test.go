package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

// TestShowGivesTheWordsThatCame, as the mail about the new case did, and the
// beginning of later mails.
func TestShowGivesTheWordsThatCame(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	m := foiMail("a@example.org")
	m.body += "\nPlease see https://example.net/list.\n" + strings.Repeat("There is more to say about it.\n", 500)
	ref := o.one("cafcass", m).Ref
	o.send()
	for range 7 {
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", mail{id: "more-" + o.now.Format("1504") + "@example.org", from: asksFOI, to: "governance@cafcass.gov.uk", subject: "Re: Request [" + ref + "]", body: "I forgot to say that it is " + o.now.Format("15:04") + " and that paper would do as well."})
	}
	o.now = o.now.Add(time.Hour)
	o.one("cafcass", writes(ceri, "SHOW "+ref, passed))
	l := o.to(ceri, intake.ForConfirmation)
	s := text(t, l)
	for _, want := range []string{"WHAT CAME IN", "| Please see https[:]//example[.]net/list.", "| There is more to say about it.", "[shortened here; the whole mail is in the mailbox]", "2 mails before these", "it is 10:07"} {
		if !strings.Contains(strings.Join(strings.Fields(s), " "), want) {
			t.Errorf("SHOW gives no %q:\n%s", want, s)
		}
	}
	if strings.Contains(s, "10:01") || len(s) > 16<<10 {
		t.Errorf("it shows more than its limits allow: %d bytes", len(s))
	}
}

// TestAHeldAcknowledgementIsReadAndWordedByMail: SHOW returns it; SEND sends it
// as it is, or with other words that state its reference and dates.
func TestAHeldAcknowledgementIsReadAndWordedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	copied := o.to(ceri, intake.ForCopy)
	o.one("cafcass", answer(copied, ceri, "HOLD", passed))
	say := func(words string) {
		t.Helper()
		o.now = o.now.Add(16 * time.Minute)
		o.one("cafcass", answer(copied, ceri, words, passed))
	}
	say("SHOW")
	shown := text(t, o.to(ceri, intake.ForConfirmation))
	if flat := strings.Join(strings.Fields(shown), " "); !strings.Contains(flat, "THE ACKNOWLEDGEMENT It goes to the requester when you answer SEND") || !strings.Contains(flat, "21 December 2026") || strings.Count(flat, `Send the acknowledgement: "SEND"`) != 1 {
		t.Fatalf("SHOW gives not the letter:\n%s", shown)
	}
	refused := func(words, says string) {
		t.Helper()
		n := o.events(ref)
		say(words)
		if s := flat(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(s, says) || o.ack(ref).State != intake.LetterHeld || o.events(ref) != n {
			t.Errorf("%q: the letter is %s with %d events more, and the refusal lacks %q:\n%s", words, o.ack(ref).State, o.events(ref)-n, says, s)
		}
	}
	refused("SEND\nBEGIN\nWe have it.\nEND", "lacks the reference")
	refused("SEND\nBEGIN\nWe have it. Our reference is "+ref+".\nEND", "lacks the date 21 December 2026")
	refused("SEND\nBEGIN\nOne\nEND\nBEGIN\nTwo\nEND", "The acknowledgement has no gaps.")
	say("SEND\nBEGIN\n| Dear Ann,\n|\n| We have it, and answer by 21 December 2026. Our reference is " + ref + ".\nEND")
	done := o.to(ceri, intake.ForConfirmation)
	if s := flat(t, done); o.ack(ref).State != intake.LetterWaiting || !strings.Contains(s, "WHAT THE LETTER SAYS") || !strings.Contains(s, "We have it, and answer by 21 December 2026.") {
		t.Fatalf("the letter is %s:\n%s", o.ack(ref).State, s)
	}
	o.one("cafcass", answer(done, ceri, "UNDO", passed))
	say("SHOW")
	if s := flat(t, o.to(ceri, intake.ForConfirmation)); o.ack(ref).State != intake.LetterHeld || !strings.Contains(s, "We have it, and answer by 21 December 2026.") {
		t.Errorf("after UNDO the letter is %s, and SHOW gives:\n%s", o.ack(ref).State, s)
	}
	say("SEND")
	o.now = o.now.Add(o.e.Cases.Settings().Replies.UndoWait)
	o.send()
	if l := o.ack(ref); l.State != intake.LetterSent || !l.Edited {
		t.Errorf("the letter is %s, with a person's words: %v", l.State, l.Edited)
	}
	if faults, err := o.e.Register.Verify(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the register has faults: %v, %v", faults, err)
	}
}

// TestADecisionAfterAColleaguesAnswerIsOvertaken: somebody who decides without
// knowing that the request was answered is told so, and nothing changes.
func TestADecisionAfterAColleaguesAnswerIsOvertaken(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	hers, his := o.to(ceri, intake.ForCopy), o.to(bethan, intake.ForCopy)
	o.now = o.now.Add(time.Hour)
	o.one("cafcass", answer(hers, ceri, "RESPONDED GRANTED today", passed))
	for _, words := range []string{"DSAR", "NOT A REQUEST", "MINE", "RESPONDED REFUSED today", "EXTENDED today"} {
		n := o.events(ref)
		o.now = o.now.Add(16 * time.Minute)
		o.one("cafcass", answer(his, bethan, words, passed))
		if s := flat(t, o.to(bethan, intake.ForRefusedChoice)); !strings.Contains(s, ceri+" decided before "+bethan) || !strings.Contains(s, "The later words: "+words) || o.events(ref) != n {
			t.Errorf("%s: %d events more, and he is told:\n%s", words, o.events(ref)-n, s)
		}
	}
	o.now = o.now.Add(16 * time.Minute)
	o.one("cafcass", answer(o.to(bethan, intake.ForRefusedChoice), bethan, "DSAR", passed))
	if v := o.view(ref); v.Kind != intake.DSAR {
		t.Errorf("once he knows of it he may decide anew: it is %s", v.Kind)
	}
}

// TestAReviewIsTakenWithdrawnAndReopenedByMail: from the answer to the end by
// answering mail alone.
func TestAReviewIsTakenWithdrawnAndReopenedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	say := func(purpose intake.Purpose, words string) {
		t.Helper()
		o.now = o.now.Add(16 * time.Minute)
		n := len(o.letters(intake.ForRefusedChoice))
		if a := o.one("cafcass", answer(o.to(ceri, purpose), ceri, words, passed)); len(o.letters(intake.ForRefusedChoice)) != n {
			t.Fatalf("%q is refused (%s):\n%s", words, a.Why, text(t, o.to(ceri, intake.ForRefusedChoice)))
		}
	}
	say(intake.ForCopy, "RESPONDED REFUSED s36(2)(c) today")
	o.now = london(t, "2026-11-26 10:00")
	a := o.one("cafcass", mail{id: "review@example.org", from: asksFOI, to: "governance@cafcass.gov.uk", subject: "Internal review", body: "Dear Sir or Madam,\n\nI am not happy with your answer to my Freedom of Information request " + ref + " and ask for an internal review of it.\n\nAnn Example"})
	review := a.Ref
	if review == ref {
		t.Fatalf("the review is part of %s (%s)", ref, a.Why)
	}
	if v := o.view(review); v.State == intake.StateTriage {
		say(intake.ForHeld, "REVIEW FOI")
	}
	if v := o.view(review); v.Kind != intake.Review || v.Of != intake.FOI {
		t.Fatalf("%s is a %s of %s", review, v.Kind, v.Of)
	}
	o.now = o.now.Add(o.e.Cases.Settings().Replies.UndoWait)
	o.send()
	last := func() intake.Purpose {
		for _, p := range []intake.Purpose{intake.ForConfirmation, intake.ForCopy} {
			for _, l := range o.letters(p) {
				if l.Ref == review && l.To == ceri && o.to(ceri, p).Ref == review {
					return p
				}
			}
		}
		t.Fatalf("no mail on %s", review)
		return ""
	}
	for _, x := range []struct {
		words string
		state intake.CaseState
	}{
		{"RESPONDED DECISION UPHELD today", intake.StateResponded}, {"REOPENED today", intake.StateOpen},
		{"WITHDRAWN today", intake.StateWithdrawn}, {"REOPENED today", intake.StateOpen}, {"RESPONDED DECISION PART UPHELD today", intake.StateResponded},
	} {
		say(last(), x.words)
		if v := o.view(review); v.State != x.state {
			t.Fatalf("after %q the review is %s", x.words, v.State)
		}
	}
	s := flat(t, o.to(ceri, intake.ForConfirmation))
	for _, code := range []string{"part-upheld", "acknowledgement-", "foi ", "decision-"} {
		if strings.Contains(s, code) {
			t.Errorf("a history has the code %q:\n%s", code, s)
		}
	}
}

// TestAPassedMailIsOpenedAndMergedAndPartedByMail, and another is attached,
// with the words that the mails offer.
func TestAPassedMailIsOpenedAndMergedAndPartedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	idle := o.one("cafcass", idleMail(1))
	o.now = london(t, "2026-11-23 08:30")
	o.tick()
	say := func(l intake.Letter, words string) intake.Letter {
		t.Helper()
		o.now = o.now.Add(16 * time.Minute)
		n := len(o.letters(intake.ForRefusedChoice))
		if o.one("cafcass", answer(l, ceri, words, passed)); len(o.letters(intake.ForRefusedChoice)) != n {
			t.Fatalf("%q is refused:\n%s", words, text(t, o.to(ceri, intake.ForRefusedChoice)))
		}
		return o.to(ceri, intake.ForConfirmation)
	}
	digest := o.to(ceri, intake.ForDigest)
	opened := say(digest, "OPEN "+fmt.Sprint(idle.ID)+" FOI")
	other := opened.Ref
	if v := o.view(other); other == ref || v.Kind != intake.FOI || v.State != intake.StateOpen {
		t.Fatalf("%s is %s and %s", other, v.Kind, v.State)
	}
	has := func(ref string, id uint64) bool {
		return slices.ContainsFunc(o.view(ref).Mail, func(a intake.Arrival) bool { return a.ID == id })
	}
	merged := say(opened, "MERGE "+ref)
	if v := o.view(other); v.State != intake.StateClosed || !has(ref, idle.ID) {
		t.Fatalf("%s is %s, and its mail on %s: %v", other, v.State, ref, has(ref, idle.ID))
	}
	say(merged, "UNDO")
	if v := o.view(other); v.State != intake.StateOpen || !has(other, idle.ID) || has(ref, idle.ID) {
		t.Errorf("after UNDO %s is %s, with its mail: %v", other, v.State, has(other, idle.ID))
	}
	more := o.one("cafcass", idleMail(2))
	say(digest, "ATTACH "+fmt.Sprint(more.ID)+" "+ref)
	if !has(ref, more.ID) {
		t.Errorf("%s has not the mail that was attached", ref)
	}
	if found, err := o.e.Register.Verify(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}
