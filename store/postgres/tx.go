package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"sort"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// tx is an ordered.Tx. It keeps what it read, which in its snapshot cannot
// change, and what it wrote until it is committed.
type tx struct {
	db     *DB
	conn   *pgxpool.Conn
	writes bool
	begun  bool // the database knows of it
	ended  bool
	err    error // the first failure to read
	tables map[string]*table
	kept   int // entries in tables
	asked  reads
}

// table is what a transaction knows of one.
type table struct {
	read    map[string][]byte // nil for a key that is not there
	pages   []page
	written map[string][]byte // nil for a key that was removed
	order   []string          // the keys of written, sorted
}

var numbers = []byte("sequences")

func (db *DB) start(writes bool) (*tx, error) {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return nil, db.explained(fmt.Errorf("connect: %w", err))
	}
	return &tx{db: db, conn: conn, writes: writes, tables: map[string]*table{}}, nil
}

// end gives the connection back. What was not committed is not recorded.
func (x *tx) end() {
	if x.begun && !x.ended && !x.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		_, _ = x.conn.Exec(ctx, "ROLLBACK") // on failure the pool closes the connection, which is as good
	}
	x.conn.Release()
}

// send has the database do what f puts into a batch, behind the beginning of
// the transaction where that is still to come, and gives the answers to read.
func (x *tx) send(b *pgx.Batch, read func(pgx.BatchResults) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	begins := !x.begun
	if begins {
		how := "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
		if x.writes {
			how = "BEGIN ISOLATION LEVEL SERIALIZABLE"
		}
		all := &pgx.Batch{}
		all.Queue(how)
		all.QueuedQueries = append(all.QueuedQueries, b.QueuedQueries...)
		b, x.begun = all, true
	}
	res := x.conn.SendBatch(ctx, b)
	if begins {
		if _, err := res.Exec(); err != nil {
			_ = res.Close()
			return err
		}
	}
	if err := read(res); err != nil {
		_ = res.Close()
		return err
	}
	return res.Close()
}

func (x *tx) table(name []byte) *table {
	t := x.tables[string(name)]
	if t == nil {
		t = &table{read: map[string][]byte{}, written: map[string][]byte{}}
		x.tables[string(name)] = t
	}
	return t
}

// keep makes room where a long transaction has read much: it may be read again.
func (x *tx) keep(n int) {
	if x.kept += n; x.kept > mostKept {
		x.kept = 0
		for _, t := range x.tables {
			t.read, t.pages = map[string][]byte{}, nil
		}
	}
}

func (x *tx) fail(what string, err error) {
	if x.err == nil {
		x.err = fmt.Errorf("%s: %w", what, err)
	}
}

func (x *tx) Err() error { return x.err }

func (x *tx) Put(name, key, value []byte) error {
	x.table(name).write(string(key), append([]byte{}, value...))
	return nil
}

func (x *tx) Delete(name, key []byte) error {
	x.table(name).write(string(key), nil)
	return nil
}

func (t *table) write(key string, value []byte) {
	if _, known := t.written[key]; !known {
		i := sort.SearchStrings(t.order, key)
		t.order = slices.Insert(t.order, i, key)
	}
	t.written[key] = value
}

func (x *tx) NextNumber(name []byte) (uint64, error) {
	n := x.LastNumber(name) + 1
	return n, x.SetNumber(name, n)
}

func (x *tx) SetNumber(name []byte, n uint64) error {
	return x.Put(numbers, name, binary.BigEndian.AppendUint64(nil, n))
}

func (x *tx) LastNumber(name []byte) uint64 {
	if v := x.Get(numbers, name); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

// Version is a hash over what the snapshot sees of other transactions.
func (x *tx) Version() uint64 {
	b := &pgx.Batch{}
	b.Queue("SELECT pg_current_snapshot()::text")
	var s string
	if err := x.send(b, func(res pgx.BatchResults) error { return res.QueryRow().Scan(&s) }); err != nil {
		x.fail("ask for the snapshot", err)
	}
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
