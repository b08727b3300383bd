package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"
	"sort"
	"strings"
	"time"

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

// page is a run of keys of which there are no others.
type page struct {
	start, end string // end is the first key that it says nothing of
	last       bool   // there are no keys from end on
	keys       []string
	values     [][]byte
}

// reads is what a transaction asked for, to be asked for at once when it runs
// again.
type reads struct {
	buckets []string
	keys    [][]byte
	ranges  []asked
}

type asked struct {
	bucket, start string
	size          int
}

const (
	firstPage = 8 // entries; more are asked for as an iteration goes on
	fullPage  = 1024
	mostKept  = 20_000 // entries that a transaction remembers
	mostAgain = 500    // reads that are done again at once
)

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

// otherMark is how setMark fails: by a division by nothing.
const otherMark = "22012"

const (
	selectOne  = "SELECT value FROM entries WHERE bucket = $1 AND key = $2"
	selectPage = "SELECT key, value FROM entries WHERE bucket = $1 AND key >= $2 ORDER BY key LIMIT $3"
	selectBack = "SELECT key, value FROM entries WHERE bucket = $1 AND key < $2 ORDER BY key DESC LIMIT $3"
	selectLast = "SELECT key, value FROM entries WHERE bucket = $1 ORDER BY key DESC LIMIT $2"
	selectMany = "SELECT e.bucket, e.key, e.value FROM unnest($1::text[], $2::bytea[]) AS u (bucket, key) JOIN entries e ON e.bucket = u.bucket AND e.key = u.key"
	upsert     = "INSERT INTO entries (bucket, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value"
	deleteMany = "DELETE FROM entries e USING unnest($1::text[], $2::bytea[]) AS u (bucket, key) WHERE e.bucket = u.bucket AND e.key = u.key"
	// Where the mark is another, it ends the transaction.
	setMark = "WITH u AS (UPDATE writers SET mark = $3, at = now() WHERE id = $1 AND mark = $2 RETURNING 1) SELECT 1 / count(*) FROM u"
)

func (x *tx) Get(name, key []byte) []byte {
	t := x.table(name)
	if v, ok := t.written[string(key)]; ok {
		return v
	}
	if v, ok := t.read[string(key)]; ok {
		return v
	}
	if x.err != nil {
		return nil
	}
	if i := t.within(string(key)); i >= 0 {
		return nil // it would be in read
	}
	x.asked.key(name, key)
	b := &pgx.Batch{}
	b.Queue(selectOne, string(name), key)
	var value []byte
	err := x.send(b, func(res pgx.BatchResults) error {
		rows, err := res.Query()
		if err != nil {
			return err
		}
		for rows.Next() {
			if err := rows.Scan(&value); err != nil {
				return err
			}
		}
		rows.Close()
		return rows.Err()
	})
	if err != nil {
		x.fail("read from "+string(name), err)
		return nil
	}
	x.keep(1)
	t.read[string(key)] = value
	return value
}

// within is the page that says whether there is such a key, or -1.
func (t *table) within(key string) int {
	return slices.IndexFunc(t.pages, func(p page) bool { return p.start <= key && (p.last || key < p.end) })
}

func (r *reads) key(name, key []byte) {
	if len(r.keys) < mostAgain {
		r.buckets, r.keys = append(r.buckets, string(name)), append(r.keys, slices.Clone(key))
	}
}

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

// readPage gives the entries from start on, as many as size, or what is known of them.
func (x *tx) readPage(name []byte, start string, size int) (page, bool) {
	t := x.table(name)
	if i := t.within(start); i >= 0 {
		return t.pages[i], true
	}
	x.asked.page(name, start, size)
	b := &pgx.Batch{}
	b.Queue(selectPage, string(name), []byte(start), size)
	var p page
	err := x.send(b, func(res pgx.BatchResults) (err error) {
		p, err = x.takePage(t, start, size, res)
		return err
	})
	if err != nil {
		x.fail("read from "+string(name), err)
		return page{}, false
	}
	return p, true
}

func (r *reads) page(name []byte, start string, size int) {
	if len(r.ranges) < mostAgain && size < fullPage {
		r.ranges = append(r.ranges, asked{string(name), start, size})
	}
}

func (x *tx) takePage(t *table, start string, size int, res pgx.BatchResults) (page, error) {
	rows, err := res.Query()
	if err != nil {
		return page{}, err
	}
	defer rows.Close()
	p := page{start: start}
	x.keep(size)
	for rows.Next() {
		var k, v []byte
		if err := rows.Scan(&k, &v); err != nil {
			return page{}, err
		}
		p.keys, p.values = append(p.keys, string(k)), append(p.values, v)
		t.read[string(k)] = v
	}
	if p.last = len(p.keys) < size; !p.last {
		p.end = p.keys[size-1] + "\x00"
	}
	t.pages = append(t.pages, p)
	return p, rows.Err()
}

// readAgain reads in one go what the attempt before had read.
func (x *tx) readAgain(last *tx) {
	r := last.asked
	if len(r.keys)+len(r.ranges) == 0 {
		return
	}
	b := &pgx.Batch{}
	b.Queue(selectMany, r.buckets, r.keys)
	for _, a := range r.ranges {
		b.Queue(selectPage, a.bucket, []byte(a.start), a.size)
	}
	err := x.send(b, func(res pgx.BatchResults) error {
		for i, k := range r.keys {
			x.table([]byte(r.buckets[i])).read[string(k)] = nil
		}
		rows, err := res.Query()
		if err != nil {
			return err
		}
		for rows.Next() {
			var bucket string
			var k, v []byte
			if err := rows.Scan(&bucket, &k, &v); err != nil {
				return err
			}
			x.table([]byte(bucket)).read[string(k)] = v
		}
		if rows.Close(); rows.Err() != nil {
			return rows.Err()
		}
		for _, a := range r.ranges {
			if _, err := x.takePage(x.table([]byte(a.bucket)), a.start, a.size, res); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		x.fail("read again", err)
	}
	x.asked = r
}

func (x *tx) First(name, start []byte) []byte {
	for k := range x.From(name, start, func([]byte) bool { return true }) {
		return k
	}
	return nil
}

func (x *tx) From(name, start []byte, belongs func([]byte) bool) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		t, next, size := x.table(name), string(start), firstPage
		var p page
		i := 0
		for x.err == nil {
			for ; i < len(p.keys) && p.keys[i] < next; i++ {
			}
			if i == len(p.keys) && !(p.last && p.start <= next) {
				var ok bool
				from := next
				if len(p.keys) > 0 {
					from = max(p.end, next)
				}
				if p, ok = x.readPage(name, from, size); !ok {
					return
				}
				size = min(8*size, fullPage)
				i = sort.SearchStrings(p.keys, from)
				if i == len(p.keys) && !p.last {
					continue
				}
			}
			var key string
			var value []byte
			stored := i < len(p.keys)
			if stored {
				key = p.keys[i]
			}
			if w := sort.SearchStrings(t.order, next); w < len(t.order) && (!stored || t.order[w] <= key) {
				key = t.order[w]
				value = t.written[key]
			} else if !stored {
				return
			} else {
				value = p.values[i]
			}
			next = key + "\x00"
			if value == nil {
				continue // removed
			}
			if k := []byte(key); !belongs(k) || !yield(k, value) {
				return
			}
		}
	}
}

func (x *tx) Back(name, before []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		t, end, open := x.table(name), string(before), before == nil
		for size := firstPage; ; size = min(8*size, fullPage) {
			p, ok := x.readBack(name, end, open, size)
			for i := 0; ok; {
				for i < len(p.keys) && !open && p.keys[i] >= end {
					i++
				}
				w := len(t.order)
				if !open {
					w = sort.SearchStrings(t.order, end)
				}
				stored := i < len(p.keys)
				if !stored && len(p.keys) == size {
					break // more of them come before what was written
				}
				var value []byte
				switch {
				case w > 0 && (!stored || t.order[w-1] >= p.keys[i]):
					end = t.order[w-1]
					value = t.written[end]
				case stored:
					end, value = p.keys[i], p.values[i]
				default:
					return
				}
				open = false
				if value != nil && !yield([]byte(end), value) {
					return
				}
			}
			if !ok {
				return
			}
		}
	}
}

func (x *tx) readBack(name []byte, end string, open bool, size int) (p page, ok bool) {
	if x.err != nil {
		return p, false
	}
	b := &pgx.Batch{}
	if open {
		b.Queue(selectLast, string(name), size)
	} else {
		b.Queue(selectBack, string(name), []byte(end), size)
	}
	t := x.table(name)
	x.keep(size)
	err := x.send(b, func(res pgx.BatchResults) error {
		rows, err := res.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k, v []byte
			if err := rows.Scan(&k, &v); err != nil {
				return err
			}
			p.keys, p.values = append(p.keys, string(k)), append(p.values, v)
			t.read[string(k)] = v
		}
		return rows.Err()
	})
	if err != nil {
		x.fail("read from "+string(name), err)
	}
	return p, err == nil
}

// commit records what was written. The error is errDoubt where nobody can
// tell any more, which Update never sees: it is told here, as soon as the
// database can be reached.
func (x *tx) commit() error {
	var buckets, gone []string
	var keys, values, goneKeys [][]byte
	names := make([]string, 0, len(x.tables))
	for name := range x.tables {
		names = append(names, name)
	}
	slices.Sort(names) // so that two transactions lock in one order
	for _, name := range names {
		t := x.tables[name]
		for _, key := range t.order {
			v := t.written[key]
			old, known := t.read[key]
			switch {
			case v == nil && known && old == nil, v != nil && old != nil && string(v) == string(old):
				// as it stands there
			case v == nil:
				gone, goneKeys = append(gone, name), append(goneKeys, []byte(key))
			default:
				buckets, keys, values = append(buckets, name), append(keys, []byte(key)), append(values, v)
			}
		}
	}
	if !x.begun && len(buckets)+len(gone) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	if len(buckets) > 0 {
		b.Queue(upsert, buckets, keys, values)
	}
	if len(gone) > 0 {
		b.Queue(deleteMany, gone, goneKeys)
	}
	mark := ""
	if len(buckets)+len(gone) > 0 {
		mark = rand.Text()
		b.Queue(setMark, x.db.writer, x.db.mark, mark)
	}
	b.Queue("COMMIT")
	steps := b.Len()
	err := x.send(b, func(res pgx.BatchResults) error {
		for i := range steps {
			tag, err := res.Exec()
			if err != nil {
				return err
			}
			if i == steps-1 && !strings.HasPrefix(tag.String(), "COMMIT") {
				return fmt.Errorf("the database answers COMMIT with %s", tag)
			}
		}
		return nil
	})
	switch {
	case err == nil:
		x.ended = true
		if mark != "" {
			x.db.mark = mark
		}
		return nil
	case mark == "" || !severed(err):
		x.db.doubted = x.db.doubted || hasCode(err, otherMark)
		return err
	}
	return x.outcome(mark, err)
}

// outcome finds out whether a transaction was recorded over whose end the
// connection was lost.
func (x *tx) outcome(mark string, lost error) error {
	_ = x.conn.Conn().Close(context.Background())
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		done, err := x.db.recorded(mark)
		switch {
		case err == nil && done:
			return nil
		case err == nil:
			return lost
		case !severed(err) || wait > 2*time.Second:
			return fmt.Errorf("%w: %w", errDoubt, err)
		}
		time.Sleep(wait)
	}
}
