package postgres

import (
	"context"
	"time"
)

// silence is how long whoever has the turn may be silent.
const silence = 3 * time.Second

// unseat ends the sessions that have a lock of turns and have been silent so
// long. Of one that stalls between two batches the server notices that by itself
// (briefly); of one that stalls amid a batch that it sends, or an answer that it
// is sent, it does not, nor that its machine is gone.
const unseat = `SELECT count(pg_terminate_backend(a.pid)) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
	WHERE l.relation = to_regclass('turns') AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND l.granted AND l.mode <> 'AccessShareLock' AND a.application_name LIKE 'requestd %'
	AND a.wait_event_type = 'Client' AND a.state_change < clock_timestamp() - $1::interval`

// impatient has those looked for who keep us from our turn, from when we have
// waited for as long as they may be silent until it is stopped.
func (db *DB) impatient() (stop func()) {
	waits, cancel := context.WithCancel(context.Background())
	after := time.AfterFunc(silence, func() {
		for waits.Err() == nil {
			ctx, done := context.WithTimeout(context.Background(), connectTimeout)
			_, _ = db.pool.Exec(ctx, unseat, silence) // where that fails it is tried again
			done()
			select {
			case <-waits.Done():
			case <-time.After(time.Second):
			}
		}
	})
	return func() { cancel(); after.Stop() }
}
