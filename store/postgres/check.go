package postgres

import (
	"maps"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// A transaction of ours reads in a snapshot, and records what it writes in a
// second transaction, during which nobody else records. The second one first
// checks whether everything that was read is still the same: then it might as
// well have been read just now. The database's own check for this
// (SERIALIZABLE) works on pages of the index, where keys of different mailboxes
// are next to each other.

// stale is the error code of a failed check, which takes the logarithm of 0.
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

// span is the keys from start up to end, with the versions of all existing
// ones.
type span struct {
	start, end string
	open       bool // there is no end: up to the last key
	versions   []uint32
}

// walked records what an iteration saw. Of two over the same keys one is
// enough, since they read the same snapshot.
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

// check makes the database check whether everything that was read is unchanged.
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
