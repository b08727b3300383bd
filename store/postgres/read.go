package postgres

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

const (
	firstPage = 8 // entries; later pages of an iteration are larger
	fullPage  = 1024
	mostKept  = 20_000 // entries that a transaction remembers
	mostAgain = 10_000 // reads that are repeated at once
	mostAhead = 2_000  // reads that wait to be sent with another
)

const (
	selectOne  = "SELECT bucket, key, value, xmin FROM entries WHERE bucket = $1 AND key = $2"
	selectPage = "SELECT key, value, xmin FROM entries WHERE bucket = $1 AND key >= $2 ORDER BY key LIMIT $3"
	selectBack = "SELECT key, value, xmin FROM entries WHERE bucket = $1 AND key < $2 ORDER BY key DESC LIMIT $3"
	selectLast = "SELECT key, value, xmin FROM entries WHERE bucket = $1 ORDER BY key DESC LIMIT $2"
	selectMany = "SELECT e.bucket, e.key, e.value, e.xmin FROM unnest($1::text[], $2::bytea[]) AS u (bucket, key) JOIN entries e ON e.bucket = u.bucket AND e.key = u.key"
)

// page is a run of keys, with no other keys in between.
type page struct {
	start, end string // end is the first key that it does not cover
	last       bool   // there are no keys from end on
	keys       []string
	entries    []entry
}

// entry is the value of a key; the zero value means that there is none. Whoever
// writes the key changes the version.
type entry struct {
	value   []byte
	version uint32
}

// reads is what is read in one round trip.
type reads struct {
	buckets []string
	keys    [][]byte
	ranges  []asked
}

// asked is a page that was read.
type asked struct {
	bucket, start string // when reading backwards: the key after the page
	size          int
	back, open    bool // reads backwards, and from the end of the table
}

// query adds the query for a page to a batch.
func (a asked) query(b *pgx.Batch) {
	switch {
	case a.open:
		b.Queue(selectLast, a.bucket, a.size)
	case a.back:
		b.Queue(selectBack, a.bucket, []byte(a.start), a.size)
	default:
		b.Queue(selectPage, a.bucket, []byte(a.start), a.size)
	}
}

func (r *reads) key(name, key []byte) {
	r.buckets, r.keys = append(r.buckets, string(name)), append(r.keys, slices.Clone(key))
}

func (x *tx) Get(name, key []byte) []byte {
	t := x.table(name)
	if more, ok := t.added[string(key)]; ok {
		delete(t.added, string(key))
		t.write(string(key), append(slices.Clone(x.Get(name, key)), more...))
	}
	if v, ok := t.written[string(key)]; ok {
		return v
	}
	if !t.knows(string(key)) && x.err == nil {
		x.ahead.key(name, key)
		x.fetch()
	}
	e := t.read[string(key)]
	t.used[string(key)] = e.version
	return e.value
}

// knows reports whether it was read what a key holds.
func (t *table) knows(key string) bool {
	_, read := t.read[key]
	return read || t.within(key) >= 0 // if it existed it would be in read
}

// within returns the index of the page that covers a key, or -1.
func (t *table) within(key string) int {
	return slices.IndexFunc(t.pages, func(p page) bool { return p.start <= key && (p.last || key < p.end) })
}

func (x *tx) Prefetch(name, key []byte) {
	if t := x.table(name); !t.knows(string(key)) && len(x.ahead.keys) < mostAhead {
		x.ahead.key(name, key)
	}
}

func (x *tx) PrefetchFrom(name, start []byte) {
	if x.table(name).within(string(start)) < 0 && len(x.ahead.ranges) < mostAhead {
		x.ahead.ranges = append(x.ahead.ranges, asked{bucket: string(name), start: string(start), size: firstPage})
	}
}

func (x *tx) PrefetchBack(name, before []byte) {
	a := asked{bucket: string(name), start: string(before), size: firstPage, back: true}
	if _, known := x.table(name).backs[a]; !known && len(x.ahead.ranges) < mostAhead {
		x.ahead.ranges = append(x.ahead.ranges, a)
	}
}

// readPage returns size entries from start on, or the known ones that cover
// start.
func (x *tx) readPage(name []byte, start string, size int) (page, bool) {
	t := x.table(name)
	i := t.within(start)
	if i < 0 {
		x.ahead.ranges = append(x.ahead.ranges, asked{bucket: string(name), start: start, size: size})
		x.fetch()
		i = t.within(start)
	}
	if i < 0 {
		return page{}, false
	}
	return t.pages[i], true
}

// readBack returns size entries before a key, or the known ones.
func (x *tx) readBack(name []byte, end string, open bool, size int) (p page, known bool) {
	a := asked{bucket: string(name), start: end, size: size, back: true, open: open}
	t := x.table(name)
	if p, known = t.backs[a]; !known && x.err == nil {
		x.ahead.ranges = append(x.ahead.ranges, a)
		x.fetch()
		p, known = t.backs[a]
	}
	return p, known
}

// readAgain repeats in one round trip what the attempt before had read.
func (x *tx) readAgain(last *tx) {
	if x.ahead = last.asked; len(x.ahead.keys)+len(x.ahead.ranges) > 0 {
		x.fetch()
	}
}

// fetch reads everything that waits in ahead in one round trip.
func (x *tx) fetch() {
	r := x.ahead
	x.ahead = reads{}
	for i, key := range r.keys[:min(len(r.keys), max(0, mostAgain-len(x.asked.keys)))] {
		x.asked.key([]byte(r.buckets[i]), key)
	}
	for _, a := range r.ranges {
		if len(x.asked.ranges) < mostAgain && a.size < fullPage {
			x.asked.ranges = append(x.asked.ranges, a)
		}
	}
	n := len(r.keys)
	b := &pgx.Batch{}
	switch len(r.keys) {
	case 0:
	case 1:
		b.Queue(selectOne, r.buckets[0], r.keys[0])
	default:
		b.Queue(selectMany, r.buckets, r.keys)
	}
	for _, a := range r.ranges {
		a.query(b)
		n += a.size
	}
	x.keep(n)
	err := x.send(b, func(res pgx.BatchResults) error {
		if len(r.keys) > 0 {
			if err := x.takeKeys(r, res); err != nil {
				return err
			}
		}
		for _, a := range r.ranges {
			if err := x.takePage(a, res); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && x.err == nil {
		x.err = fmt.Errorf("read: %w", err)
	}
}

func (x *tx) takeKeys(r reads, res pgx.BatchResults) error {
	for i, key := range r.keys {
		x.table([]byte(r.buckets[i])).read[string(key)] = entry{}
	}
	rows, err := res.Query()
	if err != nil {
		return err
	}
	var bucket string
	var k, v []byte
	var version uint32
	_, err = pgx.ForEachRow(rows, []any{&bucket, &k, &v, &version}, func() error {
		x.table([]byte(bucket)).read[string(k)] = entry{v, version}
		return nil
	})
	return err
}

func (x *tx) takePage(a asked, res pgx.BatchResults) error {
	t, p := x.table([]byte(a.bucket)), page{start: a.start}
	rows, err := res.Query()
	if err != nil {
		return err
	}
	var k, v []byte
	var version uint32
	_, err = pgx.ForEachRow(rows, []any{&k, &v, &version}, func() error {
		p.keys, p.entries = append(p.keys, string(k)), append(p.entries, entry{v, version})
		t.read[string(k)] = entry{v, version}
		return nil
	})
	if err != nil {
		return err
	}
	if a.back {
		t.backs[a] = p
		return nil
	}
	if p.last = len(p.keys) < a.size; !p.last {
		p.end = p.keys[a.size-1] + "\x00"
	}
	t.pages = append(t.pages, p)
	return nil
}
