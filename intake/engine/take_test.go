package engine_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/mailbox"
)

func TestARequestIsRegisteredAndAcknowledgedOnce(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", foiMail("one@example.org"))
	if a.Decision != intake.DidAcknowledge || a.Kind != intake.FOI || a.Ref != "CAF26-00001" {
		t.Fatalf("decided %s %s %s (%s)", a.Decision, a.Kind, a.Ref, a.Why)
	}
	v := o.view(a.Ref)
	if v.RespondBy.String() != "2026-12-21" || v.AcknowledgeBy.String() != "2026-11-25" || v.AcknowledgedAt != nil {
		t.Errorf("reply by %s, acknowledge by %s, acknowledged %v", v.RespondBy, v.AcknowledgeBy, v.AcknowledgedAt)
	}
	o.send()
	v = o.view(a.Ref)
	if v.AcknowledgedAt == nil || v.Promised.String() != "2026-12-21" {
		t.Errorf("acknowledged %v, promised %s", v.AcknowledgedAt, v.Promised)
	}
	if l := o.letters(intake.ForAcknowledgement); len(l) != 1 || l[0].To != asksFOI {
		t.Errorf("letters %+v, want one to %s", l, asksFOI)
	}
	if _, err := o.e.Cases.Do(t.Context(), o.by(), a.Ref, casework.Acknowledge(casework.AckInput{})); err == nil {
		t.Error("a second acknowledgement was not refused")
	}
}

func TestTheSameMailInBothMailboxesIsOneCase(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	first := o.one("cafcass", foiMail("both@example.org"))
	m := foiMail("both@example.org")
	m.head = []string{"Received: from elsewhere.example.net by mx.example.net; Fri, 20 Nov 2026 10:00:07 +0000", "Delivered-To: CafcassCymru@gov.wales"}
	second := o.one("cymru", m)
	if second.Decision != intake.DidDuplicate || second.Ref != first.Ref || second.Twin != first.ID {
		t.Fatalf("the copy was decided %s, case %s", second.Decision, second.Ref)
	}
	if n := len(o.letters(intake.ForAcknowledgement)); n != 1 || o.view(first.Ref).Messages != 2 {
		t.Errorf("%d acknowledgements, %d mails on the case", n, o.view(first.Ref).Messages)
	}
}

func TestAnIDThatIsUsedTwiceHidesNothing(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	attacker := mail{id: "known@example.org", from: "Mallory <mallory@example.net>", to: "governance@cafcass.gov.uk", subject: "hello", body: "nothing at all"}
	o.one("cafcass", attacker)
	if a := o.one("cafcass", foiMail("known@example.org")); a.Decision != intake.DidAcknowledge {
		t.Errorf("the real request was decided %s (%s)", a.Decision, a.Why)
	}
}

func TestMailFromBeforeTheStartIsNeverAnswered(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	old, older := foiMail("old@example.org"), foiMail("older@example.org")
	old.at, older.at = "2026-10-31 23:30", "2026-08-03 09:00"
	got := o.receive("cafcass", mailbox.Inbox, older, old)
	for _, a := range got {
		if a.Decision != intake.DidBeforeStart || a.Ref != "" {
			t.Errorf("mail of %s: decided %s, case %q", a.Received, a.Decision, a.Ref)
		}
	}
	o.tick()
	if len(o.letters(intake.ForAcknowledgement)) != 0 || len(o.letters(intake.ForBeforeStart)) != 1 {
		t.Fatalf("outbox %+v, want one list to staff and nothing else", o.letters(""))
	}
	o.tick()
	if n := len(o.letters(intake.ForBeforeStart)); n != 1 {
		t.Errorf("the list went out %d times", n)
	}
	ch, err := o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Message: got[1].ID, KindInput: casework.KindInput{Kind: intake.FOI}})
	if err != nil {
		t.Fatal(err)
	}
	if ch.View.ReceivedOn.String() != "2026-10-31" || !slices.Contains(ch.View.Ack.Held, "before-start") {
		t.Errorf("taken over: received %s, held for %v", ch.View.ReceivedOn, ch.View.Ack.Held)
	}
}

func TestALateAcknowledgementWaitsForAPerson(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	for _, c := range []struct {
		at   string
		want intake.Disposition
	}{
		{"2026-11-13 10:00", intake.DidAcknowledge}, // due on the 18th, and two working days later is today
		{"2026-11-12 10:00", intake.DidTriage},
		{"2026-11-02 10:00", intake.DidTriage},
	} {
		m := foiMail(c.at[:10] + "@example.org")
		m.from, m.at = "Ann Example <ann."+c.at[8:10]+"@example.org>", c.at
		if a := o.one("cafcass", m); a.Decision != c.want || a.Kind != intake.FOI {
			t.Errorf("received %s: %s %s, want %s foi", c.at, a.Decision, a.Kind, c.want)
		}
	}
}

func TestWhatTheFilterTookIsATriageCaseUntilItShowsInTheInbox(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	a := o.receive("cafcass", mailbox.Junk, foiMail("junk@example.org"))[0]
	if a.Decision != intake.DidTriage || o.view(a.Ref).State != intake.StateTriage {
		t.Fatalf("in junk: decided %s", a.Decision)
	}
	o.send()
	if l := o.letters(intake.ForAcknowledgement); l[0].State != intake.LetterHeld {
		t.Fatalf("the acknowledgement is %s", l[0].State)
	}
	if b := o.one("cafcass", foiMail("junk@example.org")); b.Decision != intake.DidDuplicate || b.Ref != a.Ref {
		t.Errorf("moved to the inbox: decided %s, case %s", b.Decision, b.Ref)
	}
	o.send()
	if v := o.view(a.Ref); v.AcknowledgedAt == nil || v.State != intake.StateOpen {
		t.Errorf("then it is %s, acknowledged %v", v.State, v.AcknowledgedAt)
	}
}

func TestAReplyToItsCaseMovesNothing(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", foiMail("first@example.org"))
	o.send()
	ack := o.letters(intake.ForAcknowledgement)[0]
	thanks := mail{id: "thanks@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "Re: Cafcass", body: "Thank you for letting me know.\n\nAnn\n", head: []string{"In-Reply-To: <" + ack.MessageID + ">"}}
	before := o.view(a.Ref)
	if b := o.one("cafcass", thanks); b.Decision != intake.DidFollowup || b.Ref != a.Ref {
		t.Errorf("thanks: decided %s, case %s", b.Decision, b.Ref)
	}
	stranger := thanks
	stranger.id, stranger.from = "stranger@example.net", "Mallory <mallory@example.net>"
	stranger.body = "Any news?\n"
	if b := o.one("cafcass", stranger); b.Ref != a.Ref {
		t.Errorf("a stranger's mail: decided %s, case %q", b.Decision, b.Ref)
	}
	after := o.view(a.Ref)
	if after.RespondBy != before.RespondBy || after.State != before.State || after.Requester != before.Requester {
		t.Errorf("the case moved: %+v", after.View)
	}
	if last := after.Events[len(after.Events)-1]; last.Name != intake.UnverifiedReply {
		t.Errorf("a stranger's mail was recorded as %s", last.Name)
	}
	if n := len(o.letters(intake.ForAcknowledgement)); n != 1 {
		t.Errorf("%d acknowledgements", n)
	}
}

func TestABounceTakesTheAcknowledgementBack(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", foiMail("bad-address@example.org"))
	o.send()
	ack := o.letters(intake.ForAcknowledgement)[0]
	dsn := mail{
		id: "dsn@mx.example.org", from: "Mail Delivery System <MAILER-DAEMON@mx.example.org>", to: "governance@cafcass.gov.uk",
		subject: "Undelivered Mail Returned to Sender",
		head:    []string{"Auto-Submitted: auto-replied", "Return-Path: <>", `Content-Type: multipart/report; report-type=delivery-status; boundary="b"`},
		body: "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n" +
			"Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <" + ack.MessageID + ">\nSubject: x\n\n--b--\n",
	}
	forged := dsn
	forged.id, forged.body = "forged@example.net", "--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <requestd.guess.guess@cafcass.gov.uk>\n\n--b--\n"
	if b := o.one("cafcass", forged); b.Decision != intake.DidIgnore || o.view(a.Ref).AcknowledgedAt == nil {
		t.Errorf("a forged bounce: decided %s, acknowledged %v", b.Decision, o.view(a.Ref).AcknowledgedAt)
	}
	if b := o.one("cafcass", dsn); b.Decision != intake.DidIgnore || b.Ref != a.Ref {
		t.Errorf("the bounce: decided %s, case %q", b.Decision, b.Ref)
	}
	if v := o.view(a.Ref); v.AcknowledgedAt != nil {
		t.Error("the acknowledgement still counts as made")
	}
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	if s := text(t, o.to("officer@staff.example.org", intake.ForDigest)); !strings.Contains(s, "LETTERS THAT DID NOT GO (1)") || !strings.Contains(s, a.Ref+" FOI request, Ann Example: by Wed 25 Nov 2026; the\n  acknowledgement came back") {
		t.Errorf("the list does not ask for another way to the requester:\n%s", s)
	}
}

func TestTooManyLettersToOneAddressAreHeld(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	var held int
	for i := range 5 {
		m := foiMail(string(rune('a'+i)) + "@example.org")
		m.body = foiText + "And question " + string(rune('a'+i)) + ".\n"
		a := o.one("cafcass", m)
		o.send()
		if a.Decision == intake.DidTriage && slices.Contains(o.view(a.Ref).Hold, "rate") {
			held++
		}
	}
	if held != 2 {
		t.Errorf("%d of five were held, want those after the third", held)
	}
}

// TestWhatTheFilterTookStaysHeldForWhatElseSpeaksAgainstIt: arrival in the
// inbox removes only the filter's reason.
func TestWhatTheFilterTookStaysHeldForWhatElseSpeaksAgainstIt(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	m := foiMail("junk@example.org")
	m.head = []string{"Reply-To: ann@elsewhere.example.com"}
	a := o.receive("cafcass", mailbox.Junk, m)[0]
	held := o.view(a.Ref).Ack.Held
	if !slices.Contains(held, "junk") || !slices.Contains(held, "reply-to") {
		t.Fatalf("held for %v, want junk and reply-to", held)
	}
	o.one("cafcass", m)
	o.send()
	if v := o.view(a.Ref); v.AcknowledgedAt != nil || o.ack(a.Ref).State != intake.LetterHeld {
		t.Errorf("acknowledged %v, the letter is %s", v.AcknowledgedAt, o.ack(a.Ref).State)
	}
}

// TestACopyLetsNoLetterGoThatAPersonMustSee: of what the filter took a second copy
// comes, and no acknowledgement goes by itself.
func TestACopyLetsNoLetterGoThatAPersonMustSee(t *testing.T) {
	for name, c := range map[string]struct {
		role      mailbox.Role
		meanwhile casework.RecordInput
	}{
		"the copy is in the junk as well": {mailbox.Junk, casework.RecordInput{Event: intake.Note, Note: "nobody has looked"}},
		"it was withdrawn":                {mailbox.Inbox, casework.RecordInput{Event: intake.Withdrawn}},
		"a person says that a child asks": {mailbox.Inbox, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Child: "yes"}}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := o.receive("cafcass", mailbox.Junk, dsarMail("junk@example.org", "bob@example.org"))[0].Ref
			o.did(o.do(ref, c.meanwhile))
			if b := o.receive("cafcass", c.role, dsarMail("junk@example.org", "bob@example.org"))[0]; b.Decision != intake.DidDuplicate || b.Ref != ref {
				t.Fatalf("the copy was decided %s, case %s", b.Decision, b.Ref)
			}
			o.send()
			if l := o.ack(ref); l.State == intake.LetterSent || o.view(ref).AcknowledgedAt != nil {
				t.Errorf("the acknowledgement is %s", l.State)
			}
		})
	}
}

// TestTheStartIsALondonDay: its first minute opens a case, the minute before
// does not, in whatever way the mail comes.
func TestTheStartIsALondonDay(t *testing.T) {
	o := newOffice(t, "2026-11-02 10:00")
	before, first := foiMail("before@example.org"), foiMail("first@example.org")
	before.at, first.at = "2026-10-31 23:59", "2026-11-01 00:00"
	first.body = dsarText
	got := o.receive("cafcass", mailbox.Inbox, before, first)
	if got[0].Decision != intake.DidBeforeStart || got[0].Ref != "" {
		t.Errorf("the minute before: decided %s, case %q", got[0].Decision, got[0].Ref)
	}
	if got[1].Decision != intake.DidAcknowledge || got[1].Ref == "" {
		t.Fatalf("the first minute: decided %s, case %q", got[1].Decision, got[1].Ref)
	}
	for at, want := range map[string]int{"2026-10-31 23:59": 0, "2026-11-01 00:01": 1} {
		reply := mail{id: "sent-" + at[:10] + "@cafcass.gov.uk", from: "governance@cafcass.gov.uk", to: asksFOI, at: at,
			subject: "Re: [" + got[1].Ref + "]", body: "Dear Ann, we have your request.\n", head: []string{"In-Reply-To: <first@example.org>"}}
		seen := func() (n int) {
			for _, ev := range o.view(got[1].Ref).Events {
				if ev.Name == intake.ReplySeen {
					n++
				}
			}
			return n
		}
		was := seen()
		o.receive("cafcass", mailbox.Sent, reply)
		if n := seen() - was; n != want {
			t.Errorf("a colleague's own reply of %s is noted %d times, want %d", at, n, want)
		}
	}
	o.now = london(t, "2026-11-03 08:00")
	o.tick()
	if s := text(t, o.to("officer@staff.example.org", intake.ForDigest)); !strings.Contains(s, "ANSWERED? (1)") {
		t.Errorf("the list does not ask whether that was the answer:\n%s", s)
	}
}

func TestWhatMustBeSeenAtOnceIsShownThoughItIsNoRequest(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", mail{id: "claim@example.org", from: "Sam Solicitor <sam@law.example.com>", to: "governance@cafcass.gov.uk", subject: "Judicial review",
		body: "We enclose our letter before claim under the pre-action protocol for judicial review. A reply is due in fourteen days.\n\nSam Solicitor\n"})
	if a.Attention != "legal" || a.Decision != intake.DidPass {
		t.Fatalf("decided %s, attention %q (%s)", a.Decision, a.Attention, a.Why)
	}
	l := o.to("officer@staff.example.org", intake.ForAttention)
	if s := text(t, l); !strings.Contains(s, "sam@law.example.com") || !strings.Contains(s, "before claim") {
		t.Errorf("the mail to staff does not say who writes about what:\n%s", s)
	}
	if n := len(o.letters(intake.ForAttention)); n != 2 {
		t.Errorf("%d mails to staff, want one to the officer and one to whom it is passed up", n)
	}
	o.one("cafcass", idleMail(1))
	if n := len(o.letters(intake.ForAttention)); n != 2 {
		t.Error("an ordinary mail was shown at once too")
	}
}
