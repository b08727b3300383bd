package engine_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
)

// TestTheSameRequestSentTwice: sent again with another Message-ID, a little
// later, or through a gateway that marks it, it is answered once.
func TestTheSameRequestSentTwice(t *testing.T) {
	for name, c := range map[string]struct {
		box    string
		change func(m *mail)
		want   intake.Disposition
	}{
		"under another Message-ID":               {"cafcass", func(m *mail) { m.id = "second@example.org" }, intake.DidTriage},
		"three minutes later":                    {"cafcass", func(m *mail) { m.id, m.at = "second@example.org", "2026-11-23 10:18" }, intake.DidTriage},
		"in the other mailbox, under another id": {"cymru", func(m *mail) { m.id = "second@example.org" }, intake.DidTriage},
		"with a gateway's tag and warning": {"cymru", func(m *mail) {
			m.subject, m.body = "[EXTERNAL] "+m.subject, "CAUTION: This email originated from outside of the organisation.\n\n"+m.body
		}, intake.DidDuplicate},
		"with another question": {"cafcass", func(m *mail) {
			m.id, m.body = "second@example.org", strings.Replace(m.body, "section 7 reports were filed late in 2025", "complaints you upheld in 2024", 1)
		}, intake.DidAcknowledge},
		"from somebody else": {"cafcass", func(m *mail) { m.id, m.from = "second@example.org", "Zoe <zoe@example.org>" }, intake.DidAcknowledge},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-23 10:15")
			first := foiMail("first@example.org")
			if a := o.one("cafcass", first); a.Decision != intake.DidAcknowledge {
				t.Fatalf("the first is %s (%s)", a.Decision, a.Why)
			}
			o.now = london(t, "2026-11-23 10:20")
			second := first
			if second.at == "" {
				second.at = "2026-11-23 10:15"
			}
			c.change(&second)
			a := o.one(c.box, second)
			if a.Decision != c.want {
				t.Fatalf("the second is %s, want %s (%s)", a.Decision, c.want, a.Why)
			}
			letters := 1
			if c.want == intake.DidAcknowledge {
				letters = 2
			}
			going := slices.DeleteFunc(o.letters(intake.ForAcknowledgement), func(l intake.Letter) bool { return l.State == intake.LetterHeld })
			if len(going) != letters {
				t.Errorf("%d acknowledgements go out, want %d", len(going), letters)
			}
			if c.want == intake.DidTriage {
				if held := o.view(a.Ref).Hold; !slices.Contains(held, holds.Copy) {
					t.Errorf("held for %v", held)
				}
			}
		})
	}
}

// TestARemarkBelongsToItsCase: a mail that only comments on how a request is
// dealt with opens no case and gets no letter.
func TestARemarkBelongsToItsCase(t *testing.T) {
	for _, body := range []string{
		"Hello,\n\nCan the answer be sent as a spreadsheet please?\n\nAnn Example",
		"Please confirm that you have my request.",
		"Thank you. Is there a telephone number on which I can reach you?",
		"👍",
		"Ann Example reacted to your message:",
		"A gaf i’r ateb ar bapur os gwelwch yn dda?",
	} {
		o := newOffice(t, "2026-11-23 10:15")
		first := o.one("cafcass", foiMail("first@example.org"))
		ack := o.ack(first.Ref)
		m := foiMail("second@example.org")
		m.subject, m.body = "Re: Cafcass: our reference "+first.Ref, body+"\n\nOn Mon, 23 Nov 2026 at 10:20, Cafcass <governance@cafcass.gov.uk> wrote:\n\n> We are dealing with this as a request for information under the\n> Freedom of Information Act 2000. If you are not happy with our answer,\n> you can ask us to look at it again (an internal review).\n"
		m.head = []string{"In-Reply-To: <" + ack.MessageID + ">"}
		if a := o.one("cafcass", m); a.Decision != intake.DidFollowup || a.Ref != first.Ref {
			t.Errorf("%q: %s of %q (%s)", body, a.Decision, a.Ref, a.Why)
		}
		if n := len(o.letters(intake.ForAcknowledgement)); n != 1 || o.cases() != 1 {
			t.Errorf("%q: %d letters, %d cases", body, n, o.cases())
		}
	}
}

// TestReceiptOfAForwardedMail: the day on which a request first came is read
// from the heading that a colleague's program wrote.
func TestReceiptOfAForwardedMail(t *testing.T) {
	for sent, want := range map[string]string{
		"Sent: 11/3/2026 10:12:33 AM":       "2026-11-03",
		"Sent: 3/11/2026 10:12":             "2026-11-03",
		"Anfonwyd: Maw 17/11/2026 10:12":    "2026-11-17",
		"Sent: 17 November 2026 10:12":      "2026-11-17",
		"Gesendet: 17. November 2026 10:12": "2026-11-17",
	} {
		o := newOffice(t, "2026-11-24 09:00")
		a := o.one("cafcass", mail{id: "f@cafcass.gov.uk", from: "Ruth Penn <ruth.penn@cafcass.gov.uk>", to: "governance@cafcass.gov.uk", subject: "FW: Request",
			body: "See below.\n\nFrom: Ann Example <ann@example.org>\n" + sent + "\nTo: Info\nSubject: Request\n\n" + foiText})
		if got := o.view(a.Ref).ReceivedOn; got != day(t, want) {
			t.Errorf("%s: received on %v, want %s", sent, got, want)
		}
		if o.person(a.Ref).Requester.Addr != "ann@example.org" {
			t.Errorf("%s: the requester is %q", sent, o.person(a.Ref).Requester)
		}
	}
}

func (o *office) person(ref string) (p intake.Personal) {
	o.t.Helper()
	err := o.db.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err == nil {
			p = *c.Person()
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// TestWhoIsAnswered reads the address from headers as careless programs write
// them.
func TestWhoIsAnswered(t *testing.T) {
	for name, m := range map[string]mail{
		"a comma outside quotes":       {from: "Example, Ann <ann@example.org>"},
		"all of it encoded":            {from: "=?utf-8?Q?Ann_Example_<ann=40example.org>?="},
		"single quotes":                {from: "'Ann Example' <'ann@example.org'>"},
		"Reply-To names it twice":      {from: "Web <noreply@example.org>", head: []string{`Reply-To: ann@example.org, "Ann Example" <ann@example.org>`}},
		"Reply-To names us beside her": {from: "Ann <ann@example.org>", head: []string{"Reply-To: governance@cafcass.gov.uk, ann@example.org"}},
	} {
		o := newOffice(t, "2026-11-23 10:15")
		m.id, m.to, m.subject, m.body = "a@example.org", "governance@cafcass.gov.uk", "Request", foiText
		a := o.one("cafcass", m)
		if a.Ref == "" {
			t.Errorf("%s: %s (%s)", name, a.Decision, a.Why)
			continue
		}
		if to := o.person(a.Ref).ReplyTo; to != "ann@example.org" {
			t.Errorf("%s: answers go to %q", name, to)
		}
	}
}
