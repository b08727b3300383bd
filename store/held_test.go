package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"requestd/store"
	"requestd/store/storetest"
)

// TestAProcessThatWaitsThroughACompactionHoldsTheFileThatIsThere: a lock on the
// file that was replaced does not lock the register.
func TestAProcessThatWaitsThroughACompactionHoldsTheFileThatIsThere(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	for round := range 20 {
		path := filepath.Join(t.TempDir(), "requestd.db")
		first, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		waits := make(chan struct{})
		type opened struct {
			db  *store.DB
			err error
		}
		second := make(chan opened)
		go func() {
			close(waits)
			db, err := store.Open(path, store.Options{})
			second <- opened{db, err}
		}()
		<-waits
		for range 3 {
			if err := first.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		got := <-second
		if got.err != nil {
			t.Fatal(got.err)
		}
		if got.db.Replaced() {
			t.Fatalf("round %d: two processes may hold the register: one has a file that no path names", round)
		}
		update(t, got.db, func(tx *store.Tx) error { return tx.SetFact("kept", round) })
		if err := got.db.Close(); err != nil {
			t.Fatal(err)
		}
		third, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		kept := -1
		if err := third.View(func(tx *store.Tx) error { _, err := tx.GetFact("kept", &kept); return err }); err != nil || kept != round {
			t.Errorf("round %d: what was recorded is gone: %d, %v", round, kept, err)
		}
		if err := third.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// paused is a reader of a copy that reads one byte and then stops.
type paused struct{ started, resume chan struct{} }

func (p *paused) Write(b []byte) (int, error) {
	select {
	case <-p.started:
	default:
		close(p.started)
	}
	<-p.resume
	return len(b), nil
}

// TestAPausedReaderOfACopyStopsNothing: neither recording nor compacting, nor
// anybody who reads later.
func TestAPausedReaderOfACopyStopsNothing(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db := open(t)
	p := &paused{make(chan struct{}), make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- db.Backup(p) }()
	<-p.started
	for range 3 {
		if err := db.Compact(context.Background()); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error { return tx.SetFact("n", 1) })
		if err := db.View(func(*store.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	close(p.resume)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(db.Path()), ".*")); len(left) > 0 {
		t.Errorf("left beside the store: %v", left)
	}
}

// TestALongLookStopsNoCompaction: verify reads for a long time, and meanwhile
// everything else goes on.
func TestALongLookStopsNoCompaction(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db := open(t)
	update(t, db, func(tx *store.Tx) error { return tx.SetFact("n", 1) })
	before := store.IdentityOf(db.Path())
	compacted := make(chan error, 1)
	err := db.View(func(tx *store.Tx) error {
		go func() { compacted <- db.Compact(context.Background()) }()
		for { // until the new file is in place; whoever begins now reads it
			n, recorded := 0, db.Update(func(tx *store.Tx) error { return tx.SetFact("n", 2) })
			err := db.View(func(tx *store.Tx) error { _, err := tx.GetFact("n", &n); return err })
			if recorded != nil || err != nil || n != 2 {
				t.Errorf("others read %d, %v, %v", n, recorded, err)
			}
			if held, err := db.Identity(); err != nil || held != before {
				break
			}
		}
		n := 0
		if _, err := tx.GetFact("n", &n); err != nil || n != 1 {
			t.Errorf("the one that looks sees %d, %v", n, err)
		}
		return nil
	})
	if err := errors.Join(err, <-compacted); err != nil {
		t.Fatal(err)
	}
}

func TestACopyNeverTakesTheStoresPlace(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db := open(t)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(db.Path(), link); err != nil {
		t.Fatal(err)
	}
	hard := filepath.Join(filepath.Dir(db.Path()), "hard.db")
	if err := os.Link(db.Path(), hard); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{db.Path(), link, hard, filepath.Dir(db.Path()) + "/./requestd.db"} {
		if err := db.BackupFile(path); !errors.Is(err, store.ErrItself) {
			t.Errorf("a copy to %s: %v, want ErrItself", path, err)
		}
	}
}

// TestAFileInTheStoresPlaceIsNoticed, and a compaction does not overwrite it.
func TestAFileInTheStoresPlaceIsNoticed(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db := open(t)
	if db.Replaced() {
		t.Error("nobody replaced it")
	}
	away := filepath.Join(t.TempDir(), "away.db")
	if err := os.Rename(db.Path(), away); err != nil {
		t.Fatal(err)
	}
	if !db.Replaced() {
		t.Error("a file that was moved away is not noticed")
	}
	if err := os.WriteFile(db.Path(), []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !db.Replaced() {
		t.Error("another file in its place is not noticed")
	}
	if err := db.Compact(context.Background()); err == nil {
		t.Error("another's file was overwritten")
	}
	if err := os.Rename(away, db.Path()); err != nil || db.Replaced() {
		t.Errorf("put back, it is still said to be replaced: %v", err)
	}
}

func TestCompactingKeepsOwnerAndMode(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db := open(t)
	const nobody = 65534
	asRoot := os.Geteuid() == 0
	if asRoot {
		if err := os.Chown(db.Path(), nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(db.Path(), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := db.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	i, err := os.Stat(db.Path())
	if err != nil {
		t.Fatal(err)
	}
	st := i.Sys().(*syscall.Stat_t)
	if i.Mode().Perm() != 0o640 || asRoot && (st.Uid != nobody || st.Gid != nobody) {
		t.Errorf("compacted it is %d:%d, mode %v", st.Uid, st.Gid, i.Mode())
	}
}

// TestACopyMadeAfterErasingNamesNobody, however it is made.
func TestACopyMadeAfterErasingNamesNobody(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db, _ := eraseOne(t)
	var stream bytes.Buffer
	if err := db.Backup(&stream); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := db.BackupFile(path); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"streamed": stream.Bytes(), "written": file} {
		b = bytes.ReplaceAll(b, []byte(personal+"-mail@example.com fingerprint"), nil)
		if i := bytes.Index(b, []byte(personal)); i >= 0 {
			t.Errorf("the copy that was %s still says %q", name, b[max(0, i-20):i+40])
		}
	}
	if findings, err := store.VerifyFile(t.Context(), path, nil); err != nil || len(findings) > 0 {
		t.Errorf("the copy: %v, %v", findings, err)
	}
}

// TestACopyAmongRecordingIsOfOneMoment.
func TestACopyAmongRecordingIsOfOneMoment(t *testing.T) {
	storetest.FileOnly(t, "is held by one process")
	db := open(t)
	ctx, stop := context.WithCancel(t.Context())
	recorded := make(chan error, 1)
	go func() {
		for i := uint32(1); ctx.Err() == nil; i++ {
			if err := db.Update(func(tx *store.Tx) error {
				_, err := register(tx, i, "m@example.com", "jo@example.com")
				return err
			}); err != nil {
				recorded <- err
				return
			}
		}
		recorded <- nil
	}()
	for range 5 {
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := db.BackupFile(path); err != nil {
			t.Fatal(err)
		}
		if findings, err := store.VerifyFile(t.Context(), path, nil); err != nil || len(findings) > 0 {
			t.Errorf("the copy: %v, %v", findings, err)
		}
		if err := db.Compact(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-recorded; err != nil {
		t.Fatal(err)
	}
}
