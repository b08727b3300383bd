package store

import (
	"context"

	"requestd/store/postgres"
)

// Sign is what another process that uses the same register last recorded of
// itself: two values, good only for seeing whether they have changed.
type Sign = postgres.Sign

// What follows is for a register in a database, which several processes hold.

// Writer identifies this process among those that use the register.
func (db *DB) Writer() string { return db.pg.Writer() }

// Beat records that this process is alive and returns what every other one last
// recorded, by its Writer.
func (db *DB) Beat() (map[string]Sign, error) { return db.pg.Beat() }

// Tell sends a short message to the other processes that listen. It may be
// lost, so everything that matters is in the register as well.
func (db *DB) Tell(word string) error { return db.pg.Tell(word) }

// Listen calls hear with each message that other processes send, until the
// context ends or the connection is lost. It calls ready once it listens.
func (db *DB) Listen(ctx context.Context, ready func(), hear func(word string)) error {
	return db.pg.Listen(ctx, ready, hear)
}
