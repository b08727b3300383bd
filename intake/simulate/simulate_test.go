package simulate

import (
	"errors"
	"flag"
	"os"
	"sync"
	"testing"
)

var (
	seeds = flag.Uint64("seeds", 4, "how many seeds to simulate")
	days  = flag.Int("days", 45, "how many days of each; the last days of a run are quiet")
	trace = flag.Bool("trace", false, "log every line")
	first = flag.Uint64("seed", 1, "the first of them")
)

func TestSimulate(t *testing.T) {
	for seed := *first; seed < *first+*seeds; seed++ {
		o := Options{Seed: seed, Days: *days}
		if *trace {
			o.Trace = func(line string) { t.Log(line) }
		}
		r, err := Run(o)
		if err != nil {
			t.Error(err)
			continue
		}
		if r.Recounted == 0 {
			t.Errorf("seed %d left no case plain enough to be counted by hand: it shows nothing of the statistics", seed)
		}
		t.Log(r)
	}
}

// TestReplay proves that a seed always does the same, whatever runs at the same
// time.
func TestReplay(t *testing.T) {
	run := func(seed uint64) string {
		r, err := Run(Options{Seed: seed, Days: 20})
		if err != nil {
			t.Error(err)
		}
		return r.Digest
	}
	alone := run(11)
	var beside [3]string
	var all sync.WaitGroup
	for i := range beside {
		all.Go(func() { beside[i] = run(10 + uint64(i)) })
	}
	all.Wait()
	if beside[1] != alone || beside[0] == alone {
		t.Errorf("one seed ran as %s and as %s, its neighbour as %s", alone, beside[1], beside[0])
	}
}

// TestDefectsAreFound switches on one fault after another. Each must be found
// within a few seeds and, if REQUESTD_SWEEP is set as make nightly does, at the
// same line when it is run again.
func TestDefectsAreFound(t *testing.T) {
	for _, d := range Defects {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			for seed := uint64(1); seed <= 16; seed++ {
				_, err := Run(Options{Seed: seed, Days: 60, Defect: d.Name})
				var f, again *Failure
				if !errors.As(err, &f) {
					if err != nil {
						t.Fatal(err)
					}
					continue
				}
				if os.Getenv("REQUESTD_SWEEP") != "" {
					_, err = Run(Options{Seed: seed, Days: 60, Defect: d.Name})
					if !errors.As(err, &again) || again.Line != f.Line || again.What != f.What {
						t.Errorf("found as %v, and then as %v", f, err)
					}
				}
				t.Logf("seed %d, line %d: %s", f.Seed, f.Line, f.What)
				return
			}
			t.Errorf("not found: %s", d.What)
		})
	}
}
