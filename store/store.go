// Package store keeps the register in one bbolt file, or in a PostgreSQL
// database (package postgres). Its methods are in terms of the domain:
// arrivals, folders, cases, letters. It exports no bucket, key or bbolt type.
// What must be unique (a message's place, a reference, a letter's key) is
// checked inside the transaction that writes it.
//
// codec.go describes how records are encoded. What may still change and what is
// settled are in different buckets, so that settled pages stay full: open and
// done hold cases, queue and settled hold letters, raw holds the bytes of
// letters that may still be sent.
//
//	meta      schema, begun (while the step to it is not done), secret (of the index of persons),
//	          erased (something was, since the file was last written anew)
//	arrivals  id -> arrival
//	places    folder number, UIDVALIDITY, UID -> arrival
//	twins     hash of Message-ID and fingerprint -> arrivals
//	threads   hash of Message-ID -> arrivals of cases, and letters
//	folders   mailbox, folder -> folder number
//	positions folder number -> UIDVALIDITY, UID
//	tries     as places -> attempts at a message not yet registered
//	open,done reference -> index, case
//	due,wake  day or time, reference; of open cases
//	received  nothing; up to schema 6 what found has under days
//	states    state, reference; of open cases in another than most are
//	found     word of requester, subject or reference, reference without its end -> the ends;
//	          the same under every day on which a request of it counted as received
//	fresh     reference -> words and days that are still to be sorted into found
//	people    keyed hash of address, reference
//	numbers   prefix -> last number given
//	taken     prefix, number -> reference that a person brought along
//	queue,settled  id -> letter
//	raw       id -> bytes of a letter; its draft while it has no hash of them
//	keys      hash of the case or topic, hash of the whole key -> letters
//	next      order, hash of mailbox, time, letter; of those that wait for their time
//	outside   time, letter -> keyed hash of address, hash of mailbox; of the last days
//	sentto    keyed hash of address, time, letter -> hash of mailbox; of the same
//	facts     name -> JSON
//	tokens    hash of token -> JSON
//	issued    reference, hash of token; of those that are for a case
//	once      hash of name -> time
//	texts     whose it is, message or letter -> how it is kept, compressed text
//
// Numbers in keys are big-endian.
package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"requestd/store/postgres"
)

// Errors that Open meets.
var (
	// ErrLocked is returned when another process holds the store.
	ErrLocked = errors.New("the store is in use by another process")
	// ErrNewer is returned when a later program wrote the store.
	ErrNewer = errors.New("the store was written by a newer program")
	// ErrOlder is returned when the store must be migrated and may only be read.
	ErrOlder = errors.New("the store was written by an older program")
	// ErrDamaged is returned when the file is not a whole store.
	ErrDamaged = errors.New("the store is damaged")
)

// Errors of the disk, which Open and Update meet; see DiskFault.
var (
	// ErrFull is returned when the file cannot grow.
	ErrFull = errors.New("no space is left for the store")
	// ErrUnwritable is returned when the file system allows no writing.
	ErrUnwritable = errors.New("the store may not be written")
	// ErrDisk is returned when writing failed otherwise.
	ErrDisk = errors.New("the disk failed the store")
)

// Errors that transactions meet.
var (
	ErrNotFound       = errors.New("not found")
	ErrDuplicatePlace = errors.New("the message at this place is registered already")
	ErrTaken          = errors.New("the reference is in use already")
	ErrBadRef         = errors.New("not a usable reference")
)

// Options say how a store is opened.
type Options struct {
	Now      func() time.Time // time.Now when nil
	Random   io.Reader        // crypto/rand when nil; read once, when the file is new
	Wait     time.Duration    // how long to wait for another process; 5 s when 0
	ReadOnly bool
	MaxSize  int64 // bytes that the file may grow to; 0 is no limit

	NoSync bool // does not wait for the disk: only for a store that may be lost, such as that of a simulation

	// Progress is told how far a migration is; it may be nil.
	Progress Progress

	// Rehearse runs each Update in a database twice. It is for tests, since a
	// conflict can cause that at any time.
	Rehearse   bool
	migrations []step
	portions   portions
	copied     int          // bytes that a compaction copies at once
	steps      func(string) // called at each step of a compaction

	mostOfAWord int // for tests; 0 means the usual number
	mostFresh   int // for tests; 0 means the usual number
}

// DB is an open store. Its methods are safe for concurrent use; one Update runs
// at a time, Views run at the same time.
type DB struct {
	path   string
	now    func() time.Time
	opts   Options
	secret []byte

	// mu is held while a transaction begins, and while another file is put in
	// place; a transaction that is already running ends on the file on which it
	// began.
	mu   sync.RWMutex
	bolt *bbolt.DB
	file *os.File // the same, as bolt has it open

	before uint64 // sum of the versions of the files before this one, since each file counts from the start

	openAt atomic.Uint64 // see Tx.OpenVersion

	fresh fresh

	pg *postgres.DB // set if a database keeps the register; bolt and file are then nil

	onLetter func(mailbox string) // see OnLetter

	damaged damages    // records that cannot be read
	writing sync.Mutex // held by Update, at the end of Compact, and while the file's pages are checked

	compacting sync.Mutex
	changed    changes // what is written while a compaction runs, else nil; guarded by writing
}

const (
	defaultWait = 5 * time.Second
	fileMode    = 0o600
	dirMode     = 0o700
	pageSize    = 4096 // fixed, so that a file opens on every machine
	// mapSize is the address space that is reserved, so that the file grows
	// without making its readers wait.
	mapSize   = 1 << 30
	allocSize = 1 << 20
)

// Open opens the store at path, and makes it if there is none: the file with
// mode 0600, its directory with 0700. An older store is migrated after a copy
// was put next to it; an interrupted migration continues. Errors are ErrLocked,
// ErrNewer, ErrOlder, ErrDamaged, ErrFull, ErrUnwritable or those of the file
// system.
func Open(path string, o Options) (*DB, error) {
	o.fill()
	if !o.ReadOnly {
		if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
			return nil, diskFault(path, fmt.Errorf("make the store's directory: %w", err))
		}
	}
	if err := checkFile(path); err != nil && (o.ReadOnly || !errors.Is(err, fs.ErrNotExist)) {
		return nil, diskFault(path, err)
	}
	b, file, err := openBolt(path, o)
	if err != nil {
		return nil, err
	}
	db := &DB{path: path, now: o.Now, opts: o, bolt: b, file: file}
	if !o.ReadOnly {
		sweep(path)
	}
	if err := db.prepare(); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return db, nil
}

// openBolt opens the file and locks it. If another file was put in its place
// meanwhile, as Compact does, it takes that one: what is recorded in the old
// one is lost.
func openBolt(path string, o Options) (*bbolt.DB, *os.File, error) {
	for end := time.Now().Add(o.Wait); ; {
		var file *os.File
		b, err := bbolt.Open(path, fileMode, &bbolt.Options{
			Timeout: max(time.Until(end), time.Millisecond), ReadOnly: o.ReadOnly, NoSync: o.NoSync, MaxSize: int(o.MaxSize),
			FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize, PageSize: pageSize,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				file = f
				return f, err
			},
		})
		switch {
		case err == nil && isStillAt(file, path):
			b.AllocSize = allocSize
			return b, file, nil
		case err == nil && time.Now().Before(end):
			if err := b.Close(); err != nil {
				return nil, nil, fmt.Errorf("open the store %s: %w", path, err)
			}
			continue
		case err == nil:
			return nil, nil, errors.Join(fmt.Errorf("%w: %s was replaced again and again", ErrLocked, path), b.Close())
		case errors.Is(err, bolterrors.ErrTimeout):
			return nil, nil, fmt.Errorf("%w: %s was locked for %s; stop the process that holds it (a daemon answers commands on its control socket), or work on a backup", ErrLocked, path, o.Wait)
		case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
			return nil, nil, damaged(path, err.Error())
		}
		return nil, nil, diskFault(path, fmt.Errorf("open the store %s: %w", path, err))
	}
}

// isStillAt reports whether the path still names that file.
func isStillAt(f *os.File, path string) bool {
	held, err := f.Stat()
	named, errNamed := os.Stat(path)
	return err == nil && errNamed == nil && os.SameFile(held, named)
}

// Replaced reports whether the path names another file than the one that is
// open, or none: then what is recorded is lost once the store is closed.
func (db *DB) Replaced() bool {
	if db.pg != nil {
		return false
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	return !isStillAt(db.file, db.path)
}

// Identity returns a name for the open file, the same whatever path leads to it
// on this machine, or for the register in a database.
func (db *DB) Identity() (string, error) {
	if db.pg != nil {
		return identityOf(db.secret), nil
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	i, err := db.file.Stat()
	if err != nil {
		return "", fmt.Errorf("look at the store's file: %w", err)
	}
	return identity(i), nil
}

// IdentityOf returns the identity of the file at a path, as Identity does for
// the open store; "" if there is none.
func IdentityOf(path string) string {
	i, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return identity(i)
}

func identity(i os.FileInfo) string {
	st, ok := i.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d:%d", st.Dev, st.Ino)
}

// Close closes the store after the running transactions have ended.
func (db *DB) Close() error {
	if db.pg != nil {
		return db.pg.Close()
	}
	db.writing.Lock()
	defer db.writing.Unlock()
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.bolt.Close(); err != nil {
		return fmt.Errorf("close the store %s: %w", db.path, err)
	}
	return nil
}

// Path returns where the store is: a file, or the address of a database.
func (db *DB) Path() string { return db.path }

// Size returns the length of the file, or what a database uses for the
// register, in bytes.
func (db *DB) Size() (int64, error) {
	if db.pg != nil {
		return db.pg.Size()
	}
	i, err := os.Stat(db.path)
	if err != nil {
		return 0, fmt.Errorf("size of the store: %w", err)
	}
	return i.Size(), nil
}

// DiskFault reports whether err comes from the disk, or from the way to a
// database, and not from what was to be recorded: once that is mended the same
// may be recorded.
func DiskFault(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrFull) || errors.Is(err, ErrUnwritable) || errors.Is(err, ErrDisk)
}

// diskFault adds to err what to do if the disk is full, or must not be written.
func diskFault(path string, err error) error {
	is := func(all ...error) bool {
		return slices.ContainsFunc(all, func(e error) bool { return errors.Is(err, e) })
	}
	switch {
	case DiskFault(err):
		return err
	case is(syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, bolterrors.ErrMaxSizeReached):
		return fmt.Errorf("%w: %s cannot grow: make room on its disk, or raise the quota or limit that keeps it small; nothing of this step was recorded, and it is tried again (%w)", ErrFull, path, err)
	case is(syscall.EROFS, syscall.EACCES, syscall.EPERM):
		return fmt.Errorf("%w: %s and its directory must be open to the user that runs requestd: mend their owner and mode (systemd: StateDirectory), and mount their file system for writing (%w)", ErrUnwritable, path, err)
	}
	return err
}

func damaged(path, why string) error {
	return fmt.Errorf("%w: %s: %s; keep the file, and put the last good backup in its place", ErrDamaged, path, why)
}
