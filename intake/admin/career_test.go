package admin_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/admin"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
	"requestd/intake/register"
	"requestd/intake/sheet"
	"requestd/store"
	"requestd/store/storetest"
	"requestd/store/storetest/sample"
)

// The register of BenchmarkCareer:
//
//	go test ./intake/admin -run '^$' -bench Career -benchtime 20x -timeout 1h -career 1000000
var (
	career     = flag.Int("career", 20_000, "cases in the register of BenchmarkCareer")
	careerOpen = flag.Int("career-open", 0, "how many of them are open; one in a hundred where it is 0")
	careerFile = flag.String("career-file", "", "keep that register in this file, and use it again")
)

// office is a register of a career's size.
type office struct {
	*admin.Client
	path  string
	db    *store.DB
	e     *engine.Engine
	total int
	open  int
	now   atomic.Int64 // nanoseconds since 1970
}

func (o *office) clock() time.Time { return time.Unix(0, o.now.Load()) }

// newOffice fills a register: the settled cases evenly over ten years, the open
// ones over the last weeks, so that some are overdue.
func newOffice(b *testing.B) *office {
	b.Helper()
	o := &office{total: *career, open: *careerOpen}
	if o.open == 0 {
		o.open = o.total / 100
	}
	o.now.Store(now.UnixNano())
	if o.path = *careerFile; o.path == "" {
		o.path = filepath.Join(b.TempDir(), "requestd.db")
	}
	var err error
	if o.db, err = storetest.Opened(b, o.path, store.Options{Now: o.clock, NoSync: true}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = o.db.Close() })
	if err := o.fill(); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	settings := strings.Replace(configtest.Settings, "name: cymru,", "name: cafcass-cymru,", 1) // as the sample's mailboxes
	o.e, err = engine.New(casework.Options{Store: o.db, Now: o.clock, Log: slog.New(slog.DiscardHandler)}, configtest.Load(b, settings))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("start over %d cases, %d open: %v", o.total, o.open, time.Since(begun))
	o.Client = admin.Within((&admin.API{Engine: o.e, Store: o.db}).Handler(), "local:test")
	return o
}

func (o *office) fill() error {
	held := 0
	if err := o.db.View(func(tx *store.Tx) error { held = int(tx.LastArrival()); return nil }); err != nil {
		return err
	}
	defer o.now.Store(now.UnixNano())
	return sample.FillCareer(now, held, o.total, o.open, func(at time.Time, f func(sample.Register) error) error {
		o.now.Store(at.UnixNano())
		return o.db.Update(func(tx *store.Tx) error { return f(tx) })
	})
}

// all reads every page of a list, as the commands do.
func all[T any](b *testing.B, o *office, path string, q url.Values) (n int) {
	b.Helper()
	q.Set("limit", "500")
	for q.Del("cursor"); ; {
		var p admin.Page[T]
		if err := o.Get(b.Context(), path, q, &p); err != nil {
			b.Fatal(err)
		}
		n += len(p.Items)
		if p.Next == "" {
			return n
		}
		q.Set("cursor", p.Next)
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

// spent reports elapsed time and processor time for each operation.
func spent(b *testing.B, begun time.Duration) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
	b.ReportMetric(float64((processorTime(b)-begun).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// BenchmarkCareer asks a register of ten years what the commands ask, and makes
// it do the clock's work. docs/performance.md has its table.
func BenchmarkCareer(b *testing.B) {
	o := newOffice(b)
	ref := fmt.Sprintf("CAF26-%05d", o.total/4)
	for _, x := range []struct {
		name, path string
		q          url.Values
	}{
		{"list-triage", "/v1/rows", url.Values{"state": {"triage"}}},
		{"list-overdue", "/v1/rows", url.Values{"overdue": {"true"}}},
		{"messages-ref", "/v1/messages", url.Values{"ref": {ref}}},
		{"outbox-ref", "/v1/letters", url.Values{"ref": {ref}}},
		{"search-reference", "/v1/rows", url.Values{"search": {ref}}},
		{"search-address", "/v1/rows", url.Values{"search": {fmt.Sprintf("person%d.surname@mail%d.example.com", o.total/3, o.total/3%50)}}},
		{"search-word", "/v1/rows", url.Values{"search": {fmt.Sprintf("PERSON%d", o.total/3)}}},
		{"search-words", "/v1/rows", url.Values{"search": {fmt.Sprintf("figures filed person%d", o.total/3)}}},
		{"search-nothing", "/v1/rows", url.Values{"search": {"aardvark"}}},
		{"forecast", "/v1/forecast", url.Values{"days": {"7"}}},
	} {
		b.Run(x.name, func(b *testing.B) {
			n, begun := 0, processorTime(b)
			for b.Loop() {
				if x.path == "/v1/rows" {
					n = all[sheet.Case](b, o, x.path, x.q)
				} else {
					n = all[json.RawMessage](b, o, x.path, x.q)
				}
			}
			spent(b, begun)
			b.ReportMetric(float64(n), "rows")
		})
	}
	b.Run("statistics-quarter", func(b *testing.B) {
		begun := processorTime(b)
		for b.Loop() {
			var s register.Statistics
			if err := o.Get(b.Context(), "/v1/statistics", url.Values{"from": {"2026-07-01"}, "to": {"2026-09-30"}}, &s); err != nil {
				b.Fatal(err)
			}
		}
		spent(b, begun)
	})
	o.clocks(b)
	o.erases(b)
	size, err := o.db.Size()
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d B a case", size/int64(o.total))
	o.compacts(b)
}

// clocks measures the clock's own work, and how long other changes wait
// meanwhile.
func (o *office) clocks(b *testing.B) {
	b.Run("morning", func(b *testing.B) {
		worst, begun := time.Duration(0), processorTime(b)
		for b.Loop() {
			o.advance()
			worst = max(worst, o.waits(b, func() error { return o.e.Clock.Tick(b.Context()) }))
		}
		spent(b, begun)
		b.ReportMetric(float64(worst.Microseconds())/1000, "ms/wait")
	})
	b.Run("retention", func(b *testing.B) {
		worst, begun := time.Duration(0), processorTime(b)
		for b.Loop() {
			o.advance()
			worst = max(worst, o.waits(b, func() error { return o.e.Clock.ApplyRetention(b.Context()) }))
		}
		spent(b, begun)
		b.ReportMetric(float64(worst.Microseconds())/1000, "ms/wait")
	})
}

// advance sets the clock to the next working morning.
func (o *office) advance() {
	day := o.e.Cases.Calendar().NextWorkingDay(deadlines.EnglandAndWales, deadlines.DayOf(o.clock()))
	o.now.Store(day.Time(9, 0).UnixNano())
}

// waits records a little again and again while something runs, and returns the
// longest wait.
func (o *office) waits(b *testing.B, run func() error) (longest time.Duration) {
	b.Helper()
	done := make(chan error, 1)
	go func() { done <- run() }()
	for tick := time.Tick(5 * time.Millisecond); ; <-tick {
		begun := time.Now()
		err := o.db.Update(func(tx *store.Tx) error { return tx.SetFact("career", 1) })
		longest = max(longest, time.Since(begun))
		select {
		case ran := <-done:
			if err := errors.Join(err, ran); err != nil {
				b.Fatal(err)
			}
			return longest
		default:
		}
	}
}

func (o *office) erases(b *testing.B) {
	n := 0
	b.Run("erase", func(b *testing.B) {
		begun := processorTime(b)
		for b.Loop() {
			n++
			var done struct{ Case *intake.View }
			if err := o.Post(b.Context(), fmt.Sprintf("/v1/cases/CAF26-%05d/erase", o.total/8+n), nil, &done); err != nil {
				b.Fatal(err)
			}
		}
		spent(b, begun)
	})
}

// compacts measures how long recording waits, including for the disk, while the
// file is rewritten, compared with what it takes at other times.
func (o *office) compacts(b *testing.B) {
	b.Run("compact", func(b *testing.B) {
		err := o.db.Close()
		if err == nil {
			o.db, err = storetest.Opened(b, o.path, store.Options{Now: o.clock})
		}
		if err != nil {
			b.Fatal(err)
		}
		alone := o.waits(b, func() error { <-time.After(5 * time.Second); return nil })
		worst, begun := time.Duration(0), processorTime(b)
		for b.Loop() {
			worst = max(worst, o.waits(b, func() error { return o.db.Compact(b.Context()) }))
		}
		spent(b, begun)
		b.ReportMetric(float64(worst.Microseconds())/1000, "ms/wait")
		b.ReportMetric(float64(alone.Microseconds())/1000, "ms/wait-alone")
	})
}
