package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"requestd/store"
)

// worksOn reports whether a task is ours: with a register in a file all tasks
// are.
func (d *Daemon) worksOn(task string) bool { return d.share == nil || d.share.has(task) }

// watched returns the lanes that run in this daemon.
func (d *Daemon) watched() []*lane {
	return slices.DeleteFunc(slices.Clone(d.current()), func(l *lane) bool { return d.share != nil && l.ctx == nil })
}

// stopped notes that the work on a mailbox has ended.
func (d *Daemon) stopped(mailbox string) {
	if d.share != nil {
		d.share.stopped(mailbox)
	}
}

// shareOut makes sure that anything about a mailbox is recorded only while the
// mailbox is ours.
func (d *Daemon) shareOut() {
	d.Engine.StillOurs = d.share.holds
	d.Engine.Cases.OnWork(func() { signal(d.tick) })
	d.Store.OnLetter(d.letterWaits)
}

// letterWaits makes the daemon that works on a mailbox look at a letter that
// was just recorded.
func (d *Daemon) letterWaits(mailbox string) {
	if d.worksOn(mailbox) {
		d.kick(mailbox)
		return
	}
	d.words.add(mailbox)
}

func (d *Daemon) kick(mailbox string) {
	for _, l := range d.current() {
		if l.name == mailbox {
			l.send.Kick()
		}
	}
}

// words are messages for other daemons, each once: names of mailboxes.
type words struct {
	mu   sync.Mutex
	list []string
	some chan struct{}
}

func (w *words) add(word string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.list, word) {
		w.list = append(w.list, word)
		signal(w.some)
	}
}

func (w *words) take() (list []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list, w.list = w.list, nil
	return list
}

const letterWord = "letter "

func (d *Daemon) runTelling(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.words.some:
		}
		for _, mailbox := range d.words.take() {
			_ = d.Store.Broadcast(letterWord + mailbox) // a daemon that does not hear of it sees it within seconds
		}
	}
}

// listenAgain is how long to wait before trying to listen again.
const listenAgain = 10 * time.Second

// runListening looks for work as soon as another daemon broadcasts something.
func (d *Daemon) runListening(ctx context.Context) error {
	for told := false; ; {
		err := d.Store.Listen(ctx, func() { told = false; d.share.poke() }, d.hear)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the daemon ends
		}
		if !told {
			d.Log.Warn("other daemons cannot be listened to: what they record is noticed some seconds later", "error", err)
			told = true
		}
		if sleep(ctx, listenAgain) != nil {
			return nil //nolint:nilerr // the daemon ends
		}
	}
}

func (d *Daemon) hear(word string) {
	if word == shareWord {
		d.share.poke()
	} else if mailbox, ok := strings.CutPrefix(word, letterWord); ok && d.worksOn(mailbox) {
		d.kick(mailbox)
	}
}

// firstRound makes the register assign us our share, if others have left some.
// A database that cannot be reached is tried again later.
func (d *Daemon) firstRound() error {
	if d.share == nil {
		return nil
	}
	if _, err := d.share.round(); err != nil && !store.DiskFault(err) {
		return err
	}
	return nil
}

// runShare sends heartbeats and keeps our share until the context ends.
func (d *Daemon) runShare(ctx context.Context) error {
	t := time.NewTicker(d.share.every)
	defer t.Stop()
	for lost, unseen := false, true; ; {
		noticed, err := d.share.round()
		if unseen = unseen || noticed || d.Engine.Cases.IndexStale(); unseen && err == nil {
			err = d.noticed()
			unseen = err != nil
		}
		if err != nil && !store.DiskFault(err) {
			return err
		}
		if err != nil && !lost {
			d.Log.Error("the register cannot be reached, to be tried again", "error", err)
		}
		lost = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-d.share.poked:
		}
	}
}

// noticed looks at what others may have recorded: letters, the clock's work,
// bank holidays.
func (d *Daemon) noticed() error {
	signal(d.tick)
	err := d.Store.View(func(tx *store.Tx) error {
		due := tx.DueMailboxes(tx.Now())
		for _, l := range d.current() {
			if d.worksOn(l.name) && due(l.name) {
				l.send.Kick()
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for letters that others have written: %w", err)
	}
	return d.Engine.Cases.AdoptCalendar()
}

// keepToShare watches the mailboxes that are ours now, and no others.
func (r *running) keepToShare() {
	d := r.d
	lanes := slices.Clone(d.current())
	var fresh []string
	for i, l := range lanes {
		is := d.worksOn(l.name)
		if is != (l.ctx != nil) {
			lanes[i] = l.anew()
		}
		if is && l.ctx == nil {
			fresh = append(fresh, l.name)
		}
	}
	if !slices.Equal(lanes, d.current()) {
		d.loadLast(fresh)
		r.switchLanes(lanes)
		d.Log.Info("the work is shared out anew", "mailboxes", len(d.watched()), "of", len(lanes))
		d.tellStanding()
	}
	for _, task := range d.share.in(giving) {
		if !slices.ContainsFunc(lanes, func(l *lane) bool { return l.name == task }) {
			d.stopped(task) // it is no longer configured
		}
	}
	signal(d.tick)
}

// takeAll takes all tasks, for a run with no other daemon. It returns a
// function that ends that.
func (d *Daemon) takeAll(ctx context.Context) (end func(), err error) {
	if _, err := d.share.round(); err != nil {
		return nil, err
	}
	if len(d.share.in(ours)) != len(d.current())+1 { // one more for the clock
		return nil, fmt.Errorf("%w: not everything is ours", ErrElsewhere)
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(d.share.every)
		defer t.Stop()
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-t.C:
				if _, err := d.share.round(); err != nil && !store.DiskFault(err) && !errors.Is(err, ctx.Err()) {
					d.Log.Error("this run cannot say that it lives", "error", err)
				}
			}
		}
	}()
	return func() { stop(); <-done }, nil
}
