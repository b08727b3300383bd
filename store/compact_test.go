package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// compacted opens a store with some requests in it, and calls f at each step of
// its compaction.
func compacted(t *testing.T, requests uint32, f func(db *store.DB, step string)) *store.DB {
	t.Helper()
	storetest.FileOnly(t, "is compacted")
	var db *store.DB
	o := store.InSteps(store.Options{Now: clock()}, func(step string) { f(db, step) })
	db = storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), o, nil)
	registerNext(t, db, requests)
	return db
}

func registerNext(t *testing.T, db *store.DB, n uint32) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		for range n {
			next := tx.LastArrival() + 1
			c, err := register(tx, uint32(next), fmt.Sprintf("m%d@example.com", next), "jo@example.com")
			if err != nil {
				return err
			}
			if err := errors.Join(tx.SetFact("last", c.Ref), tx.PutToken(c.Ref, store.Token{Ref: c.Ref})); err != nil {
				return err
			}
		}
		return nil
	})
}

// entries returns everything in a file, with the numbers of its tables.
func entries(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all := map[string]string{}
	if err := b.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			all[string(name)] = fmt.Sprint(b.Sequence())
			return b.ForEach(func(k, v []byte) error { all[fmt.Sprintf("%s %q", name, k)] = string(v); return nil })
		})
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// asKilled returns a copy of what would be on the disk if the process were
// killed now.
func asKilled(t *testing.T, db *store.DB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(db.Path()))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, filepath.Base(db.Path()))
}

// TestAKillAnywhereInACompactionLosesNothing that was recorded before or during
// it, and the two files are equal when one takes the other's name.
func TestAKillAnywhereInACompactionLosesNothing(t *testing.T) {
	steps := map[string]int{}
	db := compacted(t, 30, func(db *store.DB, step string) {
		n := steps[step]
		steps[step]++
		free := step == "a part is copied" || step == "all is copied" // others may record at these steps
		if free {
			switch {
			case n < 100 && n%9 == 0:
				registerNext(t, db, 1)
			case n < 100 && n%9 == 1, step == "all is copied":
				update(t, db, func(tx *store.Tx) error {
					l, err := tx.Letter(uint64(n%10 + 1))
					l.State, l.Attempts = intake.LetterSending, l.Attempts+1
					return errors.Join(err, tx.PutLetter(l))
				})
			case n%9 != 2:
				return
			}
		}
		path := asKilled(t, db)
		now := entries(t, path)
		if step == "before the change of name" {
			if diff := cmp.Diff(now, entries(t, filepath.Join(filepath.Dir(path), ".requestd.db.compact"))); diff != "" {
				t.Errorf("the new file differs: %s", diff)
			}
		}
		killed, err := store.Open(path, store.Unsynced(store.Options{}))
		if err != nil {
			t.Fatalf("killed when %s: %v", step, err)
		}
		defer killed.Close()
		storetest.Verify(t, killed, nil)
		want := uint64(0)
		if free {
			must(t, db.View(func(tx *store.Tx) error { want = tx.LastArrival(); return nil }))
			must(t, killed.View(func(tx *store.Tx) error {
				if n := tx.LastArrival(); n != want {
					t.Errorf("killed when %s: %d messages, want %d", step, n, want)
				}
				return nil
			}))
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
			t.Errorf("left beside the store: %v", left)
		}
	})
	must(t, db.Compact(t.Context()))
	if steps["a part is copied"] < 100 || steps["before the change of name"] != 1 || steps["after the change of name"] != 1 {
		t.Errorf("steps %v", steps)
	}
	registerNext(t, db, 3)
	must(t, db.Compact(t.Context()))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsErasedDuringACompactionIsGoneAfterTheNext, which has still to be
// done.
func TestWhatIsErasedDuringACompactionIsGoneAfterTheNext(t *testing.T) {
	const secret = "m7@example.com"
	parts := 0
	db := compacted(t, 30, func(db *store.DB, step string) {
		if parts++; step != "a part is copied" || parts != 60 {
			return
		}
		update(t, db, func(tx *store.Tx) error {
			l := tx.LettersOf("CAF26-00007")[0]
			l.State = intake.LetterSent
			l.Raw = nil
			c, err := tx.Case("CAF26-00007")
			if err != nil {
				return err
			}
			c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
			return errors.Join(tx.PutLetter(l), tx.Erase(c, intake.Index{}))
		})
	})
	update(t, db, func(tx *store.Tx) error { // so that the mark is already set
		c, err := tx.Case("CAF26-00002")
		if err != nil {
			return err
		}
		l := tx.LettersOf(c.Ref)[0]
		l.State, l.Raw = intake.LetterSent, nil
		return errors.Join(tx.PutLetter(l), tx.Erase(c, intake.Index{}))
	})
	owed := func() (owed bool) {
		must(t, db.View(func(tx *store.Tx) error { owed = tx.HasErasedPages(); return nil }))
		return owed
	}
	must(t, db.Compact(t.Context()))
	if !owed() {
		t.Error("nobody would write the file anew, in which free pages may hold what was erased")
	}
	must(t, db.Compact(t.Context()))
	if owed() {
		t.Error("the file is to be written anew again")
	}
	file, err := os.ReadFile(db.Path())
	must(t, err)
	for _, s := range []string{"<" + secret, "ack-" + secret} {
		if strings.Contains(string(file), s) {
			t.Errorf("the file still says %s", s)
		}
	}
}

// TestACompactionThatIsCalledOffChangesNothing.
func TestACompactionThatIsCalledOffChangesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	db := compacted(t, 3, func(*store.DB, string) { cancel() })
	before := entries(t, asKilled(t, db))
	if err := db.Compact(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	path := asKilled(t, db)
	if !maps.Equal(before, entries(t, path)) {
		t.Error("the register is another")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left beside the store: %v", left)
	}
	registerNext(t, db, 1)
	must(t, db.Compact(t.Context()))
}

// Results that are remembered by Version must never match another moment,
// although a rewritten file counts its own versions.
func TestAVersionComesOnceThoughTheFileIsWrittenAnew(t *testing.T) {
	db, known := compacted(t, 30, func(*store.DB, string) {}), map[uint64]bool{}
	for range 5 {
		for range 200 {
			update(t, db, func(tx *store.Tx) error { return tx.SetFact("n", 1) })
			must(t, db.View(func(tx *store.Tx) error {
				if v := tx.Version(); known[v] {
					t.Fatalf("version %d came before", v)
				} else {
					known[v] = true
				}
				return nil
			}))
		}
		must(t, db.Compact(t.Context()))
	}
}
