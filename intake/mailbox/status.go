package mailbox

import (
	"slices"
	"sync"
	"time"
)

// Status is the state of a mailbox.
type Status struct {
	Mailbox      string
	Connected    time.Time // when the connection was opened; zero while not connected
	LastPoll     time.Time // when the inbox was last read to its end; zero for never
	Read         int64     // mails delivered since the start
	LastError    string    // in words; "" once every folder was read
	LastErrorAt  time.Time
	Err          error     // what LastError says, for errors.Is
	NextTry      time.Time // zero while connected
	Failures     int       // in a row
	Server       string    // its greeting
	Capabilities []string  // after sign-in, sorted
	CertEnds     time.Time // the earliest end in the certificate chain; zero without TLS
}

// Status returns the present state; it may be called from any goroutine.
func (w *Watcher) Status() Status {
	w.status.Lock()
	defer w.status.Unlock()
	s := w.status.s
	s.Capabilities = slices.Clone(s.Capabilities)
	return s
}

// board holds the status and its lock.
type board struct {
	sync.Mutex
	s Status
}

func newBoard(mailbox string) *board { return &board{s: Status{Mailbox: mailbox}} }

func (b *board) connected(s *session) {
	b.Lock()
	defer b.Unlock()
	b.s.Connected, b.s.NextTry = time.Now(), time.Time{}
	b.s.Server, b.s.CertEnds = clean(s.tap.first), s.link.certEnd
	b.s.Capabilities = s.capabilities()
}

func (b *board) disconnected() {
	b.Lock()
	defer b.Unlock()
	b.s.Connected = time.Time{}
}

// polled notes a good poll, and what was wrong with a folder besides the inbox;
// news reports whether that is new.
func (b *board) polled(amiss error) (news bool) {
	b.Lock()
	defer b.Unlock()
	b.s.LastPoll, b.s.Failures = time.Now(), 0
	words := ""
	if amiss != nil {
		words = amiss.Error()
		b.s.LastErrorAt = b.s.LastPoll
	}
	news = amiss != nil && words != b.s.LastError
	b.s.LastError, b.s.Err = words, amiss
	return news
}

func (b *board) read(n int) {
	b.Lock()
	defer b.Unlock()
	b.s.Read += int64(n)
}

func (b *board) progress() int64 {
	b.Lock()
	defer b.Unlock()
	return b.s.Read
}

func (b *board) failed(err error, wait time.Duration) {
	b.Lock()
	defer b.Unlock()
	b.s.Connected = time.Time{}
	b.s.LastError, b.s.Err, b.s.LastErrorAt = err.Error(), err, time.Now()
	b.s.NextTry = b.s.LastErrorAt.Add(wait)
	b.s.Failures++
}
