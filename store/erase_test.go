package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// personal is in every field that names somebody in the erased case.
const personal = "zaphod-beeblebrox"

func eraseOne(t *testing.T) (*store.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "requestd.db")
	db := storetest.OpenAt(t, path, store.Options{Now: clock()}, nil)
	update(t, db, func(tx *store.Tx) error {
		if _, err := register(tx, 1, "other@example.com", "other@example.com"); err != nil {
			return err
		}
		c, err := register(tx, 2, personal+"-mail@example.com", personal+"@example.com")
		if err != nil {
			return err
		}
		a, err := tx.Arrival(c.Messages[0])
		if err != nil {
			return err
		}
		a.Subject, a.Attachments, a.Why = personal, []string{personal + ".pdf"}, "says "+personal
		l := tx.LettersOf(c.Ref)[0]
		l.State = intake.LetterHeld
		sent := intake.Letter{Key: c.Ref + "/correction/1", Ref: c.Ref, Purpose: intake.ForCorrection, To: personal + "@example.com", Raw: []byte("Dear " + personal)}
		if _, err := tx.Enqueue(&sent); err != nil {
			return err
		}
		sent.Raw, sent.State = nil, intake.LetterSent
		return errors.Join(tx.PutArrival(a), tx.PutLetter(l), tx.KeepText(&a, store.PackText("I am "+personal, false)), tx.PutLetter(sent),
			tx.PutToken("t", store.Token{Ref: c.Ref, Staff: "clerk@example.org"}))
	})
	update(t, db, func(tx *store.Tx) error {
		c, err := tx.Case("CAF26-00002")
		if err != nil {
			return err
		}
		c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
		return tx.Erase(c, intake.Index{})
	})
	return db, path
}

func TestAnErasedCaseNamesNobodyAndStillVerifies(t *testing.T) {
	storetest.FileOnly(t, "is compacted and copied")
	db, path := eraseOne(t)
	err := db.View(func(tx *store.Tx) error {
		c, err := tx.Case("CAF26-00002")
		if err != nil {
			return err
		}
		if err := c.VerifyChain(); err != nil {
			t.Error(err)
		}
		if c.Opening().Mailbox != "cafcass" || c.Events[0].Kind != intake.FOI {
			t.Error("what statistics need is gone")
		}
		if n := tx.OutsideSent(personal+"@example.com", tx.Now().Add(-time.Hour), 0, store.MailboxSet{}); n != 0 {
			t.Errorf("the limits still know of %d letters to the person", n)
		}
		for range tx.CasesOf(personal + "@example.com") {
			t.Error("the person is still found by their address")
		}
		if _, _, ok := tx.MessageIDCases(personal+"-mail@example.com", "ack-"+personal+"-mail@example.com"); ok {
			t.Error("the case is still found by its Message-IDs")
		}
		if _, ok := tx.Token("t"); ok {
			t.Error("a token for the case still acts")
		}
		if _, ok := tx.Twin(personal+"-mail@example.com", []byte(personal+"-mail@example.com fingerprint")); !ok {
			t.Error("the same mail would be taken for a new request")
		}
		if l, ok := tx.LetterByKey("CAF26-00002/acknowledgement/1"); !ok || l.Purpose != intake.ForAcknowledgement || l.To != "" {
			t.Errorf("its letter is %+v, %t", l, ok)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error {
		l := tx.LettersByKeyPrefix("CAF26-00002/") // an erased letter has no key
		if len(l) != 0 {
			t.Errorf("letters %v still have a key", l)
		}
		held := tx.LettersOf("CAF26-00002")
		if len(held) != 2 {
			t.Fatalf("the case has %d letters left, want 2", len(held))
		}
		held[0].State = intake.LetterWaiting
		if err := tx.PutLetter(held[0]); err == nil {
			t.Error("an erased letter is to be sent")
		}
		if added, err := tx.Enqueue(&intake.Letter{Key: "CAF26-00002/acknowledgement/1", Ref: "CAF26-00002", Raw: []byte("x")}); added || err != nil {
			t.Errorf("a second acknowledgement was queued: %t, %v", added, err)
		}
		return nil
	})
	if err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The fingerprint of this test's mail is text; a real one is a hash.
	b = bytes.ReplaceAll(b, []byte(personal+"-mail@example.com fingerprint"), nil)
	if i := bytes.Index(b, []byte(personal)); i >= 0 {
		t.Errorf("the compacted file still says %q", b[max(0, i-20):i+40])
	}
	if !bytes.Contains(b, []byte("other@example.com")) {
		t.Error("another case was erased as well")
	}
}

func TestACaseWithALetterOnItsWayIsNotErased(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		_, err := register(tx, 1, "one@example.com", "jo@example.com")
		return err
	})
	if err := db.Update(func(tx *store.Tx) error {
		c, err := tx.Case("CAF26-1")
		if err != nil {
			return err
		}
		return tx.Erase(c, intake.Index{})
	}); err == nil {
		t.Error("a case was erased whose acknowledgement waits")
	}
}

func TestAMessageWithoutACaseIsErasedByItself(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		if _, err := register(tx, 1, "one@example.com", "jo@example.com"); err != nil {
			return err
		}
		return tx.AddArrival(&intake.Arrival{MailLocation: intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: 2},
			From: intake.Address{Addr: "x@example.com"}, Subject: "Lunch", Decision: intake.DidPass, Registered: tx.Now()})
	})
	update(t, db, func(tx *store.Tx) error {
		if err := tx.EraseArrival(1); err == nil {
			t.Error("a message of a case was erased by itself")
		}
		return tx.EraseArrival(2)
	})
	if err := db.View(func(tx *store.Tx) error {
		a, err := tx.Arrival(2)
		if a.From.Addr != "" || a.Subject != "" || a.Decision != intake.DidPass {
			t.Errorf("left is %+v", a)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestTheStoreIsHeldWhileItIsCompacted(t *testing.T) {
	storetest.FileOnly(t, "is compacted and copied")
	db, path := eraseOne(t)
	if err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(path, store.Options{Wait: time.Millisecond}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("another process may open the compacted store: %v", err)
	}
}
