package simulate

import (
	"errors"
	"flag"
	"testing"
)

var (
	seeds = flag.Uint64("seeds", 2, "how many seeds to simulate")
	days  = flag.Int("days", 30, "how many days of each; the last days of a run are quiet")
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
		t.Log(r)
	}
}

// TestReplay proves that a seed always tells the same story.
func TestReplay(t *testing.T) {
	run := func() string {
		r, err := Run(Options{Seed: 11, Days: 20})
		if err != nil {
			t.Fatal(err)
		}
		return r.Digest
	}
	if a, b := run(), run(); a != b {
		t.Errorf("one seed ran as %s and as %s", a, b)
	}
}

// TestDefectsAreFound switches on one fault after another; each must be found
// within a few seeds, and at the same line when it is run again.
func TestDefectsAreFound(t *testing.T) {
	for _, d := range Defects {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			for seed := uint64(1); seed <= 8; seed++ {
				_, err := Run(Options{Seed: seed, Days: 60, Defect: d.Name})
				var f, again *Failure
				if !errors.As(err, &f) {
					if err != nil {
						t.Fatal(err)
					}
					continue
				}
				_, err = Run(Options{Seed: seed, Days: 60, Defect: d.Name})
				if !errors.As(err, &again) || again.Line != f.Line || again.What != f.What {
					t.Errorf("found as %v, and then as %v", f, err)
				}
				t.Logf("seed %d, line %d: %s", f.Seed, f.Line, f.What)
				return
			}
			t.Errorf("not found: %s", d.What)
		})
	}
}
