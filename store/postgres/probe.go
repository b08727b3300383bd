package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Oldest is the oldest version of PostgreSQL that may keep the register.
const Oldest = 15

// Report is what a database says about itself.
type Report struct {
	Name        string // its address, without its secrets
	Version     string // of the server, such as 15.8
	Major       int
	Tables      bool // whether it holds the register's
	TLS         bool // whether the connection is encrypted
	Fsync       bool // whether it waits for its disk before it reports a commit
	Replicas    int  // how many are connected now
	Synchronous bool // whether it also waits for one of them
	ReadOnly    bool // whether it is a replica itself
}

// Probe asks a database about itself and changes nothing. The error is
// ErrUnreachable, or the database's.
func Probe(ctx context.Context, url, password string) (r Report, err error) {
	c, err := Parse(url, password)
	if err != nil {
		return r, err
	}
	db := &DB{name: nameOf(c.ConnConfig)}
	conn, err := pgx.ConnectConfig(ctx, c.ConnConfig)
	if err != nil {
		return r, db.explained(err)
	}
	defer func() { _ = conn.Close(ctx) }() // it has changed nothing that could be lost
	r.Name = db.name
	var number int
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), current_setting('server_version_num')::int,
		to_regclass('entries') IS NOT NULL AND to_regclass('writers') IS NOT NULL,
		coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
		current_setting('fsync')::bool, (SELECT count(*) FROM pg_stat_replication)::int,
		current_setting('synchronous_standby_names') <> '', pg_is_in_recovery()`).
		Scan(&r.Version, &number, &r.Tables, &r.TLS, &r.Fsync, &r.Replicas, &r.Synchronous, &r.ReadOnly)
	r.Major = number / 10000
	return r, db.explained(err)
}

func nameOf(c *pgx.ConnConfig) string {
	return fmt.Sprintf("postgres://%s@%s:%d/%s", c.User, c.Host, c.Port, c.Database)
}
