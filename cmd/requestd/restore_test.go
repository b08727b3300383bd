package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"requestd/intake/config"
	"requestd/store"
)

// TestARestoreThatFailsLeavesTheRegisterInItsPlace and nothing beside it.
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
