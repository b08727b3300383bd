package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"requestd/store"
)

// TestAMissingRegisterIsNotMadeAnew: only an explicit first start makes a
// register.
func TestAMissingRegisterIsNotMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "requestd.db")
	refused := func(when string, create bool, words ...string) {
		t.Helper()
		db, err := store.OpenKnown(path, create, store.Options{})
		if db != nil {
			db.Close()
		}
		if !errors.Is(err, store.ErrMissing) {
			t.Fatalf("%s: got %v, want ErrMissing", when, err)
		}
		for _, w := range append(words, path) {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not say %q", when, err, w)
			}
		}
		if st, err := os.Stat(path); err == nil && st.Size() > 0 {
			t.Errorf("%s: it was made all the same", when)
		}
	}
	refused("no directory", false, "requestd init", "does not exist either")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	refused("an empty directory", false, "file system mounted at")

	db, err := store.OpenKnown(path, true, store.Options{})
	if err != nil {
		t.Fatalf("a first start that was asked for: %v", err)
	}
	db.Close()
	if db, err = store.OpenKnown(path, false, store.Options{}); err != nil {
		t.Fatalf("a second start: %v", err)
	}
	db.Close()

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, create := range []bool{false, true} {
		refused("lost since", create, "one was there since", "requestd restore", path+".known")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("an empty file in its place", true, "requestd restore")
}

// TestARegisterFromBeforeIsRememberedAtItsNextStart: an earlier program left no
// file next to it.
func TestARegisterFromBeforeIsRememberedAtItsNextStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if !store.KnownSince(path).IsZero() {
		t.Fatal("it is known already")
	}
	if db, err = store.OpenKnown(path, false, store.Options{}); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if store.KnownSince(path).IsZero() {
		t.Error("it is not remembered")
	}
}

// TestARegisterThatCannotBeRememberedIsNotBegun: when it is lost, the next start
// would make an empty one and give out its references again.
func TestARegisterThatCannotBeRememberedIsNotBegun(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("r", 250)) // so that the name beside it is too long
	if db, err := store.OpenKnown(path, true, store.Options{}); err == nil {
		db.Close()
		t.Error("a register was begun that nothing remembers")
	}
}

// TestOneThatWasRememberedMeanwhileIsOpened: two began it at once.
func TestOneThatWasRememberedMeanwhileIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	if err := os.Symlink("nowhere", path+".known"); err != nil { // which is not seen before, and in the way then
		t.Fatal(err)
	}
	db, err := store.OpenKnown(path, true, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
}

func TestWhatRootMakesBelongsToTheDirectorysOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 12345, 12346); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "requestd.db")
	db, err := store.OpenKnown(path, true, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := store.FixOwner(path); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ".known"} {
		st, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if s := st.Sys().(*syscall.Stat_t); s.Uid != 12345 || s.Gid != 12346 {
			t.Errorf("%s belongs to %d:%d", name, s.Uid, s.Gid)
		}
	}
}
