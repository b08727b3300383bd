package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"requestd/store/ordered"
	"requestd/store/postgres"
	"requestd/store/storetest"
)

func open(t *testing.T, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(url, "", true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func update(t *testing.T, db *postgres.DB, f func(ordered.Tx)) {
	t.Helper()
	if err := db.Update(func(x ordered.Tx) error { f(x); return nil }); err != nil {
		t.Error(err)
	}
}

var in = []byte("numbers")

func put(x ordered.Tx, keys ...string) {
	for _, k := range keys {
		_ = x.Put(in, []byte(k), []byte("of "+k)) // it is sent only at the end, and may fail there
	}
}

func remove(x ordered.Tx, key string) { _ = x.Delete(in, []byte(key)) }

// walk iterates from a key on, as long as keys begin with prefix, and not
// beyond last.
func walk(x ordered.Tx, start, prefix, last string) (came []string) {
	for k := range x.From(in, []byte(start), func(k []byte) bool { return strings.HasPrefix(string(k), prefix) }) {
		if came = append(came, string(k)); string(k) == last {
			break
		}
	}
	return came
}

func back(x ordered.Tx, before []byte, last string) (came []string) {
	for k := range x.Back(in, before) {
		if came = append(came, string(k)); string(k) == last {
			break
		}
	}
	return came
}

// A transaction runs again if another changed something that it read, and for
// no other reason, however close the keys are.
func TestAStepRunsAgainForWhatItReadAlone(t *testing.T) {
	tests := []struct {
		name      string
		read      func(ordered.Tx)
		meanwhile func(ordered.Tx)
		again     bool
	}{
		{"the key", func(x ordered.Tx) { x.Get(in, []byte("b2")) }, func(x ordered.Tx) { put(x, "b2") }, true},
		{"the key, removed", func(x ordered.Tx) { x.Get(in, []byte("b2")) }, func(x ordered.Tx) { remove(x, "b2") }, true},
		{"a key that was not there", func(x ordered.Tx) { x.Get(in, []byte("b3")) }, func(x ordered.Tx) { put(x, "b3") }, true},
		{"a key beside it", func(x ordered.Tx) { x.Get(in, []byte("b2")) }, func(x ordered.Tx) { put(x, "b1", "b20"); remove(x, "b4") }, false},
		{"a key beside one that is not there", func(x ordered.Tx) { x.Get(in, []byte("b3")) }, func(x ordered.Tx) { put(x, "b2", "b30"); remove(x, "b4") }, false},
		{"a key read ahead", func(x ordered.Tx) { x.Prefetch(in, []byte("b2")); x.Get(in, []byte("a1")) }, func(x ordered.Tx) { put(x, "b2") }, false},
		{"a key told of by a walk", func(x ordered.Tx) { walk(x, "b", "b", ""); x.Get(in, []byte("c1")) }, func(x ordered.Tx) { put(x, "c1") }, true},
		{"one of those walked by", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "b4") }, true},
		{"one removed", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { remove(x, "b4") }, true},
		{"one in place of another", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { remove(x, "b4"); put(x, "b3") }, true},
		{"one more amid them", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "b3") }, true},
		{"one more before the first", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "b") }, true},
		{"one more behind the last", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "b9") }, true},
		{"one where there was none", func(x ordered.Tx) { walk(x, "bb", "bb", "") }, func(x ordered.Tx) { put(x, "bb") }, true},
		{"before where it began, and where it ended", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "a9", "c1"); remove(x, "a1") }, false},
		{"the one at which it ended, removed", func(x ordered.Tx) { walk(x, "b", "b", "") }, func(x ordered.Tx) { remove(x, "c1") }, false},
		{"the last that it wanted", func(x ordered.Tx) { walk(x, "b", "b", "b4") }, func(x ordered.Tx) { put(x, "b4") }, true},
		{"behind the last that it wanted", func(x ordered.Tx) { walk(x, "b", "b", "b4") }, func(x ordered.Tx) { put(x, "b40"); remove(x, "b6") }, false},
		{"behind all", func(x ordered.Tx) { walk(x, "c", "", "") }, func(x ordered.Tx) { put(x, "z") }, true},
		{"in another table", func(x ordered.Tx) { walk(x, "", "", "") }, func(x ordered.Tx) { _ = x.Put([]byte("other"), []byte("b3"), in) }, false},
		{"the first key", func(x ordered.Tx) { x.First(in, []byte("b")) }, func(x ordered.Tx) { remove(x, "b2") }, true},
		{"before the first key", func(x ordered.Tx) { x.First(in, []byte("b")) }, func(x ordered.Tx) { put(x, "b1") }, true},
		{"behind the first key", func(x ordered.Tx) { x.First(in, []byte("b")) }, func(x ordered.Tx) { put(x, "b3") }, false},
		{"backwards", func(x ordered.Tx) { back(x, []byte("b5"), "b2") }, func(x ordered.Tx) { put(x, "b3") }, true},
		{"backwards, the last", func(x ordered.Tx) { back(x, []byte("b5"), "b2") }, func(x ordered.Tx) { remove(x, "b2") }, true},
		{"backwards, before the first", func(x ordered.Tx) { back(x, []byte("b5"), "b2") }, func(x ordered.Tx) { put(x, "b41") }, true},
		{"backwards, beyond", func(x ordered.Tx) { back(x, []byte("b5"), "b2") }, func(x ordered.Tx) { put(x, "b1", "b5") }, false},
		{"backwards to the first of all", func(x ordered.Tx) { back(x, []byte("b5"), "") }, func(x ordered.Tx) { put(x, "a") }, true},
		{"backwards from the end", func(x ordered.Tx) { back(x, nil, "c1") }, func(x ordered.Tx) { put(x, "z") }, true},
		{"backwards from the end, beyond", func(x ordered.Tx) { back(x, nil, "c1") }, func(x ordered.Tx) { put(x, "b9") }, false},
		{"what it wrote over", func(x ordered.Tx) { put(x, "b3"); walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "b3") }, true},
		{"what it removed", func(x ordered.Tx) { remove(x, "b4"); walk(x, "b", "b", "") }, func(x ordered.Tx) { put(x, "b4") }, true},
		{"what it had written itself", func(x ordered.Tx) { put(x, "b2"); x.Get(in, []byte("b2")) }, func(x ordered.Tx) { put(x, "b2") }, false},
		{"what it need not write, since it stands there", func(x ordered.Tx) { x.Prefetch(in, []byte("b2")); x.Get(in, []byte("a1")); put(x, "b2") },
			func(x ordered.Tx) { _ = x.Put(in, []byte("b2"), []byte("another")) }, true},
		{"what it need not remove, since it is not there", func(x ordered.Tx) { x.Prefetch(in, []byte("b3")); x.Get(in, []byte("a1")); remove(x, "b3") },
			func(x ordered.Tx) { put(x, "b3") }, true},
		{"what it added to without a look", func(x ordered.Tx) { _ = x.Append(in, []byte("b2"), in) }, func(x ordered.Tx) { put(x, "b2") }, false},
		{"the number that it took", func(x ordered.Tx) { _, _ = x.NextNumber(in) }, func(x ordered.Tx) { _, _ = x.NextNumber(in) }, true},
		{"another number", func(x ordered.Tx) { _, _ = x.NextNumber(in) }, func(x ordered.Tx) { _, _ = x.NextNumber([]byte("other")) }, false},
	}
	url := storetest.URL(t, t.Name())
	one, other := open(t, url), open(t, url)
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			if err := one.Clear(); err != nil {
				t.Fatal(err)
			}
			update(t, one, func(tx ordered.Tx) { put(tx, "a1", "b2", "b4", "b6", "c1") })
			ran := 0
			update(t, one, func(tx ordered.Tx) {
				x.read(tx)
				put(tx, "it came to this")
				if ran++; ran == 1 {
					tx.Get(in, []byte("a2")) // so that its snapshot is from before
					update(t, other, x.meanwhile)
				}
			})
			if again := ran > 1; again != x.again || ran > 2 {
				t.Errorf("it ran %d times, want it to run again: %t", ran, x.again)
			}
		})
	}
}

// An older program relies on the database to keep transactions apart. It may
// work at the same time as ours, and of two that each read what the other
// writes one runs again.
func TestAProgramFromBeforeLosesNothing(t *testing.T) {
	url := storetest.URL(t, t.Name())
	db := open(t, url)
	update(t, db, func(x ordered.Tx) { put(x, "a1", "b1") })
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	read := func(key string) string {
		return "SELECT value FROM entries WHERE bucket = 'numbers' AND key = '" + key + "'"
	}
	for _, first := range []bool{true, false} { // which of them commits first
		before := func(statements ...string) (err error) {
			for _, s := range statements {
				if err == nil {
					_, err = conn.Exec(t.Context(), s)
				}
			}
			return err
		}
		if err := before("BEGIN ISOLATION LEVEL SERIALIZABLE", "SET LOCAL enable_seqscan = off", read("a1")); err != nil {
			t.Fatal(err)
		}
		record := func() error {
			return before("LOCK TABLE turns IN ROW SHARE MODE", "UPDATE entries SET value = 'before' WHERE bucket = 'numbers' AND key = 'b1'", "COMMIT")
		}
		ran := 0
		update(t, db, func(x ordered.Tx) {
			x.Get(in, []byte("b1"))
			put(x, "a1")
			if ran++; ran == 1 && first {
				err = record()
			}
		})
		if !first {
			err = record()
		}
		var p *pgconn.PgError
		if refused := errors.As(err, &p) && p.Code == "40001"; first != (err == nil) || first == refused || first != (ran == 2) {
			t.Errorf("it is first: %t, its error %v, and ours ran %d times", first, err, ran)
		}
		if err := before("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}

// deed is what a transaction did and read, to be repeated by one that runs
// alone.
type deed struct {
	reads  []func(ordered.Tx) string
	writes []func(ordered.Tx)
	told   []string
}

func randomDeed(r *rand.Rand, name string) *deed {
	d := &deed{}
	key := func() string { return fmt.Sprintf("%c%d", 'a'+r.IntN(3), r.IntN(4)) }
	for range 1 + r.IntN(3) {
		from, last := key(), key()
		d.reads = append(d.reads, []func(ordered.Tx) string{
			func(x ordered.Tx) string { return string(x.Get(in, []byte(from))) },
			func(x ordered.Tx) string { return fmt.Sprint(walk(x, from, from[:1], last)) },
			func(x ordered.Tx) string { return fmt.Sprint(walk(x, from, "", last)) },
			func(x ordered.Tx) string { return fmt.Sprint(back(x, []byte(from), last)) },
			func(x ordered.Tx) string { return string(x.First(in, []byte(from))) },
		}[r.IntN(5)])
		to := key()
		d.writes = append(d.writes, []func(ordered.Tx){
			func(x ordered.Tx) { _ = x.Put(in, []byte(to), []byte(name)) },
			func(x ordered.Tx) { put(x, to) },
			func(x ordered.Tx) { remove(x, to) },
		}[r.IntN(3)])
	}
	return d
}

func (d *deed) do(x ordered.Tx) {
	d.told = d.told[:0]
	for i := range d.reads {
		d.told = append(d.told, d.reads[i](x))
		d.writes[i](x)
	}
}

// Transactions that run at the same time have the same result as if they had
// run one after another.
func TestStepsAreAsIfDoneInTurn(t *testing.T) {
	const daemons, steps = 4, 40
	log := []byte("log")
	url, again := storetest.URL(t, t.Name()), storetest.URL(t, t.Name()+" again")
	deeds := map[string]*deed{}
	var all sync.WaitGroup
	for n := range daemons {
		db, r := open(t, url), rand.New(rand.NewPCG(7, uint64(n)))
		mine := map[string]*deed{}
		for i := range steps {
			name := fmt.Sprintf("%d.%d ", n, i)
			mine[name] = randomDeed(r, name)
		}
		maps.Copy(deeds, mine)
		all.Go(func() {
			for _, name := range slices.Sorted(maps.Keys(mine)) {
				update(t, db, func(x ordered.Tx) {
					mine[name].do(x)
					_ = x.Append(log, log, []byte(name)) // in the order in which they commit
				})
			}
		})
	}
	all.Wait()
	content := func(db *postgres.DB) (names []string, is string) {
		err := db.View(func(x ordered.Tx) error {
			names = strings.Fields(string(x.Get(log, log)))
			for k, v := range x.From(in, nil, func([]byte) bool { return true }) {
				is += fmt.Sprintf("%s=%s;", k, v)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return names, is
	}
	names, came := content(open(t, url))
	if len(names) != daemons*steps {
		t.Fatalf("%d steps were recorded, want %d", len(names), daemons*steps)
	}
	alone := open(t, again)
	for _, name := range names {
		d := deeds[name+" "]
		told := slices.Clone(d.told)
		update(t, alone, d.do)
		if !slices.Equal(told, d.told) {
			t.Errorf("step %s was told %q, and %q when done in turn", name, told, d.told)
		}
	}
	if _, want := content(alone); came != want {
		t.Errorf("it came to %s, and to %s when done in turn", came, want)
	}
}
