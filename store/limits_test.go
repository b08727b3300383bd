package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

func TestTheLimitsLookBackOverATimeThatSlides(t *testing.T) {
	now := start
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: func() time.Time { return now }}, nil)
	for i := range uint32(5) {
		update(t, db, func(tx *store.Tx) error {
			c, err := register(tx, i+1, fmt.Sprintf("m%d@example.com", i), fmt.Sprintf("P%d@example.com", i%2))
			if err != nil {
				return err
			}
			l := tx.LettersOf(c.Ref)[0]
			l.State = intake.LetterSending
			return tx.PutLetter(l)
		})
		now = now.Add(20 * time.Minute)
	}
	if err := db.View(func(tx *store.Tx) error {
		if n := tx.OutsideCount(now.Add(-time.Hour), store.MailboxSet{}); n != 3 {
			t.Errorf("%d in the last hour, want 3", n)
		}
		if n := tx.OutsideSent("p0@EXAMPLE.com", now.Add(-24*time.Hour), 0, store.MailboxSet{}); n != 3 {
			t.Errorf("%d to one address, want 3", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error { // the server refused it
		l := tx.LettersOf("CAF26-00005")[0]
		l.State = intake.LetterWaiting
		return tx.PutLetter(l)
	})
	if err := db.View(func(tx *store.Tx) error {
		if n := tx.OutsideCount(start, store.MailboxSet{}); n != 4 {
			t.Errorf("%d after one was not sent, want 4", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestALimitCountsWhoseItIs: one mailbox's letters, or those of all but some.
func TestALimitCountsWhoseItIs(t *testing.T) {
	now := start
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: func() time.Time { return now }}, nil)
	sends := func(mailbox string, uid uint32, to string) {
		update(t, db, func(tx *store.Tx) error {
			c, err := registerIn(tx, mailbox, uid, fmt.Sprintf("%s%d@example.com", mailbox, uid), to)
			if err != nil {
				return err
			}
			l := tx.LettersOf(c.Ref)[0]
			l.State = intake.LetterSending
			return tx.PutLetter(l)
		})
	}
	sends("cafcass", 1, "jo@example.com")
	sends("cafcass", 2, "sam@example.com")
	now = now.Add(time.Minute)
	sends("cymru", 1, "jo@example.com")
	for _, c := range []struct {
		among         store.MailboxSet
		letters, toJo int
	}{
		{store.MailboxSet{}, 3, 2},
		{store.MailboxSet{Only: "cafcass"}, 2, 1},
		{store.MailboxSet{Only: "cymru"}, 1, 1},
		{store.MailboxSet{Except: []string{"cafcass"}}, 1, 1},
		{store.MailboxSet{Except: []string{"cafcass", "cymru"}}, 0, 0},
		{store.MailboxSet{Only: "another"}, 0, 0},
	} {
		if err := db.View(func(tx *store.Tx) error {
			if n, jo := tx.OutsideCount(start, c.among), tx.OutsideSent("jo@example.com", start, 0, c.among); n != c.letters || jo != c.toJo {
				t.Errorf("%+v: %d letters, %d of them to one address; want %d and %d", c.among, n, jo, c.letters, c.toJo)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(8 * 24 * time.Hour)
	for _, wanted := range []bool{true, false} { // removes the two oldest, one at a time
		update(t, db, func(tx *store.Tx) error {
			more, err := tx.ForgetOutside(1)
			if more != wanted {
				t.Errorf("ForgetOutside says %t of more, want %t", more, wanted)
			}
			return err
		})
	}
	if err := db.View(func(tx *store.Tx) error {
		if n, jo := tx.OutsideCount(start, store.MailboxSet{}), tx.OutsideSent("jo@example.com", start, 0, store.MailboxSet{}); n != 1 || jo != 1 {
			t.Errorf("after eight days %d letters and %d to one address are known, want the last alone", n, jo)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestALetterInDoubtCounts: it may have reached somebody, and may do so again
// if it is sent again.
func TestALetterInDoubtCounts(t *testing.T) {
	countsAs(t, []countedStep{
		{0, intake.LetterWaiting, 0, 0},
		{0, intake.LetterSending, 0, 1},
		{0, intake.LetterInDoubt, 1, 1},
		{10 * time.Minute, intake.LetterWaiting, 1, 1}, // to be sent once more
		{70 * time.Minute, intake.LetterWaiting, 1, 0}, // the server is down for a long time
		{0, intake.LetterSending, 1, 1},
		{0, intake.LetterInDoubt, 2, 1},
		{10 * time.Minute, intake.LetterHeld, 2, 1},
		{70 * time.Minute, intake.LetterHeld, 2, 0},
	})
}

// TestALetterThatCameBackCounts: it had gone, though the server said that it took
// none of it.
func TestALetterThatCameBackCounts(t *testing.T) {
	countsAs(t, []countedStep{
		{0, intake.LetterSending, 0, 1},
		{0, intake.LetterWaiting, 0, 0},
		{10 * time.Minute, intake.LetterBounced, 0, 1},
		{70 * time.Minute, intake.LetterBounced, 0, 0},
	})
}

// countedStep is what becomes of a letter, and how many letters to its recipient
// then count within the hour.
type countedStep struct {
	after  time.Duration
	state  intake.LetterState
	doubts int
	want   int
}

func countsAs(t *testing.T, steps []countedStep) {
	t.Helper()
	now := start
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: func() time.Time { return now }}, nil)
	update(t, db, func(tx *store.Tx) error {
		_, err := register(tx, 1, "m@example.com", "jo@example.com")
		return err
	})
	for _, step := range steps {
		now = now.Add(step.after)
		update(t, db, func(tx *store.Tx) error {
			l := tx.LettersOf("CAF26-00001")[0]
			l.State, l.Doubts = step.state, step.doubts
			if err := tx.PutLetter(l); err != nil {
				return err
			}
			if n := tx.OutsideSent("jo@example.com", now.Add(-time.Hour), 0, store.MailboxSet{}); n != step.want {
				t.Errorf("%s, in doubt %d times: %d within the hour, want %d", step.state, step.doubts, n, step.want)
			}
			return nil
		})
	}
}
