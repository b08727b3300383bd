package postgres

import (
	"maps"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// A step reads in a snapshot, and what it writes is recorded in a transaction
// after it, in which nobody else records. That looks first whether everything
// that the step was told of is still there: then it might as well have read
// it now. The database's own watch for the same (SERIALIZABLE) is over pages of
// the index, on which keys of different mailboxes lie beside each other.

// stale is how a check fails: by the logarithm of nothing.
const stale = "2201E"

const (
	checkKeys = `SELECT ln(CASE WHEN EXISTS (
	SELECT FROM unnest($1::text[], $2::bytea[], $3::bigint[]) AS u (bucket, key, version)
	LEFT JOIN entries e ON e.bucket = u.bucket AND e.key = u.key
	WHERE coalesce(e.xmin::text::bigint, 0) <> u.version) THEN 0 ELSE 1 END)`
	checkWalks = `SELECT ln(CASE WHEN EXISTS (
	SELECT FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::text[]) AS u (bucket, first, behind, versions)
	WHERE u.versions <> (SELECT coalesce(string_agg(e.xmin::text, ' ' ORDER BY e.key), '') FROM entries e
		WHERE e.bucket = u.bucket AND e.key >= u.first AND e.key < u.behind)) THEN 0 ELSE 1 END)`
	checkOpen = `SELECT ln(CASE WHEN EXISTS (
	SELECT FROM unnest($1::text[], $2::bytea[], $3::text[]) AS u (bucket, first, versions)
	WHERE u.versions <> (SELECT coalesce(string_agg(e.xmin::text, ' ' ORDER BY e.key), '') FROM entries e
		WHERE e.bucket = u.bucket AND e.key >= u.first)) THEN 0 ELSE 1 END)`
)

// span is the keys from start up to end, with the versions of all that there are.
type span struct {
	start, end string
	open       bool // there is no end
	versions   []uint32
}

// walked keeps what an iteration came by. Of two over the same keys one is enough:
// they are of one snapshot.
func (t *table) walked(s span) {
	if s.open || s.start < s.end {
		t.walks[strconv.Quote(s.start)+strconv.Quote(s.end)+strconv.FormatBool(s.open)] = s
	}
}

func (s span) text() string {
	var b []byte
	for i, v := range s.versions {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return string(b)
}

// check has the database look whether all that was read is as it was.
func (x *tx) check(b *pgx.Batch) {
	var keysOf, walksOf, openOf, walks, open []string
	var keys, first, behind, openFirst [][]byte
	var versions []int64
	for _, name := range slices.Sorted(maps.Keys(x.tables)) {
		t := x.tables[name]
		for key, version := range t.used {
			keysOf, keys, versions = append(keysOf, name), append(keys, []byte(key)), append(versions, int64(version))
		}
		for _, s := range t.walks {
			if s.open {
				openOf, openFirst, open = append(openOf, name), append(openFirst, []byte(s.start)), append(open, s.text())
			} else {
				walksOf, first, behind, walks = append(walksOf, name), append(first, []byte(s.start)), append(behind, []byte(s.end)), append(walks, s.text())
			}
		}
	}
	if len(keys) > 0 {
		b.Queue(checkKeys, keysOf, keys, versions)
	}
	if len(walks) > 0 {
		b.Queue(checkWalks, walksOf, first, behind, walks)
	}
	if len(open) > 0 {
		b.Queue(checkOpen, openOf, openFirst, open)
	}
}
