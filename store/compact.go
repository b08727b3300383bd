package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"go.etcd.io/bbolt"
)

// Temporary files in the store's directory.
const (
	compactName = "compact" // the rewritten store
	sendingName = "sending" // a copy that is being sent to somebody
)

func besidePath(path, name string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+name)
}

// sweep removes what a killed process left in the store's directory.
func sweep(path string) {
	_ = os.Remove(besidePath(path, compactName)) // usually there is none
	left, _ := filepath.Glob(besidePath(path, sendingName) + ".*")
	for _, name := range left {
		_ = os.Remove(name)
	}
}

// Compact rewrites the store and puts the new file into the old one's place.
// The new file holds nothing that had been erased when Compact began, not even
// in a free page; what is erased meanwhile waits for the next time
// (HasErasedPages). Reading and recording go on meanwhile: what is recorded is
// copied once more, and recording waits only for the last of it. No other
// process can take over the store. The file keeps its owner and mode. The
// blocks of the old file go back to the file system, which does not overwrite
// them. In a database old rows are removed from its table, and nobody waits;
// their bytes stay in its pages until others overwrite them.
func (db *DB) Compact(ctx context.Context) error {
	if db.pg != nil {
		return db.vacuum(ctx)
	}
	db.compacting.Lock()
	defer db.compacting.Unlock()
	old, err := db.compact(ctx)
	if err != nil {
		err = diskFault(db.path, fmt.Errorf("compact the store: %w", err))
	}
	if old == nil {
		return err
	}
	if closed := old.Close(); closed != nil { // waits for those who are still reading it
		err = errors.Join(err, fmt.Errorf("compact the store: close the file that was: %w", closed))
	}
	return err
}

// beingTaken is the value of kErased while a vacuum removes what was erased.
// Anything that is erased meanwhile overwrites it.
var beingTaken = []byte{1}

func (db *DB) vacuum(ctx context.Context) error {
	if err := db.Update(func(tx *Tx) error { tx.put(bMeta, kErased, beingTaken); return nil }); err != nil {
		return err
	}
	if err := db.pg.Vacuum(ctx); err != nil {
		return fmt.Errorf("take what was erased out of the database: %w", err)
	}
	return db.Update(func(tx *Tx) error {
		if bytes.Equal(tx.get(bMeta, kErased), beingTaken) {
			tx.remove(bMeta, kErased)
		}
		return nil
	})
}

// compact returns the old file; nil if it is still in use.
func (db *DB) compact(ctx context.Context) (old *bbolt.DB, err error) {
	if err := db.unreplaced(); err != nil {
		return nil, err
	}
	tmp := besidePath(db.path, compactName)
	if err := os.Remove(tmp); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	fresh, file, err := openBolt(tmp, db.opts)
	if err != nil {
		return nil, err
	}
	defer func() {
		if old == nil {
			err = errors.Join(err, fresh.Close(), os.Remove(tmp))
		}
	}()
	db.note(changes{})
	defer db.note(nil)
	c := &copying{step: db.opts.copied}
	erased := false
	for !c.whole {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := db.copyMore(c, fresh, &erased); err != nil {
			return nil, err
		}
	}
	if err := db.copyMore(c, fresh, &erased); err != nil { // what was written while the last part was copied
		return nil, err
	}
	db.writing.Lock()
	defer db.writing.Unlock()
	if err := errors.Join(db.unreplaced(), db.copyLast(c, fresh, file, &erased)); err != nil {
		return nil, err
	}
	db.step("before the change of name")
	if err := os.Rename(tmp, db.path); err != nil {
		return nil, err
	}
	db.step("after the change of name")
	db.mu.Lock()
	old = db.bolt
	db.bolt, db.file = fresh, file // locked since it was made, so that nobody came in between
	db.before += c.seen
	db.mu.Unlock()
	return old, syncDir(filepath.Dir(db.path))
}

// note makes changes be noted in c from now on; nil stops it.
func (db *DB) note(c changes) {
	db.writing.Lock()
	defer db.writing.Unlock()
	db.changed = c
}

// since begins a reading transaction, and returns what has changed since the
// last one.
func (db *DB) since() (*bbolt.Tx, changes, error) {
	changed := db.changed
	t, err := db.begin()
	if err != nil {
		return nil, nil, err
	}
	db.changed = changes{}
	return t.b, changed, nil
}

// copyMore copies the next part, and what has changed in the parts before.
func (db *DB) copyMore(c *copying, fresh *bbolt.DB, erased *bool) error {
	db.writing.Lock()
	from, changed, err := db.since()
	db.writing.Unlock()
	if err != nil {
		return err
	}
	*erased = *erased || changed.erased()
	err = fresh.Update(func(to *bbolt.Tx) error { return errors.Join(c.follow(from, to, changed), c.more(from, to)) })
	if err := errors.Join(err, from.Rollback()); err != nil {
		return err
	}
	db.step(map[bool]string{false: "a part is copied", true: "all is copied"}[c.whole])
	return nil
}

// copyLast copies what is left, while nobody can record.
func (db *DB) copyLast(c *copying, fresh *bbolt.DB, file *os.File, erased *bool) error {
	from, changed, err := db.since()
	if err != nil {
		return err
	}
	c.seen = uint64(from.ID())
	err = fresh.Update(func(to *bbolt.Tx) error {
		if err := errors.Join(c.follow(from, to, changed), c.numbers(from, to)); err != nil || *erased || changed.erased() {
			return err
		}
		return to.Bucket(bMeta).Delete(kErased)
	})
	return errors.Join(err, sameOwner(file, db.file), from.Rollback())
}

// step tells a test how far a compaction is.
func (db *DB) step(name string) {
	if db.opts.steps != nil {
		db.opts.steps(name)
	}
}

func (db *DB) unreplaced() error {
	if db.Replaced() {
		return fmt.Errorf("%s is not the file that is open: somebody put another in its place", db.path)
	}
	return nil
}

// sameOwner gives a file the owner and mode of another: root may compact a
// store that the daemon's user must still be able to open.
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
