package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sort"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// tx is an ordered.Tx. It remembers what it read, which cannot change in its
// snapshot, and what it wrote until it is committed.
type tx struct {
	db     *DB
	conn   *pgxpool.Conn
	writes bool
	begun  bool // a transaction has begun in the database
	alone  bool // nobody else can record anything from its beginning on
	ended  bool
	err    error // the first failure to read
	tables map[string]*table
	kept   int   // how many entries are remembered in tables
	asked  reads // everything that was read, to be read at once if it runs again
	ahead  reads // what is to be read with the next read
}

// table is what a transaction knows about one table.
type table struct {
	read    map[string]entry
	pages   []page
	backs   map[asked]page    // read backwards
	used    map[string]uint32 // the version of each key whose value f read
	walks   map[string]span   // what its iterations saw
	written map[string][]byte // nil for a key that was deleted
	added   map[string][]byte // appended to values that were not read
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

// end releases the connection. What was not committed is not recorded; nobody
// waits for the database to confirm the rollback.
func (x *tx) end() {
	if !x.begun || x.ended || x.conn.Conn().IsClosed() {
		x.conn.Release()
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		_, _ = x.conn.Exec(ctx, "ROLLBACK") // if it fails the pool closes the connection, which works as well
		x.conn.Release()
	}()
}

// send sends what is in a batch to the database, after the beginning of the
// transaction if that is still to be sent, and passes the answers to read.
func (x *tx) send(b *pgx.Batch, read func(pgx.BatchResults) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), roundTrip)
	defer cancel()
	x.db.trips.Add(1)
	if x.writes {
		defer x.db.impatient()()
	}
	beginning := 0
	if !x.begun {
		all := &pgx.Batch{}
		if x.alone {
			all.Queue(beginRecord)
			all.Queue(briefly)
			all.Queue(lockAlone)
		} else {
			all.Queue(beginRead)
		}
		beginning = all.Len()
		all.QueuedQueries = append(all.QueuedQueries, b.QueuedQueries...)
		b, x.begun = all, true
	}
	res := x.conn.SendBatch(ctx, b)
	for range beginning {
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
		t = &table{read: map[string]entry{}, backs: map[asked]page{}, used: map[string]uint32{}, walks: map[string]span{}, written: map[string][]byte{}, added: map[string][]byte{}}
		x.tables[string(name)] = t
	}
	return t
}

// keep makes room if a long transaction has read much: what it drops can be
// read again.
func (x *tx) keep(n int) {
	if x.kept += n; x.kept > mostKept {
		x.kept = 0
		for _, t := range x.tables {
			t.read, t.pages, t.backs = map[string]entry{}, nil, map[asked]page{}
		}
	}
}

func (x *tx) Err() error { return x.err }

func (x *tx) Put(name, key, value []byte) error {
	t := x.table(name)
	delete(t.added, string(key))
	t.write(string(key), append([]byte{}, value...))
	return nil
}

func (x *tx) Delete(name, key []byte) error {
	t := x.table(name)
	delete(t.added, string(key))
	t.write(string(key), nil)
	return nil
}

func (x *tx) Append(name, key, more []byte) error {
	t := x.table(name)
	if _, wrote := t.written[string(key)]; wrote || t.knows(string(key)) {
		return x.Put(name, key, append(slices.Clone(x.Get(name, key)), more...))
	}
	t.added[string(key)] = append(t.added[string(key)], more...)
	return nil
}

// settle reads the values of a table that were appended to, since the table is
// about to be read.
func (x *tx) settle(name []byte) {
	t := x.table(name)
	if len(t.added) == 0 {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(t.added)) {
		more := t.added[key]
		delete(t.added, key)
		t.write(key, append(slices.Clone(x.Get(name, []byte(key))), more...))
	}
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
	x.PrefetchNumber(name)
	if v := x.Get(numbers, name); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

func (x *tx) PrefetchNumber([]byte) {
	x.PrefetchFrom(numbers, nil) // there are few, and whoever asks for one usually asks for another
}

// Version returns a hash over the commits that the snapshot sees.
func (x *tx) Version() uint64 {
	b := &pgx.Batch{}
	b.Queue("SELECT pg_current_snapshot()::text")
	var s string
	if err := x.send(b, func(res pgx.BatchResults) error { return res.QueryRow().Scan(&s) }); err != nil {
		x.err = fmt.Errorf("ask for the snapshot: %w", err)
	}
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
