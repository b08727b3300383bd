package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/store"
	"requestd/store/storetest/sample"
)

// BenchmarkMemory measures the daemon's own memory (RssAnon) with a register of
// 20,000 cases, without the officers' page and with ten officers clicking in
// it: at its peak, and once it has come to rest.
func BenchmarkMemory(b *testing.B) {
	for name, page := range map[string]bool{"without the page": false, "with ten officers": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				rests, peak := held(b, page)
				b.ReportMetric(float64(rests)/(1<<20), "MB-at-rest")
				b.ReportMetric(float64(peak)/(1<<20), "MB-at-most")
			}
		})
	}
}

// held returns how much memory of its own a daemon holds, in bytes.
func held(t testing.TB, page bool) (rests, peak int64) {
	t.Helper()
	s, ca := secured(t)
	fillSite(t, s)
	d := s.prepare("run")
	statuses := d.tellsSystemd()
	d.launch()
	r := d.page(ca.PEM)
	if page {
		r.signIn("administrator") // the hashing of a password is not counted
		refs := lines[struct{ Ref string }](s.program, "list", "--state", "open")
		d.cared(statuses)
		stop := d.watchMemory(&peak)
		var all sync.WaitGroup
		for n := range 10 {
			all.Go(func() {
				for i := range 60 {
					ref := refs[(n*60+i*7)%len(refs)].Ref
					for _, path := range []string{"/", "/triage", "/case/" + ref, "/case/" + ref + "/act/responded", "/search?state=open", "/letters", "/register", "/calendar", "/how-it-runs"} {
						r.get(path)
					}
				}
			})
		}
		all.Wait()
		stop()
	}
	d.cared(statuses)
	rests = d.anonymous()
	d.stop()
	return rests, max(peak, rests)
}

// fillSite fills a site's register with 20,000 cases, two hundred of them open.
func fillSite(t testing.TB, s *site) {
	t.Helper()
	var now time.Time
	db, err := store.Open(filepath.Join(s.data, "requestd.db"), store.Options{Now: func() time.Time { return now }, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = sample.FillCareer(time.Now(), 0, 20_000, 200, func(at time.Time, f func(sample.Register) error) error {
		now = at
		return db.Update(func(tx *store.Tx) error { return f(tx) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// cared waits until the daemon has done its checks of each minute and given
// memory back. It gives memory back after it tells its status, so only the
// second status shows that the first round has ended.
func (d *process) cared(statuses <-chan string) {
	d.t.Helper()
	for len(statuses) > 0 {
		<-statuses
	}
	for range 2 {
		select {
		case <-statuses:
		case err := <-d.done:
			d.done <- err
			d.t.Fatalf("the daemon ended with %v: %s", err, d.log.String())
		case <-d.t.Context().Done():
			d.t.Fatal("the benchmark ended before the daemon looked after itself")
		}
	}
}

// watchMemory notes the most that the daemon holds until it is stopped.
func (d *process) watchMemory(peak *int64) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for {
			*peak = max(*peak, d.anonymous())
			select {
			case <-end:
				return
			case <-look.C:
			}
		}
	}()
	return func() { close(end); <-ended }
}

// anonymous returns the RssAnon of the daemon itself.
func (d *process) anonymous() int64 {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(d.cmd.Process.Pid), "status"))
	if err != nil {
		d.t.Error(err)
	}
	_, rest, _ := strings.Cut(string(b), "RssAnon:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		d.t.Error(err)
	}
	return kb << 10
}
