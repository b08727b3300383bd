package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOlderCopiesGoOnceANewOneIsSound(t *testing.T) {
	config, dir := withoutDaemon(t), t.TempDir()
	others := []string{"requestd-20260101T013000Z.db", "requestd-20260102T013000Z.db", "requestd-20260103T013000Z.db", "mine.db", "requestd-notes.db"}
	for _, name := range others {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	names := func() (list []string) {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			list = append(list, f.Name())
		}
		return list
	}
	code, out, complaint := inProcess(t, "backup", "--into", dir, "--keep", "2", "--config", config)
	if code != exitDone || !strings.Contains(out, "verified; 2 older copies removed") {
		t.Fatalf("exit %d, %s%s", code, out, complaint)
	}
	got := names()
	if len(got) != 4 || !slices.Contains(got, others[2]) || !slices.Contains(got, "mine.db") || !slices.Contains(got, "requestd-notes.db") {
		t.Errorf("left are %v", got)
	}

	if code, _, _ := inProcess(t, "backup", "--into", filepath.Join(dir, "nowhere"), "--keep", "1", "--config", config); code != exitFailed {
		t.Errorf("a copy that cannot be written: exit %d", code)
	}
	if after := names(); !slices.Equal(after, got) {
		t.Errorf("a failed copy took others with it: %v", after)
	}
	for _, args := range [][]string{{"backup"}, {"backup", "x", "--into", dir}, {"backup", "x", "--keep", "2"}, {"backup", "--into", dir, "--keep", "-1"}} {
		if code, _, _ := inProcess(t, append(args, "--config", config)...); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

// TestACopyThatWasKilledIsClearedAway after a day; one that is still being made
// is kept.
func TestACopyThatWasKilledIsClearedAway(t *testing.T) {
	config, dir := withoutDaemon(t), t.TempDir()
	for name, age := range map[string]time.Duration{
		".requestd-backup-123": 25 * time.Hour, ".requestd-20260101T013000Z.db.45": 25 * time.Hour, // left behind
		".requestd-backup-678": time.Hour, ".requestd-mine": 25 * time.Hour, "requestd-unsound.db": 25 * time.Hour,
	} {
		name, at := filepath.Join(dir, name), time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, complaint := inProcess(t, "backup", "--into", dir, "--config", config); code != exitDone {
		t.Fatalf("exit %d: %s", code, complaint)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, f := range files {
		left = append(left, f.Name())
	}
	if len(left) != 4 || left[0] != ".requestd-backup-678" || left[1] != ".requestd-mine" || left[3] != "requestd-unsound.db" {
		t.Errorf("left are %v", left)
	}
}

// TestAnUnsoundCopyIsNeverCounted: it makes no sound copy be removed, neither
// in its own night nor in a later one.
func TestAnUnsoundCopyIsNeverCounted(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"requestd-20260101T013000Z.db", "requestd-20260102T013000Z.db"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // on two nights
		name := filepath.Join(dir, "requestd-20260103T013000Z.db")
		if err := os.WriteFile(name, []byte("no register"), 0o600); err != nil {
			t.Fatal(err)
		}
		if aside, err := setAside(name); err != nil || filepath.Base(aside) != "requestd-unsound.db" {
			t.Fatalf("set aside as %s: %v", aside, err)
		}
	}
	if gone, err := prune(dir, 2); gone != 0 || err != nil {
		t.Errorf("%d sound copies were removed: %v", gone, err)
	}
}

// TestACopyReplacesNothingButACopy: a copy made over the configuration, a
// secret, the control socket or a device would destroy it.
func TestACopyReplacesNothingButACopy(t *testing.T) {
	config, dir := withoutDaemon(t), t.TempDir()
	secret, socket, link := filepath.Join(dir, "secret"), filepath.Join(dir, "control.sock"), filepath.Join(dir, "link")
	if err := os.WriteFile(secret, []byte("password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{config, secret, socket, link, dir} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		code, _, complaint := inProcess(t, "backup", path, "--config", config)
		if code != exitFailed || !strings.Contains(complaint, "name ") {
			t.Errorf("a copy to %s: exit %d, %s", path, code, complaint)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s was replaced (%v)", path, err)
		}
	}
	copied := filepath.Join(dir, "copy.db")
	for range 2 {
		if code, _, complaint := inProcess(t, "backup", copied, "--config", config); code != exitDone {
			t.Errorf("a copy in the place of the one before: exit %d, %s", code, complaint)
		}
	}
}
