package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailtest"
)

// officersDay is an office where everything is decided by mail: the test is the
// officer, who has a mail program and nothing else.
type officersDay struct {
	*testing.T
	servers *mailtest.Servers
	program *program
	read    int // how many mails of the officer's mailbox were read
	written int // how many mails the officer wrote
}

const theOfficer = "officer@staff.example.org"

// TestAnOfficersDayByMailAlone runs the daemon between a real Dovecot and a
// real Postfix. The test adds the Authentication-Results that the body's mail
// server would add at delivery.
func TestAnOfficersDayByMailAlone(t *testing.T) {
	servers := mailtest.Start(t, mailtest.Options{})
	quiet := time.Now().UTC().Add(-3 * time.Hour).Format("15:04")
	config := adapted(t, servers,
		"store:", "reminders: {at: \""+quiet+"\"}\ndigest: {at: \""+quiet+"\"}\nreplies: {undo_wait: 10m}\nstore:",
		"reference: CAF", "reference: CAF\n    trust: {authserv: [mx.example.org], officers: [dmarc]}",
		"since: 2026-11-01", "since: "+time.Now().AddDate(0, 0, -30).Format(time.DateOnly))
	d := &officersDay{T: t, servers: servers, program: newProgram(t, config)}
	ref := "CAF" + time.Now().Format("06") + "-00001"

	daemon := d.program.start()
	d.arrives("mair@example.net", "A question", "I asked you for documents. Could I see them?\r\n\r\nMair Example\r\n")
	decide := d.next("DECIDE")
	d.answers(decide, "Dsar.")
	done := d.next("DONE")
	d.shows(done, "Decided by: "+theOfficer, "- DSAR: reply by ", "Until then UNDO")
	d.clicks(done, "UNDO")
	d.next("DONE")
	d.undecided(ref)
	d.noLetterTo("mair@example.net")
	daemon.stop()

	d.reconfigure(config, "undo_wait: 10m", "undo_wait: 1s")
	daemon = d.program.start()
	d.clicks(decide, "FOI")
	d.shows(d.next("DONE"), "- FOI request: reply by ")
	d.lettersTo("mair@example.net", 1)

	d.arrives("bob@example.net", "Subject access request", "I would like a copy of all the personal data that you hold about me, under Article 15 of the UK GDPR.\r\n\r\nBob Sample\r\n", "X-Autoreply:")
	held := d.next("HELD")
	d.noLetterTo("bob@example.net")
	d.clicks(held, "SEND")
	second := d.next("DONE")
	d.lettersTo("bob@example.net", 1)
	dsar := ref[:len(ref)-1] + "2"
	d.answers(second, "IDENTITY REQUESTED today")
	second = d.next("DONE")
	d.is(dsar, intake.StateWaiting, "dsar", "waiting-for-identity")
	d.answers(second, "“Derbyniwyd prawf adnabod heddiw”")
	second = d.next("DONE")
	d.is(dsar, intake.StateOpen, "dsar", "running")
	d.answers(second, "EXTENDED today")
	second = d.next("DONE")
	d.shows(second, "reply by (DSAR): from")
	d.answers(second, "Responded granted today.")
	d.next("DONE")
	d.is(dsar, intake.StateResponded, "dsar", "responded")

	d.forges(held, "REOPENED today")
	d.shows(d.next("ALARM"), "It was not obeyed")
	d.shows(d.next("NOTHING CHANGED"), "Nobody vouches")
	d.is(dsar, intake.StateResponded, "dsar", "responded")
	daemon.stop()

	d.lettersTo("mair@example.net", 1)
	d.lettersTo("bob@example.net", 1)
	d.program.do("verify")
}

// arrives sends a mail to the body from outside.
func (d *officersDay) arrives(from, subject, text string, head ...string) {
	d.Helper()
	d.written++
	var more strings.Builder
	_, domain, _ := strings.Cut(from, "@")
	fmt.Fprintf(&more, "Authentication-Results: mx.example.org; dmarc=pass header.from=%s\r\n", domain)
	for _, h := range head {
		more.WriteString(h + "\r\n")
	}
	d.servers.Send(from, "governance@cafcass.gov.uk", fmt.Appendf(nil, "From: %s\r\nTo: governance@cafcass.gov.uk\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@example.net>\r\n%sMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s",
		from, subject, time.Now().Format(time.RFC1123Z), d.written, more.String(), text))
}

// staffMail is a mail from the daemon as its reader sees it.
type staffMail struct {
	head mail.Header
	text string
}

var foldedLine = regexp.MustCompile(`\n +`)

// next waits for the officer's next mail with the given word in its subject.
// Mails before it are read too.
func (d *officersDay) next(word string) staffMail {
	d.Helper()
	var found staffMail
	d.servers.WaitMessages(d.Context(), "officer", "INBOX", "a mail with the subject "+word, func(all []mailtest.Stored) bool {
		for i := d.read; i < len(all); i++ {
			m, err := mail.ReadMessage(bytes.NewReader(all[i].Raw))
			if err != nil {
				d.Fatal(err)
			}
			if !strings.Contains(m.Header.Get("Subject"), word) {
				continue
			}
			b, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if err != nil {
				d.Fatal(err)
			}
			found, d.read = staffMail{m.Header, strings.ReplaceAll(string(b), "\r\n", "\n")}, i+1
			return true
		}
		return false
	})
	return found
}

func (d *officersDay) shows(m staffMail, words ...string) {
	d.Helper()
	flowed := foldedLine.ReplaceAllString(m.text, " ")
	for _, w := range words {
		if !strings.Contains(flowed, w) {
			d.Errorf("%q does not show %q:\n%s", m.head.Get("Subject"), w, m.text)
		}
	}
}

// answers replies as a mail program does, with the mail quoted below.
func (d *officersDay) answers(m staffMail, words string) {
	d.Helper()
	d.sends("Re: "+m.head.Get("Subject"), words+"\r\n\r\nOn Friday Cafcass wrote:\r\n> NOT A REQUEST\r\n", "pass", m.head.Get("Message-Id"))
}

// forges replies in the officer's name from elsewhere.
func (d *officersDay) forges(m staffMail, words string) {
	d.Helper()
	d.sends("Re: "+m.head.Get("Subject"), words+"\r\n", "fail", m.head.Get("Message-Id"))
}

// clicks sends the mail that a choice's link opens.
func (d *officersDay) clicks(m staffMail, command string) {
	d.Helper()
	for _, link := range regexp.MustCompile(`<mailto:[^>]+>`).FindAllString(m.text, -1) {
		u, err := url.Parse(strings.Trim(link, "<>"))
		if err != nil {
			d.Fatal(err)
		}
		if q := u.Query(); strings.TrimSpace(q.Get("body")) == command && u.Opaque == "governance@cafcass.gov.uk" {
			d.sends(q.Get("subject"), q.Get("body"), "pass", "")
			return
		}
	}
	d.Fatalf("no link says %q in\n%s", command, m.text)
}

func (d *officersDay) sends(subject, text, dmarc, inReplyTo string) {
	d.Helper()
	d.written++
	if inReplyTo != "" {
		inReplyTo = "In-Reply-To: " + inReplyTo + "\r\n"
	}
	d.servers.Send(theOfficer, "governance@cafcass.gov.uk", fmt.Appendf(nil, "Authentication-Results: mx.example.org; dmarc=%s header.from=staff.example.org\r\nFrom: An Officer <%s>\r\nTo: governance@cafcass.gov.uk\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@staff.example.org>\r\n%sMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s",
		dmarc, theOfficer, subject, time.Now().Format(time.RFC1123Z), d.written, inReplyTo, text))
}

// is checks the state and kind of a case in the register, and the state of its
// first clock if clock is given.
func (d *officersDay) is(ref string, state intake.CaseState, kind intake.Kind, clock string) {
	d.Helper()
	for _, v := range lines[intake.View](d.program, "list") {
		if v.Ref == ref {
			if v.State != state || v.Kind != kind || clock != "" && v.Clocks[0].State != clock {
				d.Errorf("%s is %s, %s, %s; want %s, %s, %s", ref, v.State, v.Kind, v.Clocks[0].State, state, kind, clock)
			}
			return
		}
	}
	d.Errorf("there is no case %s", ref)
}

// undecided makes the case wait for a decision again, however its mail was
// first read.
func (d *officersDay) undecided(ref string) {
	d.Helper()
	for _, v := range lines[intake.View](d.program, "list") {
		if v.Ref == ref && v.State == intake.StateTriage {
			return
		}
	}
	d.Errorf("%s does not wait for a decision again", ref)
}

func (d *officersDay) noLetterTo(addr string) {
	d.Helper()
	if got := d.servers.DeliveriesTo(addr); len(got) > 0 {
		d.Errorf("%s was written to: %s", addr, got[0].Subject())
	}
}

// lettersTo waits for letters and checks that there are no more.
func (d *officersDay) lettersTo(addr string, n int) {
	d.Helper()
	count := func(all []mailtest.Delivery) (n int) {
		for _, l := range all {
			if strings.EqualFold(l.To, addr) {
				n++
			}
		}
		return n
	}
	all := d.servers.WaitDeliveries(d.Context(), fmt.Sprintf("%d letters to %s", n, addr), func(all []mailtest.Delivery) bool { return count(all) >= n })
	if got := count(all); got > n {
		d.Errorf("%d letters to %s, want %d", got, addr, n)
	}
}

func (d *officersDay) reconfigure(file, old, by string) {
	d.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte(old), []byte(by)), 0o600); err != nil {
		d.Fatal(err)
	}
}
