package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

func TestReferencesRunOnAndNeverRepeat(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		if err := tx.ReserveRef("Gov/CAF 22 - 3"); err != nil {
			t.Error(err)
		}
		if err := tx.PutCase(&intake.Case{Ref: "caf26-00005", Events: opened("caf26-00005")}, intake.Index{}); err != nil {
			t.Error(err)
		}
		var got []string
		for _, year := range []int{2025, 2025, 2026, 2026, 2026, 2127} {
			got = append(got, tx.NewRef("CAF", year))
		}
		got = append(got, tx.NewRef("CYM", 2026))
		want := []string{"CAF25-00001", "CAF25-00002", "CAF26-00004", "CAF26-00006", "CAF26-00007", "CAF27-00008", "CYM26-00001"}
		if !slices.Equal(got, want) {
			t.Errorf("given were %v, want %v", got, want)
		}
		return nil
	})
}

func opened(ref string) []intake.Event {
	c := intake.Case{Ref: ref}
	c.Append(intake.Event{At: start, Actor: "local:clerk", Name: intake.Opened, Opening: &intake.Opening{Mailbox: "cafcass", Source: "post"}}, nil)
	return c.Events
}

func TestAReferenceIsTakenInEverySpelling(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		if err := errors.Join(tx.ReserveRef("CAF22-27341"), tx.ReserveRef("ATISN 16387"), tx.ReserveRef("CAF21-27341")); err != nil {
			t.Fatal(err)
		}
		for _, ref := range []string{"CAF22-27341", "caf 22-27341", "Gov/CAF 22–27341", "atisn  16387"} {
			if err := tx.ReserveRef(ref); !errors.Is(err, store.ErrTaken) {
				t.Errorf("ReserveRef(%q) = %v, want ErrTaken", ref, err)
			}
		}
		for _, ref := range []string{"", "  ", strings.Repeat("X", 100)} {
			if err := tx.ReserveRef(ref); !errors.Is(err, store.ErrBadRef) {
				t.Errorf("ReserveRef(%q) = %v, want ErrBadRef", ref, err)
			}
			if _, err := tx.Case(ref); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("Case(%q) = %v, want ErrNotFound", ref, err)
			}
		}
		return nil
	})
}

func TestNormalRef(t *testing.T) {
	for in, want := range map[string]string{
		"CAF26-00017": "CAF26-00017", "caf26-17": "CAF26-00017", "CAF 26 - 17": "CAF26-00017", "Gov/CAF 26-17": "CAF26-00017",
		"GOV CAF26/17": "CAF26-00017", "CAF26‑00017": "CAF26-00017", "CAF\u00a026-017": "CAF26-00017", "CAF17-58": "CAF17-00058",
		"CAF26-1234567": "CAF26-1234567", "hand  17": "HAND 17", "": "",
	} {
		if got := store.NormalRef(in); got != want {
			t.Errorf("NormalRef(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWritingWhileIteratingSeesWhatStandsThere(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		for i := range uint32(300) {
			if _, err := register(tx, i+1, fmt.Sprintf("m%d@example.com", i), "jo@example.com"); err != nil {
				return err
			}
		}
		return nil
	})
	update(t, db, func(tx *store.Tx) error {
		woken, answered := 0, 0
		later := start.Add(9999 * time.Hour)
		for _, ref := range tx.WakeThrough(start.Add(1000 * time.Hour)) {
			c, ix, err := tx.CaseIndex(ref)
			if err != nil {
				return err
			}
			ix.NextReminder = later
			woken++
			if err := tx.PutCase(c, ix); err != nil {
				return err
			}
		}
		for c := range tx.Cases("") {
			answered++
			if err := tx.PutCase(c, intake.Index{}); err != nil {
				return err
			}
		}
		if woken != 300 || answered != 300 {
			t.Errorf("woke %d and answered %d of 300", woken, answered)
		}
		if _, ok := tx.NextWake(); ok {
			t.Error("something is still to wake")
		}
		back := 0
		for a := range tx.Arrivals(store.ArrivalFilter{Newest: true}) {
			if a.ID != uint64(300-back) {
				t.Fatalf("message %d comes at place %d from the end", a.ID, back)
			}
			back++
			if err := tx.PutArrival(a); err != nil {
				return err
			}
		}
		if back != 300 {
			t.Errorf("%d of 300 messages came by backwards", back)
		}
		return nil
	})
}

func TestFoldersKeepTheirPlace(t *testing.T) {
	db := open(t)
	p := intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: 5}
	update(t, db, func(tx *store.Tx) error {
		if tx.CountAttempt(p) != 1 || tx.CountAttempt(p) != 2 || tx.Tries(p) != 2 {
			t.Error("attempts are not counted")
		}
		if _, err := register(tx, 5, "one@example.com", "jo@example.com"); err != nil {
			return err
		}
		if tx.Tries(p) != 0 {
			t.Error("a registered message still has its attempts")
		}
		if _, ok := tx.Position("cafcass", "INBOX"); ok {
			t.Error("a folder has a position that nobody set")
		}
		return tx.SetPosition("cafcass", "INBOX", intake.Position{UIDValidity: 7, Through: 4})
	})
	update(t, db, func(tx *store.Tx) error {
		got, ok := tx.Position("cafcass", "INBOX")
		if !ok || got != (intake.Position{UIDValidity: 7, Through: 4}) {
			t.Errorf("Position = %v, %t", got, ok)
		}
		for uid, id := range tx.Places("cafcass", "INBOX", 7, 5) {
			if uid != 5 || id != 1 {
				t.Errorf("Places yields %d, %d", uid, id)
			}
		}
		for range tx.Places("cafcass", "INBOX", 8, 0) {
			t.Error("Places yields a message of another UIDVALIDITY")
		}
		return tx.ResetFolder("cafcass", "INBOX")
	})
	if err := db.View(func(tx *store.Tx) error {
		if _, ok := tx.Position("cafcass", "INBOX"); ok {
			t.Error("a folder that was reset has a position")
		}
		if _, ok := tx.ArrivalAt(p); !ok {
			t.Error("a folder that was reset has forgotten its messages")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFactsTokensAndNamesThatActOnce(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		if !tx.FirstTime("a@example.com") || tx.FirstTime("a@example.com") {
			t.Error("a name does not act exactly once")
		}
		return errors.Join(tx.SetFact("digest", map[string]int{"through": 7}), tx.PutToken("secret", store.Token{Staff: "clerk@example.org", Expires: start}))
	})
	update(t, db, func(tx *store.Tx) error {
		var v map[string]int
		if ok, err := tx.GetFact("digest", &v); !ok || err != nil || v["through"] != 7 {
			t.Errorf("Get = %v, %t, %v", v, ok, err)
		}
		if ok, err := tx.GetFact("nothing", &v); ok || err != nil {
			t.Errorf("Get of nothing = %t, %v", ok, err)
		}
		if tok, ok := tx.Token("secret"); !ok || tok.Staff != "clerk@example.org" {
			t.Errorf("Token = %v, %t", tok, ok)
		}
		if err := errors.Join(tx.DeleteFact("digest"), tx.ExpireTokens(start.Add(1)), tx.ForgetFirstTimes(start.Add(time.Hour))); err != nil {
			return err
		}
		if _, ok := tx.Token("secret"); ok || !tx.FirstTime("a@example.com") {
			t.Error("what expired is still there")
		}
		return nil
	})
}

func TestTheFirstMessageSinceATime(t *testing.T) {
	db := open(t) // registers message n at start + n seconds
	for i := range uint32(9) {
		update(t, db, func(tx *store.Tx) error {
			_, err := register(tx, i+1, fmt.Sprint(i), "jo@example.com")
			return err
		})
	}
	if err := db.View(func(tx *store.Tx) error {
		for _, c := range []struct {
			after time.Duration
			want  uint64
		}{{0, 1}, {time.Second, 1}, {5 * time.Second, 5}, {5*time.Second + 1, 6}, {time.Hour, 10}} {
			if got := tx.FirstArrivalSince(start.Add(c.after)); got != c.want {
				t.Errorf("the first since %v is %d, want %d", c.after, got, c.want)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestReadersAndBackupsBesideAWriter runs writers, readers and copies at the
// same time. Each reader and each copy sees only complete requests.
func TestReadersAndBackupsBesideAWriter(t *testing.T) {
	storetest.FileOnly(t, "is copied by the program")
	dir := t.TempDir()
	db := open(t)
	done := make(chan struct{})
	var others sync.WaitGroup
	for range 3 {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := db.View(func(tx *store.Tx) error { return whole(tx) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	others.Go(func() {
		for i := range 2 {
			path := filepath.Join(dir, fmt.Sprint("copy", i))
			if err := db.BackupFile(path); err != nil {
				t.Error(err)
			}
			if f, err := store.VerifyFile(context.Background(), path, nil); err != nil || len(f) > 0 {
				t.Errorf("a copy made meanwhile: %v, %v", f, err)
			}
			storetest.Verify(t, db, nil)
			if err := db.Compact(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range uint32(40) {
		update(t, db, func(tx *store.Tx) error {
			_, err := register(tx, i+1, fmt.Sprintf("m%d@example.com", i), "jo@example.com")
			return err
		})
	}
	close(done)
	others.Wait()
}

func whole(tx *store.Tx) error {
	cases, letters := 0, 0
	for range tx.OpenCases() {
		cases++
	}
	for range tx.InState(intake.LetterWaiting) {
		letters++
	}
	if n := int(tx.LastArrival()); cases != n || letters != n {
		return fmt.Errorf("%d messages, %d cases, %d letters", n, cases, letters)
	}
	return nil
}

func TestABackupIsTheStoreAndItsOwnersAlone(t *testing.T) {
	storetest.FileOnly(t, "is copied by the program")
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		_, err := register(tx, 1, "one@example.com", "jo@example.com")
		return err
	})
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := errors.Join(db.BackupFile(path), os.Chmod(path, 0o644)); err != nil { // an older copy
		t.Fatal(err)
	}
	if err := db.BackupFile(path); err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, want mode 0600", i.Mode(), err)
	}
	copied := storetest.OpenAt(t, path, store.Options{}, nil)
	if err := copied.View(func(tx *store.Tx) error { _, err := tx.Case("CAF26-00001"); return err }); err != nil {
		t.Error(err)
	}
	if err := db.BackupFile(db.Path()); err == nil {
		t.Error("the store was replaced by its own copy")
	}
	if err := db.BackupFile(filepath.Join(t.TempDir(), "none", "copy.db")); err == nil {
		t.Error("a copy was made in a directory that there is not")
	}
	var b bytes.Buffer
	if err := db.Backup(&b); err != nil || b.Len() == 0 {
		t.Errorf("Backup wrote %d bytes, %v", b.Len(), err)
	}
}

func TestAPanicRecordsNothing(t *testing.T) {
	db := open(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.Update(func(tx *store.Tx) error {
			if _, err := register(tx, 1, "one@example.com", "jo@example.com"); err != nil {
				t.Error(err)
			}
			panic("on purpose")
		})
	}()
	update(t, db, func(tx *store.Tx) error {
		if tx.LastArrival() != 0 {
			t.Error("what was done before the panic was recorded")
		}
		return nil
	})
}

// TestWhatIsToldAfterACommit: only what was recorded, once, and when others can
// read it.
func TestWhatIsToldAfterACommit(t *testing.T) {
	db := open(t)
	told := 0
	tell := func(tx *store.Tx) error {
		tx.AfterCommit(func() {
			told++
			if err := db.View(func(tx *store.Tx) error {
				var said string
				ok, err := tx.GetFact("said", &said)
				if !ok {
					t.Error("it was told before it could be read")
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		return tx.SetFact("said", "yes")
	}
	failure := errors.New("no")
	if err := db.Update(func(tx *store.Tx) error { return errors.Join(tell(tx), failure) }); !errors.Is(err, failure) || told != 0 {
		t.Errorf("%v; told %d times of what was not recorded", err, told)
	}
	if update(t, db, tell); told != 1 {
		t.Errorf("told %d times", told)
	}
}
