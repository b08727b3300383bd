package store_test

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

var start = time.Date(2026, 11, 2, 9, 30, 0, 123456789, time.UTC)

// clock returns a clock that advances by a second each time it is read.
func clock() func() time.Time {
	var seconds atomic.Int64
	return func() time.Time { return start.Add(time.Duration(seconds.Add(1)) * time.Second) }
}

func open(t *testing.T) *store.DB {
	t.Helper()
	return storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: clock()}, nil)
}

func update(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(f); err != nil {
		t.Fatal(err)
	}
}

// register does what the daemon does with a request: arrival, case, letter.
func register(tx *store.Tx, uid uint32, id, from string) (*intake.Case, error) {
	return registerIn(tx, "cafcass", uid, id, from)
}

func registerIn(tx *store.Tx, mailbox string, uid uint32, id, from string) (*intake.Case, error) {
	a := &intake.Arrival{MailLocation: intake.MailLocation{Mailbox: mailbox, Folder: "INBOX", UIDValidity: 7, UID: uid}, MessageID: id,
		From: intake.Address{Name: "Jo Bloggs", Addr: from}, Subject: "Request for figures", Received: tx.Now(), Registered: tx.Now(),
		Fingerprint: []byte(id + " fingerprint"), Decision: intake.DidAcknowledge, Kind: intake.FOI, Why: "asks for information"}
	c := &intake.Case{Ref: tx.NewRef(map[string]string{"cafcass": "CAF", "cymru": "CYM"}[mailbox], 2026), Mailbox: mailbox}
	a.Ref = c.Ref
	if err := tx.AddArrival(a); err != nil {
		return nil, err
	}
	c.Messages = []uint64{a.ID}
	c.Append(intake.Event{At: tx.Now(), Actor: "requestd", Name: intake.Opened, Day: deadlines.DayOf(tx.Now()), Kind: intake.FOI,
		Message: a.ID, Opening: &intake.Opening{Mailbox: mailbox, Received: tx.Now(), Source: "mail", Language: "en"},
		Personal: &intake.Personal{Requester: a.From, ReplyTo: from, Subject: a.Subject, MessageID: id}}, make([]byte, intake.SaltSize))
	l := &intake.Letter{Key: c.Ref + "/acknowledgement/1", Ref: c.Ref, Mailbox: mailbox, Purpose: intake.ForAcknowledgement, From: "governance@example.org",
		To: from, MessageID: "ack-" + id, Raw: []byte("Subject: " + c.Ref + "\r\n\r\nThank you.\r\n"), Next: tx.Now()}
	if _, err := tx.Enqueue(l); err != nil {
		return nil, err
	}
	c.Append(intake.Event{At: tx.Now(), Actor: "requestd", Name: intake.AckQueued, Day: deadlines.DayOf(tx.Now()), Letter: l.ID}, nil)
	return c, tx.PutCase(c, intake.Index{Open: true, Due: deadlines.DayOf(tx.Now()) + 28, NextReminder: tx.Now().Add(72 * time.Hour)})
}

func TestARequestIsFoundByEveryName(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		_, err := register(tx, 1, "one@example.com", "Jo@Example.com")
		return err
	})
	err := db.View(func(tx *store.Tx) error {
		for _, ref := range []string{"CAF26-00001", "caf26-1", "Gov/CAF 26 - 1", " CAF 26–00001 "} {
			c, err := tx.Case(ref)
			if err != nil || c.Ref != "CAF26-00001" {
				t.Errorf("Case(%q) = %v, %v", ref, c, err)
				continue
			}
			if err := c.VerifyChain(); err != nil {
				t.Error(err)
			}
		}
		if id, ok := tx.ArrivalAt(intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: 1}); !ok || id != 1 {
			t.Errorf("Seen = %d, %t", id, ok)
		}
		if id, ok := tx.Twin("one@example.com", []byte("one@example.com fingerprint")); !ok || id != 1 {
			t.Errorf("Twin = %d, %t", id, ok)
		}
		if ref, _, ok := tx.MessageIDCases("no@example.com", "one@example.com"); !ok || ref != "CAF26-00001" {
			t.Errorf("MessageIDCases = %q, %t", ref, ok)
		}
		if ref, letter, ok := tx.MessageIDCases("ack-one@example.com"); !ok || ref != "CAF26-00001" || letter != 1 || !tx.OwnMessageID("ack-one@example.com") {
			t.Errorf("MessageIDCases of our own = %q, %d, %t", ref, letter, ok)
		}
		for ref := range tx.CasesOf(" jo@example.com") {
			if ref == "CAF26-00001" {
				return nil
			}
		}
		t.Error("CasesOf does not find the requester")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPlaceIsRegisteredOnce(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		_, err := register(tx, 1, "one@example.com", "jo@example.com")
		return err
	})
	err := db.Update(func(tx *store.Tx) error {
		_, err := register(tx, 1, "two@example.com", "jo@example.com")
		return err
	})
	if !errors.Is(err, store.ErrDuplicatePlace) {
		t.Errorf("err = %v, want ErrDuplicatePlace", err)
	}
	if err := db.View(func(tx *store.Tx) error {
		if tx.LastArrival() != 1 || tx.HasCase("CAF26-00002") {
			t.Error("the transaction that failed left something behind")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
