package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"crypto/tls"

	"requestd/intake/mailtest"
)

// result is one run of one client.
type result struct {
	wall, cpu time.Duration
	anon      int64 // peak of RssAnon in bytes, where it was watched
}

// measure runs a command to its end and watches its memory.
func measure(cmd *exec.Cmd) (r result, err error) {
	var said strings.Builder
	cmd.Stderr = &said
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err = <-done:
			r.wall, r.cpu = time.Since(begun), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
			if err != nil {
				words := said.String()
				err = fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, words[max(0, len(words)-500):])
			}
			return r, err
		case <-look.C:
			r.anon = max(r.anon, anonymous(cmd.Process.Pid))
		}
	}
}

// anonymous returns the RssAnon, in bytes, of a process and of its children,
// which read mail for it; 0 once it has ended.
func anonymous(pid int) int64 {
	sum := anonymousOf(pid)
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is sound
	for _, list := range lists {
		b, _ := os.ReadFile(list) // the thread may have ended
		for _, child := range strings.Fields(string(b)) {
			n, _ := strconv.Atoi(child) // the kernel writes numbers
			sum += anonymousOf(n)
		}
	}
	return sum
}

func anonymousOf(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// requestd reads a user's mailbox once into a new register; nothing is sent.
func (b *bench) requestd(ctx context.Context, user string, port int) (result, string, error) {
	return b.requestdInto(ctx, "", user, port)
}

// requestdInto does the same, with a new register in the database at url, or in
// a file if url is "".
func (b *bench) requestdInto(ctx context.Context, url, user string, port int) (result, string, error) {
	config, err := b.configure(user, port)
	if err == nil && url != "" {
		err = intoDatabase(config, url)
	}
	if err != nil {
		return result{}, "", err
	}
	r, err := measure(exec.CommandContext(ctx, b.binary, "run", "--once", "--no-send", "--config", config))
	return r, config, err
}

// intoDatabase changes a configuration so that it names a database in place of
// its file.
func intoDatabase(config, url string) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	at := fmt.Sprintf("store: {path: %s/requestd.db, create: true}", filepath.Dir(config))
	return os.WriteFile(config, []byte(strings.Replace(string(text), at, fmt.Sprintf("store: {url: '%s', create: true}", url), 1)), 0o600)
}

// configure writes a configuration with a new register for the mailboxes of
// user and more.
func (b *bench) configure(user string, port int, more ...string) (string, error) {
	dir, err := os.MkdirTemp(b.dir, user)
	if err != nil {
		return "", err
	}
	secret := filepath.Join(dir, "password")
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf(`store: {path: %[1]s/requestd.db, create: true}
control: {socket: %[1]s/control.sock}
smtp: {host: localhost, port: %[2]d, security: starttls, auth: password, username: %[3]s, password_file: %[4]s, ca_file: %[5]s}
sending: {per_minute: 0, per_address: {hour: 0, day: 0}, breaker: {count: 0}}
staff: [{address: officer@staff.example.org}]
mailboxes:
`, dir, b.servers.Submission, user, secret, b.servers.CAFile)
	for n, user := range append([]string{user}, more...) {
		text += fmt.Sprintf(`  - {name: %[1]s, body: Cafcass, address: %[2]s, language: en, reference: %[3]s, since: 2020-01-01,
     imap: {host: localhost, port: %[4]d, security: tls, auth: password, username: %[1]s, password_file: %[5]s, ca_file: %[6]s}}
`, user, address(user, n), prefix(n), port, secret, b.servers.CAFile)
	}
	return config, errors.Join(os.WriteFile(secret, []byte(mailtest.Password+"\n"), 0o600), os.WriteFile(config, []byte(text), 0o600))
}

// address returns the address of the n-th mailbox of a configuration.
func address(user string, n int) string {
	if n == 0 {
		return latencyAddress
	}
	return user + "@bench.example.org"
}

// prefix returns the prefix of references of the n-th mailbox.
func prefix(n int) string {
	if n < 2 {
		return []string{"CAF", "CYM"}[n]
	}
	return "ST" + string(rune('A'+n))
}

// copyAll lets mbsync copy the mailbox into a new directory.
func (b *bench) copyAll(ctx context.Context, user string, port int) (result, error) {
	dir, err := os.MkdirTemp(b.dir, "copy")
	if err != nil {
		return result{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // b.dir is removed as a whole at the end
	config := filepath.Join(dir, "rc")
	text := fmt.Sprintf(`IMAPAccount a
Host localhost
Port %d
User %s
Pass %s
AuthMechs LOGIN
SSLType IMAPS
CertificateFile %s

IMAPStore far
Account a

MaildirStore near
Path %[5]s/
Inbox %[5]s/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`, port, user, mailtest.Password, b.servers.CAFile, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return result{}, err
	}
	return measure(exec.CommandContext(ctx, "mbsync", "-q", "-c", config, "c"))
}

// bare reads headers, structure and 64 KB of text of every mail from a socket
// and throws them away: no client can be quicker.
func (b *bench) bare(user string, port int) (r result, err error) {
	begun := time.Now()
	conn, err := tls.Dial("tcp", fmt.Sprintf("localhost:%d", port), &tls.Config{RootCAs: b.servers.Pool(), MinVersion: tls.VersionTLS12})
	if err != nil {
		return r, err
	}
	defer func() { _ = conn.Close() }() // nothing was written that could be lost
	in := bufio.NewReaderSize(conn, 256<<10)
	for i, command := range []string{
		"LOGIN " + user + " " + mailtest.Password, "EXAMINE INBOX",
		"FETCH 1:* (UID INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[1]<0.65536>)", "LOGOUT",
	} {
		if _, err := fmt.Fprintf(conn, "a%d %s\r\n", i, command); err != nil {
			return r, err
		}
		if err := answer(in, fmt.Sprintf("a%d ", i)); err != nil {
			return r, fmt.Errorf("%s: %w", strings.Fields(command)[0], err)
		}
	}
	r.wall = time.Since(begun)
	return r, nil
}

// answer reads up to the tagged line.
func answer(in *bufio.Reader, tag string) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if text := string(line); strings.HasPrefix(text, tag) {
			if !strings.HasPrefix(text, tag+"OK") {
				return errors.New(strings.TrimSpace(text))
			}
			return nil
		} else if size, ok := literal(text); ok {
			if _, err := io.CopyN(io.Discard, in, size); err != nil {
				return err
			}
		}
	}
}

func literal(line string) (int64, bool) {
	line = strings.TrimRight(line, "\r\n")
	open := strings.LastIndexByte(line, '{')
	if open < 0 || !strings.HasSuffix(line, "}") {
		return 0, false
	}
	size, err := strconv.ParseInt(line[open+1:len(line)-1], 10, 64)
	return size, err == nil
}
