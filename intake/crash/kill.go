package crash

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"requestd/store"
)

// atMost is how long a process is watched that logs nothing.
const atMost = 4 * time.Second

// kill starts the program and ends it with SIGKILL a number of log lines later
// and after a further moment. The log shows what was just committed; because of
// the moment the kill can fall anywhere between two lines.
func (r *run) kill() {
	cmd := exec.CommandContext(r.ctx, r.Binary, "run", "--config", r.config)
	out, err := cmd.StderrPipe()
	r.must("start the program", err)
	r.must("start the program", cmd.Start())
	lines := make(chan string, 1024)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	last := r.watch(lines, r.rng.IntN(24), 0)
	moment, settled := 40*time.Millisecond, func() {}
	if last != "" && r.rng.IntN(3) == 0 { // a command is at work as well
		moment, settled = 200*time.Millisecond, r.startCommand()
	}
	if more := r.watch(lines, 0, time.Duration(r.rng.Int64N(int64(moment)))); more != "" {
		last = more
	}
	switch {
	case last == "":
		r.tally.Starting++
	case strings.Contains(last, "mail taken in"):
		r.tally.Taking++
	}
	r.must("kill the program", cmd.Process.Kill())
	r.tally.Kills++
	for line := range lines { // to the end, so that Wait may close the pipe
		last = line
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		r.violate("the program ended by itself: %v; its last line: %s", err, last)
	}
	settled()
}

// startCommand starts a command that works on the register while the program is
// killed. The function that it returns waits for the command, and checks the
// copy that the command says it made.
func (r *run) startCommand() (settled func()) {
	what := []string{"backup", "verify", "reload"}[r.rng.IntN(3)]
	copied := filepath.Join(r.Dir, "copy.db")
	args := []string{what, "--config", r.config}
	if what == "backup" {
		args = append(args, copied)
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(r.ctx, r.Binary, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	r.must("start a command", cmd.Start())
	r.tally.Beside++
	return func() {
		made := cmd.Wait() == nil // otherwise the kill came first
		if what != "backup" || !made {
			return
		}
		findings, err := store.VerifyFile(r.ctx, copied, nil)
		if err != nil || len(findings) > 0 {
			r.violate("a copy was said to be made, and is not sound: %v, %v; %s", err, findings, tail(said.String()))
		}
		r.must("remove the copy", os.Remove(copied))
	}
}

// watch returns the last line after n lines and a further moment.
func (r *run) watch(lines <-chan string, n int, moment time.Duration) (last string) {
	deadline := time.NewTimer(atMost)
	defer deadline.Stop()
	for ; n > 0; n-- {
		select {
		case line, ok := <-lines:
			if !ok {
				return last
			}
			last = line
		case <-deadline.C:
			return last
		}
	}
	wait := time.NewTimer(moment)
	defer wait.Stop()
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return last
			}
			last = line
		case <-wait.C:
			return last
		}
	}
}

// finish lets the program do its work undisturbed until all mail is read and no
// letter waits.
func (r *run) finish() {
	for range 60 {
		out, err := exec.CommandContext(r.ctx, r.Binary, "run", "--once", "--config", r.config).CombinedOutput()
		if err != nil {
			r.violate("the last run failed: %v: %s", err, tail(string(out)))
			return
		}
		if r.idle() {
			break
		}
	}
	r.check()
	r.arrived()
	r.delivered(true)
	verify := []string{"verify", "--config", r.config}
	if r.url == "" {
		verify = append(verify, r.store)
	}
	if out, err := exec.CommandContext(r.ctx, r.Binary, verify...).CombinedOutput(); err != nil {
		r.violate("requestd verify: %v: %s", err, tail(string(out)))
	}
}

// arrived waits until everything that Postfix accepted for the requesters is
// delivered.
func (r *run) arrived() {
	ctx, stop := context.WithTimeout(r.ctx, time.Minute)
	defer stop()
	for every := time.NewTicker(200 * time.Millisecond); ; {
		to := map[string]bool{}
		for _, d := range r.servers.Deliveries() {
			to[d.To] = true
		}
		if !slices.ContainsFunc(r.mails, func(m sent) bool { return !to[m.from] }) {
			return
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return // delivered reports who has nothing
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-1500):] }
