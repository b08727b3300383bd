package postgres

import (
	"context"
	"time"
)

// silence is how long the process that has the turn may be silent.
const silence = 3 * time.Second

// unseat ends the sessions that hold a lock on turns and have been silent for
// that long. If a session stalls between two batches the server itself notices
// (briefly). It does not notice one that stalls in the middle of sending a
// batch or receiving an answer, nor that its machine is gone.
const unseat = `SELECT count(pg_terminate_backend(a.pid)) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
	WHERE l.relation = to_regclass('turns') AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND l.granted AND l.mode <> 'AccessShareLock' AND a.application_name LIKE 'requestd %'
	AND a.wait_event_type = 'Client' AND a.state_change < clock_timestamp() - $1::interval`

// impatient begins to end silent sessions that keep us from our turn once we
// have waited as long as they may be silent, until it is stopped.
func (db *DB) impatient() (stop func()) {
	waits, cancel := context.WithCancel(context.Background())
	after := time.AfterFunc(silence, func() {
		for waits.Err() == nil {
			ctx, done := context.WithTimeout(context.Background(), connectTimeout)
			_, _ = db.pool.Exec(ctx, unseat, silence) // if it fails it is tried again
			done()
			select {
			case <-waits.Done():
			case <-time.After(time.Second):
			}
		}
	})
	return func() { cancel(); after.Stop() }
}
