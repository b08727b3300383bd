package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Sign is what another process shows of itself. Both are of use for comparing
// with what it showed before, and for nothing else.
type Sign struct {
	Life     string // changes while it lives and gives signs
	Recorded string // changes with whatever it records
}

// Writer names this process among those that write.
func (db *DB) Writer() string { return db.writer }

// Beat gives a sign of our life, and what every other process shows.
func (db *DB) Beat() (map[string]Sign, error) {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	// What a statement changes it does not see itself: the rows are the others'.
	rows, err := db.pool.Query(ctx, "WITH us AS (UPDATE writers SET at = clock_timestamp() WHERE id = $1) SELECT id, at::text || mark, mark FROM writers WHERE id <> $1", db.writer)
	if err != nil {
		return nil, db.explained(err)
	}
	signs := map[string]Sign{}
	var id string
	var s Sign
	_, err = pgx.ForEachRow(rows, []any{&id, &s.Life, &s.Recorded}, func() error { signs[id] = s; return nil })
	return signs, db.explained(err)
}

// Tell says a word to all who listen. It may be lost.
func (db *DB) Tell(word string) error {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	_, err := db.pool.Exec(ctx, "SELECT pg_notify(left('requestd ' || current_schema(), 63), $1)", db.writer+" "+word)
	return db.explained(err)
}

// Listen gives hear the words that other processes tell, until the context
// ends or the connection is lost, which is its error. Once it listens it calls ready.
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
