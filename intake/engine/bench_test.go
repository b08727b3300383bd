package engine_test

import (
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/intake/mailtest/bulk"
	"requestd/store"
	"requestd/store/storetest"
)

// existing is a register of any size, such as one that -career-file keeps or
// requestd move makes of it. Mail is registered in it, so give a copy.
var existing = flag.String("register", "", "take mail into this register, a file or the URL of a database, and no others")

// BenchmarkDeliver takes batches of a backlog into registers of several sizes:
// the cost of a mail must not grow with the size of the register.
func BenchmarkDeliver(b *testing.B) {
	sizes := []int{1_000, 10_000, 100_000}
	if *existing != "" {
		sizes = []int{0} // more than there are
	}
	for _, before := range sizes {
		b.Run(fmt.Sprintf("registered=%d", before), func(b *testing.B) {
			o := newBenchOffice(b)
			next := o.fill(b, before)
			b.ReportAllocs()
			mails := 0
			for b.Loop() {
				b.StopTimer()
				batch := next()
				b.StartTimer()
				mails += o.batch(b, batch)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(mails), "µs/mail")
		})
	}
}

type benchOffice struct {
	e    *engine.Engine
	uid  uint32
	seed uint64 // of the next batch; what is registered was made from lower ones
}

const batchOf = 256

func newBenchOffice(b *testing.B) *benchOffice {
	now := func() time.Time { return benchEnd }
	cfg, err := config.Parse([]byte(`
store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 25, security: none, auth: none}
sending: {per_address: {hour: 0, day: 0}}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@example.org, language: en, reference: CAF, since: 2020-01-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: g}}
`), filepath.Join(b.TempDir(), "config.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	db, err := openBench(b, store.Options{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	e, err := engine.New(casework.Options{Store: db, Now: now, Log: slog.New(slog.DiscardHandler)}, cfg)
	if err != nil {
		b.Fatal(err)
	}
	o := &benchOffice{e: e}
	if err := db.View(func(tx *store.Tx) error {
		o.uid, o.seed = uint32(tx.LastArrival()), tx.LastArrival()
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return o
}

func openBench(b *testing.B, o store.Options) (*store.DB, error) {
	switch {
	case *existing == "":
		return storetest.Opened(b, filepath.Join(b.TempDir(), "requestd.db"), o)
	case strings.Contains(*existing, "://"):
		return store.OpenURL(*existing, "", false, o)
	}
	return store.OpenKnown(*existing, false, o)
}

var benchEnd = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// fill registers n mails, and returns a function that makes further batches.
func (o *benchOffice) fill(b *testing.B, n int) func() []mailbox.Fetched {
	next := func() []mailbox.Fetched {
		o.seed++
		var batch []mailbox.Fetched
		for raw, at := range bulk.Small(batchOf, o.seed, benchEnd) {
			first := raw[:min(len(raw), 16<<10)] // as much as is fetched of a large mail
			o.uid++
			batch = append(batch, mailbox.Fetched{UID: o.uid, Received: at, Size: int64(len(raw)), Raw: first, Complete: len(first) == len(raw)})
		}
		return batch
	}
	for done := 0; done < n; {
		done += o.batch(b, next())
	}
	return next
}

func (o *benchOffice) batch(b *testing.B, batch []mailbox.Fetched) int {
	at := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}
	for i := range batch {
		batch[i].Read, _ = o.e.Read(at, &batch[i])
	}
	if err := o.e.TakeIn(b.Context(), at, batch, o.uid); err != nil {
		b.Fatal(err)
	}
	return len(batch)
}
