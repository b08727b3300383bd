package store

import (
	"context"

	"requestd/store/postgres"
)

// Sign is what a process with the same register last recorded of itself.
type Sign = postgres.Sign

// What follows is for a register in a database, which several processes hold.

// Writer names this process among those that hold the register.
func (db *DB) Writer() string { return db.pg.Writer() }

// Beat records that this process lives, and returns what each other one last recorded.
func (db *DB) Beat() (map[string]Sign, error) { return db.pg.Beat() }

// Tell says a word to the other processes that listen. It may be lost: whoever
// must know finds it in the register as well.
func (db *DB) Tell(word string) error { return db.pg.Tell(word) }

// Listen gives hear what other processes tell, until the context ends or the
// connection is lost. It calls ready once it listens.
func (db *DB) Listen(ctx context.Context, ready func(), hear func(word string)) error {
	return db.pg.Listen(ctx, ready, hear)
}
