package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// openURL opens a register in the tests' database, which is verified and closed
// when the test ends.
func openURL(t *testing.T, url string, create bool) *store.DB {
	t.Helper()
	db, err := store.OpenURL(url, "", create, store.Options{Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		storetest.Verify(t, db, nil)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSeveralProcessesGiveEachReferenceOnce(t *testing.T) {
	url := storetest.URL(t, t.Name())
	dbs := []*store.DB{openURL(t, url, true), openURL(t, url, false), openURL(t, url, false)}
	const each = 40
	var ran atomic.Int64
	var all sync.WaitGroup
	for i, db := range dbs {
		all.Go(func() {
			for n := range each {
				err := db.Update(func(tx *store.Tx) error {
					ran.Add(1)
					_, err := register(tx, uint32(i*each+n+1), fmt.Sprintf("%d.%d@example.com", i, n), "jo@example.com")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d transactions ran %d times", len(dbs)*each, ran.Load())
	err := dbs[0].View(func(tx *store.Tx) error {
		if n := tx.LastArrival(); n != 3*each {
			t.Errorf("the last message has number %d, want %d", n, 3*each)
		}
		if !tx.HasCase(fmt.Sprintf("CAF26-%05d", 3*each)) {
			t.Error("references were left out")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What one process bases a decision on, another may have changed: of two that
// each find nothing and then register, one finds the other's.
func TestTwoProcessesDoNotBothComeFirst(t *testing.T) {
	url := storetest.URL(t, t.Name())
	one, other := openURL(t, url, true), openURL(t, url, false)
	ran := 0
	err := one.Update(func(tx *store.Tx) error {
		ran++
		first := tx.FirstTime("a reminder")
		if ran == 1 {
			if !first {
				t.Error("it was there before anybody recorded it")
			}
			update(t, other, func(tx *store.Tx) error { tx.FirstTime("a reminder"); return nil })
			return nil
		}
		if first {
			t.Error("it comes for the first time twice")
		}
		return nil
	})
	if err != nil || ran != 2 {
		t.Errorf("it ran %d times, want 2: %v", ran, err)
	}
}

func TestARegisterInADatabaseIsNotBegunByChance(t *testing.T) {
	url := storetest.URL(t, t.Name())
	if _, err := store.OpenURL(url, "", false, store.Options{}); !errors.Is(err, store.ErrMissing) {
		t.Errorf("err = %v, want ErrMissing", err)
	}
	openURL(t, url, true)
	openURL(t, url, false)
}

func TestANewerRegisterIsRefused(t *testing.T) {
	url := storetest.URL(t, t.Name())
	openURL(t, url, true)
	set := func(schema string) {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(ctx, "UPDATE entries SET value = $1 WHERE bucket = 'meta' AND key = 'schema'", []byte(schema)); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close(ctx)
	}
	set("99")
	if _, err := store.OpenURL(url, "", false, store.Options{}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("err = %v, want ErrNewer", err)
	}
	set("2")
}

// A register that an older program is still using is not migrated: nobody could
// correctly read what that program records then. If several processes start at
// once, one migrates it.
func TestARegisterThatIsInUseIsNotMigrated(t *testing.T) {
	url := storetest.URL(t, t.Name()+rand.Text()) // a second run cannot use it
	older, err := store.OpenURL(url, "", true, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	newer := func(o store.Options) (*store.DB, error) {
		return store.OpenURL(url, "", false, store.Newer(o, func(tx *store.Tx) error {
			n := 0
			_, err := tx.GetFact("migrated", &n)
			return errors.Join(err, tx.SetFact("migrated", n+1))
		}))
	}
	if _, err := newer(store.Options{Wait: time.Millisecond}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("beside an older program: %v, want ErrLocked", err)
	}
	if err := older.Close(); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			db, err := newer(store.Options{Wait: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			n := 0
			err = db.View(func(tx *store.Tx) error { _, err := tx.GetFact("migrated", &n); return err })
			if err := errors.Join(err, db.Close()); err != nil || n != 1 {
				t.Errorf("it was migrated %d times: %v", n, err)
			}
		})
	}
	all.Wait()
}

// A connection may be lost at any point of a transaction, even where nobody can
// tell whether it was recorded.
func TestWhatWasLostOnTheWayIsRecordedOnce(t *testing.T) {
	s := ownServer(t)
	db := openURL(t, s.URL(""), true)
	next := make(chan struct{}, 1)
	var faults sync.WaitGroup
	cut := 0
	faults.Go(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, s.URL(""))
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(ctx)
		for range next {
			n := 0
			for tries := 0; n == 0 && tries < 50; tries++ {
				err := conn.QueryRow(ctx, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'requestd %' AND state <> 'idle'").Scan(&n)
				if err != nil {
					t.Error(err)
					return
				}
			}
			cut += n
		}
	})
	const many = 100
	for n := range many {
		select {
		case next <- struct{}{}:
		default: // it has not conflicted with the one before yet
		}
		for {
			err := db.Update(func(tx *store.Tx) error {
				_, err := register(tx, uint32(n+1), fmt.Sprintf("%d@example.com", n), "jo@example.com")
				return err
			})
			if err == nil || errors.Is(err, store.ErrDuplicatePlace) {
				break // the second is for an outcome that could not be told
			}
			if !errors.Is(err, store.ErrUnreachable) {
				t.Fatal(err)
			}
		}
	}
	close(next)
	faults.Wait()
	t.Logf("%d connections were cut", cut)
	if cut == 0 {
		t.Error("no connection was cut")
	}
	if err := db.View(func(tx *store.Tx) error {
		n := 0
		for range tx.Letters(store.LetterFilter{State: intake.LetterWaiting}) {
			n++
		}
		if tx.LastArrival() != many || n != many {
			t.Errorf("%d messages, %d letters, want %d of each", tx.LastArrival(), n, many)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestADatabaseThatStopsIsSaidToBeUnreachable(t *testing.T) {
	s := ownServer(t)
	db := openURL(t, s.URL(""), true)
	request := func(uid uint32) error {
		return db.Update(func(tx *store.Tx) error {
			_, err := register(tx, uid, fmt.Sprint(uid), "jo@example.com")
			return err
		})
	}
	if err := request(1); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(true); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := request(2); !errors.Is(err, store.ErrUnreachable) || !store.DiskFault(err) || !strings.Contains(err.Error(), "store.url") {
		t.Errorf("err = %v, want ErrUnreachable", err)
	}
	t.Logf("told after %s", time.Since(begun))
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if err := request(2); err != nil {
		t.Errorf("once it runs again: %v", err)
	}
}

// TestADatabaseThatStopsAmidAStep: whoever records hears that it cannot be reached,
// and once it runs again it is recorded, once.
func TestADatabaseThatStopsAmidAStep(t *testing.T) {
	s := ownServer(t)
	db := openURL(t, s.URL(""), true)
	turn, err := pgx.Connect(t.Context(), s.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = turn.Close(context.Background()) }()
	for _, do := range []string{"BEGIN", "LOCK TABLE turns IN EXCLUSIVE MODE"} {
		if _, err := turn.Exec(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	request := func() error {
		return db.Update(func(tx *store.Tx) error {
			_, err := register(tx, 1, "1@example.com", "jo@example.com")
			return err
		})
	}
	done := make(chan error, 1)
	go func() { done <- request() }()
	for waiting := 0; waiting == 0; {
		if err := turn.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Stop(true); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, store.ErrUnreachable) || !store.DiskFault(err) {
		t.Errorf("err = %v, want ErrUnreachable", err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if err := request(); err != nil {
		t.Errorf("once it runs again: %v", err)
	}
	if err := db.View(func(tx *store.Tx) error {
		if n := tx.LastArrival(); n != 1 {
			t.Errorf("%d messages, want 1", n)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestARegisterMovesThereAndBackAndIsTheSame(t *testing.T) {
	storetest.FileOnly(t, "is where this one begins")
	dir, url := t.TempDir(), storetest.URL(t, t.Name())
	file := storetest.OpenAt(t, filepath.Join(dir, "requestd.db"), store.Options{Now: clock()}, nil)
	for n := range 300 {
		update(t, file, func(tx *store.Tx) error {
			_, err := register(tx, uint32(n+1), fmt.Sprintf("%d@example.com", n), fmt.Sprintf("jo%d@example.com", n%7))
			return err
		})
	}
	ctx := context.Background()
	if err := file.CopyURL(ctx, url, ""); err != nil {
		t.Fatal(err)
	}
	if err := file.CopyURL(ctx, url, ""); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("a second copy in the same place: %v, want ErrNotEmpty", err)
	}
	db := openURL(t, url, false)
	update(t, db, func(tx *store.Tx) error {
		c, err := register(tx, 1000, "later@example.com", "jo@example.com")
		if err == nil && c.Ref != "CAF26-00301" {
			t.Errorf("the next reference is %s, want CAF26-00301", c.Ref)
		}
		return err
	})
	back := filepath.Join(dir, "back.db")
	if err := db.CopyFile(ctx, back); err != nil {
		t.Fatal(err)
	}
	again := storetest.OpenAt(t, back, store.Options{Now: clock()}, nil)
	if err := again.View(func(tx *store.Tx) error {
		if tx.LastArrival() != 301 || !tx.HasCase("CAF26-00301") {
			t.Errorf("the file has %d messages, want 301", tx.LastArrival())
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// What an interrupted copy leaves is no register, and is overwritten.
func TestACopyThatWasBrokenOffIsNoRegister(t *testing.T) {
	storetest.FileOnly(t, "is where this one begins")
	url := storetest.URL(t, t.Name())
	file := open(t)
	update(t, file, func(tx *store.Tx) error { _, err := register(tx, 1, "one@example.com", "jo@example.com"); return err })
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := file.CopyURL(ctx, url, ""); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v, want that it was broken off", err)
	}
	if _, err := store.OpenURL(url, "", false, store.Options{}); !errors.Is(err, store.ErrMissing) {
		t.Errorf("err = %v, want ErrMissing", err)
	}
	if err := file.CopyURL(context.Background(), url, ""); err != nil {
		t.Fatal(err)
	}
	openURL(t, url, false)
}
