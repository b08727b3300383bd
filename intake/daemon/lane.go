package daemon

import (
	"context"
	"time"

	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/store"
)

// lane is one mailbox: who reads it and who sends for it.
type lane struct {
	name   string
	watch  *mailbox.Watcher
	send   *outbox.Loop
	poll   time.Duration // between polls
	letter time.Duration // that sending one letter may take at most

	ctx     context.Context // of its run, nil where it is not to run
	stop    context.CancelFunc
	done    chan struct{} // closed once both have ended
	before  *lane         // of the same mailbox, which ends first
	started time.Time     // the zero time where it is another daemon's
	moves   progress
}

// lastWord is how long a server may still answer about a mail once the daemon
// ends: that takes ten seconds at most, whatever is being sent.
const lastWord = 7 * time.Second

// newLanes builds what the configuration asks for. They connect to nothing yet.
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

// current are the lanes in force.
func (d *Daemon) current() []*lane {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lanes
}

// replace puts lanes in force in place of others and gives those.
func (d *Daemon) replace(list []*lane) []*lane {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.lanes
	d.lanes = list
	return was
}

// arm readies the lanes that are to run here to be started, before anybody else
// sees them.
func (r *running) arm(list []*lane) {
	for _, l := range list {
		if r.d.worksOn(l.name) {
			l.ctx, l.stop = context.WithCancel(r.ctx)
			l.started = r.d.now()
		}
	}
}

// last is the lane of the mailbox that may still be at work; nil for none.
func (l *lane) last() *lane {
	if l == nil || l.ctx != nil {
		return l
	}
	return l.before
}

// anew is a lane like this one that was not started yet.
func (l *lane) anew() *lane {
	return &lane{name: l.name, watch: l.watch, send: l.send, poll: l.poll, letter: l.letter, done: make(chan struct{})}
}

// startLane runs a lane once the one before it of the same mailbox has ended:
// two must never read or send for the same mailbox. One that is not to run here
// is not run, and others are told once the one before it has ended.
func (r *running) startLane(l *lane) {
	before := l.before
	if before != nil {
		before.stop()
	}
	if l.ctx != nil {
		l.before = nil // who comes after waits for this one, which holds no others in memory
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
