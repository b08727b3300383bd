package daemon

import (
	"context"
	"fmt"
	"time"

	"requestd/intake/apart"
)

// journal is the end of the name of the file beside the register, or the control socket, that says
// which mails are being read.
const journal = ".reading"

// ReadApart has mail read by processes of its own from now on, in which a mail
// that takes too much ends its process and not the daemon. It is called before
// Run or Once, by a program that knows [apart.Command].
func (d *Daemon) ReadApart() error {
	beside := d.Store.Path()
	if d.Store.InDatabase() {
		beside = d.socket // each daemon reads mails of its own
	}
	pool, err := apart.New(apart.Processes(), apart.DefaultLimits(), beside+journal, d.Log)
	if err != nil {
		return err
	}
	d.pool = pool
	d.Engine.ReadWith(pool)
	return nil
}

// endReading ends whatever is being read once the context ends: it is read at
// the next start, and nobody waits for it.
func (d *Daemon) endReading(ctx context.Context) {
	if d.pool != nil {
		context.AfterFunc(ctx, d.pool.Stop)
	}
}

// readingLimit is how long one mail may be read: several times what its
// process is given, and the wait for another.
const readingLimit = 2 * time.Minute

// stuckOver names the mail that has been read for longer than can be.
func (d *Daemon) stuckOver(now time.Time) string {
	if d.pool == nil {
		return ""
	}
	at, since := d.pool.Oldest()
	if since.IsZero() || now.Sub(since) <= readingLimit {
		return ""
	}
	return fmt.Sprintf("reading of mail %d in %s of mailbox %s", at.UID, at.Folder, at.Mailbox)
}
