package outbox_test

import (
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// about adds an acknowledgement of a case whose mail came in at that moment.
func (o *office) about(ref string, received time.Time) uint64 {
	o.t.Helper()
	id := uint64(0)
	err := o.Store.Update(func(tx *store.Tx) error {
		a := &intake.Arrival{MailLocation: intake.MailLocation{Mailbox: "m", Folder: "INBOX", UIDValidity: 1, UID: uint32(o.n + 1)}, Ref: ref, Received: received, Decision: intake.DidAcknowledge, Kind: intake.FOI}
		if err := tx.AddArrival(a); err != nil {
			return err
		}
		c := &intake.Case{Ref: ref, Mailbox: "m", Messages: []uint64{a.ID}}
		c.Append(intake.Event{Actor: "requestd", Name: intake.Opened, Kind: intake.FOI, Opening: &intake.Opening{Mailbox: "m", Received: received}}, []byte("salt"))
		if err := tx.ReserveRef(ref); err != nil {
			return err
		}
		if err := tx.PutCase(c, intake.Index{Open: true}); err != nil {
			return err
		}
		o.n++
		l := &intake.Letter{
			Key: ref + "/acknowledgement", Ref: ref, Mailbox: "m", Purpose: intake.ForAcknowledgement, From: "m@example.org", To: "ann@example.net",
			MessageID: ref + "@example.org", Raw: []byte(ref),
		}
		_, err := tx.Enqueue(l)
		id = l.ID
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

// TestLettersAboutMailFromBeforeARestoreAreHeld: if mail is read again nobody
// knows whether it was acknowledged; mail that comes in later is answered.
func TestLettersAboutMailFromBeforeARestoreAreHeld(t *testing.T) {
	o := newOffice(t, outbox.Sent, outbox.Sent, outbox.Sent)
	stood := o.letter("ann@example.net", intake.ForAcknowledgement)
	if err := outbox.HoldRestored(o.Store, "local:root", func(*store.Tx, *intake.Letter) error { return nil }); err != nil {
		t.Fatal(err)
	}
	again := o.about("CAF26-00002", o.now.Add(-time.Hour))
	staff := o.letter("officer@example.org", intake.ForReminder)
	later := o.about("CAF26-00003", o.now.Add(time.Hour))
	o.pass(2 * time.Hour)
	o.want(stood, intake.LetterHeld, 2)
	o.want(again, intake.LetterHeld, 2)
	o.want(staff, intake.LetterSent, 2)
	o.want(later, intake.LetterSent, 2)
	held := 0
	err := o.Store.Update(func(tx *store.Tx) error {
		held = 0
		for range outbox.HeldByRestore(tx) {
			held++
		}
		return outbox.EndRestoreHold(tx)
	})
	if err != nil || held != 2 {
		t.Fatalf("%d letters are held for the restore, %v; want 2", held, err)
	}
	o.free(again)
	o.pass(time.Minute)
	o.want(again, intake.LetterSent, 3)
}
