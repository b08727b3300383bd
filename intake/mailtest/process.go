package mailtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	// patience limits every wait for a server of ours outside a test; it is never
	// reached when things work.
	patience = 60 * time.Second
	// lastWords is how long before its deadline a test gives up waiting, so that
	// it can report what it waited for.
	lastWords = 10 * time.Second
)

// InTime returns a context of the test that ends shortly before the test's own
// deadline: however slow the machine is, nothing else ends a wait.
func InTime(t T) (context.Context, context.CancelFunc) { return inTime(t.Context(), t) }

func inTime(ctx context.Context, t T) (context.Context, context.CancelFunc) {
	test, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return context.WithTimeout(ctx, patience)
	}
	if end, limited := test.Deadline(); limited {
		return context.WithDeadline(ctx, end.Add(-lastWords))
	}
	return context.WithCancel(ctx)
}

// process is a server in the foreground, in its own process group.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startProcess runs a server.
func startProcess(logFile, name string, args ...string) (*process, error) {
	out, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the log of %s: %w", name, err)
	}
	defer out.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // how it ended is in its log
	}()
	return p, nil
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop stops the server in order, and by force if it does not obey.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping %s: %w", p.cmd.Path, err)
	}
	select {
	case <-p.done:
	case <-time.After(patience):
	}
	return p.kill()
}

// kill ends the server and every process of its group at once.
func (p *process) kill() error {
	if p == nil {
		return nil
	}
	err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("killing %s: %w", p.cmd.Path, err)
	}
	<-p.done
	return nil
}

// poll calls ready until it is true; it gives up when the context ends or the
// test's time is over, or when failed (which may be nil) is closed.
func poll(ctx context.Context, t T, failed <-chan struct{}, what string, ready func() bool) error {
	ctx, cancel := inTime(ctx, t)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-failed:
			return fmt.Errorf("waiting for %s: the server has ended", what)
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		}
	}
	return nil
}

// greets reports whether a server on addr begins with the given words.
func greets(addr, words string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return false
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, words)
}
