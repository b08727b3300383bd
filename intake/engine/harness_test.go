package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
)

// office is an engine over a real register, with a clock that the test sets and
// two mailboxes into which it puts mail.
type office struct {
	t   *testing.T
	e   *engine.Engine
	db  *store.DB
	now time.Time
	uid map[string]uint32
}

const settings = `
store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 25, security: none, auth: none}
staff:
  - address: officer@staff.example.org
    escalate_to: head@staff.example.org
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: g, junk_folder: Junk, sent_folder: Sent}}
  - {name: cymru, body: Cafcass Cymru, address: CafcassCymru@gov.wales, aliases: [CafcassCymru@llyw.cymru], language: cy-en, reference: CYM, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: c}}
`

func newOffice(t *testing.T, at string) *office {
	t.Helper()
	return newOfficeWith(t, at, settings)
}

func newOfficeWith(t *testing.T, at, settings string) *office {
	t.Helper()
	o := &office{t: t, now: london(t, at), uid: map[string]uint32{}}
	cfg := configtest.Load(t, settings)
	o.db = storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: o.clock},
		func(c *intake.Case) intake.Index { return o.e.Cases.Index(c) })
	var err error
	o.e, err = engine.New(casework.Options{Store: o.db, Now: o.clock, Log: slog.New(slog.DiscardHandler)}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) clock() time.Time { return o.now }

func london(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, deadlines.London())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// mail is one message of a test, received at the time of the office's clock
// unless at names another London time.
type mail struct {
	id, from, to, subject, body string
	head                        []string // further header lines
	at                          string
}

func (m mail) raw(at time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\n", m.from, m.to, m.subject, at.Format(time.RFC1123Z))
	if m.id != "" {
		fmt.Fprintf(&b, "Message-ID: <%s>\r\n", m.id)
	}
	head := strings.Join(m.head, "\n")
	if at := strings.LastIndexByte(m.from, '@'); at >= 0 && !strings.Contains(head, "Authentication-Results") && strings.Contains(m.from[at:], "@example.") {
		// The mail server vouches for most people outside.
		fmt.Fprintf(&b, "Authentication-Results: mx.example.org; dmarc=pass header.from=%s\r\n", strings.TrimSuffix(m.from[at+1:], ">"))
	}
	for _, h := range m.head {
		b.WriteString(h + "\r\n")
	}
	if !strings.Contains(strings.Join(m.head, " "), "Content-Type") {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\n")
	}
	b.WriteString("MIME-Version: 1.0\r\n\r\n" + strings.ReplaceAll(m.body, "\n", "\r\n"))
	return b.Bytes()
}

// receive puts mails into a mailbox's folder as one batch, and returns what was
// registered for them.
func (o *office) receive(name string, role mailbox.Role, mails ...mail) []intake.Arrival {
	o.t.Helper()
	folder := map[mailbox.Role]string{mailbox.Inbox: "INBOX", mailbox.Junk: "Junk", mailbox.Sent: "Sent"}[role]
	place := mailbox.Folder{Mailbox: name, Folder: folder, Role: role, UIDValidity: 7}
	var batch []mailbox.Fetched
	key := name + "/" + folder
	for _, m := range mails {
		at := o.now
		if m.at != "" {
			at = london(o.t, m.at)
		}
		o.uid[key]++
		f := mailbox.Fetched{UID: o.uid[key], Received: at, Raw: m.raw(at), Complete: true}
		read, more := o.e.Read(place, &f)
		if f.Read = read; more != 0 {
			o.t.Fatalf("%d bytes more are wanted of a whole mail", more)
		}
		batch = append(batch, f)
	}
	before, _, err := o.e.Register.Messages(o.t.Context(), register.MessageFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.e.TakeIn(o.t.Context(), place, batch, o.uid[key]); err != nil {
		o.t.Fatal(err)
	}
	all, _, err := o.e.Register.Messages(o.t.Context(), register.MessageFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return all[len(before):]
}

// one receives a single mail in an inbox.
func (o *office) one(name string, m mail) intake.Arrival {
	o.t.Helper()
	got := o.receive(name, mailbox.Inbox, m)
	if len(got) != 1 {
		o.t.Fatalf("%d arrivals for one mail", len(got))
	}
	return got[0]
}

func (o *office) view(ref string) *register.CaseDetails {
	o.t.Helper()
	f, err := o.e.Register.Case(o.t.Context(), ref)
	if err != nil {
		o.t.Fatal(err)
	}
	return f
}

func (o *office) tick() {
	o.t.Helper()
	if err := o.e.Clock.TickOnce(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

// letters returns the outbox, or its letters of one purpose if one is named.
func (o *office) letters(purpose intake.Purpose) []intake.Letter {
	o.t.Helper()
	all, err := o.e.Register.Letters(o.t.Context(), register.LetterFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	var some []intake.Letter
	for _, l := range all {
		if purpose == "" || l.Purpose == purpose {
			some = append(some, l)
		}
	}
	return some
}

// send settles every waiting letter, as the outbox would.
func (o *office) send() {
	o.t.Helper()
	for _, l := range o.letters("") {
		if l.State != intake.LetterWaiting || l.Next.After(o.now) {
			continue
		}
		err := o.db.Update(func(tx *store.Tx) error {
			l, err := tx.Letter(l.ID)
			if err != nil {
				return err
			}
			if l.Unwritten != nil {
				if err := o.e.Notices.WriteStaffMail(&l); err != nil {
					return err
				}
			}
			l.State, l.Settled, l.Attempts, l.Next = intake.LetterSent, tx.Now(), 1, time.Time{}
			if err := tx.PutLetter(l); err != nil {
				return err
			}
			return o.e.RecordOutcome(tx, &l)
		})
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) by() casework.By { return casework.ByAdministrator("local:officer") }

const (
	foiText  = "Dear Sir or Madam,\n\nUnder the Freedom of Information Act 2000 please tell me how many section 7 reports were filed late in 2025, by region.\n\nYours faithfully,\nAnn Example\n"
	dsarText = "Hello,\n\nI would like a copy of all the personal data you hold about me, including the case notes and emails. This is a subject access request under Article 15.\n\nThanks,\nBob Sample\n"
	asksFOI  = "ann@example.org"
)

func foiMail(id string) mail {
	return mail{id: id, from: "Ann Example <" + asksFOI + ">", to: "governance@cafcass.gov.uk", subject: "Freedom of Information request", body: foiText}
}

func day(t *testing.T, s string) deadlines.Day {
	t.Helper()
	d, err := deadlines.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// dsarMail returns a request for personal data from its own address.
func dsarMail(id, from string) mail {
	return mail{id: id, from: from, to: "governance@cafcass.gov.uk", subject: "My data", body: dsarText}
}

// idleMail returns a mail that asks for nothing.
func idleMail(n int) mail {
	return mail{
		id: fmt.Sprintf("lunch-%d@example.org", n), from: "Bob Sample <bob@example.org>", to: "governance@cafcass.gov.uk",
		subject: fmt.Sprintf("Appointment no %d.", n), body: fmt.Sprintf("Hi Jo, when is my appointment? I cannot come on day %d. Bob", n),
	}
}

// did fails the test when an act was refused.
func (o *office) did(ch *casework.Change, err error) *casework.Change {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	return ch
}

// record records an event on a case; the empty date is today.
func (o *office) record(ref string, name intake.EventName, date string) *casework.Change {
	o.t.Helper()
	in := casework.RecordInput{Event: name}
	if date != "" {
		in.Date = day(o.t, date)
	}
	return o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Record(in)))
}

// ack returns the one acknowledgement of a case; the test fails if there are
// more or none.
func (o *office) ack(ref string) intake.Letter {
	o.t.Helper()
	var own []intake.Letter
	for _, l := range o.letters(intake.ForAcknowledgement) {
		if l.Ref == ref {
			own = append(own, l)
		}
	}
	if len(own) != 1 {
		o.t.Fatalf("%d acknowledgements of %s, want one", len(own), ref)
	}
	return o.letter(own[0].ID)
}

// warned checks that an act returned a warning with the words.
func warned(t *testing.T, ch *casework.Change, words string) {
	t.Helper()
	if !strings.Contains(strings.Join(ch.Warnings, "\n"), words) {
		t.Errorf("warnings %q, want one with %q", ch.Warnings, words)
	}
}

// put changes a letter in the outbox, as the outbox does.
func (o *office) put(l intake.Letter) {
	o.t.Helper()
	if err := o.db.Update(func(tx *store.Tx) error { return tx.PutLetter(l) }); err != nil {
		o.t.Fatal(err)
	}
}
