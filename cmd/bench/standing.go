package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"requestd/intake/admin"
	"requestd/intake/mailtest"
	"requestd/store"
	"requestd/store/storetest/sample"
)

// standingUser returns the n-th mailbox that a standing daemon watches. The
// cases of the filled register belong to the first two.
func standingUser(n int) string {
	switch n {
	case 0:
		return "cafcass"
	case 1:
		return "cafcass-cymru"
	}
	return fmt.Sprintf("standing%d", n)
}

const (
	mostBoxes    = 10
	fillAtOnce   = 500
	settled      = 65 * time.Second // the daemon looks after itself each minute
	overdueCases = 100              // left open in the filled register, as are the latest cases
)

// standing measures a daemon that has been in service for years: its start over
// a register of that many cases, its lists, and what it costs when nothing
// happens, with two mailboxes and with ten.
func (b *bench) standing(ctx context.Context, cases int) error {
	config, err := b.configure(standingUser(0), b.servers.IMAPS, standingUser(1))
	if err != nil {
		return err
	}
	if err := fillRegister(filepath.Join(filepath.Dir(config), "requestd.db"), cases); err != nil {
		return err
	}
	what := fmt.Sprintf("%d cases, two mailboxes", cases)
	if err := b.stand(ctx, config, what, true); err != nil {
		return err
	}
	var more []string
	for n := 1; n < mostBoxes; n++ {
		more = append(more, standingUser(n))
	}
	if config, err = b.configure(standingUser(0), b.servers.IMAPS, more...); err != nil {
		return err
	}
	return b.stand(ctx, config, "an empty register, ten mailboxes", false)
}

// fillRegister makes a register of the past six years in which all but the
// latest cases and some overdue ones are answered.
func fillRegister(path string, cases int) (err error) {
	end := time.Now()
	at := end.AddDate(-6, 0, 0)
	step := end.Sub(at) / time.Duration(cases/fillAtOnce+1) // all cases of one transaction have the same time
	db, err := store.Open(path, store.Options{NoSync: true, Now: func() time.Time {
		if at.Before(end) {
			at = at.Add(step)
		}
		return at
	}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	every := max(2, cases/overdueCases)
	for i := 0; i < cases; i += fillAtOnce {
		err := db.Update(func(tx *store.Tx) error {
			return sample.Fill(tx, i, min(i+fillAtOnce, cases), func(n int) bool { return n%every == 0 })
		})
		if err != nil {
			return fmt.Errorf("fill the register: %w", err)
		}
	}
	return nil
}

// stand starts the daemon and measures it until it has been idle for a while.
func (b *bench) stand(ctx context.Context, config, what string, lists bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	daemon := exec.CommandContext(ctx, b.binary, "run", "--config", config)
	daemon.Cancel = func() error { return daemon.Process.Signal(syscall.SIGTERM) }
	begun := time.Now()
	if err := daemon.Start(); err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	socket := filepath.Join(filepath.Dir(config), "control.sock")
	defer func() {
		stop()
		_ = daemon.Wait() // ended by the signal
	}()
	for answered := false; !answered; {
		if time.Since(begun) > time.Minute {
			return fmt.Errorf("the daemon does not answer on %s", socket)
		}
		pause(ctx, time.Millisecond)
		if c, err := admin.Dial(ctx, socket); err == nil {
			var s struct{}
			answered = c.Get(ctx, "/v1/status", nil, &s) == nil
		}
	}
	row(what+": from the start to the first answer", "%.0f ms", ms(time.Since(begun)))
	if err := b.untilQuiet(ctx, config); err != nil {
		return err
	}
	if lists {
		for _, args := range [][]string{{"list", "--overdue", "--json"}, {"forecast", "--days", "7", "--json"}} {
			if err := b.list(ctx, config, what, args); err != nil {
				return err
			}
		}
	}
	pause(ctx, settled)
	cpu := processor(daemon.Process.Pid)
	pause(ctx, idleFor)
	row(what+": processor time of the idle daemon", "%d ms in %s", (processor(daemon.Process.Pid) - cpu).Milliseconds(), idleFor)
	row(what+": RssAnon of the idle daemon", "%.1f MB", float64(anonymous(daemon.Process.Pid))/1e6)
	return nil
}

// list runs a listing command, its own start included, and prints its median
// time.
func (b *bench) list(ctx context.Context, config, what string, args []string) error {
	var all []time.Duration
	var out []byte
	for range 9 {
		begun := time.Now()
		var err error
		if out, err = exec.CommandContext(ctx, b.binary, append(args, "--config", config)...).Output(); err != nil {
			return fmt.Errorf("requestd %v: %w", args, err)
		}
		all = append(all, time.Since(begun))
	}
	row(fmt.Sprintf("%s: requestd %s %s", what, args[0], args[1]), "%.0f ms for %d bytes", ms(median(all)), len(out))
	return nil
}

// untilQuiet waits until the daemon has nothing more to send and has looked at
// every mailbox.
func (b *bench) untilQuiet(ctx context.Context, config string) error {
	for range 1200 {
		pause(ctx, 100*time.Millisecond)
		out, _ := exec.CommandContext(ctx, b.binary, "status", "--json", "--config", config).Output() // status exits 1 where there is an alarm
		var s struct {
			Letters struct {
				Waiting int `json:"waiting"`
				Sending int `json:"sending"`
			} `json:"letters"`
			Mailboxes []struct {
				LastPoll *time.Time `json:"last_poll"`
			} `json:"mailboxes"`
		}
		if err := json.Unmarshal(out, &s); err != nil {
			return fmt.Errorf("requestd status: %w: %s", err, out)
		}
		quiet := s.Letters.Waiting+s.Letters.Sending == 0 && len(s.Mailboxes) > 0
		for _, m := range s.Mailboxes {
			quiet = quiet && m.LastPoll != nil
		}
		if quiet {
			return nil
		}
	}
	fmt.Fprintln(os.Stderr, "bench: the daemon is not quiet after two minutes: its idle figures are not those of an idle one")
	return nil
}

func standingUsers() (users []mailtest.User) {
	for n := range mostBoxes {
		users = append(users, mailtest.User{Name: standingUser(n)})
	}
	return users
}
