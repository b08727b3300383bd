// Command simulate runs seeds of the simulation, each a year of two mailboxes
// in virtual time, and says in which of them a fault was found. It is for
// developers: make simulate SEEDS=200.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"requestd/intake/simulate"
)

func main() {
	seeds := flag.Uint64("seeds", 200, "how many seeds")
	first := flag.Uint64("seed", 1, "the first of them")
	days := flag.Int("days", 365, "days of each")
	defect := flag.String("defect", "", "the name of a fault to be switched on; \"list\" names them")
	trace := flag.Bool("trace", false, "print every line")
	flag.Parse()
	if *defect == "list" {
		for _, d := range simulate.Defects {
			fmt.Printf("%-24s %s\n", d.Name, d.What)
		}
		return
	}
	debug.SetGCPercent(400) // a year needs little memory, but makes much garbage
	o := simulate.Options{Days: *days, Defect: *defect}
	if *trace {
		o.Trace = func(line string) { fmt.Println(line) }
	}
	if failed := run(o, *first, *seeds); failed > 0 {
		fmt.Printf("%d of %d seeds found something\n", failed, *seeds)
		os.Exit(1)
	}
}

// run simulates the seeds, as many at once as there are processors.
func run(o simulate.Options, first, seeds uint64) (failed int) {
	start := time.Now()
	next := make(chan uint64)
	var mu sync.Mutex
	var all sync.WaitGroup
	var sum simulate.Report
	for range runtime.NumCPU() {
		all.Go(func() {
			for seed := range next {
				mine := o
				mine.Seed = seed
				r, err := simulate.Run(mine)
				mu.Lock()
				if err != nil {
					failed++
					fmt.Println(err)
				}
				sum.Add(r)
				mu.Unlock()
			}
		})
	}
	for seed := first; seed < first+seeds; seed++ {
		next <- seed
	}
	close(next)
	all.Wait()
	fmt.Printf("%d seeds of %d days in %s: %s\n", seeds, o.Days, time.Since(start).Round(time.Second), sum.Totals())
	return failed
}
