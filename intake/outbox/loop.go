package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"requestd/intake"
	"requestd/store"
)

// Sender delivers one mail to a server. SMTP is the one that really does; this
// interface is where the network begins.
type Sender interface {
	Send(ctx context.Context, from, to string, raw []byte) Result
	Close()
}

// Limits says how letters are paced, repeated and given up.
type Limits struct {
	Retry       []time.Duration // waits after the first failures
	RetryEvery  time.Duration   // every further wait
	GiveUp      time.Duration   // after this wait a letter is held for a person; outages are not counted
	InDoubt     []time.Duration // when to look for a mail in doubt
	Pause       time.Duration   // pause after a refusal that means the account
	PerMinute   int             // of the mailbox; 0 is no limit
	PerHour     int             // to one address outside; 0 is no limit
	PerDay      int
	BreakCount  int // letters to people outside within BreakWithin; 0 is no limit
	BreakWithin time.Duration
	BreakAmong  store.MailboxSet // the mailboxes whose letters count towards BreakCount
	SentAmong   store.MailboxSet
}

// Loop sends the letters of one mailbox, one after another.
type Loop struct {
	Mailbox string
	Store   *store.DB
	Sender  Sender
	Limits  func() Limits
	Now     func() time.Time
	Log     *slog.Logger
	// RecordOutcome records on the case what became of an attempt (sent, failed,
	// held, or to be tried again) in the transaction in which the outbox records
	// it. It also brings a letter that is to be tried again up to date, since its
	// case may have changed meanwhile.
	RecordOutcome func(*store.Tx, *intake.Letter) error
	// Write writes the bytes of a draft and their hash, and removes the draft.
	Write func(*intake.Letter) error
	// OutOfDate says why a letter to somebody outside that has waited must not be
	// sent without a person seeing it; "" if it may.
	OutOfDate func(*store.Tx, *intake.Letter) (why string, err error)
	// StillOurs reports whether this daemon still works on the mailbox. It is
	// called in the transaction that depends on it; nil means that no other daemon
	// can.
	StillOurs func(*store.Tx) bool
	// Find looks for a mail of ours by its Message-ID in the mailbox's Sent
	// folder. It is nil if there is no such folder.
	Find func(ctx context.Context, messageID string) (bool, error)

	kick chan struct{}
	once sync.Once
	mu   sync.Mutex
	suspicion
	state  Status
	recent []time.Time          // when letters were sent, of the last minute
	aside  map[uint64]time.Time // letters that the register refused to change, and until when they are left out
	failed int                  // attempts in a row that could not use the server
}

// Status is the state of sending.
type Status struct {
	LastGood time.Time // when a mail was last accepted
	Paused   time.Time // nothing is sent before this time; zero if sending goes on
	Trouble  string    // why, naming the thing to mend; "" if all is well
	Aside    []uint64  // letters that could not be dealt with; sorted
	Breaker  bool      // too many letters were sent in a short time
	Busy     time.Time // when the present attempt began; zero between attempts
	CertEnds time.Time // when the server's certificate ends; zero before the first connection
}

// Status returns the state of sending.
func (l *Loop) Status() Status {
	l.mu.Lock()
	s := l.state
	s.Aside = slices.Sorted(maps.Keys(l.aside))
	l.mu.Unlock()
	if c, ok := l.Sender.(interface{ CertEnds() time.Time }); ok {
		s.CertEnds = c.CertEnds()
	}
	return s
}

// busy notes when an attempt begins; the zero time means that it has ended.
func (l *Loop) busy(since time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Busy = since
}

func (l *Loop) signal() chan struct{} {
	l.once.Do(func() { l.kick = make(chan struct{}, 1) })
	return l.kick
}

// Kick tells the loop that there may be something to send.
func (l *Loop) Kick() {
	select {
	case l.signal() <- struct{}{}:
	default: // one signal is enough
	}
}

// MarkInterrupted marks as in doubt every letter that was being sent when the
// daemon stopped. of chooses the mailboxes; nil means all. Nothing may be
// sending for these mailboxes meanwhile.
func MarkInterrupted(db *store.DB, wait time.Duration, log *slog.Logger, of func(tx *store.Tx, mailbox string) bool) error {
	var broken []intake.Letter
	find := func(tx *store.Tx) error {
		broken = nil
		for l := range tx.InState(intake.LetterSending) {
			if of == nil || of(tx, l.Mailbox) {
				broken = append(broken, l)
			}
		}
		return nil
	}
	err := db.View(find)
	if err == nil && len(broken) > 0 {
		err = db.Update(func(tx *store.Tx) error {
			if err := find(tx); err != nil {
				return err
			}
			for _, l := range broken {
				l.State, l.Doubts, l.Looks, l.Next = intake.LetterInDoubt, l.Doubts+1, 0, tx.Now().Add(wait)
				l.Response = "the daemon ended while it was being sent"
				if err := tx.PutLetter(l); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("look for letters that were being sent: %w", err)
	}
	for _, l := range broken {
		log.Warn("a letter is in doubt: the daemon ended while it was being sent; it is looked for, then sent once more", "letter", l.ID, "ref", l.Ref)
	}
	return nil
}

// Run sends until the context ends. It stops otherwise only if the register
// cannot be read. A letter that cannot be dealt with is left out for a while.
// While the disk cannot be written nothing is sent, and it tries again.
func (l *Loop) Run(ctx context.Context) error {
	defer l.Sender.Close()
	for ctx.Err() == nil {
		next, err := l.Drain(ctx)
		if store.DiskFault(err) {
			l.Log.Error("nothing can be sent, since it could not be recorded; to be tried again", "mailbox", l.Mailbox, "error", err)
			next, err = l.Now().Add(diskCheck), nil
		}
		if err != nil {
			return err
		}
		if err := l.wait(ctx, next); err != nil {
			return nil
		}
	}
	return nil
}

// wait returns when there may be work: at next, or on a signal.
func (l *Loop) wait(ctx context.Context, next time.Time) error {
	var timer <-chan time.Time
	if !next.IsZero() {
		timer = time.After(min(max(0, next.Sub(l.Now())), longestSleep))
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.signal():
	case <-timer:
	}
	return nil
}

// Drain sends every letter that is due and returns the time when the next one
// is; the zero time if none is waiting.
func (l *Loop) Drain(ctx context.Context) (time.Time, error) {
	if err := l.forward(); err != nil {
		return time.Time{}, err
	}
	for ctx.Err() == nil {
		if until := l.rest(); !until.IsZero() {
			return until, nil
		}
		d, next, err := l.next()
		if err != nil || d.id == 0 {
			return next, err
		}
		if d.state == intake.LetterInDoubt {
			err = l.look(ctx, d)
		} else {
			err = l.attempt(ctx, d)
		}
		switch {
		case err == nil:
		case errors.Is(err, errElsewhere): // the caller of Run will end the loop
			return l.Now().Add(diskCheck), nil
		case store.DiskFault(err) || ctx.Err() != nil:
			return time.Time{}, fmt.Errorf("send letter %d: %w", d.id, err)
		default:
			l.setAside(d, err)
		}
	}
	return time.Time{}, nil
}

// due is a letter whose time has come, as it was when it was chosen.
type due struct {
	id               uint64
	ref, messageID   string
	to               string // the address whose limit it counts towards
	state            intake.LetterState
	attempts, doubts int
}

// still reports whether the letter is unchanged since it was chosen.
func (d due) still(x *intake.Letter) bool {
	return x.State == d.state && x.Attempts == d.attempts && x.Doubts == d.doubts
}

// asideFor is how long a letter that the register refused to change waits
// before it is tried again. Other letters are not delayed.
const asideFor = time.Hour

// setAside leaves out a letter that could not be dealt with for a while.
func (l *Loop) setAside(d due, why error) {
	l.Log.Error("a letter could not be dealt with and is left out for a while; requestd verify says what is wrong with the register", "letter", d.id, "ref", d.ref, "wait", asideFor, "error", why)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.aside == nil {
		l.aside = map[uint64]time.Time{}
	}
	l.aside[d.id] = l.Now().Add(asideFor)
}

// leftOut returns the letters that are set aside now, and when the first of
// them is tried again.
func (l *Loop) leftOut(now time.Time) (ids map[uint64]bool, again time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids = map[uint64]bool{}
	for id, until := range l.aside {
		if !until.After(now) || until.Sub(now) > asideFor {
			delete(l.aside, id)
			continue
		}
		if ids[id] = true; again.IsZero() || until.Before(again) {
			again = until
		}
	}
	return ids, again
}

// Once is Drain for a single run: it returns an error if the server could not
// be used. Letters to be tried again later stay in the outbox.
func (l *Loop) Once(ctx context.Context) error {
	defer l.Sender.Close()
	for {
		next, err := l.Drain(ctx)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s := l.Status(); s.Paused.After(l.Now()) {
			return fmt.Errorf("mailbox %s: nothing can be sent: %s", l.Mailbox, s.Trouble)
		}
		if l.Status().Breaker {
			return fmt.Errorf("mailbox %s: letters to people outside wait, since too many went out in a short time: see requestd outbox", l.Mailbox)
		}
		if l.rest().IsZero() { // what is left is not due; otherwise only the limit per minute is in the way
			return nil
		}
		if err := l.wait(ctx, next); err != nil {
			return err
		}
	}
}

// rest returns until when nothing is sent: the account is paused, or the
// mailbox has sent as many as it may within a minute. Times left by a clock
// that ran ahead are ignored.
func (l *Loop) rest() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, lim := l.Now(), l.Limits()
	if l.state.Paused.Sub(now) > lim.longest() {
		l.state.Paused = time.Time{}
	}
	if l.state.Paused.After(now) {
		return l.state.Paused
	}
	limit := lim.PerMinute
	l.recent = slices.DeleteFunc(l.recent, func(at time.Time) bool { return at.After(now) || !at.After(now.Add(-time.Minute)) })
	if limit > 0 && len(l.recent) >= limit {
		return l.recent[0].Add(time.Minute)
	}
	return time.Time{}
}

// next chooses the letter to deal with. Letters to people outside wait if too
// many of them were sent; mail to staff does not.
func (l *Loop) next() (d due, next time.Time, err error) {
	lim, now := l.Limits(), l.Now()
	aside, again := l.leftOut(now)
	broken := false
	err = l.Store.View(func(tx *store.Tx) error {
		tx.PrefetchNext(l.Mailbox)
		broken = lim.BreakCount > 0 && tx.OutsideCount(now.Add(-lim.BreakWithin), lim.BreakAmong) >= lim.BreakCount
		x, ok := tx.NextDue(now, l.Mailbox, func(x *intake.Letter) bool { return broken && x.Purpose.Outside() || aside[x.ID] })
		if ok {
			d = due{id: x.ID, ref: x.Ref, messageID: x.MessageID, state: x.State, attempts: x.Attempts, doubts: x.Doubts}
			if x.Purpose.Outside() {
				d.to = x.To
			}
		}
		next, _ = tx.NextLetterOf(l.Mailbox)
		return nil
	})
	if broken && (next.IsZero() || !next.After(now)) {
		next = now.Add(breakerCheck)
	}
	if !broken && d.id == 0 && !next.IsZero() && !next.After(now) {
		next = now.Add(otherCheck) // the due letter cannot be read, or is left out
	}
	if !again.IsZero() && (next.IsZero() || again.Before(next)) {
		next = again
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if broken && !l.state.Breaker {
		l.Log.Error("too many letters went out in a short time: those to people outside wait; look at requestd outbox for a loop", "mailbox", l.Mailbox, "count", lim.BreakCount, "within", lim.BreakWithin)
	}
	l.state.Breaker = broken
	return d, next, err
}

const (
	breakerCheck = 15 * time.Second
	diskCheck    = 30 * time.Second
	otherCheck   = time.Minute
)
