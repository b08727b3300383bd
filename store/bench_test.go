package store

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// cases is how many cases the large store of the benchmarks holds:
//
//	go test ./store -run '^$' -bench Large -benchtime 20x -cases 1000000
var cases = flag.Int("cases", 20_000, "cases in the large store of the benchmarks")

var benchStart = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// sample registers the n-th request: arrival, case, letter.
func sample(tx *Tx, n int) error {
	now := tx.Now()
	mailbox := [2]string{"cafcass", "cafcass-cymru"}[n%2]
	from := fmt.Sprintf("person%d.surname@mail%d.example.com", n, n%50)
	salt := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(n)*0x9E3779B97F4A7C15), uint64(n)*0xC2B2AE3D27D4EB4F)
	mid := fmt.Sprintf("CAB%x@mail.example.com", salt)
	subject := fmt.Sprintf("Request for figures on reports filed late in area %d", n%97)
	a := &intake.Arrival{Place: intake.Place{Mailbox: mailbox, Folder: "INBOX", UIDValidity: 1700000001, UID: uint32(n + 1)}, MessageID: mid,
		From: intake.Address{Name: "Jo Surname", Addr: from}, Subject: subject, Received: now.Add(-time.Minute).Truncate(time.Second), Sent: now.Add(-2 * time.Minute).Truncate(time.Second),
		Registered: now, Size: int64(4000 + n%1000), Fingerprint: hash(32, salt), Decision: intake.DidAcknowledge, Kind: intake.FOI,
		Why: "asks for recorded information of the body: \"how many reports were filed late\""}
	c := &intake.Case{Ref: tx.NewRef([2]string{"CAF", "CYM"}[n%2], 2026), Mailbox: mailbox}
	a.Ref = c.Ref
	if err := tx.AddArrival(a); err != nil {
		return err
	}
	c.Messages = []uint64{a.ID}
	day := deadlines.DayOf(now)
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.Opened, Day: day, Kind: intake.FOI, Message: a.ID,
		Opening: &intake.Opening{Mailbox: mailbox, Received: a.Received, Source: "mail", Language: "en", Reply: "en"},
		Personal: &intake.Personal{Requester: a.From, ReplyTo: from, Subject: subject, MessageID: mid, Evidence: []intake.Evidence{
			{Signal: "names the Act", Quote: "under the Freedom of Information Act", Points: 4.2},
			{Signal: "asks for figures", Quote: "how many reports were filed late", Points: 2.1}}}}, salt)
	l := &intake.Letter{Key: c.Ref + "/acknowledgement/1", Ref: c.Ref, Mailbox: mailbox, Purpose: intake.ForAcknowledgement,
		From: "governance@cafcass.gov.uk", To: from, MessageID: fmt.Sprintf("%x@cafcass.gov.uk", hash(16, salt)), Raw: make([]byte, 3000), Next: now,
		Promises: []intake.Promise{{Part: intake.FOI, Day: day + 28}}}
	if _, err := tx.Enqueue(l); err != nil {
		return err
	}
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.AckQueued, Day: day, Letter: l.ID}, nil)
	return tx.PutCase(c, intake.Index{Open: true, Due: day + 28, Wake: now.Add(240 * time.Hour)})
}

// settle sends the letter of the n-th request and records its answer.
func settle(tx *Tx, n int) error {
	now := tx.Now()
	l, err := tx.Letter(uint64(n + 1))
	if err != nil {
		return err
	}
	l.State, l.Attempts, l.Settled, l.Response = intake.LetterSent, 1, now, "250 2.0.0 Ok: queued as 4bXyZ12345"
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	c, err := tx.Case(l.Ref)
	if err != nil {
		return err
	}
	day := deadlines.DayOf(now)
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.AckSent, Day: day, Letter: l.ID}, nil)
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.Promised, Day: day + 28, Part: intake.FOI, Letter: l.ID}, nil)
	c.Append(intake.Event{At: now, Actor: "mail:foi.officer@example.org", Name: intake.Responded, Day: day, Outcome: "granted"}, nil)
	c.Reminded = now
	return tx.PutCase(c, intake.Index{})
}

// backlog is how many requests are open at least in the store of fill, and
// over how many answers come in any order.
const backlog = 400

// shuffled gives each number once, out of order within its backlog.
func shuffled(n int) int { return n/backlog*backlog + n%backlog*271%backlog }

// fill registers n requests in batches and settles all but the last few.
func fill(tb testing.TB, path string, n int) *DB {
	tb.Helper()
	at := benchStart
	db, err := Open(path, Options{Now: func() time.Time { at = at.Add(2*time.Hour + 123456789); return at }, noSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i < n; i += 200 {
		if err := db.Update(func(tx *Tx) error {
			for j := i; j < min(i+200, n); j++ {
				if err := sample(tx, j); err != nil {
					return err
				}
				if j >= 2*backlog {
					if err := settle(tx, shuffled(j-2*backlog)); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			tb.Fatal(err)
		}
	}
	return db
}

// BenchmarkRegister registers one request a transaction, and then two hundred,
// in stores that hold more and more of them already. The disk is not waited for.
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

// processorTime is what this process has used, which other processes do not
// change as they do the time that passes.
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
			if err := sample(tx, *n); err != nil {
				return err
			}
			*n++
		}
		return nil
	})
}

// BenchmarkLarge measures a store of as many cases as -cases says: its size,
// opening it, what a list of overdue cases and a forecast walk over, and the
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
			db, err := Open(path, Options{Now: func() time.Time { return benchStart }, noSync: true})
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
		return db.Update(func(tx *Tx) error { n++; return sample(tx, n) })
	})
	run("case", func(db *DB) error {
		return db.View(func(tx *Tx) error { _, err := tx.Case("CAF26-00001"); return err })
	})
}
