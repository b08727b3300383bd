package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup writes the store as it is at one moment to w. Reading and recording
// go on meanwhile.
func (db *DB) Backup(w io.Writer) error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return db.bolt.View(func(b *bbolt.Tx) error {
		if _, err := b.WriteTo(w); err != nil {
			return fmt.Errorf("copy the store: %w", err)
		}
		return nil
	})
}

// BackupFile puts a copy of the store at path, mode 0600. What stood there is
// replaced once the copy is whole and on disk, and not touched otherwise.
func (db *DB) BackupFile(path string) error {
	if same(path, db.path) {
		return fmt.Errorf("copy the store to %s: that is the store itself", path)
	}
	return writeFile(path, db.Backup)
}

func same(a, b string) bool {
	i, errA := os.Stat(a)
	j, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(i, j)
}

// writeFile writes a file beside path, makes it durable, and renames it.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	defer func() {
		if err != nil {
			err = diskFault(path, errors.Join(err, os.Remove(f.Name())))
		}
	}()
	if err = errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("copy the store to %s: %w", path, err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the directory of a copy: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync the directory of a copy: %w", err)
	}
	return nil
}
