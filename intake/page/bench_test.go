package page_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
	"requestd/store/storetest/sample"
)

// The options for the register and the officers of BenchmarkScreens:
//
//	go test ./intake/page -run '^$' -bench Screens -benchtime 200x -timeout 1h -career 1000000
var (
	career     = flag.Int("career", 20_000, "cases in the register of BenchmarkScreens, of which one in a hundred is open")
	careerFile = flag.String("career-file", "", "keep that register in this file, and use it again")
	clickEvery = flag.Duration("click-every", 500*time.Millisecond, "how often each officer clicks")
)

const officers = 10

// click is something that an officer does, and how often compared with the
// others.
type click struct {
	screen string
	weight int
	do     func(v *visitor, r *rand.Rand) int // returns the status
}

// BenchmarkScreens has ten officers click at once through every screen except
// Figures over a register of a career's size, and then looks at Figures for
// four quarters. For each screen it prints the median and the 99th percentile.
func BenchmarkScreens(b *testing.B) {
	o := unopened(b)
	open := *career / 100
	path := *careerFile
	if path == "" {
		path = filepath.Join(b.TempDir(), "requestd.db")
	}
	o.fill(path, open)
	begun := time.Now()
	var err error
	if o.db, err = storetest.Opened(b, path, store.Options{Now: o.now}); err != nil {
		b.Fatal(err)
	}
	defer o.db.Close()
	o.serve(config.Web{})
	refs, undecided := o.refs(open)
	fmt.Printf("%d cases, %d open, %d of them undecided; the first look took %v\n", *career, open, len(undecided), time.Since(begun).Round(time.Millisecond))
	b.Run("ten-officers", func(b *testing.B) { table(b, o.clickAround(b.N, clicks(refs, undecided))) })
	b.Run("processor", func(b *testing.B) { o.processor(b, clicks(refs, undecided)) })
	b.Run("download", func(b *testing.B) { o.download(b, refs) })
	b.Run("figures", func(b *testing.B) {
		took := map[string][]time.Duration{}
		v := o.visitor(o.word("a@example.org", casework.Administrator))
		for n := range 4 { // a quarter is counted only once
			begun := time.Now()
			if status, _ := v.get(fmt.Sprintf("/figures?quarter=2026Q%d", 4-n)); status != http.StatusOK {
				b.Fatal(status)
			}
			took["figures"] = append(took["figures"], time.Since(begun))
		}
		table(b, took)
	})
}

// download downloads a list of every case, and prints how long that took, and
// the longest time that a note took meanwhile.
func (o *office) download(b *testing.B, refs []string) {
	if b.N == 1 {
		return // a first run
	}
	v := o.visitor(o.word("takes@example.org", casework.Administrator))
	over := make(chan struct{})
	var longest time.Duration
	var beside sync.WaitGroup
	beside.Go(func() {
		w := o.visitor(o.word("beside@example.org", casework.Administrator))
		for n := 0; ; n++ {
			select {
			case <-over:
				return
			case <-time.After(*clickEvery):
			}
			ref, begun := refs[n%len(refs)], time.Now()
			if status, _ := w.post("/case/"+ref+"/act/note", "seen", o.seen(ref), "note", "rang them", "save", "yes"); status >= http.StatusInternalServerError {
				b.Error(status)
			}
			longest = max(longest, time.Since(begun))
		}
	})
	begun := time.Now()
	status, sheet := v.post("/search", "csv", "yes")
	took := time.Since(begun)
	close(over)
	beside.Wait()
	fmt.Printf("\na list of %d cases: %d, %d bytes in %v; a note took %v at most meanwhile\n", strings.Count(sheet, "\n")-1, status, len(sheet), took.Round(time.Millisecond), longest.Round(time.Millisecond))
}

func table(b *testing.B, took map[string][]time.Duration) {
	var lines strings.Builder
	all := []time.Duration{}
	row := func(name string, list []time.Duration) {
		slices.Sort(list)
		fmt.Fprintf(&lines, "| %s | %d | %.1f | %.1f | %.1f |\n", name, len(list), ms(list[len(list)/2]), ms(list[len(list)*99/100]), ms(list[len(list)-1]))
	}
	for _, name := range slices.Sorted(maps.Keys(took)) {
		row(name, took[name])
		all = append(all, took[name]...)
	}
	row("all", all)
	if b.N == 1 && len(took) > 1 {
		return // a first run
	}
	fmt.Printf("\n| screen | clicks | median, ms | 99 in 100, ms | longest, ms |\n| --- | --- | --- | --- | --- |\n%s", lines.String())
	b.ReportMetric(ms(all[len(all)/2]), "ms/median")
	b.ReportMetric(ms(all[len(all)*99/100]), "ms/99th")
}

// processor prints how much processor time each screen takes, including the
// client. Other programs on the machine affect it less than elapsed time.
func (o *office) processor(b *testing.B, clicks []click) {
	if b.N == 1 {
		return // a first run
	}
	v, r := o.visitor(o.word("alone@example.org", casework.Administrator)), rand.New(rand.NewPCG(7, 7))
	fmt.Printf("\n| screen, one visitor, %d times | processor, ms |\n| --- | --- |\n", b.N)
	for _, c := range clicks {
		begun := used(b)
		for range b.N {
			if status := c.do(v, r); status >= http.StatusInternalServerError {
				b.Errorf("%s answers %d", c.screen, status)
			}
		}
		fmt.Printf("| %s | %.1f |\n", c.screen, ms((used(b)-begun)/time.Duration(b.N)))
	}
}

// used returns the processor time of this process.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// fill fills the register in a file without waiting for the disk.
func (o *office) fill(path string, open int) {
	o.tb.Helper()
	db, err := storetest.Opened(o.tb, path, store.Options{Now: o.now, NoSync: true})
	if err != nil {
		o.tb.Fatal(err)
	}
	held, now := 0, o.now()
	err = db.View(func(tx *store.Tx) error { held = int(tx.LastArrival()); return nil })
	if err == nil {
		err = sample.FillCareer(now, held, *career, open, func(at time.Time, f func(sample.Register) error) error {
			o.set(at)
			return db.Update(func(tx *store.Tx) error { return f(tx) })
		})
	}
	o.set(now)
	if err != nil {
		o.tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		o.tb.Fatal(err)
	}
}

// refs returns open cases, settled ones among them, and those to decide.
func (o *office) refs(open int) (refs, undecided []string) {
	o.tb.Helper()
	list, err := o.e.Register.OpenCases(o.tb.Context(), nil)
	if err != nil || len(list) == 0 {
		o.tb.Fatal(len(list), err)
	}
	for _, d := range list {
		if d.State == intake.StateTriage {
			undecided = append(undecided, d.Ref)
		} else {
			refs = append(refs, d.Ref)
		}
	}
	settled, _, err := o.e.Register.Cases(o.tb.Context(), register.CaseFilter{State: intake.StateResponded, DueWithin: -1, Limit: open})
	if err != nil {
		o.tb.Fatal(err)
	}
	for _, c := range settled {
		refs = append(refs, c.Ref)
	}
	return refs, undecided
}

// clicks are what officers do, most of which is looking.
func clicks(refs, undecided []string) []click {
	some := func(r *rand.Rand) string { return refs[r.IntN(len(refs))] }
	get := func(path func(*rand.Rand) string) func(*visitor, *rand.Rand) int {
		return func(v *visitor, r *rand.Rand) int { status, _ := v.get(path(r)); return status }
	}
	to := func(path string) func(*visitor, *rand.Rand) int { return get(func(*rand.Rand) string { return path }) }
	post := func(v *visitor, path string, fields ...string) int {
		status, _ := v.post(path, fields...)
		return status
	}
	return []click{
		{"today", 4, to("/")},
		{"triage", 3, get(func(r *rand.Rand) string { return "/triage/" + undecided[r.IntN(len(undecided))] })},
		{"triage, decided", 2, func(v *visitor, r *rand.Rand) int {
			ref := undecided[r.IntN(len(undecided))]
			return post(v, "/triage/"+ref, "seen", v.o.seen(ref), "decide", []string{"foi", "dsar"}[r.IntN(2)])
		}},
		{"case", 6, get(func(r *rand.Rand) string { return "/case/" + some(r) })},
		{"act, its form", 2, get(func(r *rand.Rand) string { return "/case/" + some(r) + "/act/note" })},
		{"act, previewed", 2, func(v *visitor, r *rand.Rand) int {
			ref := some(r)
			return post(v, "/case/"+ref+"/act/received", "seen", v.o.seen(ref), "date", "2026-10-20", "preview", "yes")
		}},
		{"act, saved", 2, func(v *visitor, r *rand.Rand) int {
			ref := some(r)
			return post(v, "/case/"+ref+"/act/note", "seen", v.o.seen(ref), "note", "rang them", "save", "yes")
		}},
		{"search, a name", 2, func(v *visitor, r *rand.Rand) int {
			return post(v, "/search", "words", fmt.Sprintf("person%d", r.IntN(*career)))
		}},
		{"search, words", 2, func(v *visitor, r *rand.Rand) int {
			return post(v, "/search", "words", fmt.Sprintf("figures area %d", r.IntN(97)))
		}},
		{"search, a filter", 1, to("/search?state=open&kind=foi")},
		{"register a request", 1, to("/register")},
		{"letters", 1, to("/letters")},
		{"letter", 1, get(func(r *rand.Rand) string { return fmt.Sprintf("/letters/%d", 1+r.IntN(*career/2)) })},
		{"mail", 1, get(func(r *rand.Rand) string { return fmt.Sprintf("/mail/%d", 1+r.IntN(*career/2)) })},
		{"calendar", 1, to("/calendar")},
		{"how it runs", 1, to("/how-it-runs")},
		{"account", 1, to("/account")},
	}
}

// clickAround has ten officers make a number of clicks each, and returns how
// long each screen took.
func (o *office) clickAround(times int, clicks []click) map[string][]time.Duration {
	o.tb.Helper()
	var choose []click
	for _, c := range clicks {
		for range c.weight {
			choose = append(choose, c)
		}
	}
	var mu sync.Mutex
	took := map[string][]time.Duration{}
	var all sync.WaitGroup
	for n := range officers {
		v, r := o.visitor(o.word(fmt.Sprintf("officer%d@example.org", n), casework.Administrator)), rand.New(rand.NewPCG(uint64(n), 1))
		all.Go(func() {
			next := time.NewTicker(*clickEvery)
			defer next.Stop()
			for range times {
				c := choose[r.IntN(len(choose))]
				begun := time.Now()
				status := c.do(v, r)
				spent := time.Since(begun)
				if status >= http.StatusInternalServerError {
					o.tb.Errorf("%s answers %d", c.screen, status)
				}
				mu.Lock()
				took[c.screen] = append(took[c.screen], spent)
				mu.Unlock()
				<-next.C
			}
		})
	}
	all.Wait()
	return took
}
