package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"requestd/intake/mailtest"
)

const latencyAddress = "governance@bench.example.org"

// latency delivers one mail a second and measures the time from the server's
// notice to an IDLE client, heard by a second client at the same time as by the
// daemon, to the line in the daemon's log that Postfix has accepted the
// acknowledgement.
func (b *bench) latency(ctx context.Context, mails int) error {
	config, err := b.configure(latencyUser, b.servers.IMAPS)
	if err != nil {
		return err
	}
	if err := logAsJSON(config); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	told, err := b.idle(ctx)
	if err != nil {
		return err
	}
	daemon := exec.CommandContext(ctx, b.binary, "run", "--config", config)
	daemon.Cancel = func() error { return daemon.Process.Signal(syscall.SIGTERM) }
	pipe, err := daemon.StderrPipe()
	if err == nil {
		err = daemon.Start()
	}
	if err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	sent := make(chan time.Time, mails+1)
	go accepted(pipe, sent)
	var all []time.Duration
	for i := range mails + 1 { // the first opens the sessions and is not counted
		took, err := b.oneMail(ctx, i, told, sent)
		if err != nil {
			return err
		}
		if i > 0 {
			all = append(all, took)
		}
	}
	cpu := processor(daemon.Process.Pid)
	pause(ctx, idleFor)
	row("processor time of the idle daemon", "%d ms in %s", (processor(daemon.Process.Pid) - cpu).Milliseconds(), idleFor)
	row("notification to acknowledgement accepted, one mail a second: median", "%.1f ms of %d mails", ms(median(all)), mails)
	row("the same, 99 in 100", "%.1f ms", ms(all[len(all)*99/100]))
	stop()
	_ = daemon.Wait() // ended by the signal
	return nil
}

const idleFor = 20 * time.Second

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// oneMail delivers a mail and returns the time between the two events.
func (b *bench) oneMail(ctx context.Context, i int, told, sent <-chan time.Time) (time.Duration, error) {
	id := fmt.Sprintf("quick-%d@example.com", i)
	raw := fmt.Sprintf("From: Person %[1]d <person.%[1]d@example.com>\r\nTo: %[2]s\r\nSubject: Freedom of Information request\r\nDate: %[3]s\r\nMessage-ID: <%[4]s>\r\n\r\n"+
		"Under the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, in area %[1]d.\r\n",
		i, latencyAddress, time.Now().Format(time.RFC1123Z), id)
	next := time.After(time.Second)
	b.servers.Deliver(latencyUser, []byte(raw), time.Now())
	var from, to time.Time
	for from.IsZero() || to.IsZero() {
		select {
		case from = <-told:
		case to = <-sent:
		case <-time.After(30 * time.Second):
			return 0, fmt.Errorf("mail %d was not acknowledged within 30 s", i)
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	<-next
	return to.Sub(from), nil
}

func logAsJSON(config string) error {
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("log: {format: json}\n")
	return errors.Join(err, f.Close())
}

// accepted sends the time at which each acknowledgement was accepted.
func accepted(log io.Reader, sent chan<- time.Time) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var l struct {
			Time    time.Time `json:"time"`
			Msg     string    `json:"msg"`
			Purpose string    `json:"purpose"`
		}
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Msg == "letter sent" && l.Purpose == "acknowledgement" {
			sent <- l.Time
		}
	}
}

// idle returns a channel that tells when the server announces a mail.
func (b *bench) idle(ctx context.Context) (<-chan time.Time, error) {
	conn, err := tls.Dial("tcp", fmt.Sprintf("localhost:%d", b.servers.IMAPS), &tls.Config{RootCAs: b.servers.Pool(), MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	in := bufio.NewReader(conn)
	for i, command := range []string{"LOGIN " + latencyUser + " " + mailtest.Password, "EXAMINE INBOX"} {
		if _, err := fmt.Fprintf(conn, "a%d %s\r\n", i, command); err != nil {
			return nil, err
		}
		if err := answer(in, fmt.Sprintf("a%d ", i)); err != nil {
			return nil, err
		}
	}
	if _, err := io.WriteString(conn, "a9 IDLE\r\n"); err != nil {
		return nil, err
	}
	told := make(chan time.Time, 1)
	go func() {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if strings.HasSuffix(strings.TrimSpace(line), "EXISTS") {
				told <- time.Now()
			}
		}
	}()
	return told, nil
}

// processor returns the processor time that a process has used.
func processor(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var user, system int64
	if len(fields) > 12 {
		_, _ = fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // the kernel counts in hundredths
}
