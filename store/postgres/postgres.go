// Package postgres keeps the register's tables in a PostgreSQL database, for
// several daemons at once. It knows nothing of requests and letters: package
// store defines what the keys mean.
//
// All tables are in one table of the database, entries, in the schema that the
// connection's search_path names first. Transactions that write are
// serializable (see check.go); if another one conflicts, the whole transaction
// runs again. What they write is sent at once when they end.
// write is sent in one go when they end.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"requestd/store/ordered"
)

var (
	// ErrUnreachable is returned when the database does not answer, or not at the
	// moment: the same may be tried again later.
	ErrUnreachable = errors.New("the database cannot be reached")
	// ErrNoTables is returned when the database holds no register.
	ErrNoTables = errors.New("the database holds no register")
)

// How long things may take. In a healthy database nothing in a transaction
// takes seconds, and a connection that was cut may never report it.
const (
	connectTimeout = 5 * time.Second
	roundTrip      = 30 * time.Second
	idleTimeout    = "60s" // of a transaction whose client has disappeared
	connections    = 12
)

// DB is a database that holds a register, or is to hold one. Its methods are
// safe for concurrent use; one Update runs at a time.
type DB struct {
	pool    *pgxpool.Pool
	name    string // for messages: without a password
	writing sync.Mutex
	writer  string // the name of this process among those that write
	mark    string // of our transaction that was last recorded
	doubted bool   // whether the mark in the database may be another
	trips   atomic.Int64

	Rehearse bool // run each Update twice: for tests
}

// Parse parses the address of a database, postgres://USER@HOST:PORT/DATABASE.
// It refuses one that contains a password, or that would send a password and
// the register over a network without verifying the server.
func Parse(url, password string) (*pgxpool.Config, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errors.New("it must begin with postgres://")
	}
	if _, behind, _ := strings.Cut(url, "://"); strings.Contains(before(behind, "@"), ":") || strings.Contains(url, "password=") {
		return nil, errors.New("it holds a password, which belongs into a file or the environment")
	}
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read as postgres://USER@HOST:PORT/DATABASE, with sslrootcert=FILE and search_path=SCHEMA behind a question mark where they are needed: %w", err)
	}
	hosts := []string{c.ConnConfig.Host}
	for _, f := range c.ConnConfig.Fallbacks {
		hosts = append(hosts, f.Host)
	}
	for _, host := range hosts {
		if !near(host) && !strings.Contains(url, "sslmode=verify-full") {
			return nil, fmt.Errorf("%s is another machine: add sslmode=verify-full, and sslrootcert=FILE where the system does not know who signed its certificate", host)
		}
	}
	if password != "" {
		c.ConnConfig.Password = password
	}
	c.ConnConfig.ConnectTimeout = connectTimeout
	c.MaxConns = connections
	for k, v := range map[string]string{"idle_in_transaction_session_timeout": idleTimeout,
		"synchronous_commit":  "on", // what is recorded is on disk, whatever the server's default
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
		// Every query reads a few keys of many, or keys in their order.
		"enable_seqscan": "off", "enable_bitmapscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
		"plan_cache_mode": "force_generic_plan"} {
		if _, set := c.ConnConfig.RuntimeParams[k]; !set {
			c.ConnConfig.RuntimeParams[k] = v
		}
	}
	return c, nil
}

// before returns the part of s before sep; "" if s does not contain it.
func before(s, sep string) string {
	if b, _, found := strings.Cut(s, sep); found {
		return b
	}
	return ""
}

// near reports whether a host is this machine: a socket's directory, or a
// loopback address.
func near(host string) bool {
	return strings.HasPrefix(host, "/") || host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Open connects to the database. With create it makes the tables if there are
// none. The error is ErrUnreachable, ErrNoTables, or the database's.
func Open(url, password string, create bool) (*DB, error) {
	c, err := Parse(url, password)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	writer := rand.Text()
	c.ConnConfig.RuntimeParams["application_name"] = "requestd " + writer
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	db := &DB{pool: pool, writer: writer, mark: rand.Text(),
		name: nameOf(c.ConnConfig)}
	if err := db.begin(ctx, create); err != nil {
		pool.Close()
		return nil, db.explained(err)
	}
	return db, nil
}

// begin looks for the tables, and adds this process to the writers.
func (db *DB) begin(ctx context.Context, create bool) error {
	var there, turns bool
	err := db.pool.QueryRow(ctx, "SELECT to_regclass('entries') IS NOT NULL AND to_regclass('writers') IS NOT NULL, to_regclass('turns') IS NOT NULL").Scan(&there, &turns)
	switch {
	case err != nil:
		return err
	case !there && !create:
		return ErrNoTables
	case !there || !turns: // the first registers did not have turns
		if _, err := db.pool.Exec(ctx, layout); err != nil {
			return err
		}
	}
	_, err = db.pool.Exec(ctx, "INSERT INTO writers (id, mark) VALUES ($1, $2)", db.writer, db.mark)
	return err
}

// layout makes the tables; turns is only used for its lock. The other lock
// keeps apart two processes that begin at once.
const layout = `
SELECT pg_advisory_xact_lock(7265717565737464);
CREATE TABLE IF NOT EXISTS entries (
	bucket text COLLATE "C" NOT NULL,
	key    bytea NOT NULL,
	value  bytea NOT NULL,
	PRIMARY KEY (bucket, key)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE IF NOT EXISTS writers (
	id   text PRIMARY KEY,
	mark text NOT NULL,
	at   timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS turns ();`

// Close ends the connections, once the transactions have ended.
func (db *DB) Close() error {
	db.writing.Lock()
	defer db.writing.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	// If this fails, the row is removed later, like that of a process that was
	// killed.
	_, _ = db.pool.Exec(ctx, "DELETE FROM writers WHERE id IN ($1, $2) OR at < now() - interval '30 days'", db.writer, lives+db.writer)
	db.pool.Close()
	return nil
}

// Clear removes every entry, such as those of an interrupted copy.
func (db *DB) Clear() error {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	_, err := db.pool.Exec(ctx, "TRUNCATE entries")
	return db.explained(err)
}

// Others returns how many other processes are connected and use the same
// tables, and how many of these are not waiting for one that runs Alone.
func (db *DB) Others() (all, atWork int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	err = db.pool.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE waits = 0) FROM (
			SELECT count(*) FILTER (WHERE a.wait_event = 'advisory') AS waits FROM pg_stat_activity a JOIN writers w ON a.application_name = 'requestd ' || w.id
			WHERE a.datname = current_database() AND w.id <> $1 GROUP BY w.id) AS others`, db.writer).Scan(&all, &atWork)
	return all, atWork, db.explained(err)
}

// Trips returns how often a transaction has waited for an answer.
func (db *DB) Trips() int64 { return db.trips.Load() }

// Name returns the database's address, without its secrets.
func (db *DB) Name() string { return db.name }

// Size returns how many bytes the tables use.
func (db *DB) Size() (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	var size int64
	err := db.pool.QueryRow(ctx, "SELECT pg_total_relation_size('entries')").Scan(&size)
	return size, db.explained(err)
}

// Alone runs f while no other process that calls Alone runs its own: for a
// migration.
func (db *DB) Alone(f func() error) error {
	ctx := context.Background()
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return db.explained(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7265717565737465)"); err != nil {
		return db.explained(err)
	}
	err = f()
	_, unlock := conn.Exec(ctx, "SELECT pg_advisory_unlock(7265717565737465)")
	return errors.Join(err, db.explained(unlock))
}

// Vacuum removes rows that were deleted or replaced from the table once nobody
// can see them any more, and so makes room. Nobody waits for it.
func (db *DB) Vacuum(ctx context.Context) error {
	_, err := db.pool.Exec(ctx, "VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF, ANALYZE) entries")
	return db.explained(err)
}

// View runs f on the tables as they are now.
func (db *DB) View(f func(ordered.Tx) error) error {
	x, err := db.start(false)
	if err != nil {
		return err
	}
	defer x.end()
	if err = f(x); x.err != nil {
		return db.explained(x.err)
	}
	return err
}

// Update runs f, and records what it wrote if it returns nil. It runs f again
// if another transaction conflicted or the connection was lost. After a
// conflict nobody else records anything while f runs again: else one that reads
// much would never finish among many short ones.
func (db *DB) Update(f func(ordered.Tx) error) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	var last *tx
	lost, alone := 0, false
	for attempt := 0; ; attempt++ {
		err := db.settle()
		if err == nil {
			last, err = db.attempt(f, last, alone)
		}
		switch {
		case errors.Is(err, errRehearsed):
		case conflict(err) && attempt < attempts:
			alone = lost == 0
			time.Sleep(time.Duration(min(attempt, 20)) * time.Duration(1+rand.Text()[0]%4) * time.Millisecond)
		case severed(err) && lost < losses:
			lost++
			alone = false   // running alone may have taken too long
			db.pool.Reset() // the other connections are as old
			time.Sleep(time.Duration(lost*lost) * 20 * time.Millisecond)
		default:
			return db.explained(err)
		}
	}
}

const (
	attempts = 200 // of one transaction that conflicts with others
	losses   = 3   // of the connection, in one transaction
)

// attempt runs f once. It first repeats all reads of the attempt before at
// once.
func (db *DB) attempt(f func(ordered.Tx) error, last *tx, alone bool) (*tx, error) {
	x, err := db.start(true)
	if err != nil {
		return last, err
	}
	x.alone = alone
	defer x.end()
	if last != nil {
		x.readAgain(last)
	}
	err = f(x)
	if x.err != nil {
		return x, x.err // reads failed, so what f returned means nothing
	}
	if err != nil {
		return x, err
	}
	if db.Rehearse && last == nil {
		return x, errRehearsed
	}
	return x, x.commit()
}

var errRehearsed = errors.New("it was only rehearsed")

// conflict reports whether a transaction failed only because of another one.
func conflict(err error) bool {
	return hasCode(err, "40001", "40P01", otherMark, stale)
}

func hasCode(err error, codes ...string) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && slices.Contains(codes, p.Code)
}

// severed reports whether the connection failed, and not what was asked.
func severed(err error) bool {
	if err == nil || errors.Is(err, errDoubt) {
		return false
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		// shut down, starting, too many connections, a standby, a session ended for idling
		return strings.HasPrefix(p.Code, "57P") || strings.HasPrefix(p.Code, "08") || p.Code == "53300" || p.Code == "25006" || p.Code == "25P03"
	}
	var n net.Error
	var c *pgconn.ConnectError
	return errors.As(err, &n) || errors.As(err, &c) || // a deadline is one of the first as well
		pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "unexpected EOF")
}

// explained adds to an error what it means.
func (db *DB) explained(err error) error {
	var p *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, ErrUnreachable), errors.Is(err, ErrNoTables):
		return err
	case severed(err), errors.Is(err, errDoubt):
		return fmt.Errorf("%w: %s: start it, or mend the network or store.url; until then nothing is recorded, and it is tried again (%w)", ErrUnreachable, db.name, err)
	case errors.As(err, &p) && p.Code == "53100":
		return fmt.Errorf("%w: %s: its disk is full; make room there (%w)", ErrUnreachable, db.name, err)
	case errors.As(err, &p) && (strings.HasPrefix(p.Code, "28") || p.Code == "3D000" || p.Code == "42501"):
		return fmt.Errorf("%w: %s lets us not in: make its user, database and rights, or mend store.url and its password (%w)", ErrUnreachable, db.name, err)
	}
	return err
}

// errDoubt says that the connection was lost while a transaction was recorded.
var errDoubt = errors.New("the connection was lost while a step was recorded")

// settle makes sure, after the connection was lost while a transaction was
// recorded, that it can no longer be recorded: it waits for any session that
// holds the row of our mark, and one that comes later finds another mark.
func (db *DB) settle() error {
	if !db.doubted {
		return nil
	}
	_, err := db.recorded("")
	return err
}

// recorded reports whether the transaction with that mark was recorded, and
// sets a new mark, so that it cannot be recorded later.
func (db *DB) recorded(mark string) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	db.doubted = true
	fence, found := rand.Text(), ""
	err := pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(t pgx.Tx) error {
		err := t.QueryRow(ctx, "SELECT mark FROM writers WHERE id = $1 FOR UPDATE", db.writer).Scan(&found)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) { // somebody may have deleted the row as left behind
			return err
		}
		_, err = t.Exec(ctx, "INSERT INTO writers (id, mark) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark", db.writer, fence)
		return err
	})
	if err != nil {
		return false, err
	}
	db.mark, db.doubted = fence, false
	return found == mark, nil
}
