package engine_test

import (
	"slices"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
)

func TestAMergedCaseBringsItsPartAndItsClock(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	foi := o.one("cafcass", foiMail("a@example.org"))
	data := o.one("cafcass", dsarMail("b@example.org", "Ann Example <"+asksFOI+">"))
	o.send()
	o.now = london(t, "2026-11-23 10:00")
	o.record(data.Ref, intake.IdentityRequested, "")
	was := o.view(data.Ref)
	o.now = london(t, "2026-11-25 10:00")

	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), foi.Ref, casework.Merge(data.Ref, 0)))
	if v := ch.View; v.Kind != intake.FOI || !slices.Equal(v.Also, []intake.Kind{intake.DSAR}) || len(v.Clocks) != 2 {
		t.Fatalf("the case is %s and %v with %d clocks, want foi and dsar with two", v.Kind, v.Also, len(v.Clocks))
	}
	if k := ch.View.Clocks[1]; k.State != was.Clocks[0].State || k.RespondBy != 0 {
		t.Errorf("the clock of the personal data is %s, due %s; the question of %s was to stop it", k.State, k.RespondBy, data.Ref)
	}
	if ch.View.Messages != 2 || o.view(data.Ref).Messages != 0 {
		t.Errorf("%d mails on the case that stays and %d on the other, want 2 and 0", ch.View.Messages, o.view(data.Ref).Messages)
	}
	warned(t, ch, "brought a part of its own")

	ch = o.did(o.e.Cases.Do(t.Context(), o.by(), foi.Ref, casework.Record(casework.RecordInput{Event: intake.IdentityReceived, Part: intake.DSAR})))
	if ch.View.Clocks[1].RespondBy == 0 {
		t.Error("the answer to the merged case's question starts no clock")
	}
}

func TestAMergedCaseKeepsTheEarlierReceipt(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	early := o.one("cafcass", foiMail("a@example.org"))
	o.now = london(t, "2026-11-24 10:00")
	late := foiMail("b@example.org")
	late.body += "\nAnd by office, please.\n"
	second := o.one("cafcass", late)
	if ch := o.did(o.e.Cases.Do(t.Context(), o.by(), second.Ref, casework.Merge(early.Ref, 0))); ch.View.ReceivedOn != day(t, "2026-11-20") {
		t.Errorf("received %s, want the day of the earlier", ch.View.ReceivedOn)
	}
}

func TestNobodyIsAcknowledgedTwiceAfterAMerge(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	first := o.one("cafcass", foiMail("a@example.org"))
	o.send()
	promised := o.view(first.Ref).Promised
	m := foiMail("b@example.org")
	m.subject, m.head = "Freedom of Information request, again", []string{"Reply-To: ann@other.example.net"}
	second := o.one("cafcass", m)
	if second.Decision != intake.DidTriage {
		t.Fatalf("the second mail was decided %s, want one whose acknowledgement is held", second.Decision)
	}

	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), second.Ref, casework.Merge(first.Ref, 0)))
	if ch.View.AcknowledgedAt == nil || ch.View.Promised != promised {
		t.Errorf("acknowledged %v, promised %s; want what %s was told, %s", ch.View.AcknowledgedAt, ch.View.Promised, first.Ref, promised)
	}
	if l := o.ack(second.Ref); l.State != intake.LetterFailed {
		t.Errorf("the held letter is %s, want it taken from the outbox", l.State)
	}
	if _, err := o.e.Cases.Do(t.Context(), o.by(), second.Ref, casework.Acknowledge(casework.AckInput{})); err == nil {
		t.Error("a second acknowledgement was let go")
	}
	o.now = london(t, "2026-11-26 10:00")
	o.tick()
	if n := len(o.letters(intake.ForAckAtRisk)); n != 0 {
		t.Errorf("%d mails say that the acknowledgement is at risk", n)
	}
}

func TestAMailThatNamesAMergedCaseGoesToTheOneThatIsLeft(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	kept := o.one("cafcass", foiMail("a@example.org"))
	gone := o.one("cafcass", dsarMail("b@example.org", "Ann Example <"+asksFOI+">"))
	further := foiMail("c@example.org")
	further.body += "\nBy court as well, please.\n"
	last := o.one("cafcass", further)
	o.send()
	o.did(o.e.Cases.Do(t.Context(), o.by(), kept.Ref, casework.Merge(gone.Ref, 0)))
	letter := o.ack(gone.Ref)
	o.did(o.e.Cases.Do(t.Context(), o.by(), last.Ref, casework.Merge(kept.Ref, 0)))
	o.now = o.now.Add(time.Hour)

	reply := mail{from: "Ann Example <" + asksFOI + ">", to: "governance@cafcass.gov.uk", body: "Thank you for letting me know."}
	named, answered := reply, reply
	named.id, named.subject = "d@example.org", "Re: "+gone.Ref
	answered.id, answered.subject, answered.head = "e@example.org", "Re: your letter", []string{"In-Reply-To: <" + letter.MessageID + ">"}
	answered.body += " That is kind of you."
	for how, m := range map[string]mail{"its reference": named, "its letter": answered} {
		if a := o.one("cafcass", m); a.Decision != intake.DidFollowup || a.Ref != last.Ref {
			t.Errorf("by %s: %s on %q (%s), want a follow-up on %s", how, a.Decision, a.Ref, a.Why, last.Ref)
		}
	}
}
