package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"go.etcd.io/bbolt"
)

// Files of passing use that lie beside the store.
const (
	compactName = "compact" // the store written anew
	sendingName = "sending" // a copy that is being given to somebody
)

func besidePath(path, name string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+name)
}

// sweep removes what a process that was killed left beside the store.
func sweep(path string) {
	_ = os.Remove(besidePath(path, compactName)) // as a rule there is none
	left, _ := filepath.Glob(besidePath(path, sendingName) + ".*")
	for _, name := range left {
		_ = os.Remove(name)
	}
}

// copyStep is how many bytes are copied in one transaction.
const copyStep = 4 << 20

// copyAnew writes what a transaction sees to an empty store, without free
// pages, and so without anything that was erased. The copy is on disk when it
// returns.
func copyAnew(to *bbolt.DB, from *bbolt.Tx) (err error) {
	noSync := to.NoSync
	to.NoSync = true // of a copy that is not whole nothing need last
	defer func() { to.NoSync = noSync }()
	tx, err := to.Begin(true)
	if err != nil {
		return fmt.Errorf("begin a copy: %w", err)
	}
	defer func() { err = errors.Join(err, rollback(tx)) }()
	size := 0
	err = from.ForEach(func(name []byte, b *bbolt.Bucket) error {
		into, err := tx.CreateBucket(name)
		if err != nil {
			return err
		}
		if err := into.SetSequence(b.Sequence()); err != nil {
			return err
		}
		into.FillPercent = 1
		return b.ForEach(func(k, v []byte) error {
			if size += len(k) + len(v); size > copyStep {
				size = 0
				if err := tx.Commit(); err != nil {
					return err
				}
				if tx, err = to.Begin(true); err != nil {
					return err
				}
				into = tx.Bucket(name)
				into.FillPercent = 1
			}
			return into.Put(k, v)
		})
	})
	if err == nil {
		err = tx.Commit()
	}
	if err == nil {
		err = to.Sync()
	}
	if err != nil {
		return fmt.Errorf("write a copy: %w", err)
	}
	return nil
}

// rollback ends a transaction that was not recorded.
func rollback(tx *bbolt.Tx) error {
	if tx == nil || tx.DB() == nil { // recorded
		return nil
	}
	if err := tx.Rollback(); err != nil {
		return fmt.Errorf("end a copy: %w", err)
	}
	return nil
}

// Compact writes the store anew and puts the new file in the old one's place:
// it holds no page that is free, and so nothing that was erased. Recording
// waits meanwhile and reading does not, and another process cannot take the
// store over. The file keeps its owner and mode. The blocks of the old file go
// back to the file system, which does not overwrite them. In a database its
// table is written anew, and everybody waits.
func (db *DB) Compact() error {
	if db.pg != nil {
		if err := db.pg.Rewrite(); err != nil {
			return err
		}
		return db.Update(func(tx *Tx) error { tx.remove(bMeta, kErased); return nil })
	}
	db.writing.Lock()
	old, err := db.compact()
	db.writing.Unlock()
	if err != nil {
		return diskFault(db.path, fmt.Errorf("compact the store: %w", err))
	}
	if err := old.Close(); err != nil { // waits for those who still read it
		return fmt.Errorf("compact the store: close the file that was: %w", err)
	}
	return nil
}

// compact gives the file that was.
func (db *DB) compact() (*bbolt.DB, error) {
	if db.Replaced() {
		return nil, fmt.Errorf("%s is not the file that is open: somebody put another in its place", db.path)
	}
	tmp := besidePath(db.path, compactName)
	if err := os.Remove(tmp); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	fresh, file, err := openBolt(tmp, db.opts)
	if err != nil {
		return nil, err
	}
	from, was, err := db.begin()
	if err == nil {
		err = errors.Join(copyAnew(fresh, from), sameOwner(file, was), from.Rollback())
	}
	if err == nil {
		err = fresh.Update(func(b *bbolt.Tx) error { return b.Bucket(bMeta).Delete(kErased) })
	}
	if err == nil {
		err = os.Rename(tmp, db.path)
	}
	if err != nil {
		return nil, errors.Join(err, fresh.Close(), os.Remove(tmp))
	}
	db.mu.Lock()
	old := db.bolt
	db.bolt, db.file = fresh, file // locked since it was made, so that nobody came in between
	db.mu.Unlock()
	return old, syncDir(filepath.Dir(db.path))
}

// sameOwner gives a file the owner and mode of another: root may compact a
// store that the daemon's user must still open.
func sameOwner(f, like *os.File) error {
	i, err := like.Stat()
	if err != nil {
		return err
	}
	if st, ok := i.Sys().(*syscall.Stat_t); ok && (int(st.Uid) != os.Geteuid() || int(st.Gid) != os.Getegid()) {
		if err := f.Chown(int(st.Uid), int(st.Gid)); err != nil {
			return err
		}
	}
	return f.Chmod(i.Mode().Perm())
}
