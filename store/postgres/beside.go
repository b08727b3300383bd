package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Heartbeat is what another process last recorded about itself. Both values are
// only useful for comparing them with earlier ones.
type Heartbeat struct {
	Life     string // changes while it lives and sends heartbeats
	Recorded string // changes with everything that it records
}

// ProcessID returns the name of this process among those that write.
func (db *DB) ProcessID() string { return db.writer }

// lives begins the name of the row of writers in which a process shows that it
// lives. The row is separate from the one with its mark, so that no transaction
// waits for it.
const lives = "lives "

// beat does not wait for the disk, since it need not outlast the server.
const beat = `WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), us AS (
	INSERT INTO writers (id, mark) SELECT $1, '' FROM quick ON CONFLICT (id) DO UPDATE SET at = clock_timestamp())
SELECT id, mark, at::text FROM writers WHERE id NOT IN ($1, $2) ORDER BY id`

// SendHeartbeat records that this process lives, and returns what every other
// one last recorded, by its ProcessID.
func (db *DB) SendHeartbeat() (map[string]Heartbeat, error) {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	rows, err := db.pool.Query(ctx, beat, lives+db.writer, db.writer)
	if err != nil {
		return nil, db.explained(err)
	}
	signs := map[string]Heartbeat{}
	var id, mark, at string
	_, err = pgx.ForEachRow(rows, []any{&id, &mark, &at}, func() error {
		writer, life := strings.CutPrefix(id, lives)
		s := signs[writer]
		if s.Life += at; !life {
			s.Recorded = mark
		}
		signs[writer] = s
		return nil
	})
	return signs, db.explained(err)
}

// Broadcast sends a message to all who listen. It may be lost.
func (db *DB) Broadcast(word string) error {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	_, err := db.pool.Exec(ctx, "SELECT pg_notify(left('requestd ' || current_schema(), 63), $1)", db.writer+" "+word)
	return db.explained(err)
}

// Listen calls hear with each message that other processes broadcast, until the
// context ends or the connection is lost. It calls ready once it listens.
func (db *DB) Listen(ctx context.Context, ready func(), hear func(word string)) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return db.explained(err)
	}
	c := conn.Hijack()
	defer func() { _ = c.Close(context.Background()) }() // nobody else uses it
	var schema string
	if err := c.QueryRow(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return db.explained(err)
	}
	if _, err := c.Exec(ctx, "LISTEN "+pgx.Identifier{"requestd " + schema}.Sanitize()); err != nil {
		return db.explained(err)
	}
	ready()
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return db.explained(fmt.Errorf("listen: %w", err))
		}
		if from, word, _ := strings.Cut(n.Payload, " "); from != db.writer {
			hear(word)
		}
	}
}
