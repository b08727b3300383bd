package daemon

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/mailtest"
	"requestd/intake/register"
)

// desk is a daemon that runs within a test, its mail server, and everything
// that it told the service manager and the log.
type desk struct {
	*Daemon
	t    *testing.T
	dir  string
	hand *hand
	imap *mailtest.FaultyIMAP // nil if nothing listens
	smtp *mailtest.FaultySMTP
	log  lockedLog
	told chan string
	end  context.CancelFunc
	done chan error

	store                    string // where its register is
	address, officer, prefix string // of its mailbox, its staff and its references
}

// lockedLog collects what several goroutines log.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// friday is the day on which these tests' daemons run.
var friday = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// hand is a clock that shows the time to which it was set; if never set, the
// machine's.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at.IsZero() {
		return time.Now()
	}
	return h.at
}

func (h *hand) set(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = at
}

// newDesk makes a daemon that is not running yet. Nothing listens at its
// mailbox's address.
func newDesk(t *testing.T, more string) *desk {
	t.Helper()
	d := prepare(t)
	d.hand.set(friday)
	d.make(more)
	return d
}

func prepare(t *testing.T) *desk {
	t.Helper()
	return &desk{t: t, dir: t.TempDir(), hand: &hand{}, smtp: mailtest.StartSMTP(t, mailtest.SMTPOptions{}), told: make(chan string, 1000),
		store: "path: requestd.db, create: true", address: "governance@cafcass.gov.uk", officer: "officer@staff.example.org", prefix: "CAF"}
}

// make writes the configuration and makes the daemon.
func (d *desk) make(more string) {
	d.t.Helper()
	d.write("password", "secret\n")
	d.write("holidays.json", holidayList(""))
	d.configure(more)
	d.open()
	d.t.Cleanup(func() {
		if err := d.Close(); err != nil {
			d.t.Error(err)
		}
	})
}

// open makes the daemon from the configuration.
func (d *desk) open() {
	d.t.Helper()
	cfg, err := d.load()
	if err != nil {
		d.t.Fatal(err)
	}
	if d.Daemon, err = Open(d.t.Context(), cfg, slog.New(slog.NewTextHandler(&d.log, nil)), d.hand.now, false); err != nil {
		d.t.Fatal(err)
	}
	d.Load = d.load
	d.Tell = func(state string) error { d.told <- state; return nil }
}

func (d *desk) load() (*config.Config, error) {
	cfg, err := config.Load(d.path("config.yaml"))
	if err != nil {
		return nil, err
	}
	return cfg, cfg.Check()
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) configure(more string) {
	port := 1
	if d.imap != nil {
		port = d.imap.Port
	}
	d.write("config.yaml", fmt.Sprintf(`
store: {%s}
control: {socket: control.sock}
smtp: {host: localhost, port: %d, security: starttls, auth: none, ca_file: %s}
staff: [{address: %s}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: %s, language: en, reference: %s, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: %d, security: none, username: g, password_file: password}}
%s`, d.store, d.smtp.Port, d.smtp.CAFile, d.officer, d.address, d.prefix, port, more))
}

// run starts the daemon and waits until it says that it is ready.
func (d *desk) run() {
	d.t.Helper()
	d.start()
	d.hear("READY=1")
}

// start starts the daemon; the test's end stops it.
func (d *desk) start() {
	ctx, end := context.WithCancel(d.t.Context())
	d.end, d.done = end, make(chan error, 1)
	go func() { d.done <- d.Run(ctx) }()
	d.t.Cleanup(d.stop)
}

// stop ends the daemon as SIGTERM does.
func (d *desk) stop() {
	if d.end == nil {
		return
	}
	d.end()
	d.end = nil
	if err := <-d.done; err != nil {
		d.t.Errorf("the daemon ended with %v", err)
	}
}

// hear waits until the service manager is told something that begins with want.
func (d *desk) hear(want string) string {
	d.t.Helper()
	for {
		select {
		case state := <-d.told:
			if strings.Contains(state, want) {
				return state
			}
		case err := <-d.done:
			d.t.Fatalf("the daemon ended with %v before %q", err, want)
		case <-d.t.Context().Done():
			d.t.Fatalf("never told %q", want)
		}
	}
}

// until waits for a condition.
func (d *desk) until(what string, holds func() bool) {
	d.t.Helper()
	ctx, cancel := mailtest.InTime(d.t)
	defer cancel()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case err := <-d.done:
			d.t.Fatalf("the daemon ended with %v before %s", err, what)
		case <-ctx.Done():
			d.t.Fatalf("it never came to %s", what)
		}
	}
}

// receive lets the engine take in a request and returns its reference.
func (d *desk) receive(n uint32) string {
	d.t.Helper()
	raw := fmt.Sprintf("From: Ann Example <ann%d@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Freedom of Information request\r\n"+
		"Message-ID: <%d@example.org>\r\nDate: %s\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n",
		n, n, friday.Format(time.RFC1123Z))
	place := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1}
	if err := d.Engine.TakeIn(d.t.Context(), place, []mailbox.Fetched{{UID: n, Received: friday, Raw: []byte(raw), Complete: true}}, n); err != nil {
		d.t.Fatal(err)
	}
	list, _, err := d.Engine.Register.Messages(d.t.Context(), register.MessageFilter{})
	if err != nil {
		d.t.Fatal(err)
	}
	return list[len(list)-1].Ref
}

func (d *desk) view(ref string) *register.CaseDetails {
	d.t.Helper()
	f, err := d.Engine.Register.Case(d.t.Context(), ref)
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func (d *desk) letters(purpose intake.Purpose) (some []intake.Letter) {
	d.t.Helper()
	for _, l := range d.outbox() {
		if l.Purpose == purpose {
			some = append(some, l)
		}
	}
	return some
}

// holidayList returns a list in GOV.UK's format with Christmas Day and, if one
// is named, one more day.
func holidayList(more string) string {
	events := `{"title":"Christmas Day","date":"2026-12-25","notes":"","bunting":true}`
	if more != "" {
		events += `,{"title":"Day of thanks","date":"` + more + `","notes":"","bunting":true}`
	}
	var divisions []string
	for _, div := range []string{"england-and-wales", "scotland", "northern-ireland"} {
		divisions = append(divisions, fmt.Sprintf(`%q:{"division":%q,"events":[%s]}`, div, div, events))
	}
	return "{" + strings.Join(divisions, ",") + "}"
}
