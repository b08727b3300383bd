package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"time"
)

// Watcher reads one mailbox for as long as it runs.
type Watcher struct {
	opt    Options
	sink   Sink
	log    *slog.Logger
	status *board
	side   chan struct{} // admits one connection besides the watching one

	// The fields below are used only by the goroutine that runs.
	amiss      error                // why a folder besides the inbox could not be read at the last poll
	careful    map[string]uint32    // by folder: mail up to this UID is fetched one at a time
	asked      map[failing]int      // how often the rest of a failing mail was asked for
	reconciled map[string]time.Time // by folder: when it was last compared
}

// failing is a mail that cannot be fetched.
type failing struct {
	folder string
	uid    uint32
}

// New makes a Watcher; it connects only when it runs.
func New(o Options, sink Sink, log *slog.Logger) *Watcher {
	o = o.filled()
	return &Watcher{
		opt: o, sink: sink, log: log, status: newBoard(o.Name), side: make(chan struct{}, 1),
		careful: make(map[string]uint32), asked: make(map[failing]int), reconciled: make(map[string]time.Time),
	}
}

// Run watches until the context ends and returns its error. Whatever fails
// meanwhile is in Status, is logged once, and is tried again.
func (w *Watcher) Run(ctx context.Context) error {
	for failed := 0; ; {
		good, err := w.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failed++; good {
			failed = 1
		}
		wait := w.backoff(failed, err)
		w.status.failed(err, wait)
		w.log.Warn("mailbox cannot be read for now", "mailbox", w.opt.Name, "error", err, "wait", wait.Round(time.Second))
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// Once reads every folder to its end. If a mail ends the connection it is
// opened again, as often as needed to get past that mail.
func (w *Watcher) Once(ctx context.Context) error {
	for failed := 0; ; {
		before := w.status.progress()
		err := w.once(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if w.status.progress() != before {
			failed = 0
		}
		if failed++; failed > 2*mostTries || !w.retries(err) {
			w.status.failed(err, 0)
			return err
		}
		w.log.Info("reading on after a lost connection", "mailbox", w.opt.Name, "error", err)
		if err := sleep(ctx, w.opt.Limits.Backoff); err != nil {
			return err
		}
	}
}

// retries reports whether a new connection may help Once: only if one was lost
// while mail came in.
func (w *Watcher) retries(err error) bool {
	return errors.Is(err, ErrNetwork) && len(w.careful) > 0
}

func (w *Watcher) once(ctx context.Context) error {
	s, err := w.opt.connect(ctx)
	if err != nil {
		return err
	}
	defer s.leave()
	w.status.connected(s)
	if err := w.poll(ctx, s); err != nil {
		return err
	}
	return w.amiss
}

// session reads over one connection until it fails; good reports whether a poll
// succeeded.
func (w *Watcher) session(ctx context.Context) (good bool, err error) {
	s, err := w.opt.connect(ctx)
	if err != nil {
		return false, err
	}
	defer s.leave()
	w.status.connected(s)
	defer w.status.disconnected()
	w.log.Info("mailbox opened", "mailbox", w.opt.Name, "server", w.opt.address())
	for {
		if err := w.poll(ctx, s); err != nil {
			return good, err
		}
		good = true
		if err := w.watch(ctx, s); err != nil {
			return good, err
		}
	}
}

// watch waits for the next poll, and reads the open folder whenever the server
// reports a change in it.
func (w *Watcher) watch(ctx context.Context, s *session) error {
	next := time.Now().Add(w.opt.PollInterval)
	for {
		left := time.Until(next)
		if left <= 0 {
			return nil
		}
		if err := s.idle(ctx, min(left, w.opt.IdleRestart)); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		select {
		case <-s.news:
			if err := w.readNew(ctx, s); err != nil {
				return err
			}
		default:
		}
	}
}

// poll reads what is new in every folder, and now and then compares the last
// days. Polling alone finds all mail; IDLE only finds it sooner.
func (w *Watcher) poll(ctx context.Context, s *session) error {
	w.amiss = nil
	for _, f := range w.opt.folders() {
		// Each poll opens the folder again: that shows a change of UIDVALIDITY, and
		// mail that is missing in a server's stale view of the folder.
		err := w.open(ctx, s, f)
		if f.role != Inbox && (errors.Is(err, ErrConfig) || errors.Is(err, ErrAccess)) {
			w.amiss = err // a misspelt junk folder must not prevent reading the inbox
			continue
		}
		if err != nil {
			return err
		}
		if err := w.readNew(ctx, s); err != nil {
			return err
		}
		if err := w.reconcile(ctx, s); err != nil {
			return err
		}
	}
	if w.status.polled(w.amiss) {
		w.log.Warn("a folder cannot be read", "mailbox", w.opt.Name, "error", w.amiss)
	}
	return nil
}

// open opens a folder and checks whether its UIDs still mean the same.
func (w *Watcher) open(ctx context.Context, s *session, f watched) error {
	if err := s.examine(ctx, f); err != nil {
		return err
	}
	mark, err := w.sink.Mark(ctx, s.at.Mailbox, s.at.Folder)
	if err != nil {
		return err
	}
	if mark == (Mark{}) {
		w.reconciled[f.name] = time.Now() // all of the folder is about to be read
		return nil
	}
	// If the server starts again from below it uses a UID twice.
	if mark.UIDValidity == s.at.UIDValidity && (s.next == 0 || s.next > mark.Through) {
		return nil
	}
	w.log.Warn("the folder's mails were numbered anew and are read again", "mailbox", w.opt.Name, "folder", f.name,
		"uidvalidity", fmt.Sprintf("%d to %d", mark.UIDValidity, s.at.UIDValidity))
	delete(w.careful, f.name)
	maps.DeleteFunc(w.asked, func(m failing, _ int) bool { return m.folder == f.name })
	return w.sink.Renumber(ctx, s.at)
}

// readNew reads the mail above the mark in the open folder.
func (w *Watcher) readNew(ctx context.Context, s *session) error {
	select {
	case <-s.news: // the search finds what it announced
	default:
	}
	mark, err := w.sink.Mark(ctx, s.at.Mailbox, s.at.Folder)
	if err != nil {
		return err
	}
	if mark.Through == 1<<32-1 {
		return nil
	}
	uids, err := s.search(ctx, mark.Through+1)
	if err != nil || len(uids) == 0 {
		return err
	}
	return w.readAll(ctx, s, uids)
}

// backoff returns the wait after the n-th failure in a row: doubled from the
// configured start up to five minutes, with jitter, and longer if the server
// asked for it or only a person can fix the failure.
func (w *Watcher) backoff(n int, err error) time.Duration {
	most := 5 * time.Minute
	wait := w.opt.Limits.Backoff << min(n-1, 20)
	if errors.Is(err, ErrAuth) || errors.Is(err, ErrAccess) {
		// An account that keeps failing may be locked.
		wait *= 8
		most = 15 * time.Minute
	}
	wait = min(max(wait, 0), most)
	wait = wait/2 + rand.N(wait/2+1)
	if e, ok := errors.AsType[*Error](err); ok && e.Wait > wait {
		wait = e.Wait + rand.N(e.Wait/10+1)
	}
	return wait
}
