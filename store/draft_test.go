package store_test

import (
	"bytes"
	"testing"

	"requestd/intake"
	"requestd/store"
)

func TestADraftIsNeverSentAndIsWrittenOnce(t *testing.T) {
	db := open(t)
	l := intake.Letter{Key: "digest/1", Purpose: intake.ForDigest, To: "officer@staff.example.org", MessageID: "d1@example.org", Unwritten: []byte("what it will say")}
	update(t, db, func(tx *store.Tx) error {
		_, err := tx.Enqueue(&l)
		return err
	})
	get := func() (got intake.Letter) {
		err := db.View(func(tx *store.Tx) (err error) {
			got, err = tx.Letter(l.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := get(); string(got.Unwritten) != "what it will say" || got.Raw != nil || got.Hash != nil {
		t.Fatalf("the letter is %+v, want a draft", got)
	}
	for _, s := range []intake.LetterState{intake.LetterSending, intake.LetterSent, intake.LetterInDoubt} {
		unwritten := get()
		unwritten.State = s
		if err := db.Update(func(tx *store.Tx) error { return tx.PutLetter(unwritten) }); err == nil {
			t.Errorf("a letter without bytes could be %s", s)
		}
	}
	written := get()
	written.State, written.Raw, written.Unwritten = intake.LetterSending, []byte("Subject: a\r\n\r\nb\r\n"), nil
	update(t, db, func(tx *store.Tx) error { return tx.PutLetter(written) })
	if got := get(); got.Unwritten != nil || !bytes.Equal(got.Raw, written.Raw) || len(got.Hash) != 32 {
		t.Fatalf("the letter is %+v, want its bytes", got)
	}
	other := get()
	other.Raw = []byte("other")
	if err := db.Update(func(tx *store.Tx) error { return tx.PutLetter(other) }); err == nil {
		t.Error("bytes were written a second time")
	}
}
