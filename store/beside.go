package store

import (
	"context"

	"requestd/store/postgres"
)

// Heartbeat is what another process that uses the same register last recorded
// about itself: two values, useful only for seeing whether they have changed.
type Heartbeat = postgres.Heartbeat

// The methods below are for a register in a database, which several processes
// use.

// ProcessID identifies this process among those that use the register.
func (db *DB) ProcessID() string { return db.pg.ProcessID() }

// SendHeartbeat records that this process is alive and returns what every other
// one last recorded, by its ProcessID.
func (db *DB) SendHeartbeat() (map[string]Heartbeat, error) { return db.pg.SendHeartbeat() }

// Broadcast sends a short message to the other processes that listen. It may be
// lost, so everything that matters is in the register as well.
func (db *DB) Broadcast(word string) error { return db.pg.Broadcast(word) }

// Listen calls hear with each message that other processes broadcast, until the
// context ends or the connection is lost. It calls ready once it listens.
func (db *DB) Listen(ctx context.Context, ready func(), hear func(word string)) error {
	return db.pg.Listen(ctx, ready, hear)
}
