package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrItself is returned when a store is to be copied over itself.
var ErrItself = errors.New("that is the register itself, not a place for a copy of it")

// PlaceForCopy says why a copy of a store must not be written to path: what is
// there is not an earlier copy but, for example, a configuration, a socket or a
// device.
func PlaceForCopy(path string) error {
	i, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	if !i.Mode().IsRegular() {
		return fmt.Errorf("copy the store: what stands at %s is no file: name a file, or one that is to be made", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	defer f.Close()
	if _, err := readMeta(f); errors.Is(err, errNoMeta) {
		return fmt.Errorf("copy the store: %s is no earlier copy, and is not replaced: name another file, or move that one away", path)
	}
	return nil
}

var errUseDump = fmt.Errorf("%w: back it up with pg_dump -Fc, and keep with it the configuration and its secrets, as docs/several.md says; for a copy as a file use requestd move --to FILE", ErrFileOnly)

// Backup writes the store as it is at one moment to w. The copy is written from
// scratch, so that it holds nothing that was erased before. It is finished in
// the store's directory (or, if there is no room, where temporary files go)
// before its first byte is written to w, so that nothing waits for w, however
// slow.
func (db *DB) Backup(w io.Writer) error {
	if db.pg != nil {
		return fmt.Errorf("%w: %s", errUseDump, db.path)
	}
	f, err := db.copyFor(besidePath(db.path, sendingName))
	if errors.Is(err, ErrFull) {
		f, err = db.copyFor(filepath.Join(os.TempDir(), "requestd"))
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		return fmt.Errorf("give a copy of the store: %w", err)
	}
	return nil
}

// copyFor makes a copy without a name, for one reader.
func (db *DB) copyFor(prefix string) (f *os.File, err error) {
	name, err := db.copyBeside(prefix)
	if err != nil {
		return nil, err
	}
	f, err = os.Open(name)
	if err := errors.Join(err, os.Remove(name)); err != nil {
		return nil, fmt.Errorf("copy the store: %w", err)
	}
	return f, nil
}

// BackupFile puts a copy of the store at path, mode 0600. The copy is written
// from scratch, so that it holds nothing that was erased before. A file at path
// must be an earlier copy (PlaceForCopy); it is replaced once the new copy is
// complete and on disk, and otherwise not touched. The error is ErrItself if
// path is the store.
func (db *DB) BackupFile(path string) error {
	if db.pg != nil {
		return fmt.Errorf("%w: %s", errUseDump, db.path)
	}
	if id, err := db.Identity(); err != nil || id == IdentityOf(path) {
		return errors.Join(err, fmt.Errorf("copy the store to %s: %w", path, ErrItself))
	}
	if err := PlaceForCopy(path); err != nil {
		return err
	}
	name, err := db.copyBeside(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)))
	if err != nil {
		return err
	}
	if err := os.Rename(name, path); err != nil {
		return errors.Join(fmt.Errorf("copy the store: %w", err), os.Remove(name))
	}
	return syncDir(filepath.Dir(path))
}

// copyBeside writes a copy under a name that begins with prefix. It is on disk
// when it returns.
func (db *DB) copyBeside(prefix string) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(prefix), filepath.Base(prefix)+".*")
	if err != nil {
		return "", diskFault(prefix, fmt.Errorf("copy the store: %w", err))
	}
	name = f.Name()
	defer func() {
		if err != nil {
			err = diskFault(prefix, fmt.Errorf("copy the store: %w", errors.Join(err, os.Remove(name))))
		}
	}()
	if err := f.Close(); err != nil {
		return "", err
	}
	to, _, err := openBolt(name, Options{Wait: db.opts.Wait, NoSync: db.opts.NoSync})
	if err != nil {
		return "", err
	}
	from, err := db.begin()
	if err != nil {
		return "", errors.Join(err, to.Close())
	}
	return name, errors.Join(copyAnew(to, from.b), from.b.Rollback(), to.Close())
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
