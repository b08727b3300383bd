package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"
)

const (
	firstPage = 8 // entries; more are asked for as an iteration goes on
	fullPage  = 1024
	mostKept  = 20_000 // entries that a transaction remembers
	mostAgain = 500    // reads that are done again at once
)

const (
	selectOne  = "SELECT value FROM entries WHERE bucket = $1 AND key = $2"
	selectPage = "SELECT key, value FROM entries WHERE bucket = $1 AND key >= $2 ORDER BY key LIMIT $3"
	selectBack = "SELECT key, value FROM entries WHERE bucket = $1 AND key < $2 ORDER BY key DESC LIMIT $3"
	selectLast = "SELECT key, value FROM entries WHERE bucket = $1 ORDER BY key DESC LIMIT $2"
	selectMany = "SELECT e.bucket, e.key, e.value FROM unnest($1::text[], $2::bytea[]) AS u (bucket, key) JOIN entries e ON e.bucket = u.bucket AND e.key = u.key"
)

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
