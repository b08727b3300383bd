package engine_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/mailbox"
)

const erasureText = "Hello,\n\nUnder Article 17 of the UK GDPR please erase all the personal data that you hold about me.\n\nKim Example\n"

func rightsMail(id string) mail {
	return mail{id: id, from: "Kim Example <kim@example.net>", to: "governance@cafcass.gov.uk", subject: "Erase my data", body: erasureText}
}

// decideOn decides the kind of a case.
func (o *office) decideOn(ref string, in casework.KindInput) *casework.Change {
	o.t.Helper()
	return o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Decide(in)))
}

// TestAMailThatUsesARightWaitsForAPerson, while its own month is running.
func TestAMailThatUsesARightWaitsForAPerson(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", rightsMail("right@example.net"))
	v := o.view(a.Ref)
	if v.State != intake.StateTriage || v.Kind != intake.Rights || len(v.Clocks) != 1 || v.Clocks[0].Kind != intake.Rights {
		t.Fatalf("%s is %s of kind %s with %+v", v.Ref, v.State, v.Kind, v.Clocks)
	}
	if !slices.Equal(v.Clocks[0].Right, []string{"erasure"}) || v.RespondBy != day(t, "2026-12-21") { // 20 December is a Sunday
		t.Errorf("right %q by %s, want erasure by 2026-12-21", v.Clocks[0].Right, v.RespondBy)
	}
	if n := len(o.letters(intake.ForAcknowledgement)); n != 0 {
		t.Errorf("%d letters before anybody has decided", n)
	}
	if _, err := o.e.Cases.Do(t.Context(), o.by(), a.Ref, casework.Acknowledge(casework.AckInput{})); err == nil || !strings.Contains(err.Error(), "not decided yet") {
		t.Errorf("its letter was let go: %v", err)
	}
	if notice := text(t, o.to("officer@staff.example.org", intake.ForTriage)); !strings.Contains(notice, "is this a data-protection right?") {
		t.Errorf("staff are told:\n%s", notice)
	}

	o.decideOn(a.Ref, casework.KindInput{Kind: intake.Rights})
	v = o.view(a.Ref)
	if v.State != intake.StateOpen || !slices.Equal(v.Clocks[0].Right, []string{"erasure"}) {
		t.Errorf("decided: %s, right %q", v.State, v.Clocks[0].Right)
	}
	letter := text(t, o.ack(a.Ref))
	for _, want := range []string{"erased (Article 17)", "21 December 2026", "UK GDPR"} {
		if !strings.Contains(strings.Join(strings.Fields(letter), " "), want) {
			t.Errorf("the letter lacks %q:\n%s", want, letter)
		}
	}
	o.record(a.Ref, intake.IdentityRequested, "2026-11-20")
	o.now = london(t, "2026-12-04 10:00")
	if ch := o.record(a.Ref, intake.IdentityReceived, ""); ch.View.RespondBy != day(t, "2027-01-04") {
		t.Errorf("with identity on 4 December it is due on %s, want 2027-01-04", ch.View.RespondBy)
	}
}

// TestARightBesideASubjectAccessRequest is a part of its own: the request is
// acknowledged as usual, without a word about the right.
func TestARightBesideASubjectAccessRequest(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	m := dsarMail("both@example.net", "Kim Example <kim@example.net>")
	m.body = strings.Replace(dsarText, "Thanks", "I also exercise my right to erasure under Article 17 of the UK GDPR once the copy has come.\n\nThanks", 1)
	a := o.one("cafcass", m)
	v := o.view(a.Ref)
	if a.Decision != intake.DidAcknowledge || v.State != intake.StateOpen || !slices.Equal(v.Parts(), []intake.Kind{intake.DSAR, intake.Rights}) || !v.RightWaits() {
		t.Fatalf("%s (%s): %s with parts %v", a.Decision, a.Why, v.State, v.Parts())
	}
	letter := text(t, o.ack(a.Ref))
	if strings.Contains(letter, "Article 17") || strings.Contains(letter, "Part 1") || strings.Contains(letter, "eras") {
		t.Errorf("the letter has a word on the right:\n%s", letter)
	}
	if notice := text(t, o.to("officer@staff.example.org", intake.ForTriage)); !strings.Contains(notice, "does it use a right as well?") {
		t.Errorf("staff are told:\n%s", notice)
	}

	o.send()

	// A right that is not confirmed is still asked about, whatever becomes of the
	// rest.
	o.did(o.e.Cases.Do(t.Context(), o.by(), a.Ref, casework.Record(casework.RecordInput{Event: intake.Responded, Part: intake.DSAR, Outcome: "granted"})))
	if v := o.view(a.Ref); !v.RightWaits() || v.State != intake.StateOpen {
		t.Errorf("once the rest is answered the case is %s", v.State)
	}
	o.decideOn(a.Ref, casework.KindInput{Kind: intake.DSAR, Also: []intake.Kind{intake.Rights}})
	if v := o.view(a.Ref); v.RightWaits() || !slices.Equal(v.Clocks[1].Right, []string{"erasure"}) || v.Clocks[1].RespondBy != day(t, "2026-12-21") {
		t.Errorf("confirmed: %+v", v.Clocks[1])
	}
}

// TestOfficersDecideOnRightsByMail: the words that mail to staff proposes for a
// right do what they say.
func TestOfficersDecideOnRightsByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", rightsMail("right@example.net"))
	l := o.to(ceri, intake.ForTriage)
	if !strings.Contains(text(t, l), `"RIGHT ERASURE"`) {
		t.Errorf("the mail does not offer the right that was read:\n%s", text(t, l))
	}
	if _, choices, _ := strings.Cut(text(t, l), "WHAT YOU CAN DO"); strings.Index(choices, "RIGHT ERASURE") > strings.Index(choices, `"FOI"`) {
		t.Errorf("what was read is not offered first:\n%s", choices)
	}
	o.one("cafcass", answer(l, ceri, "RIGHT ERASURE AND RECTIFICATION", passed))
	v := o.view(a.Ref)
	if v.State != intake.StateOpen || v.Kind != intake.Rights || !slices.Equal(v.Clocks[0].Right, []string{"erasure", "rectification"}) {
		t.Errorf("decided: %s, %s, %q", v.Kind, v.State, v.Clocks[0].Right)
	}
}

// TestEnvironmentalRequests: a person chooses the kind, which has twenty
// working days, forty if extended in time, and letters that cite the
// Regulations.
func TestEnvironmentalRequests(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ch := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{
		Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.EIR}, Requester: intake.Address{Name: "Lee Example", Addr: "lee@example.net"},
	}))
	ref := ch.View.Ref
	if ch.View.RespondBy != day(t, "2026-12-21") {
		t.Errorf("due on %s, want 2026-12-21", ch.View.RespondBy)
	}
	if letter := text(t, o.ack(ref)); !strings.Contains(strings.Join(strings.Fields(letter), " "), "Environmental Information Regulations 2004") || strings.Contains(letter, "Freedom of Information Act") {
		t.Errorf("the letter cites the wrong law:\n%s", letter)
	}
	o.send()
	o.now = london(t, "2026-12-01 10:00")
	if ch := o.record(ref, intake.Extended, ""); ch.View.RespondBy != day(t, "2027-01-22") {
		t.Errorf("extended to %s, want 2027-01-22, the fortieth working day", ch.View.RespondBy)
	}
	o.record(ref, intake.Responded, "")
	o.now = london(t, "2026-12-10 10:00")
	again := o.receive("cafcass", mailbox.Inbox, mail{id: "rep@example.net", from: "Lee Example <lee@example.net>", to: "governance@cafcass.gov.uk", subject: "Re: our reference " + ref,
		body: "I am not happy with your answer " + ref + ". Please carry out an internal review: you withheld the figures.\n\nLee\n"})[0]
	o.decideOn(again.Ref, casework.KindInput{Kind: intake.Review, Of: intake.EIR})
	v := o.view(again.Ref)
	if v.Of != intake.EIR || v.RespondBy != day(t, "2027-02-10") || v.Clocks[0].ComplaintAckBy != 0 {
		t.Errorf("representations: of %s by %s, want of eir by 2027-02-10, the fortieth working day", v.Of, v.RespondBy)
	}
}

// TestTheListAsksForTheRight with words that end nothing else, and offers each
// regime an outcome of its own.
func TestTheListAsksForTheRight(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	m := dsarMail("both@example.net", "Kim Example <kim@example.net>")
	m.body = strings.Replace(dsarText, "Thanks", "I also exercise my right to erasure under Article 17 of the UK GDPR once the copy has come.\n\nThanks", 1)
	ref := o.one("cafcass", m).Ref
	o.send()
	o.now = london(t, "2026-11-23 08:01")
	o.tick()
	list := strings.Join(strings.Fields(text(t, o.to(ceri, intake.ForDigest))), " ")
	if want := ref + " DSAR AND RIGHT"; !strings.Contains(list, want) {
		t.Errorf("the list lacks %q:\n%s", want, list)
	}
	l := o.to(ceri, intake.ForDigest)
	o.one("cafcass", answer(l, ceri, ref+" DSAR AND RIGHT", passed))
	if v := o.view(ref); v.RightWaits() || !slices.Equal(v.Parts(), []intake.Kind{intake.DSAR, intake.Rights}) || !slices.Equal(v.Clocks[1].Right, []string{"erasure"}) {
		t.Errorf("after the list's own words: %v, %+v", v.Parts(), v.Clocks)
	}
}

// TestARightStillWaitsAfterAMerge: saying that two mails are one does not
// confirm it.
func TestARightStillWaitsAfterAMerge(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	m := dsarMail("both@example.net", "Kim Example <kim@example.net>")
	m.body = strings.Replace(dsarText, "Thanks", "I also exercise my right to erasure under Article 17 of the UK GDPR once the copy has come.\n\nThanks", 1)
	both, foi := o.one("cafcass", m).Ref, o.one("cafcass", foiMail("a@example.org")).Ref
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), foi, casework.Merge(both, 0)))
	if v := ch.View; !v.RightWaits() || !slices.Equal(v.Parts(), []intake.Kind{intake.FOI, intake.DSAR, intake.Rights}) {
		t.Errorf("merged: parts %v, the right waits: %t", v.Parts(), v.RightWaits())
	}
}
