// Package demo shows the main job without any set-up. Sample mail of five weeks
// comes into two mailboxes on an embedded IMAP server; the real daemon takes it
// in and writes to an embedded SMTP receiver; then the contents of the register
// are printed. The daemon's clock is set from one event to the next, so that
// reminders fall due while it runs.
package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"requestd/deadlines"
	"requestd/intake/daemon"
)

// limit is the longest that a demonstration may take, however busy the machine
// is.
var limit = 2 * time.Minute

// Options of a demonstration.
type Options struct {
	Mail string // the user's own mail, added to the others; "" for none
	Keep string // a new or empty directory that keeps everything; "" keeps nothing
	Now  time.Time
	Out  io.Writer
	Log  *slog.Logger
}

// Run plays the demonstration and prints what became of every mail. It prints
// only after it has cleared everything else away: whoever reads only the first
// lines through a pipe ends the program with that.
func Run(ctx context.Context, o Options) error {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	todo, err := schedule(o.Now)
	if err != nil {
		return err
	}
	if o.Mail != "" {
		own, err := ownMail(o.Mail, o.Now)
		if err != nil {
			return err
		}
		todo = append(todo, own)
	}
	dir, remove, err := place(o.Keep)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := errors.Join(stage(ctx, o, dir, todo, &text), remove()); err != nil {
		return err
	}
	_, err = text.WriteTo(o.Out)
	return err
}

// stage starts the servers and the daemon in a directory, plays, and writes
// the report.
func stage(ctx context.Context, o Options, dir string, todo []delivery, out io.Writer) (err error) {
	started := time.Now()
	p, err := open(dir, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	p.own = o.Mail != ""
	if err := p.play(ctx, todo, o.Now); err != nil {
		return err
	}
	if err := p.report(ctx, out, time.Since(started)); err != nil || o.Keep == "" {
		return err
	}
	if err := keepLetters(dir, p.servers.smtp.Mails()); err != nil {
		return err
	}
	return sayWhere(out, dir)
}

// player takes the daemon through the days.
type player struct {
	daemon  *daemon.Daemon
	servers *servers
	now     time.Time        // by the daemon's clock
	live    func() time.Time // replaces now once the playing is over
	total   int              // mails that came in
	own     bool             // the last of them is the user's own
}

// open starts the servers, and the daemon with its register in a directory.
func open(dir string, o Options) (*player, error) {
	s, err := startServers()
	if err != nil {
		return nil, err
	}
	p := &player{servers: s}
	cfg, err := furnish(dir, s, deadlines.DayOf(o.Now))
	if err == nil {
		p.daemon, err = daemon.New(cfg, o.Log, func() time.Time {
			if p.live != nil {
				return p.live()
			}
			return p.now
		})
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return p, nil
}

func (p *player) close() error { return errors.Join(p.daemon.Close(), p.servers.close()) }

// play delivers every mail at its time, and stops in between whenever the
// daemon's clock has something to do.
func (p *player) play(ctx context.Context, todo []delivery, now time.Time) error {
	for _, d := range todo {
		if err := p.pass(ctx, d.at); err != nil {
			return err
		}
		if err := p.deliver(d); err != nil {
			return err
		}
		if err := p.runOnce(ctx, d.at.Add(time.Minute)); err != nil {
			return err
		}
	}
	if err := p.pass(ctx, now); err != nil {
		return err
	}
	return p.runOnce(ctx, now)
}

// pass lets the time pass until a moment. Before the first mail there is
// nothing to wait for.
func (p *player) pass(ctx context.Context, until time.Time) error {
	for !p.now.IsZero() {
		next, err := p.daemon.Engine.Clock.NextTick()
		if err != nil {
			return err
		}
		if !next.Before(until) {
			return nil
		}
		if err := p.runOnce(ctx, next); err != nil {
			return err
		}
	}
	return nil
}

// runOnce does what requestd run --once does, at a moment of the daemon's
// clock.
func (p *player) runOnce(ctx context.Context, at time.Time) error {
	if at.After(p.now) {
		p.now = at
	}
	if err := p.daemon.Once(ctx, true); err != nil {
		return fmt.Errorf("at %s by the demonstration's clock: %w", p.now.In(deadlines.London()).Format(time.DateTime), err)
	}
	return nil
}
