package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// readyRooms are the directories in which copies are made ready for a database.
const readyRooms = "requestd-restore-"

// readyRoom makes such a directory, and clears away those of restores that were
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

// clearLeft removes a directory of ours that no restore uses. The place is
// everybody's: what is somebody else's, or no directory, is left alone.
func clearLeft(name string) error {
	is, err := os.Lstat(name)
	if err != nil || !is.IsDir() {
		return nil
	}
	if owner, ok := is.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Geteuid() {
		return nil
	}
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) { // its restore has ended
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil // a restore is at work in it
	}
	return os.RemoveAll(name)
}
