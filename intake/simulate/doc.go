// Package simulate runs the daemon's own parts through a year of two
// mailboxes in virtual time: the real store, engine and send loops, between
// mail servers, people and a machine that fail by script. Everything follows
// from a seed, so that what fails once fails again at the same line.
//
// The simulation keeps a record of its own: what mail there was, what the
// servers took, what people decided. After every step the register is compared
// with it where the step touched it, and as a whole at the end of every day.
//
// A machine that is killed is a panic at one of the points where the parts
// call out: when they ask the time or for random bytes, within a transaction
// or after its commit, before a mail is handed over or after it was taken.
// The store then rolls back and is opened anew, as the kernel would have it.
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
	Dir    string // where the register lies; "" is a directory of its own
	Trace  func(line string)
}

// Report is what a run saw.
type Report struct {
	Seed      uint64
	Steps     int
	Mails     int // that arrived
	Cases     int
	Letters   int // taken by the mail servers, repeats included
	Repeats   int // byte-identical ones after doubt
	Promises  int // letters whose dates were counted day by day
	Reminders int
	Neutral   int // letters to people whose mail nobody decided in time
	Acts      int // decisions of people
	Orders    int // events that officers set off by mail
	Kills     int
	Restarts  int
	Leaps     int // of the clock in the middle of something
	Meanwhile int // acts of others between two transactions of a send loop
	Peer      int // letters to another body's daemon
	Verified  int // checks of the whole register
	Recounted int // cases that the statistics and a clerk counted alike
	Digest    string
}

// Add adds what another run saw.
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

// Totals is the report in words.
func (r Report) Totals() string {
	return fmt.Sprintf("%d steps, %d mails, %d cases, %d letters taken (%d repeats after doubt), %d promises read, %d reminders, %d neutral letters, %d decisions, %d by mail, %d kills, %d restarts, %d leaps of the clock, %d acts amid a sending, %d letters to another daemon, %d checks of the whole, %d cases counted by hand",
		r.Steps, r.Mails, r.Cases, r.Letters, r.Repeats, r.Promises, r.Reminders, r.Neutral, r.Acts, r.Orders, r.Kills, r.Restarts, r.Leaps, r.Meanwhile, r.Peer, r.Verified, r.Recounted)
}

// Failure is an invariant that did not hold. Its text is the same whenever
// the seed is run.
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

// Run simulates one seed. The error is a *Failure where an invariant did not
// hold.
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

// memory is a directory that costs no disk, where there is one: what a kill
// of the process leaves is the same there.
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
