package store

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrMissing is returned when there is no store where one is expected.
var ErrMissing = errors.New("there is no register")

// knownPath is a small file in the store's directory that records that there
// was a store.
func knownPath(path string) string { return path + ".known" }

// OpenKnown opens the store at path, which must exist. Otherwise a lost mount
// or a mistyped path would start an empty register, and references would be
// used twice. With create it makes a store, but only if none was known there
// before. The error is ErrMissing, or one of Open.
func OpenKnown(path string, create bool, o Options) (*DB, error) {
	there, err := exists(path)
	if err != nil {
		return nil, diskFault(path, fmt.Errorf("look for the store: %w", err))
	}
	since := KnownSince(path)
	switch {
	case there:
	case !since.IsZero():
		return nil, fmt.Errorf("%w at %s, and one was there since %s (%s remembers it). %s. Mount its file system or put the register back (requestd restore FILE); to begin an empty one all the same, remove %[4]s first and run requestd init",
			ErrMissing, path, since.Format(time.DateOnly), knownPath(path), whereabouts(path))
	case !create:
		return nil, fmt.Errorf("%w at %s. %s. On a first start make it with requestd init; otherwise mount its file system, correct store.path, or put a copy back (requestd restore FILE)",
			ErrMissing, path, whereabouts(path))
	}
	db, err := Open(path, o)
	if err != nil {
		return nil, err
	}
	if err := remember(path); err != nil && !there {
		return nil, errors.Join(err, db.Close()) // if the store was there before, the next start does it
	}
	return db, nil
}

// exists reports whether there is a store at path; an empty file is none.
func exists(path string) (bool, error) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return false, nil
	case err != nil:
		return false, err
	}
	return st.Size() > 0, nil
}

// KnownSince returns when the store at path was first known here; the zero time
// if it never was.
func KnownSince(path string) time.Time {
	st, err := os.Stat(knownPath(path))
	if err != nil {
		return time.Time{}
	}
	return st.ModTime()
}

func remember(path string) error {
	f, err := os.OpenFile(knownPath(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return diskFault(path, fmt.Errorf("remember that there is a register: %w", err))
	}
	_, err = fmt.Fprintf(f, "A register of requestd lies, or lay, at %s.\nWhile this file stands, a register that is missing there is not made anew.\n", path)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(diskFault(path, fmt.Errorf("remember that there is a register: %w", err)), os.Remove(knownPath(path)))
	}
	return syncDir(filepath.Dir(path))
}

// whereabouts says in one sentence what is in the place where a store should
// be.
func whereabouts(path string) string {
	dir := filepath.Dir(path)
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return "Its directory " + dir + " does not exist either"
	}
	mount, device := mountOf(dir)
	if mount == "" {
		return "Its directory is there, without it"
	}
	return fmt.Sprintf("Its directory lies on the file system mounted at %s (%s)", mount, device)
}

// mountOf returns the mount point of the file system that contains dir, and its
// device; "" if that is not known. In a service's own view of the system single
// directories are mounted again: then the rest of the path shows the real mount
// point.
func mountOf(dir string) (mount, device string) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return "", ""
	}
	defer f.Close()
	longest := -1
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		_, behind, ok := strings.Cut(s.Text(), " - ")
		if !ok || len(fields) < 5 {
			continue
		}
		root, at, source := unescapeMount(fields[3]), unescapeMount(fields[4]), strings.Fields(behind)
		if len(source) < 2 || len(at) < longest || at != "/" && dir != at && !strings.HasPrefix(dir, at+"/") {
			continue
		}
		longest = len(at)
		mount, device = at, source[1]+", "+source[0]
		if root != "/" && strings.HasSuffix(at, root) { // a part of it, where it lies anyway
			mount = cmp.Or(strings.TrimSuffix(at, root), "/")
		}
	}
	return mount, device
}

// unescapeMount undoes the escapes for blanks in mountinfo.
func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// FixOwner gives the files at path, and those next to it, that root has made to
// the owner of the directory, so that the daemon, which runs as another user,
// can use them. For any other user it does nothing.
func FixOwner(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("keep the owner of the register: %w", err)
	}
	owner, ok := dir.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	names, err := filepath.Glob(escapeGlob(path) + "*")
	if err != nil {
		return fmt.Errorf("keep the owner of the register: %w", err)
	}
	for _, name := range names {
		if st, err := os.Lstat(name); err != nil || !st.Mode().IsRegular() {
			continue
		}
		if err := os.Lchown(name, int(owner.Uid), int(owner.Gid)); err != nil {
			return fmt.Errorf("keep the owner of the register: %w", err)
		}
	}
	return nil
}

func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}
