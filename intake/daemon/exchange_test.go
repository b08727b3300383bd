package daemon_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/daemon"
	"requestd/intake/health"
	"requestd/intake/mailtest"
	"requestd/intake/register"
)

// journal collects what the daemon logs.
type journal struct {
	mu sync.Mutex
	b  strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// office is a daemon that runs on real servers.
type office struct {
	*daemon.Daemon
	t   *testing.T
	log journal
}

// place writes a configuration and the files that it names, and returns its
// path.
func place(t *testing.T, settings string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["config.yaml"] = settings
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "config.yaml")
}

func load(t *testing.T, file string) *config.Config {
	t.Helper()
	cfg, err := config.Load(file)
	if err == nil {
		err = cfg.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// open runs a daemon until the test ends.
func open(t *testing.T, cfg *config.Config) *office {
	t.Helper()
	o := &office{t: t}
	d, err := daemon.New(cfg, slog.New(slog.NewTextHandler(&o.log, nil)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	o.Daemon = d
	d.Tell = func(string) error { return nil }
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		end()
		if err := <-done; err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(o.log.String())
		}
	})
	return o
}

// until waits for a condition.
func (o *office) until(what string, holds func() bool) {
	o.t.Helper()
	ctx, cancel := mailtest.InTime(o.t)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-ctx.Done():
			o.t.Fatalf("it never came to %s", what)
		}
	}
}

func (o *office) letters(purpose intake.Purpose, mailbox string) []intake.Letter {
	o.t.Helper()
	list, err := o.Engine.Register.Letters(o.t.Context(), register.LetterFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(l intake.Letter) bool { return l.Purpose != purpose || l.Mailbox != mailbox })
}

// arrival returns what became of a mail; nil before it was read.
func (o *office) arrival(messageID string) *intake.Arrival {
	o.t.Helper()
	list, _, err := o.Engine.Register.Messages(o.t.Context(), register.MessageFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, a := range list {
		if a.MessageID == messageID {
			return &a
		}
	}
	return nil
}

func (o *office) full(ref string) *register.CaseDetails {
	o.t.Helper()
	f, err := o.Engine.Register.Case(o.t.Context(), ref)
	if err != nil {
		o.t.Fatal(err)
	}
	return f
}

// request returns a mail that asks for information.
func request(id, to string) []byte {
	return fmt.Appendf(nil, "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none; dmarc=pass action=none header.from=example.org\r\n"+
		"From: Ann Example <%s@example.org>\r\nTo: %s\r\nSubject: Freedom of Information request\r\nMessage-ID: <%s@example.org>\r\nDate: %s\r\n\r\n"+
		"Dear officer,\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n\r\nAnn Example\r\n",
		id, to, id, time.Now().Format(time.RFC1123Z))
}

const (
	governance = "governance@cafcass.gov.uk"
	welsh      = "CafcassCymru@gov.wales"
)

// tenant imitates Exchange Online as far as real servers can: tokens only,
// valid for every mailbox that the application was granted, and few extensions.
type tenant struct {
	*mailtest.Servers
	tokens *mailtest.Tokens
	broken *mailtest.FaultySMTP // the Welsh mailbox sends through it
}

func newTenant(t *testing.T) *tenant {
	tokens := mailtest.StartTokens(t, mailtest.TokenOptions{EveryMailbox: true})
	return &tenant{
		Servers: mailtest.Start(t, mailtest.Options{OAuth: tokens, Mechanisms: "xoauth2", Capability: mailtest.Exchange}),
		tokens:  tokens,
		broken: mailtest.StartSMTP(t, mailtest.SMTPOptions{Accept: func(mechanism, user, token string) bool {
			return mechanism == "XOAUTH2" && strings.EqualFold(user, welsh) && token != ""
		}}),
	}
}

// settings returns a configuration with five lines for each mailbox; the other
// lines say where the test's servers are.
func (x *tenant) settings() string {
	return fmt.Sprintf(`
store: {path: requestd.db, create: true}
control: {socket: control.sock}
sending: {retry: [100ms], in_doubt_wait: [100ms, 1s, 1s, 1s, 1s, 1s], account_pause: 1s}
staff: [{address: officer@staff.example.org}]
oauth:
  - {name: entra, kind: client-credentials, client_id: app, secret_file: secret, token_url: %q, scopes: [%q]}
mailboxes:
  - {name: cafcass, body: Cafcass, address: %s, language: en, reference: CAF, since: %s,
     provider: microsoft365, oauth: entra,
     imap: {host: 127.0.0.1, port: %d, junk_folder: Junk, sent_folder: Sent, poll_interval: 1s, ca_file: %[6]q},
     smtp: {host: 127.0.0.1, port: %[7]d, ca_file: %[6]q}}
  - {name: cymru, body: Cafcass Cymru, address: %[8]s, aliases: [CafcassCymru@llyw.cymru], language: cy-en, reference: CYM, since: %[4]s,
     provider: microsoft365, oauth: entra,
     imap: {host: 127.0.0.1, port: %[5]d, junk_folder: Junk, sent_folder: Sent, poll_interval: 1s, ca_file: %[6]q},
     smtp: {host: 127.0.0.1, port: %[9]d, ca_file: %[10]q}}
`, x.tokens.URL(), x.tokens.Scope, governance, deadlines.DayOf(time.Now())-3, x.IMAPS, x.CAFile, x.Submission, welsh, x.broken.Port, x.broken.CAFile)
}

func (x *tenant) open(t *testing.T) *office {
	return open(t, load(t, place(t, x.settings(), map[string]string{"secret": "secret\n"})))
}

// acknowledged waits until a request is a case whose acknowledgement was
// accepted, and returns its reference.
func (o *office) acknowledged(messageID string) string {
	o.t.Helper()
	ref := ""
	o.until("the acknowledgement of "+messageID, func() bool {
		a := o.arrival(messageID)
		if a == nil || a.Ref == "" {
			return false
		}
		ref = a.Ref
		return o.full(ref).AcknowledgedAt != nil
	})
	return ref
}

func TestMailboxesOfATenant(t *testing.T) {
	x := newTenant(t)
	o := x.open(t)

	t.Run("one token reads and sends for all mailboxes, and is renewed once", func(t *testing.T) {
		x.For(t).Deliver("governance", request("first", governance), time.Now())
		o.acknowledged("first@example.org")
		x.WaitDeliveries(t.Context(), "the acknowledgement", func(d []mailtest.Delivery) bool { return to(d, "first@example.org") == 1 })
		if n := len(x.tokens.Requests()); n != 1 {
			t.Errorf("%d tokens were asked for", n)
		}
		x.tokens.Expire()
		x.Kick(governance)
		x.Kick(strings.ToLower(welsh))
		x.Deliver("governance", request("second", governance), time.Now())
		o.acknowledged("second@example.org")
		o.until("both mailboxes' being read again", func() bool { return strings.Count(o.log.String(), "mailbox opened") == 4 })
		if n := len(x.tokens.Requests()); n != 2 {
			t.Errorf("%d tokens were asked for once the first had ended", n)
		}
	})
	t.Run("what lies in the junk folder is a triage case at most", func(t *testing.T) { junk(t, x, o) })
	t.Run("a colleague's own reply is offered to staff and decides nothing", func(t *testing.T) { ownReply(t, x, o) })
	t.Run("a letter in doubt is found among those sent", func(t *testing.T) { doubt(t, x, o) })
	t.Run("a mailbox that may not send any more says so, and is tried again", func(t *testing.T) { sendingRefused(t, x, o) })
}

// standing returns the state of a mailbox.
func (o *office) standing(mailbox string) health.Mailbox {
	o.t.Helper()
	s, err := o.Status(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, m := range s.Mailboxes {
		if m.Name == mailbox {
			return m
		}
	}
	o.t.Fatalf("no status of %s", mailbox)
	return health.Mailbox{}
}

func sendingRefused(t *testing.T, x *tenant, o *office) {
	x.broken.Script(mailtest.SMTPFault{At: mailtest.AtAuth, Reply: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox."})
	x.broken.HangUp()
	x.Deliver("cymru", request("fourth", welsh), time.Now())
	o.until("the trouble's being told", func() bool {
		return strings.Contains(o.standing("cymru").SendTrouble, "Set-CASMailbox -Identity "+welsh+" -SmtpClientAuthenticationDisabled $false")
	})
	if m := o.standing("cafcass"); m.SendTrouble != "" {
		t.Errorf("the other mailbox: %s", m.SendTrouble)
	}
	x.broken.Script()
	o.acknowledged("fourth@example.org")
	if m := o.standing("cymru"); m.SendTrouble != "" {
		t.Errorf("once it is mended: %s", m.SendTrouble)
	}
}

func to(d []mailtest.Delivery, address string) (n int) {
	for _, m := range d {
		if m.To == address {
			n++
		}
	}
	return n
}

func junk(t *testing.T, x *tenant, o *office) {
	x.Append("governance", "Junk", request("spammed", governance), time.Now())
	x.Append("governance", "Junk", []byte("From: Shop <shop@example.com>\r\nTo: "+governance+"\r\nSubject: Cheap pills\r\nMessage-ID: <pills@example.com>\r\n\r\nBest prices on all pills, 80 % off this week only. Order now on our website. Unsubscribe here.\r\n"), time.Now())
	o.until("the junk folder's being read", func() bool {
		return o.arrival("spammed@example.org") != nil && o.arrival("pills@example.com") != nil
	})
	a := o.arrival("spammed@example.org")
	if a.Decision != intake.DidTriage || a.Ref == "" || o.full(a.Ref).State != intake.StateTriage {
		t.Errorf("a request among the junk: %+v", a)
	}
	if a := o.arrival("pills@example.com"); a.Ref != "" {
		t.Errorf("junk made the case %s", a.Ref)
	}
	for _, l := range o.letters(intake.ForAcknowledgement, "cafcass") {
		if l.Ref == a.Ref && (l.State == intake.LetterWaiting || l.State == intake.LetterSent) {
			t.Errorf("a letter to the sender of junk: %s", l.State)
		}
	}
}

func ownReply(t *testing.T, x *tenant, o *office) {
	ref := o.arrival("first@example.org").Ref
	// Exchange files a copy of everything that is sent by SMTP.
	for _, m := range x.Deliveries() {
		if m.To == "first@example.org" {
			x.Append("governance", "Sent", m.Raw, time.Now())
		}
	}
	reply := func(id, subject, thread string) {
		x.Append("governance", "Sent", fmt.Appendf(nil, "From: Colleague <%s>\r\nTo: first@example.org\r\nSubject: %s\r\nMessage-ID: <%s@cafcass.gov.uk>\r\n%sDate: %s\r\n\r\nThe figures are attached.\r\n",
			governance, subject, id, thread, time.Now().Format(time.RFC1123Z)), time.Now())
	}
	reply("other-matter", "Room booking", "")
	reply("own-reply", "Re: Freedom of Information request", "In-Reply-To: <first@example.org>\r\n")
	seen := func() (codes []string) {
		for _, e := range o.full(ref).Events {
			if e.Name == intake.ReplySeen {
				codes = append(codes, e.Code)
			}
		}
		return codes
	}
	o.until("the reply's being seen", func() bool { return len(seen()) > 0 })
	if got := seen(); len(got) != 1 || got[0] == "" || strings.Contains(got[0], "@") {
		t.Errorf("seen %q, want one that names nobody", got)
	}
	if state := o.full(ref).State; state != intake.StateOpen {
		t.Errorf("the case is %s", state)
	}
}

func doubt(t *testing.T, x *tenant, o *office) {
	x.broken.Script(mailtest.SMTPFault{At: mailtest.AtBody, If: "third@example.org", Times: 1, Drop: true})
	x.Deliver("cymru", request("third", welsh), time.Now())
	copies := func() (raws [][]byte) {
		for _, m := range x.broken.Mails() {
			if slices.Contains(m.To, "third@example.org") {
				raws = append(raws, m.Raw)
			}
		}
		return raws
	}
	o.until("the letter's being taken without an answer", func() bool { return len(copies()) == 1 })
	x.Append("cymru", "Sent", copies()[0], time.Now())
	ref := o.acknowledged("third@example.org")
	l := o.letters(intake.ForAcknowledgement, "cymru")
	if len(l) != 1 || l[0].Response != "found in the Sent folder" || l[0].Attempts != 1 || len(copies()) != 1 {
		t.Errorf("%s: %d letters, %d copies: %+v", ref, len(l), len(copies()), l)
	}
	for _, e := range o.full(ref).Events {
		if e.Name == intake.ReplySeen {
			t.Error("the daemon's own letter was taken for a colleague's")
		}
	}
}
