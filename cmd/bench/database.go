package main

import (
	"context"
	"fmt"

	"requestd/store/storetest"
)

// database is a PostgreSQL with its default settings, which waits for its disk
// as a file does.
type database struct {
	server    *storetest.Server
	registers int
}

func newDatabase() (*database, error) {
	server, err := storetest.StartServer()
	if err != nil {
		return nil, err
	}
	return &database{server: server}, nil
}

// takeIn reads a user's mailbox once into a new register in the database.
func (d *database) takeIn(ctx context.Context, b *bench, user string, port int) (result, error) {
	d.registers++
	url, err := d.server.Schema(fmt.Sprintf("register%d", d.registers))
	if err != nil {
		return result{}, err
	}
	r, _, err := b.requestdInto(ctx, url, user, port)
	return r, err
}
