// Package apart reads mail in processes of its own: the same program, started
// with a hidden subcommand, which gets the bytes of a mail and returns what it
// read in them. Such a process has no register, no network, no secret and no
// environment, and has limits of memory, processor and time. A mail that gets
// past every limit in the parser ends such a process and not the daemon.
//
// If the process that reads a mail dies, a fresh one reads the mail once more,
// since the machine may have been the cause. After that the mail is given up,
// with what is known of it.
package apart

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"requestd/classify"
	"requestd/intake"
)

// ErrStopped is the error of a read while the pool is being closed. The mail is
// not at fault, and is read at the next start.
var ErrStopped = errors.New("reading of mail was stopped")

// Limits are what reading one mail may take before its process is killed.
type Limits struct {
	Memory    int64         // bytes that the process holds (resident set size)
	Processor time.Duration // user and system time
	Wall      time.Duration // for a machine so busy that processor time says nothing
}

// DefaultLimits returns the limits for all mail that comes in.
func DefaultLimits() Limits {
	return Limits{Memory: 300 << 20, Processor: 3 * time.Second, Wall: 30 * time.Second}
}

// Processes returns how many processes to keep: one per processor, at most
// four.
func Processes() int { return min(4, runtime.GOMAXPROCS(0)) }

// Pool keeps processes that read mail. It is safe for concurrent use.
type Pool struct {
	limits  Limits
	log     *slog.Logger
	journal *journal
	idle    chan *process // nil for one that is yet to be started
	alone   sync.RWMutex  // locked for writing while a mail under suspicion is read

	closing sync.Once

	mu      sync.Mutex
	all     map[*process]bool
	stopped bool
}

// New makes a pool of n processes, which start in the background. The named
// file records what is being read, and outlives the daemon.
func New(n int, limits Limits, journal string, log *slog.Logger) (*Pool, error) {
	j, err := openJournal(journal, log)
	if err != nil {
		return nil, err
	}
	p := &Pool{limits: limits, log: log, journal: j, idle: make(chan *process, n), all: map[*process]bool{}}
	for range n {
		go func() {
			c, err := p.start()
			if err != nil && !errors.Is(err, ErrStopped) {
				log.Error("a process that reads mail cannot be started: it is tried again when there is mail", "error", err)
			}
			p.idle <- c
		}()
	}
	return p, nil
}

// Next is called in the daemon between parsing and classifying. It returns the
// mail's thread, and false if the mail is not to be classified now. It may be
// called twice for one mail.
type Next = func(*intake.Message) (intake.Thread, bool, error)

// Read parses a mail and, if next says so, classifies it as by does. The error
// is [intake.Unreadable] if the mail is to be given up; any other error is not
// the mail's fault.
func (p *Pool) Read(by *classify.Classifier, at intake.MailLocation, raw []byte, complete bool, next Next) (*intake.Message, *intake.Reading, error) {
	rec := p.journal.begin(at)
	defer p.journal.end(rec)
	if rec.points() > 0 { // it must be clear which mail causes the next death
		p.alone.Lock()
		defer p.alone.Unlock()
	} else {
		p.alone.RLock()
		defer p.alone.RUnlock()
	}
	why := "the daemon ended while it was being read"
	for !rec.guilty() {
		m, r, err := p.once(rec, by, at, raw, complete, next)
		var d *death
		if !errors.As(err, &d) {
			return m, r, err
		}
		rec.blame(death1)
		why = d.why
		p.log.Error("a process that reads mail was lost over a mail; the daemon goes on, and the mail is tried twice in all", "mailbox", at.Mailbox,
			"folder", at.Folder, "uid", at.UID, "why", d.why, "detail", d.detail)
	}
	return nil, nil, intake.Unreadable("reading it failed twice (" + why + "): open it in the mailbox, with care")
}

// once reads a mail in one process.
func (p *Pool) once(rec *record, by *classify.Classifier, at intake.MailLocation, raw []byte, complete bool, next Next) (*intake.Message, *intake.Reading, error) {
	c := <-p.idle
	defer func() {
		if c != nil && c.lost() {
			p.forget(c)
			c = nil
		}
		p.idle <- c
	}()
	if c == nil {
		var err error
		if c, err = p.start(); err != nil {
			return nil, nil, err
		}
	}
	m, r, err := c.read(rec, by, at, raw, complete, next)
	if p.isStopped() && c.lost() {
		return nil, nil, ErrStopped
	}
	return m, r, err
}

// Files lists the attachments of a mail, with the bytes of the nth. It starts a
// process of its own, so that no other mail waits for it. The error is
// [intake.Unreadable] if the mail cannot be taken apart.
func (p *Pool) Files(raw []byte, complete bool, n int) ([]intake.File, error) {
	c, err := p.start()
	if err != nil {
		return nil, err
	}
	defer func() {
		p.forget(c)
		c.kill("it is done")
		_ = c.cmd.Wait() // it was killed
	}()
	list, err := c.files(raw, complete, n)
	var d *death
	if !errors.As(err, &d) {
		return list, err
	}
	if p.isStopped() {
		return nil, ErrStopped
	}
	p.log.Error("a process was lost that took a mail apart for its attachments; the daemon goes on", "why", d.why, "detail", d.detail)
	return nil, intake.Unreadable(d.why)
}

func (p *Pool) start() (*process, error) {
	if p.isStopped() {
		return nil, ErrStopped
	}
	c, err := startProcess(p.limits)
	if err != nil {
		return nil, fmt.Errorf("start a process that reads mail: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		c.kill("the daemon ends")
		return nil, ErrStopped
	}
	p.all[c] = true
	return c, nil
}

func (p *Pool) forget(c *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, c)
}

func (p *Pool) isStopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// Oldest returns the mail that has been read for longest, and since when; the
// time is zero if none is being read.
func (p *Pool) Oldest() (intake.MailLocation, time.Time) { return p.journal.oldest() }

// Stop ends every process at once, whatever it is reading. Those reads return
// [ErrStopped].
func (p *Pool) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	for c := range p.all {
		c.kill("the daemon ends")
	}
}

// Close stops the pool and closes its journal. No read may start after it.
func (p *Pool) Close() error {
	p.Stop()
	p.closing.Do(func() {
		for range cap(p.idle) {
			if c := <-p.idle; c != nil {
				_ = c.cmd.Wait() // it was killed
			}
		}
	})
	return p.journal.close()
}
