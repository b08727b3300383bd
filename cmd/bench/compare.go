package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"requestd/intake/mailtest"
)

// side holds what the clients measured side by side, one result for each round.
type side struct {
	ours, copied, bare  []result
	inDatabase          []result
	ourBytes, bareBytes int64 // counted by a proxy, received from the server
}

// beside runs the clients in turn on a mailbox, either straight against the
// server or over a line with a delay. Then a proxy counts the bytes of two of
// them.
func (b *bench) beside(ctx context.Context, user string, delay time.Duration) (s side, config string, err error) {
	proxy := mailtest.StartProxy(b.t, b.servers.IMAPS, delay)
	port := b.servers.IMAPS // no proxy: its own work would slow the client that reads most
	if delay > 0 {
		port = proxy.Port
	}
	if _, err = b.bare(user, port); err != nil { // fills Dovecot's cache, so that all clients find it filled
		return s, "", err
	}
	for range b.rounds {
		r, err := b.bare(user, port)
		if err != nil {
			return s, "", err
		}
		s.bare = append(s.bare, r)
		if b.mbsync {
			if r, err = b.copyAll(ctx, user, port); err != nil {
				return s, "", err
			}
			s.copied = append(s.copied, r)
		}
		if r, config, err = b.requestd(ctx, user, port); err != nil {
			return s, "", err
		}
		s.ours = append(s.ours, r)
		if b.database == nil || delay > 0 {
			continue
		}
		if r, err = b.database.takeIn(ctx, b, user, port); err != nil {
			return s, "", err
		}
		s.inDatabase = append(s.inDatabase, r)
	}
	was := proxy.Down()
	if _, err = b.bare(user, proxy.Port); err != nil {
		return s, "", err
	}
	s.bareBytes = proxy.Down() - was
	was = proxy.Down()
	_, _, err = b.requestd(ctx, user, proxy.Port)
	s.ourBytes = proxy.Down() - was
	return s, config, err
}

func (s side) rows(what string) {
	ours, bare := seconds(s.ours), seconds(s.bare)
	last := s.ours[len(s.ours)-1]
	row(what+": bare socket, headers and text", "%.2f s, %.1f MB", bare, float64(s.bareBytes)/1e6)
	if len(s.copied) > 0 {
		row(what+": mbsync, everything", "%.2f s", seconds(s.copied))
		row(what+": requestd, share of mbsync's time", "%.2f", ours/seconds(s.copied))
	}
	row(what+": requestd", "%.2f s, of which processor %.2f s", ours, last.cpu.Seconds())
	if len(s.inDatabase) > 0 {
		last := s.inDatabase[len(s.inDatabase)-1]
		row(what+": requestd, its register in PostgreSQL", "%.2f s, of which the program's processor %.2f s", seconds(s.inDatabase), last.cpu.Seconds())
		row(what+": that, times the time with a file", "%.2f", seconds(s.inDatabase)/ours)
	}
	row(what+": requestd, times the bare socket's time", "%.1f", ours/bare)
	row(what+": requestd, bytes from the server", "%.1f MB, %.2f times the bare socket's", float64(s.ourBytes)/1e6, float64(s.ourBytes)/float64(s.bareBytes))
	row(what+": requestd, peak of RssAnon", "%.1f MB", float64(last.anon)/1e6)
}

// backlog takes in the large mailbox and checks that every mail is there.
func (b *bench) backlog(ctx context.Context, n int) error {
	s, config, err := b.beside(ctx, backlogUser, 0)
	if err != nil {
		return err
	}
	s.rows(fmt.Sprintf("%d mails", n))
	info, err := os.Stat(filepath.Join(filepath.Dir(config), "requestd.db"))
	if err != nil {
		return err
	}
	row("register after that", "%.1f MB", float64(info.Size())/1e6)
	return b.check(ctx, config, n)
}

// check checks that every mail is in the register with a decision, and verifies
// the register.
func (b *bench) check(ctx context.Context, config string, n int) error {
	out, err := exec.CommandContext(ctx, b.binary, "messages", "--json", "--config", config).Output()
	if err != nil {
		return fmt.Errorf("requestd messages: %w", err)
	}
	if got := bytes.Count(out, []byte(`"decision":"`)); got != n {
		return fmt.Errorf("%d of %d mails are in the register with a decision", got, n)
	}
	if said, err := exec.CommandContext(ctx, b.binary, "verify", "--config", config).CombinedOutput(); err != nil {
		return fmt.Errorf("requestd verify: %w: %s", err, said)
	}
	row("mails found in the register with a decision; it verifies", "%d", n)
	return nil
}

// distance takes in a mailbox over a line with a long delay.
func (b *bench) distance(ctx context.Context, rtt time.Duration) error {
	s, _, err := b.beside(ctx, distanceUser, rtt/2)
	if err != nil {
		return err
	}
	s.rows(fmt.Sprintf("%d mails, %s of round trip", distantMails, rtt))
	return nil
}

// large takes in a mailbox that contains a mail of 100 MB.
func (b *bench) large(ctx context.Context) error {
	r, config, err := b.requestd(ctx, largeUser, b.servers.IMAPS)
	if err != nil {
		return err
	}
	row("a mail of 100 MB: peak of RssAnon", "%.1f MB, %.2f s", float64(r.anon)/1e6, r.wall.Seconds())
	return b.check(ctx, config, 2)
}

// largeMail yields a mail of 100 MB and a small one after it.
func largeMail(at time.Time) iter.Seq2[[]byte, time.Time] {
	head := "From: Ann Example <ann@example.com>\r\nTo: governance@example.org\r\nSubject: Request\r\nMIME-Version: 1.0\r\n"
	text := "Content-Type: text/plain; charset=utf-8\r\n\r\nUnder the Freedom of Information Act 2000 please send me the figures for 2025.\r\n"
	return func(yield func([]byte, time.Time) bool) {
		var large bytes.Buffer
		large.WriteString(head + "Message-ID: <large@example.com>\r\nContent-Type: multipart/mixed; boundary=mark\r\n\r\n--mark\r\n" + text +
			"--mark\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		line := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("scan", 14)))
		for large.Len() < 100<<20 {
			large.WriteString(line + "\r\n")
		}
		large.WriteString("--mark--\r\n")
		_ = yield(large.Bytes(), at.Add(-time.Hour)) && yield([]byte(head+"Message-ID: <small@example.com>\r\n"+text), at)
	}
}
