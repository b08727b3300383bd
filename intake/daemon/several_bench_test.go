package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/mailtest"
	"requestd/store"
	"requestd/store/storetest"
)

const (
	away   = 20 * time.Millisecond // round trip
	tenOf  = 10
	toEach = 12 // requests
)

// BenchmarkSeveral measures how many times as fast two daemons are as one at
// taking in, acknowledging and showing to staff the requests in ten mailboxes,
// with a database that is 20 ms away.
func BenchmarkSeveral(b *testing.B) {
	for b.Loop() {
		one, two := dealtWith(b, 1), dealtWith(b, 2)
		b.ReportMetric(one, "mails/s-by-one")
		b.ReportMetric(two, "mails/s-by-two")
		b.ReportMetric(two/one, "times-as-fast")
	}
}

// BenchmarkIdle measures what two daemons that watch ten empty mailboxes cost
// their database.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		t := newTenBoxes(b, 0, 2)
		ctx := b.Context()
		conn, err := pgx.Connect(ctx, t.server.URL(""))
		if err != nil {
			b.Fatal(err)
		}
		var steps, before [2]float64 // transactions, and milliseconds of running statements
		ask := func(into *[2]float64) {
			if err := conn.QueryRow(ctx, "SELECT xact_commit + xact_rollback, active_time FROM pg_stat_database WHERE datname = current_database()").Scan(&into[0], &into[1]); err != nil {
				b.Fatal(err)
			}
		}
		ask(&before)
		begun := time.Now()
		<-time.After(time.Minute)
		ask(&steps)
		took := time.Since(begun).Seconds()
		b.ReportMetric((steps[0]-before[0])/took, "transactions/s")
		b.ReportMetric((steps[1]-before[1])/took, "ms/s-busy")
		if err := conn.Close(ctx); err != nil {
			b.Error(err)
		}
		t.end()
	}
}

// tenBoxes is the set-up of some daemons that share ten mailboxes.
type tenBoxes struct {
	server *storetest.Server
	imap   *mailtest.FaultyIMAP
	users  []mailtest.User
	end    func()
}

// newTenBoxes starts the daemons, with a database at that distance, and waits
// until each has its share.
func newTenBoxes(b *testing.B, away time.Duration, daemons int) *tenBoxes {
	b.Helper()
	server, err := storetest.StartServer()
	if err != nil {
		b.Fatal(err)
	}
	t := &tenBoxes{server: server}
	for i := range tenOf {
		t.users = append(t.users, mailtest.User{Name: fmt.Sprintf("box%d", i), Password: "secret"})
	}
	t.imap = mailtest.StartIMAP(b, mailtest.IMAPOptions{Plain: true, Users: t.users})
	smtp := mailtest.StartSMTP(b, mailtest.SMTPOptions{})
	dir := startSlow(b, server.Dir, away/2)
	var all []*Daemon
	var ends []func()
	for range daemons {
		d, end := benchDaemon(b, "postgres://requestd@/postgres?host="+url.QueryEscape(dir), t.imap.Port, smtp)
		all, ends = append(all, d), append(ends, end)
	}
	t.end = func() {
		for _, end := range ends {
			end()
		}
		if err := server.End(); err != nil {
			b.Error(err)
		}
	}
	await(b, func() bool {
		n := 0
		for _, d := range all {
			n += len(d.watched())
		}
		return n == tenOf && len(all[0].watched()) == tenOf/daemons
	})
	return t
}

// dealtWith returns how many requests a second that many daemons deal with.
func dealtWith(b *testing.B, daemons int) float64 {
	b.Helper()
	t := newTenBoxes(b, away, daemons)
	defer t.end()
	begun := time.Now()
	for n := range toEach {
		for _, u := range t.users {
			t.imap.Deliver(b, u.Name, fmt.Appendf(nil, "From: Ann Example <ann.%s.%d@example.org>\r\nTo: %[1]s@bodies.example.org\r\nSubject: Freedom of Information request\r\nMessage-ID: <%d.%[1]s@example.org>\r\n"+
				"Date: %[4]s\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n",
				u.Name, n, n, begun.Format(time.RFC1123Z)), begun)
		}
	}
	db, err := store.OpenURL(t.server.URL(""), "", false, store.Options{ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	await(b, func() bool {
		sent := 0
		err := db.View(func(tx *store.Tx) error {
			sent = 0
			for range tx.Letters(store.LetterFilter{State: intake.LetterSent}) {
				sent++
			}
			return nil
		})
		return err == nil && sent >= 2*toEach*tenOf // an acknowledgement and a copy for each
	})
	return toEach * tenOf / time.Since(begun).Seconds()
}

func await(b *testing.B, is func() bool) {
	b.Helper()
	for t := time.NewTicker(50 * time.Millisecond); !is(); {
		select {
		case <-t.C:
		case <-b.Context().Done():
			b.Fatal("it never came to that")
		}
	}
}

func benchDaemon(b *testing.B, url string, imap int, smtp *mailtest.FaultySMTP) (d *Daemon, end func()) {
	b.Helper()
	dir := b.TempDir()
	text := fmt.Sprintf("store: {url: '%s', create: true}\ncontrol: {socket: control.sock}\nsmtp: {host: localhost, port: %d, security: starttls, auth: none, ca_file: %s}\n"+
		"sending: {per_minute: 0, breaker: {count: 0, within: 10m}}\nstaff: [{address: officer@staff.example.org, gets: [triage, copies]}]\nmailboxes:\n", url, smtp.Port, smtp.CAFile)
	for i := range tenOf {
		text += fmt.Sprintf("  - {name: box%d, body: Body %[1]d, address: box%[1]d@bodies.example.org, language: en, reference: B%c, since: 2020-01-01,\n"+
			"     imap: {host: 127.0.0.1, port: %d, security: none, username: box%[1]d, password_file: password}}\n", i, 'A'+i, imap)
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("secret\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Parse([]byte(text), filepath.Join(dir, "config.yaml"))
	if err == nil {
		err = cfg.Check()
	}
	if err != nil {
		b.Fatal(err)
	}
	if d, err = Open(b.Context(), cfg, slog.New(slog.DiscardHandler), time.Now, false); err != nil {
		b.Fatal(err)
	}
	d.Tell = func(string) error { return nil }
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return d, func() {
		stop()
		if err := errors.Join(<-done, d.Close()); err != nil {
			b.Error(err)
		}
	}
}

// startSlow puts a proxy in front of a database that delays each way. It
// returns the directory of the proxy's socket.
func startSlow(tb testing.TB, behind string, way time.Duration) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "requestd-slow")
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close(); _ = os.RemoveAll(dir) })
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("unix", filepath.Join(behind, ".s.PGSQL.5432"))
			if err != nil {
				from.Close()
				continue
			}
			go late(from, to, way)
			go late(to, from, way)
		}
	}()
	return dir
}

type chunk struct {
	b  []byte
	at time.Time
}

func late(from, to net.Conn, way time.Duration) {
	chunks := make(chan chunk, 1024)
	go func() {
		defer close(chunks)
		for {
			buf := make([]byte, 32<<10)
			n, err := from.Read(buf)
			if n > 0 {
				chunks <- chunk{buf[:n], time.Now().Add(way)}
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					from.Close()
				}
				return
			}
		}
	}()
	for c := range chunks {
		time.Sleep(time.Until(c.at))
		if _, err := to.Write(c.b); err != nil {
			break
		}
	}
	to.Close()
	from.Close()
	for range chunks {
	}
}
