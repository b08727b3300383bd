package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// readyRooms begins the names of the directories in which copies are made ready
// for a database.
const readyRooms = "requestd-restore-"

// readyRoom makes such a directory, and removes those of restores that were
// killed: a copy holds all that a register does. A directory is locked for as
// long as its restore runs.
func readyRoom() (dir string, clear func() error, err error) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), readyRooms+"*"))
	for _, name := range left {
		err = errors.Join(err, clearLeft(name))
	}
	if err != nil {
		return "", nil, fmt.Errorf("put away what a restore that was killed has left: %w", err)
	}
	if dir, err = os.MkdirTemp("", readyRooms); err != nil {
		return "", nil, fmt.Errorf("make the copy ready: %w", err)
	}
	lock, err := os.Open(dir)
	if err == nil {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("make the copy ready: %w", err), os.RemoveAll(dir))
	}
	return dir, func() error { return errors.Join(os.RemoveAll(dir), lock.Close()) }, nil
}

// clearLeft removes a directory of ours that no restore uses. Everybody can
// write to the parent directory: what belongs to another user, or is no
// directory, is left alone.
func clearLeft(name string) error {
	is, err := os.Lstat(name)
	if err != nil || !is.IsDir() {
		return nil
	}
	if owner, ok := is.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Geteuid() {
		return nil
	}
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) { // its restore has ended meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil // a restore is using it
	}
	return os.RemoveAll(name)
}
