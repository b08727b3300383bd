package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"requestd/store/storetest/sample"
)

// filled returns the path of a closed store with a few requests.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "requestd.db")
	if err := fill(t, path, 60).Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func reopen(t *testing.T, path string, o Options) *DB {
	t.Helper()
	db, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func sound(t *testing.T, db *DB) {
	t.Helper()
	findings, err := db.Verify(context.Background(), nil)
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify = %v, %v", findings, err)
	}
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "requestd.db")
	reopen(t, path, Options{})
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if i, err := os.Stat(name); err != nil || i.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want mode %v", name, i.Mode(), err, want)
		}
	}
}

func TestOneProcessHoldsTheStore(t *testing.T) {
	path := filled(t)
	db := reopen(t, path, Options{})
	for _, readOnly := range []bool{false, true} {
		_, err := Open(path, Options{Wait: time.Millisecond, ReadOnly: readOnly})
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) {
			t.Errorf("read-only %t: %v, want ErrLocked that names the file", readOnly, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	first := reopen(t, path, Options{ReadOnly: true})
	second := reopen(t, path, Options{ReadOnly: true})
	sound(t, first)
	sound(t, second)
	if err := first.Update(func(*Tx) error { return nil }); err == nil {
		t.Error("a store that may only be read was written to")
	}
}

func TestAStoreThatIsNotThereIsNotRead(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none.db"), Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("err = %v, want fs.ErrNotExist", err)
	}
}

func TestAFileThatWasCutOffIsRefused(t *testing.T) {
	whole, m := readWhole(t, filled(t))
	used := int(m.pages) * pageSize
	for _, size := range []int{1, 15, 80, pageSize - 1, pageSize, pageSize + 80, 2 * pageSize, 3 * pageSize, used / 2, used - pageSize, used - 1} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cut.db")
			if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("err = %v, want ErrDamaged", err)
			}
		})
	}
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a store\n", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	b, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(b.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err }), b.Close())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, foreign} {
		if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", path, err)
		}
	}
}

func TestALostMetaPageIsMadeUpFor(t *testing.T) {
	for page := range int64(2) {
		path := filled(t)
		overwrite(t, path, page*pageSize)
		db := reopen(t, path, Options{})
		if findings, err := db.Verify(context.Background(), nil); err != nil || len(findings) != 1 || !strings.Contains(findings[0].What, "mend it") {
			t.Errorf("page %d: Verify = %v, %v", page, findings, err)
		}
		for i := range 2 {
			if err := db.Update(func(tx *Tx) error { return sample.Request(tx, 100+i) }); err != nil {
				t.Fatal(err)
			}
		}
		sound(t, db)
	}
}

// readWhole returns a store's bytes, and how many of its pages are in use.
func readWhole(t *testing.T, path string) ([]byte, fileMeta) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := readMeta(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return b, m
}

// overwrite fills the page at that position with rubbish.
func overwrite(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte(strings.Repeat("rubbish ", pageSize/8)), at)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestAnyPageOverwrittenIsFoundAndEndsNobody fills one page after another with
// rubbish. Either the page was free, or opening the store is refused, or Verify
// finds it.
func TestAnyPageOverwrittenIsFoundAndEndsNobody(t *testing.T) {
	path := filled(t)
	whole, m := readWhole(t, path)
	found := 0
	for page := int64(2); page < int64(m.pages); page++ {
		overwrite(t, path, page*pageSize)
		findings, err := VerifyFile(context.Background(), path, nil)
		if err != nil || len(findings) > 0 {
			found++
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found < int(m.pages)/2 {
		t.Errorf("rubbish on %d of %d pages was found", found, m.pages)
	}
}

func TestANewerStoreIsLeftAlone(t *testing.T) {
	path := filled(t)
	db := reopen(t, path, Options{})
	err := db.Update(func(tx *Tx) error { tx.put(bMeta, kSchema, []byte(strconv.Itoa(db.schema()+1))); return nil })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), fmt.Sprintf("schema %d", db.schema()+1)) {
		t.Errorf("err = %v, want ErrNewer", err)
	}
}

func TestAFullDiskLosesNothingThatWasRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	db := reopen(t, path, Options{MaxSize: 3 << 20})
	registered, err := 0, error(nil)
	for err == nil && registered < 10_000 {
		err = db.Update(func(tx *Tx) error { return sample.Request(tx, registered) })
		if err == nil {
			registered++
		}
	}
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "make room") {
		t.Fatalf("after %d requests: %v, want ErrFull", registered, err)
	}
	sound(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = reopen(t, path, Options{})
	if err := db.Update(func(tx *Tx) error {
		if tx.LastArrival() != uint64(registered) {
			t.Errorf("%d messages are registered, want %d", tx.LastArrival(), registered)
		}
		return sample.Request(tx, registered)
	}); err != nil {
		t.Fatal(err)
	}
	sound(t, db)
}

var thin = flag.Int64("thin", 13, "of how many bits at the beginning of a page one is flipped; 1 takes them all")

// TestAnyFlippedBitEndsNobody flips one bit after another: some of the first
// bytes of every page, where its layout is, others in each page, and a few of
// the rest. With -thin 1 it takes minutes.
func TestAnyFlippedBitEndsNobody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	if err := fill(t, path, 8).Close(); err != nil {
		t.Fatal(err)
	}
	whole, m := readWhole(t, path)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	used, flips, found := int64(m.pages)*pageSize, 0, 0
	flip := func(bit int64) {
		at := bit / 8
		write := func(b byte) {
			if _, err := f.WriteAt([]byte{b}, at); err != nil {
				t.Fatal(err)
			}
		}
		write(whole[at] ^ 1<<(bit%8))
		findings, err := VerifyFile(t.Context(), path, nil)
		if flips++; err != nil || len(findings) > 0 {
			found++
		}
		write(whole[at])
	}
	for page := int64(0); page < int64(m.pages); page++ {
		for bit := 64 + page%*thin; bit < 8*(pageHeader+2*elementSize); bit += *thin {
			flip(page*pageSize*8 + bit)
		}
	}
	for bit := int64(5); bit < used*8; bit += 1741 * *thin {
		flip(bit)
	}
	if found < flips/10 {
		t.Errorf("of %d flipped bits %d were found", flips, found)
	}
	t.Logf("%d pages, %d bits flipped, %d found", m.pages, flips, found)
}
