package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// otherMark is how setMark fails: by a division by nothing.
const otherMark = "22012"

const (
	upsert     = "INSERT INTO entries (bucket, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value"
	appendMany = "INSERT INTO entries (bucket, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) ON CONFLICT (bucket, key) DO UPDATE SET value = entries.value || excluded.value"
	deleteMany = "DELETE FROM entries e USING unnest($1::text[], $2::bytea[]) AS u (bucket, key) WHERE e.bucket = u.bucket AND e.key = u.key"
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	// A program from before records among others, and leaves it to the database to
	// find that one came in between: for its sake it is told here as well.
	beginRecord = "BEGIN ISOLATION LEVEL SERIALIZABLE"
	// One records at a time. LOCK takes no snapshot: what a transaction sees that
	// has the lock cannot change until it ends.
	lockAlone = "LOCK TABLE turns IN EXCLUSIVE MODE"
	// While one records the others wait to record, though not to give signs of
	// life: a process that stalls in between, or is cut off, loses its connection.
	briefly = "SET LOCAL idle_in_transaction_session_timeout = '3s'"
	// Where the mark is another, it ends the transaction.
	setMark = "WITH u AS (UPDATE writers SET mark = $3, at = now() WHERE id = $1 AND mark = $2 RETURNING 1) SELECT 1 / count(*) FROM u"
)

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
			case v == nil && known && old.value == nil, v != nil && old.value != nil && string(v) == string(old.value):
				t.used[key] = old.version // as it stands there, if it does so still
			case v == nil:
				gone, goneKeys = append(gone, name), append(goneKeys, []byte(key))
			default:
				buckets, keys, values = append(buckets, name), append(keys, []byte(key)), append(values, v)
			}
		}
	}
	var more, moreTo [][]byte
	var moreIn []string
	for _, name := range names {
		added := x.tables[name].added
		for _, key := range slices.Sorted(maps.Keys(added)) {
			moreIn, moreTo, more = append(moreIn, name), append(moreTo, []byte(key)), append(more, added[key])
		}
	}
	writes := len(buckets)+len(gone)+len(more) > 0
	if !writes {
		return nil // what was read was so at one moment
	}
	b := &pgx.Batch{}
	if !x.alone {
		if x.begun {
			b.Queue("COMMIT")
		}
		b.Queue(beginRecord)
		b.Queue(lockAlone)
		x.check(b)
		x.begun = true
	}
	if len(buckets) > 0 {
		b.Queue(upsert, buckets, keys, values)
	}
	if len(more) > 0 {
		b.Queue(appendMany, moreIn, moreTo, more)
	}
	if len(gone) > 0 {
		b.Queue(deleteMany, gone, goneKeys)
	}
	mark := rand.Text()
	b.Queue(setMark, x.db.writer, x.db.mark, mark)
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
		x.ended, x.db.mark = true, mark
		return nil
	case !severed(err):
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
