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

// otherMark is the error code when setMark fails, which divides by zero.
const otherMark = "22012"

const (
	upsert     = "INSERT INTO entries (bucket, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value"
	appendMany = "INSERT INTO entries (bucket, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) ON CONFLICT (bucket, key) DO UPDATE SET value = entries.value || excluded.value"
	deleteMany = "DELETE FROM entries e USING unnest($1::text[], $2::bytea[]) AS u (bucket, key) WHERE e.bucket = u.bucket AND e.key = u.key"
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	// An older program records at the same time as others, and lets the database
	// detect conflicts; SERIALIZABLE lets it see ours.
	beginRecord = "BEGIN ISOLATION LEVEL SERIALIZABLE"
	// Only one process records at a time. LOCK takes no snapshot: what a
	// transaction that has the lock sees cannot change until it ends.
	lockAlone = "LOCK TABLE turns IN EXCLUSIVE MODE"
	// While one process records the others wait to record, but not to send
	// heartbeats: a process that stalls meanwhile, or is cut off, loses its
	// connection.
	briefly = "SET LOCAL idle_in_transaction_session_timeout = '3s'"
	// If the mark is another, it ends the transaction.
	setMark = "WITH u AS (UPDATE writers SET mark = $3, at = now() WHERE id = $1 AND mark = $2 RETURNING 1) SELECT 1 / count(*) FROM u"
)

// commit records what was written. If the connection is lost it finds out, once
// the database can be reached again, whether that was recorded. The error is
// errDoubt if that cannot be found out.
func (x *tx) commit() error {
	var buckets, gone []string
	var keys, values, goneKeys [][]byte
	names := make([]string, 0, len(x.tables))
	for name := range x.tables {
		names = append(names, name)
	}
	slices.Sort(names) // so that any two transactions lock in the same order
	for _, name := range names {
		t := x.tables[name]
		for _, key := range t.order {
			v := t.written[key]
			old, known := t.read[key]
			switch {
			case v == nil && known && old.value == nil, v != nil && old.value != nil && string(v) == string(old.value):
				t.used[key] = old.version // unchanged, if it still has that version
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
		return nil // everything was read in one snapshot
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
		x.db.doubted = hasCode(err, otherMark)
		return err
	}
	return x.outcome(mark, err)
}

// outcome finds out whether a transaction was recorded, after the connection
// was lost at its end.
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
