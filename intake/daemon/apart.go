package daemon

import (
	"context"
	"fmt"
	"time"

	"requestd/intake/apart"
)

// journal ends the name of the file, next to the register or the control
// socket, that says which mails are being read.
const journal = ".reading"

// ReadApart makes mail be read by child processes from now on: a mail that
// takes too much ends its process and not the daemon. Call it before Run or
// Once, in a program that handles [apart.Command].
func (d *Daemon) ReadApart() error {
	beside := d.Store.Path()
	if d.Store.InDatabase() {
		beside = d.socket // each daemon reads its own mails
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

// readingLimit is how long one mail may be read: several times the limit of its
// process, and the wait for another process.
const readingLimit = 2 * time.Minute

// stuckOver names a mail that has been read for longer than readingLimit.
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
