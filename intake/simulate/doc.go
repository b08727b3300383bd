// Package simulate runs the daemon's own parts through a year of two mailboxes
// in virtual time: the real store, engine and send loops, with mail servers,
// people and a machine that fail by script. Everything follows from a seed, so
// that what fails once fails again at the same line.
//
// The simulation keeps its own record: what mail there was, what the servers
// accepted, what people decided. After every step it compares the register with
// that record where the step touched it, and the whole register at the end of
// every day.
//
// Killing the machine is a panic at one of the points where the parts call out:
// when they ask for the time or for random bytes, within a transaction or after
// its commit, before a mail is sent or after it was accepted. The store then
// rolls back and is opened again, as after a real kill.
package simulate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Options of a run.
type Options struct {
	Seed   uint64
	Days   int    // 0 is a year
	Defect string // the name of a fault to be switched on; "" is none
	Dir    string // directory of the register; "" makes a new one
	Trace  func(line string)
}

// Report is what a run saw.
type Report struct {
	Seed      uint64
	Steps     int
	Mails     int // that arrived
	Cases     int
	Letters   int // accepted by the mail servers, repeats included
	Repeats   int // byte-identical repeats after doubt
	Promises  int // letters whose dates were counted day by day
	Reminders int
	Neutral   int // letters to people whose mail nobody decided in time
	Acts      int // decisions of people
	Orders    int // events that officers caused by mail
	Kills     int
	Restarts  int
	Leaps     int // of the clock in the middle of an operation
	Meanwhile int // acts of others between two transactions of a send loop
	Peer      int // letters to another body's daemon
	Verified  int // checks of the whole register
	Recounted int // cases that the statistics and a clerk counted the same
	Digest    string
}

// Add adds the figures of another run.
func (r *Report) Add(o Report) {
	r.Steps += o.Steps
	r.Mails += o.Mails
	r.Cases += o.Cases
	r.Letters += o.Letters
	r.Repeats += o.Repeats
	r.Promises += o.Promises
	r.Reminders += o.Reminders
	r.Neutral += o.Neutral
	r.Acts += o.Acts
	r.Orders += o.Orders
	r.Kills += o.Kills
	r.Restarts += o.Restarts
	r.Leaps += o.Leaps
	r.Meanwhile += o.Meanwhile
	r.Peer += o.Peer
	r.Verified += o.Verified
	r.Recounted += o.Recounted
}

func (r Report) String() string { return fmt.Sprintf("seed %d: %s", r.Seed, r.Totals()) }

// Totals returns the report in words.
func (r Report) Totals() string {
	return fmt.Sprintf("%d steps, %d mails, %d cases, %d letters taken (%d repeats after doubt), %d promises read, %d reminders, %d neutral letters, %d decisions, %d by mail, %d kills, %d restarts, %d leaps of the clock, %d acts amid a sending, %d letters to another daemon, %d checks of the whole, %d cases counted by hand",
		r.Steps, r.Mails, r.Cases, r.Letters, r.Repeats, r.Promises, r.Reminders, r.Neutral, r.Acts, r.Orders, r.Kills, r.Restarts, r.Leaps, r.Meanwhile, r.Peer, r.Verified, r.Recounted)
}

// Failure is an invariant that did not hold. Its text is the same each time the
// seed is run.
type Failure struct {
	Seed uint64
	Line int // of the trace
	Day  string
	What string
	Last []string // lines of the trace before it
}

func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d, line %d (%s): %s\nbefore it:\n  %s", f.Seed, f.Line, f.Day, f.What, strings.Join(f.Last, "\n  "))
}

// Run simulates one seed. The error is a *Failure if an invariant did not hold.
func Run(o Options) (r Report, err error) {
	if o.Days == 0 {
		o.Days = 365
	}
	if o.Defect != "" && !slices.ContainsFunc(Defects, func(d Defect) bool { return d.Name == o.Defect }) {
		return r, fmt.Errorf("defect %q is unknown", o.Defect)
	}
	if o.Dir == "" {
		if o.Dir, err = os.MkdirTemp(memory(), "requestd-simulate-"); err != nil {
			return r, fmt.Errorf("make a directory for the register: %w", err)
		}
		defer os.RemoveAll(o.Dir)
	}
	w, err := newWorld(o)
	if err != nil {
		return r, err
	}
	defer func() {
		if p := recover(); p != nil {
			f, ok := p.(*Failure)
			if !ok {
				panic(p)
			}
			err = f
		}
		w.close()
		w.report.Digest = fmt.Sprintf("%x", w.digest.Sum(nil)[:8])
		r = w.report
	}()
	w.year(o.Days)
	return w.report, nil
}

// memory returns a directory in memory, if there is one: a killed process
// leaves the same there.
func memory() string {
	if i, err := os.Stat("/dev/shm"); err == nil && i.IsDir() {
		return "/dev/shm"
	}
	return ""
}

const (
	secondsADay = 24 * 60 * 60
	hour        = time.Hour
)
