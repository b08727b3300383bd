package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"requestd/intake/config"
	"requestd/store"
)

// TestARestoreThatFailsLeavesTheRegisterInItsPlace, and no other file in its
// directory.
func TestARestoreThatFailsLeavesTheRegisterInItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	db, err := store.OpenKnown(path, true, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Store: config.Store{Path: config.Path(path)}}
	if _, err := takePlace(cfg, path+".restore-gone"); err == nil {
		t.Error("a copy that is not there took the register's place")
	}
	if is, err := os.ReadFile(path); err != nil || !bytes.Equal(is, was) {
		t.Errorf("the register was %d bytes and is %d (%v)", len(was), len(is), err)
	}
	if left, err := filepath.Glob(path + ".*before*"); err != nil || len(left) > 0 {
		t.Errorf("left beside it: %v, %v", left, err)
	}
}

// TestARestoreClearsAwayWhatAKilledOneLeft: a copy that was being made ready
// holds all that a register does.
func TestARestoreClearsAwayWhatAKilledOneLeft(t *testing.T) {
	settings := withoutDaemon(t)
	dir := filepath.Dir(settings)
	copied, left := filepath.Join(dir, "copy.db"), filepath.Join(dir, "requestd.db.restore-1")
	if code, _, complaint := inProcess(t, "backup", copied, "--config", settings); code != exitDone {
		t.Fatalf("exit %d: %s", code, complaint)
	}
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, complaint := inProcess(t, "restore", copied, "--config", settings); code != exitDone {
		t.Fatalf("exit %d: %s", code, complaint)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "requestd.db.restore-*")); err != nil || len(files) > 0 {
		t.Errorf("left are %v, %v", files, err)
	}
}

// TestARestoreIntoADatabaseClearsAwayWhatAKilledOneLeft, but nothing that
// another restore is using. Where the database cannot be reached it also leaves
// nothing of its own.
func TestARestoreIntoADatabaseClearsAwayWhatAKilledOneLeft(t *testing.T) {
	settings := withoutDaemon(t)
	copied := filepath.Join(filepath.Dir(settings), "copy.db")
	if code, _, complaint := inProcess(t, "backup", copied, "--config", settings); code != exitDone {
		t.Fatalf("exit %d: %s", code, complaint)
	}
	was, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	toDatabase := bytes.Replace(was, []byte("store: {path: requestd.db}"), []byte(`store: {url: "postgres://requestd@127.0.0.1:1/requestd"}`), 1)
	if err := os.WriteFile(settings, toDatabase, 0o600); err != nil {
		t.Fatal(err)
	}
	place := t.TempDir()
	t.Setenv("TMPDIR", place)
	killed := filepath.Join(place, readyRooms+"1")
	if err := os.Mkdir(killed, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(killed, "requestd.db.restore-1"), []byte("names"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, others := range []string{readyRooms + "file", "requestd-backup-1"} { // neither belongs to a restore
		if err := os.WriteFile(filepath.Join(place, others), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	atWork, clear, err := readyRoom()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(killed); !os.IsNotExist(err) {
		t.Errorf("what a killed restore left is there: %v", err)
	}
	if code, _, _ := inProcess(t, "restore", copied, "--config", settings); code == exitDone {
		t.Error("a database that nobody serves took a copy")
	}
	left, err := filepath.Glob(filepath.Join(place, "*"))
	if want := []string{filepath.Join(place, "requestd-backup-1"), atWork, filepath.Join(place, readyRooms+"file")}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %v, %v; want %v", left, err, want)
	}
	if err := clear(); err != nil {
		t.Error(err)
	}
}
