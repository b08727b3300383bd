package daemon

import (
	"context"
	"time"

	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/store"
)

// lane is one mailbox: its reader and its sender.
type lane struct {
	name   string
	watch  *mailbox.Watcher
	send   *outbox.Loop
	poll   time.Duration // between polls
	letter time.Duration // the longest that sending one letter may take

	ctx     context.Context // of its run; nil if it is not to run
	stop    context.CancelFunc
	done    chan struct{} // closed once both have ended
	before  *lane         // of the same mailbox; it must end first
	started time.Time     // zero if the mailbox belongs to another daemon
	moves   progress
}

// lastWord is how long a server may still answer about a mail once the daemon
// ends, so that ending takes ten seconds at most.
const lastWord = 7 * time.Second

// newLanes builds the lanes for a configuration. They connect to nothing yet.
func (d *Daemon) newLanes(cfg *config.Config) ([]*lane, error) {
	connections, err := Connections(cfg)
	if err != nil {
		return nil, err
	}
	list := make([]*lane, 0, len(connections))
	for _, c := range connections {
		m := c.Mailbox
		c.Send.Ending, c.Send.FinishWithin = d.ending.Done(), d.lastWord
		w := mailbox.New(c.Read, d.Engine, d.Log)
		l := &lane{name: m.Name, watch: w, poll: m.IMAP.PollInterval, letter: 10*m.SMTP.Timeout + m.SMTP.DataTimeout, done: make(chan struct{})}
		l.send = &outbox.Loop{
			Mailbox: m.Name, Store: d.Store, Sender: outbox.NewSMTP(c.Send), Now: d.now, Log: d.Log, RecordOutcome: d.Engine.RecordOutcome, Write: d.Engine.Notices.WriteStaffMail, OutOfDate: d.Engine.Cases.OutOfDate,
			Limits: func() outbox.Limits { return limits(d.Engine.Cases.Settings(), m.Name) }, Find: finder(w, m.IMAP.SentFolder),
		}
		if d.share != nil {
			l.send.StillOurs = func(tx *store.Tx) bool { return d.share.holds(tx, m.Name) }
		}
		list = append(list, l)
	}
	return list, nil
}

// current returns the lanes in force.
func (d *Daemon) current() []*lane {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lanes
}

// replace puts other lanes in force and returns the earlier ones.
func (d *Daemon) replace(list []*lane) []*lane {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.lanes
	d.lanes = list
	return was
}

// arm prepares the lanes that are to run here, before anybody else sees them.
func (r *running) arm(list []*lane) {
	for _, l := range list {
		if r.d.worksOn(l.name) {
			l.ctx, l.stop = context.WithCancel(r.ctx)
			l.started = r.d.now()
		}
	}
}

// last returns the mailbox's lane that may still be running; nil for none.
func (l *lane) last() *lane {
	if l == nil || l.ctx != nil {
		return l
	}
	return l.before
}

// anew returns a copy of this lane that was not started yet.
func (l *lane) anew() *lane {
	return &lane{name: l.name, watch: l.watch, send: l.send, poll: l.poll, letter: l.letter, done: make(chan struct{})}
}

// startLane runs a lane once the mailbox's lane before it has ended: two must
// never read or send for the same mailbox. A lane that is not to run here is
// not run; other daemons are told once the one before has ended.
func (r *running) startLane(l *lane) {
	before := l.before
	if before != nil {
		before.stop()
	}
	if l.ctx != nil {
		l.before = nil // lanes after this one wait for it alone, so that no others stay in memory
	}
	r.parts.Go(func() {
		if before != nil {
			<-before.done
		}
		if l.ctx == nil {
			r.d.stopped(l.name)
			return
		}
		defer close(l.done)
		defer l.stop()
		sending := make(chan struct{})
		go func() {
			defer close(sending)
			r.fails(l.ctx, "send mail of "+l.name, l.send.Run(l.ctx))
		}()
		r.fails(l.ctx, "watch mailbox "+l.name, l.watch.Run(l.ctx))
		<-sending
	})
}
