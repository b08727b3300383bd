package apart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"requestd/intake"
)

// A journal is the file that says which mails are being read. It is written
// before and after a mail is read, without waiting for the disk: it must
// outlive the daemon, not the machine. A mail that is found in it at a start
// was being read when the daemon ended.
//
// All its lines have one length. Each is a mail or blank, so a person can read
// it.
type journal struct {
	log *slog.Logger

	mu      sync.Mutex
	file    *os.File
	records [lines]*record
	left    map[intake.MailLocation]*record // from an earlier life, and not read since then
}

const (
	lines  = 64
	length = 1024 // bytes of a line
)

// Points that a mail is charged. A mail that reaches guilt is given up: that is
// after two deaths that it surely caused. An end of the daemon early in a
// mail's reading counts for little, unless it happens again and again.
const (
	death1 = 4
	chance = 1
	guilt  = 2 * death1
)

// record is one line of the journal.
type record struct {
	j    *journal
	line int // -1 if the journal has no room for it
	at   time.Time

	Place  intake.MailLocation
	Points int
	Long   bool // it has been read for longer than nearly every mail takes
	Waits  bool `json:",omitempty"` // it was charged for an earlier life, and has not been read since
}

func openJournal(name string, log *slog.Logger) (*journal, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal of mail that is being read: %w", err)
	}
	j := &journal{log: log, file: f, left: map[intake.MailLocation]*record{}}
	b := make([]byte, lines*length)
	n, _ := f.ReadAt(b, 0) // a short or damaged journal tells less, but is no reason not to start
	for i := range lines {
		r := &record{j: j, line: i}
		if end := (i + 1) * length; end > n || json.Unmarshal(bytes.TrimSpace(b[end-length:end]), r) != nil || r.Place.UID == 0 {
			continue
		}
		if !r.Waits {
			if r.Long {
				r.Points += death1
			} else {
				r.Points += chance
			}
			log.Warn("the daemon ended while a mail was being read; it is read once more, by itself", "mailbox", r.Place.Mailbox, "folder", r.Place.Folder, "uid", r.Place.UID, "points", r.Points, "of", guilt)
		}
		r.Long, r.Waits = false, true
		j.records[i], j.left[r.Place] = r, r
		r.write()
	}
	return j, nil
}

func (j *journal) begin(at intake.MailLocation) *record {
	j.mu.Lock()
	defer j.mu.Unlock()
	r, known := j.left[at]
	if !known {
		r = &record{j: j, line: j.free(), Place: at}
		if r.line >= 0 {
			j.records[r.line] = r
		}
	}
	delete(j.left, at)
	r.at, r.Waits = time.Now(), false
	r.write()
	return r
}

// free returns a line for a mail, if necessary the line of a mail that never
// came again.
func (j *journal) free() int {
	for i, r := range j.records {
		if r == nil {
			return i
		}
	}
	for at, r := range j.left {
		delete(j.left, at)
		return r.line
	}
	return -1
}

// end removes a mail from the journal.
func (j *journal) end(r *record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r.line >= 0 {
		j.records[r.line] = nil
		j.put(r.line, nil)
	}
}

func (j *journal) oldest() (at intake.MailLocation, since time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.records {
		if r != nil && !r.at.IsZero() && (since.IsZero() || r.at.Before(since)) {
			at, since = r.Place, r.at
		}
	}
	return at, since
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

func (r *record) points() int { r.j.mu.Lock(); defer r.j.mu.Unlock(); return r.Points }

func (r *record) guilty() bool { return r.points() >= guilt }

// blame charges the mail.
func (r *record) blame(points int) {
	r.j.mu.Lock()
	defer r.j.mu.Unlock()
	r.Points += points
	r.Long = false // the mail has been charged for this
	r.write()
}

// long notes that a mail takes long to read.
func (r *record) long() {
	r.j.mu.Lock()
	defer r.j.mu.Unlock()
	if !r.Long {
		r.Long = true
		r.write()
	}
}

// write writes the record into its line.
func (r *record) write() {
	if r.line < 0 {
		return
	}
	b, err := json.Marshal(r)
	if err != nil || len(b) >= length { // no folder has a name that long
		b = nil
	}
	r.j.put(r.line, b)
}

// put writes one line. A full disk makes the journal useless, but stops no
// mail.
func (j *journal) put(line int, text []byte) {
	b := bytes.Repeat([]byte{' '}, length)
	copy(b, text)
	b[length-1] = '\n'
	if _, err := j.file.WriteAt(b, int64(line)*length); err != nil && !errors.Is(err, os.ErrClosed) {
		j.log.Warn("which mail is being read could not be recorded", "error", err)
	}
}
