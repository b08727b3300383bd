// Command bench measures requestd on real servers, side by side with the
// programs that people would otherwise use to bring mail in. It starts its own
// Dovecot and Postfix on loopback, fills a mailbox, and prints one table as
// Markdown. Programs that are compared run in turn within one round, since
// machines differ. Where PostgreSQL is installed, the backlog is also taken
// into a database.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"requestd/intake/mailtest"
	"requestd/intake/mailtest/bulk"
)

// bench is one run of the program.
type bench struct {
	t       *mailtest.Program
	servers *mailtest.Servers
	binary  string // path of requestd
	dir     string
	mbsync  bool

	database *database // nil where no PostgreSQL is installed
	rounds   int
}

const (
	backlogUser  = "backlog"
	distanceUser = "distant"
	largeUser    = "large"
	latencyUser  = "quick"
)

func main() {
	n := flag.Int("n", 10_000, "mails in the backlog; 0 leaves it out")
	rounds := flag.Int("rounds", 3, "rounds, of which the median counts")
	binary := flag.String("requestd", "bin/requestd", "the program to measure")
	rtt := flag.Duration("rtt", 20*time.Millisecond, "round trip of the distant mailbox")
	seconds := flag.Int("seconds", 60, "how many mails, one a second, latency is measured over; 0 leaves it out")
	cases := flag.Int("cases", 100_000, "cases in the register of a daemon long in service; 0 leaves it out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *n, *rounds, *binary, *rtt, *seconds, *cases); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n, rounds int, binary string, rtt time.Duration, seconds, cases int) (err error) {
	binary, err = filepath.Abs(binary)
	if err == nil {
		_, err = os.Stat(binary)
	}
	if err != nil {
		return fmt.Errorf("the program to measure: %w; build it with make build", err)
	}
	dir, err := os.MkdirTemp("", "requestd-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	t := mailtest.NewProgram(ctx)
	defer t.Close()
	users := []mailtest.User{{Name: backlogUser}, {Name: distanceUser}, {Name: largeUser}, {Name: latencyUser, Addresses: []string{latencyAddress}}}
	users = append(users, standingUsers()...)
	b := &bench{t: t, binary: binary, dir: dir, rounds: rounds, servers: mailtest.Start(t, mailtest.Options{Users: users})}
	_, noSync := exec.LookPath("mbsync")
	b.mbsync = noSync == nil
	if b.database, err = newDatabase(); err != nil {
		t.Logf("without PostgreSQL: %v", err)
	} else {
		defer func() { err = errors.Join(err, b.database.server.End()) }()
	}
	fmt.Print("| what | figure |\n|---|---|\n")
	if n > 0 {
		if err := b.backlogs(ctx, n, rtt); err != nil {
			return err
		}
	}
	if seconds > 0 {
		if err := b.latency(ctx, seconds); err != nil {
			return err
		}
	}
	if cases > 0 {
		return b.standing(ctx, cases)
	}
	return nil
}

// backlogs fills mailboxes and has them read to the end.
func (b *bench) backlogs(ctx context.Context, n int, rtt time.Duration) error {
	b.fill(n)
	if err := b.backlog(ctx, n); err != nil {
		return err
	}
	if err := b.distance(ctx, rtt); err != nil {
		return err
	}
	return b.large(ctx)
}

const distantMails = 1000

func (b *bench) fill(n int) {
	end := time.Now().Truncate(time.Second)
	b.servers.Fill(backlogUser, bulk.Mails(n, 7, end))
	b.servers.Fill(distanceUser, bulk.Mails(distantMails, 8, end))
	b.servers.Fill(largeUser, largeMail(end))
	b.t.Logf("the mailboxes are filled: %d mails, %d mails, and one of 100 MB", n, distantMails)
}

func row(what, format string, args ...any) {
	fmt.Printf("| %s | %s |\n", what, fmt.Sprintf(format, args...))
}

func median[T int64 | float64 | time.Duration](all []T) T {
	slices.Sort(all)
	return all[len(all)/2]
}

func seconds(all []result) float64 {
	var walls []float64
	for _, r := range all {
		walls = append(walls, r.wall.Seconds())
	}
	return median(walls)
}
