package engine_test

import (
	"slices"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/holds"
	"requestd/intake/mailbox"
	"requestd/intake/register"
)

// unreadable registers a mail of which the server returned nothing.
func (o *office) unreadable() string {
	o.t.Helper()
	place := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}
	o.uid["cafcass/INBOX"]++
	uid := o.uid["cafcass/INBOX"]
	if err := o.e.TakeIn(o.t.Context(), place, []mailbox.Fetched{{UID: uid, Received: o.now, Unreadable: "the server fails on it"}}, uid); err != nil {
		o.t.Fatal(err)
	}
	all, _, err := o.e.Register.Messages(o.t.Context(), register.MessageFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return all[len(all)-1].Ref
}

// telephoned opens a case whose requester left no address.
func (o *office) telephoned() string {
	o.t.Helper()
	return o.did(o.e.Cases.OpenCase(o.t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.FOI}, Source: "telephone"})).View.Ref
}

func TestACaseWithoutAnAddressCanBeDecided(t *testing.T) {
	for name, open := range map[string]func(*office) string{"a mail that cannot be read": (*office).unreadable, "a call": (*office).telephoned} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := open(o)
			ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.DSAR})))
			if ch.View.Kind != intake.DSAR || ch.View.Doubt || ch.Letter != 0 {
				t.Errorf("it is %s, doubted %v, letter %d; want a dsar and no letter", ch.View.Kind, ch.View.Doubt, ch.Letter)
			}
			warned(t, ch, "no address")
			ch = o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Address: "x@example.org"})))
			if l := o.ack(ref); ch.Letter != l.ID || l.To != "x@example.org" || l.State != intake.LetterWaiting {
				t.Errorf("the letter to %q is %s, want it to wait for x@example.org", l.To, l.State)
			}
		})
	}
}

func TestAnAddressMayBeGivenBeforeTheDecision(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.unreadable()
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Address: "x@example.org"})))
	warned(t, ch, "not decided yet")
	if len(o.letters(intake.ForAcknowledgement)) != 0 {
		t.Error("a letter was written before anybody knew what about")
	}
	ch = o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.DSAR})))
	if l := o.ack(ref); ch.Letter != l.ID || l.To != "x@example.org" || l.State != intake.LetterWaiting {
		t.Errorf("the letter to %q is %s, want it to wait for x@example.org", l.To, l.State)
	}
}

// TestADecisionLeavesSomeHolds: where a decision on the kind does not settle
// why a letter is held, only a release of that very letter sends it.
func TestADecisionLeavesSomeHolds(t *testing.T) {
	for name, c := range map[string]struct {
		hold string
		open func(*office) casework.OpenInput
	}{
		"a mail from before the start": {"before-start", func(o *office) casework.OpenInput {
			m := foiMail("a@example.org")
			m.at = "2026-10-30 10:00"
			return casework.OpenInput{Message: o.one("cafcass", m).ID}
		}},
		"a case taken over": {"taken-over", func(o *office) casework.OpenInput {
			return casework.OpenInput{Mailbox: "cafcass", Ref: "CAF25-00017", Received: day(o.t, "2026-11-02"), Requester: intake.Address{Addr: asksFOI}}
		}},
		"a requester who gave our own address": {"own-address", func(o *office) casework.OpenInput {
			return casework.OpenInput{Mailbox: "cafcass", Source: "post", Requester: intake.Address{Addr: "cafcasscymru@llyw.cymru"}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			in := c.open(o)
			in.Kind = intake.FOI
			ref := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), in)).View.Ref
			ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.DSAR})))
			if ch.View.Kind != intake.DSAR || ch.Letter != 0 || !slices.Contains(ch.View.Ack.Held, c.hold) {
				t.Errorf("it is %s, letter %d, held %v; want a dsar held for %s", ch.View.Kind, ch.Letter, ch.View.Ack.Held, c.hold)
			}
			warned(t, ch, holds.Short(c.hold))
			for _, l := range o.letters(intake.ForAcknowledgement) {
				if l.State != intake.LetterHeld {
					t.Errorf("the letter is %s, want held", l.State)
				}
			}
		})
	}
}

func TestAnEndedCaseIsNotAcknowledgedByADecision(t *testing.T) {
	for _, end := range []intake.EventName{intake.Responded, intake.Withdrawn, intake.Closed} {
		t.Run(string(end), func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			m := foiMail("a@example.org")
			m.head = []string{"Reply-To: ann@other.example.net"}
			ref := o.one("cafcass", m).Ref
			o.record(ref, end, "")
			ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.DSAR})))
			if ch.Letter != 0 || ch.View.Kind != intake.DSAR {
				t.Errorf("it is %s, letter %d; want a dsar and no letter", ch.View.Kind, ch.Letter)
			}
			if l := o.ack(ref); l.State == intake.LetterWaiting {
				t.Error("the letter waits to be sent")
			}
			if _, err := o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{})); err == nil {
				t.Error("the letter was let go")
			}
		})
	}
}
