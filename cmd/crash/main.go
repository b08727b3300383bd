// Command crash kills the program at random while mail comes in and goes out
// on real servers, and prints what was found after each kill. It is for
// developers: make crash KILLS=1000.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"requestd/intake/crash"
	"requestd/intake/mailtest"
)

func main() {
	var o crash.Options
	flag.StringVar(&o.Binary, "binary", "bin/requestd", "the program")
	flag.IntVar(&o.Kills, "kills", 1000, "how often it is killed")
	flag.IntVar(&o.Moves, "moves", 20, "how often a move into a database, one back and a restore are killed afterwards")
	flag.DurationVar(&o.Within, "within", 0, "stop killing after this time; 0 is never")
	flag.Uint64Var(&o.Seed, "seed", 1, "of the moments and mails")
	flag.DurationVar(&o.Unwatched, "unwatched", 0, "with -several: how long mail may lie after a fault; 0 asserts nothing")
	several := flag.Bool("several", false, "two daemons with one register in PostgreSQL; the database is killed and its connections are cut as well")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := mailtest.NewProgram(ctx)
	dir, err := os.MkdirTemp("", "requestd-crash-")
	if err != nil {
		p.Fatalf("make a directory: %v", err)
	}
	kept := false
	p.Cleanup(func() {
		if !kept {
			_ = os.RemoveAll(dir) // if this fails, the rest is in the temporary directory
		}
	})
	o.Dir = dir
	o.Say = p.Logf
	run := crash.Run
	if *several {
		run = crash.RunSeveral
	}
	tally := run(p, o)
	for _, v := range tally.Violations {
		fmt.Println("violation:", v)
	}
	fmt.Println(tally)
	if kept = len(tally.Violations) > 0; kept {
		fmt.Println("what the program logged lies in", dir)
	}
	if *several {
		fmt.Println("mail lay for at most", tally.Longest.Round(time.Millisecond), "after a fault;", tally.Ended, "times a daemon ended by itself, and", tally.Stalled, "times one stood still while letters waited")
	}
	p.Close()
	stop()
	if len(tally.Violations) > 0 {
		os.Exit(1)
	}
}
