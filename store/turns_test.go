package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// A transaction that reads much conflicts with somebody's change whenever it
// runs: when it runs again the others wait, and it finishes.
func TestWhoeverRunsAgainIsLeftToIt(t *testing.T) {
	url := storetest.URL(t, t.Name())
	one, other := openURL(t, url, true), openURL(t, url, false)
	watch, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = watch.Close(context.Background()) }()
	waits := func() (n int) {
		if err := watch.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass('turns')").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	add := func(tx *store.Tx, who string) {
		var so string
		_, err := tx.GetFact("who came", &so)
		if err := errors.Join(err, tx.SetFact("who came", so+who)); err != nil {
			t.Error(err)
		}
	}
	var others sync.WaitGroup
	ran := 0
	err = one.Update(func(tx *store.Tx) error {
		ran++
		add(tx, "we")
		if ran == 10 {
			return errors.New("it never comes to its end")
		}
		recorded := make(chan struct{})
		others.Go(func() {
			update(t, other, func(tx *store.Tx) error { add(tx, "they "); return nil })
			close(recorded)
		})
		for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
			select {
			case <-recorded:
				return nil
			default:
			}
			if waits() > 0 {
				return nil
			}
		}
	})
	others.Wait()
	if err != nil || ran != 2 {
		t.Errorf("it ran %d times, want 2: %v", ran, err)
	}
	update(t, one, func(tx *store.Tx) error {
		var so string
		if _, err := tx.GetFact("who came", &so); err != nil || so != "they wethey " {
			t.Errorf("they came as %q, want them, us, and them again: %v", so, err)
		}
		return nil
	})
}

// A database may be far away: what many mails need is read at once.
func TestManyMailsAreRegisteredInFewRoundTrips(t *testing.T) {
	db := openURL(t, storetest.URL(t, t.Name()), true)
	for batch, most := range []int64{4, 3} { // into a new folder, and into a known one
		before := store.Trips(db)
		update(t, db, func(tx *store.Tx) error {
			const many = 12
			uid := func(n int) uint32 { return uint32(batch*many + n + 1) }
			id := func(n int) string { return fmt.Sprintf("%d.%d@example.com", batch, n) }
			from := func(n int) string { return fmt.Sprintf("jo%d.%d@example.org", batch, n) }
			for n := range many {
				tx.PrefetchMail(id(n), []byte(id(n)+" fingerprint"), from(n), "CAF")
			}
			for n := range many {
				tx.PrefetchPlace(intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: uid(n)})
			}
			for n := range many {
				_, twin := tx.Twin(id(n), []byte(id(n)+" fingerprint"))
				if twin || tx.OutsideSent(from(n), tx.Now().Add(-time.Hour), 0, store.MailboxSet{}) > 0 {
					t.Error("it is there already")
				}
				for range tx.LastCasesOfEach(from(n), 1) {
					break
				}
				if _, err := register(tx, uid(n), id(n), from(n)); err != nil {
					return err
				}
			}
			return tx.SetPosition("cafcass", "INBOX", intake.Position{UIDValidity: 7, Through: uid(many)})
		})
		if trips := store.Trips(db) - before; trips > most {
			t.Errorf("batch %d took %d round trips, want %d", batch+1, trips, most)
		}
	}
}

// Removing what was erased from the tables may take long, and nobody waits for
// it. What is erased meanwhile has still to be removed.
func TestNobodyWaitsWhileADatabaseIsVacuumed(t *testing.T) {
	url := storetest.URL(t, t.Name())
	db := openURL(t, url, true)
	erase := func(id uint64) {
		update(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddArrival(&intake.Arrival{MailLocation: intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1, UID: uint32(id)},
				From: intake.Address{Addr: "x@example.com"}, Subject: "Lunch", Decision: intake.DidPass, Registered: tx.Now()}), tx.EraseArrival(id))
		})
	}
	owed := func() (is bool) {
		update(t, db, func(tx *store.Tx) error { is = tx.HasErasedPages(); return nil })
		return is
	}
	erase(1)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	hold, err := conn.Begin(t.Context())
	if err == nil {
		_, err = hold.Exec(t.Context(), "LOCK TABLE entries IN SHARE UPDATE EXCLUSIVE MODE") // as another vacuum does
	}
	if err != nil {
		t.Fatal(err)
	}
	waits := func() (n int) {
		if err := hold.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass('entries')").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	vacuumed := make(chan error, 1)
	go func() { vacuumed <- db.Compact(context.Background()) }()
	for tick := time.NewTicker(time.Millisecond); waits() == 0; <-tick.C {
	}
	recorded := make(chan struct{})
	go func() { defer close(recorded); erase(2) }()
	for tick := time.NewTicker(time.Millisecond); waits() < 2; <-tick.C {
		select {
		case <-recorded:
			if err := errors.Join(hold.Commit(t.Context()), <-vacuumed); err != nil {
				t.Error(err)
			}
			if !owed() {
				t.Error("what was erased meanwhile counts as taken out")
			}
			if err := db.Compact(t.Context()); err != nil || owed() {
				t.Errorf("what was erased is owed still: %v", err)
			}
			return
		default:
		}
	}
	_ = hold.Rollback(t.Context())
	t.Error("whoever records waits for it")
}

// What was prefetched belongs to one run: when the transaction runs again it
// sees what others recorded meanwhile, and nothing of what it had done itself.
func TestWhatWasReadAheadIsReadAnewByTheNextRun(t *testing.T) {
	url := storetest.URL(t, t.Name())
	one, other := openURL(t, url, true), openURL(t, url, false)
	take := func(tx *store.Tx, uids ...uint32) (refs []string, twins int) {
		id := func(uid uint32) string { return fmt.Sprintf("%d@example.com", uid%100) } // 2 and 102 are copies of one mail
		for _, uid := range uids {
			tx.PrefetchMail(id(uid), []byte(id(uid)+" fingerprint"), "jo@example.org", "CAF")
		}
		for _, uid := range uids {
			tx.PrefetchPlace(intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: uid})
		}
		for _, uid := range uids {
			if _, twin := tx.Twin(id(uid), []byte(id(uid)+" fingerprint")); twin {
				twins++
				continue
			}
			c, err := register(tx, uid, id(uid), "jo@example.org")
			if err != nil {
				t.Error(err)
				return refs, twins
			}
			refs = append(refs, c.Ref)
		}
		return refs, twins
	}
	ran, twins := 0, 0
	var refs []string
	update(t, one, func(tx *store.Tx) error {
		refs, twins = take(tx, 1, 2, 3, 4)
		if ran++; ran == 1 {
			update(t, other, func(tx *store.Tx) error { take(tx, 102, 105); return nil })
		}
		return nil
	})
	if want := []string{"CAF26-00003", "CAF26-00004", "CAF26-00005"}; ran != 2 || twins != 1 || !slices.Equal(refs, want) {
		t.Errorf("run %d gave %v and found %d there already, want run 2, %v and 1", ran, refs, twins, want)
	}
	update(t, one, func(tx *store.Tx) error {
		if last := tx.LastArrival(); last != 5 {
			t.Errorf("%d messages are registered, want 5", last)
		}
		return nil
	})
}
