package store

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/store/storetest/sample"
)

// cases is how many cases the large store of the benchmarks holds:
//
//	go test ./store -run '^$' -bench Large -benchtime 20x -cases 1000000
var cases = flag.Int("cases", 20_000, "cases in the large store of the benchmarks")

var benchStart = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// fill registers n requests in batches and settles all but the last few.
func fill(tb testing.TB, path string, n int) *DB {
	tb.Helper()
	at := benchStart
	db, err := Open(path, Options{Now: func() time.Time { at = at.Add(2*time.Hour + 123456789); return at }, NoSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i < n; i += 200 {
		if err := db.Update(func(tx *Tx) error { return sample.Fill(tx, i, min(i+200, n), func(int) bool { return false }) }); err != nil {
			tb.Fatal(err)
		}
	}
	return db
}

// BenchmarkRegister registers one request in a transaction, and then two
// hundred, in stores that already hold more and more of them. It does not wait
// for the disk.
func BenchmarkRegister(b *testing.B) {
	for _, held := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint("held=", held), func(b *testing.B) {
			db := fill(b, filepath.Join(b.TempDir(), "requestd.db"), held)
			n := held
			for _, batch := range []int{1, 200} {
				b.Run(fmt.Sprint("batch=", batch), func(b *testing.B) {
					cpu, before := processorTime(b), db.bolt.Stats()
					for i := 0; i < b.N; i += batch {
						if err := registerSome(db, &n, min(batch, b.N-i)); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64((processorTime(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
					after := db.bolt.Stats()
					b.ReportMetric(float64(after.TxStats.GetPageAlloc()-before.TxStats.GetPageAlloc())/float64(b.N), "B-written/op")
				})
			}
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// processorTime returns the processor time that this process has used; other
// processes affect it less than elapsed time.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// registerSome registers that many requests in one transaction.
func registerSome(db *DB, n *int, many int) error {
	return db.Update(func(tx *Tx) error {
		for range many {
			if err := sample.Request(tx, *n); err != nil {
				return err
			}
			*n++
		}
		return nil
	})
}

// BenchmarkLarge measures a store with as many cases as -cases says: its size,
// opening it, iterating for a list of overdue cases and for a forecast, and the
// cost of one more request.
func BenchmarkLarge(b *testing.B) {
	path := filepath.Join(b.TempDir(), "requestd.db")
	db := fill(b, path, *cases)
	size, err := db.Size()
	if err := errors.Join(err, db.Close()); err != nil {
		b.Fatal(err)
	}
	run := func(name string, f func(*DB) error) {
		b.Run(name, func(b *testing.B) {
			db, err := Open(path, Options{Now: func() time.Time { return benchStart }, NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := f(db); err != nil {
					b.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			db, err := Open(path, Options{})
			if err != nil {
				b.Fatal(err)
			}
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size)/float64(*cases), "B/case")
	})
	run("due", func(db *DB) error {
		return db.View(func(tx *Tx) error {
			for _, ref := range tx.DueThrough(deadlines.DayOf(benchStart) + 1<<20) {
				if _, err := tx.Case(ref); err != nil {
					return err
				}
			}
			return nil
		})
	})
	run("next", func(db *DB) error {
		return db.View(func(tx *Tx) error { tx.NextWake(); tx.NextLetter(); return nil })
	})
	n := *cases
	run("register", func(db *DB) error {
		return db.Update(func(tx *Tx) error { n++; return sample.Request(tx, n) })
	})
	run("case", func(db *DB) error {
		return db.View(func(tx *Tx) error { _, err := tx.Case("CAF26-00001"); return err })
	})
}
