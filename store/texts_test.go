package store_test

import (
	"bytes"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/store"
)

// TestTextsOfACase: the texts of mails and letters are stored apart from their
// records, found again, cut if they are long, and gone with the case.
func TestTextsOfACase(t *testing.T) {
	db := open(t)
	raw := []byte("Subject: Your request\r\n\r\nDear Jo, we have your request.\r\n")
	long := strings.Repeat("é", store.MaxText)
	update(t, db, func(tx *store.Tx) error {
		c, err := register(tx, 1, "one@example.com", "jo@example.com")
		if err != nil {
			return err
		}
		a, err := tx.Arrival(c.Messages[0])
		if err != nil {
			return err
		}
		if err := tx.KeepText(&a, store.PackText(long, false)); err != nil {
			return err
		}
		l := intake.Letter{Key: c.Ref + "/correction/1", Ref: c.Ref, Purpose: intake.ForCorrection, To: "jo@example.com", Raw: raw}
		if _, err := tx.Enqueue(&l); err != nil {
			return err
		}
		l.Raw, l.State = nil, intake.LetterSent
		return tx.PutLetter(l)
	})
	view := func(want string) {
		t.Helper()
		if err := db.View(func(tx *store.Tx) error {
			c, err := tx.Case("CAF26-1")
			if err != nil {
				return err
			}
			a, err := tx.Arrival(c.Messages[0])
			if err != nil {
				return err
			}
			text, cut, err := tx.TextOf(&a)
			if err != nil || text != want || cut != (want != "") {
				t.Errorf("the mail's text is %d bytes, cut %t, %v; want %d", len(text), cut, err, len(want))
			}
			for _, l := range tx.LettersOf(c.Ref) {
				b, err := tx.BytesOf(l.ID)
				if kept := want != "" && l.Purpose == intake.ForCorrection; err != nil || kept != bytes.Equal(b, raw) {
					t.Errorf("the %s says %q, %v", l.Purpose, b, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	view(strings.Repeat("é", store.MaxText/2))
	update(t, db, func(tx *store.Tx) error {
		c, err := tx.Case("CAF26-1")
		if err != nil {
			return err
		}
		for _, l := range tx.LettersOf(c.Ref) {
			if l.Purpose == intake.ForAcknowledgement {
				l.State = intake.LetterHeld
				if err := tx.PutLetter(l); err != nil {
					return err
				}
			}
		}
		c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
		return tx.Erase(c, intake.Index{})
	})
	view("")
}

// TestTextsOfMailWithoutACase are stored separately until the mail gets a case,
// and the file remembers that it holds deleted text until it is rewritten.
func TestTextsOfMailWithoutACase(t *testing.T) {
	db := open(t)
	loose := func() (ids []uint64, erased bool) {
		if err := db.View(func(tx *store.Tx) error {
			for id := range tx.LooseTexts() {
				ids = append(ids, id)
			}
			erased = tx.HasErasedPages()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return ids, erased
	}
	update(t, db, func(tx *store.Tx) error {
		if _, err := register(tx, 9, "case@example.com", "jo@example.com"); err != nil {
			return err
		}
		for uid := range uint32(3) {
			a := intake.Arrival{MailLocation: intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: uid + 1}, Decision: intake.DidPass, Registered: tx.Now()}
			if err := tx.AddArrival(&a); err != nil {
				return err
			}
			if err := tx.KeepText(&a, store.PackText("Lunch with Zaphod-Beeblebrox?", false)); err != nil {
				return err
			}
		}
		return nil
	})
	if ids, erased := loose(); len(ids) != 3 || erased {
		t.Fatalf("loose texts %v, erased %t", ids, erased)
	}
	update(t, db, func(tx *store.Tx) error {
		a, err := tx.Arrival(2)
		if err != nil {
			return err
		}
		c, err := tx.Case("CAF26-1")
		if err != nil {
			return err
		}
		a.Ref, a.Decision = c.Ref, intake.DidFollowup
		c.Messages = append(c.Messages, a.ID)
		if err := tx.PutArrival(a); err != nil {
			return err
		}
		if text, _, err := tx.TextOf(&a); text == "" || err != nil {
			t.Errorf("the text was lost when the mail got its case: %v", err)
		}
		if err := tx.DropText(3); err != nil {
			return err
		}
		return tx.PutCase(c, intake.Index{Open: true})
	})
	if ids, erased := loose(); len(ids) != 1 || ids[0] != 4 || !erased {
		t.Fatalf("loose texts %v, erased %t", ids, erased)
	}
	if err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, erased := loose(); erased {
		t.Error("a file written anew says that it may hold what was erased")
	}
}
