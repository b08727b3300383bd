package daemon

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

const request = "Under the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n"

// Mail whose structure is an attack becomes a case like any other: 1.5 KB of
// endlessly nested parts, and a hundred thousand empty parts. Mail after it is
// dealt with too.
func TestDeepAndWideMailIsDealtWith(t *testing.T) {
	deep, wide := strings.Builder{}, strings.Builder{}
	for n := range 28 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%[1]d\r\n", n)
	}
	deep.WriteString("Content-Type: text/plain\r\n\r\n" + request)
	wide.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + request)
	for range 100_000 {
		wide.WriteString("--b\r\n\r\n")
	}
	d := newField(t, "")
	for id, body := range map[string]string{"deep": deep.String(), "wide": wide.String()} {
		d.arrives(fmt.Appendf(nil, "From: Ann Example <%s@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Freedom of Information request\r\nMessage-ID: <%[1]s@example.org>\r\nDate: %s\r\nMIME-Version: 1.0\r\n%s",
			id, time.Now().Format(time.RFC1123Z), body))
	}
	d.arrives(d.asks("later"))
	d.run()
	d.answered("later")
	for _, id := range []string{"deep", "wide"} {
		a := d.arrival(id)
		if a == nil || a.Ref == "" {
			t.Fatalf("%s: no case", id)
		}
		if a.Decision != intake.DidAcknowledge && a.Decision != intake.DidTriage {
			t.Errorf("%s: decided %s (%s)", id, a.Decision, a.Why)
		}
	}
	d.sound()
}

// Names, subjects and ids that try to write a header of ours, to end a mail
// early or to hide something. Our letters have only the right recipients, and
// nothing else from these strings.
func TestHostileStringsWriteNoHeaderOfOurs(t *testing.T) {
	head := func(from, subject, more string) []byte {
		return []byte(from + "To: governance@cafcass.gov.uk\r\nSubject: " + subject + "\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\n" + more + "\r\n" + request)
	}
	const from = "From: Ann Example <%s@example.org>\r\n"
	mails := map[string][]byte{
		"crlf":      head("From: =?utf-8?q?Ann=0D=0ABcc=3A_spy=40example=2Enet?= <crlf@example.org>\r\n", "request", "Message-ID: <crlf@example.org>\r\n"),
		"bidi":      head("From: =?utf-8?q?Ann=E2=80=AE_elpmaxE=00?= <bidi@example.org>\r\n", "request", "Message-ID: <bidi@example.org>\r\n"),
		"long":      head("From: \""+strings.Repeat("Ann ", 50_000)+"\" <long@example.org>\r\n", "request", "Message-ID: <long@example.org>\r\n"),
		"two-froms": head(fmt.Sprintf(from, "two-froms")+"From: Spy <spy@example.net>\r\n", "request", "Message-ID: <two-froms@example.org>\r\n"),
		"quotes":    head(fmt.Sprintf(from, "quotes"), `a "quoted \ subject" (and a comment`, "Message-ID: <quotes@example.org>\r\n"),
		"bare-cr":   head(fmt.Sprintf(from, "bare-cr"), "x\r.\r", "Message-ID: <bare-cr@example.org>\r\n"),
		"bad-refs":  head(fmt.Sprintf(from, "bad-refs"), "request", "Message-ID: <bad-refs@example.org>\r\nReferences: <a\rBcc: spy@example.net> <"+strings.Repeat("x", 5000)+"@example.org>\r\n"),
		"utf8":      head("From: Siân <siân@example.org>\r\n", "cais", "Message-ID: <utf8@example.org>\r\n"),
		"file":      head(fmt.Sprintf(from, "file"), "request", "Message-ID: <file@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"+request+"--b\r\nContent-Type: text/plain; name=\"=?utf-8?q?=E2=80=8B=2Ehtaccess?=\"\r\n\r\nx\r\n--b--\r\n"),
	}
	d := newField(t, brisk)
	for _, raw := range mails {
		d.arrives(raw)
	}
	d.arrives(d.asks("later"))
	d.run()
	d.answered("later")
	d.quiet()
	for id := range mails {
		if a := d.arrival(id); a == nil || a.Ref == "" {
			t.Errorf("%s: %+v", id, a)
		}
	}
	for _, m := range d.smtp.Mails() {
		msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Errorf("to %s: %v", m.To, err)
			continue
		}
		to, err := msg.Header.AddressList("To")
		if err != nil || len(m.To) != 1 || len(to) != 1 || to[0].Address != m.To[0] || len(msg.Header["Bcc"]) > 0 || len(msg.Header["From"]) != 1 {
			t.Errorf("to %s: the header names %v (%v): %v", m.To, to, err, msg.Header)
		}
		if strings.HasSuffix(m.To[0], "@example.net") || bytes.Contains(bytes.ReplaceAll(m.Raw, []byte("\r\n"), nil), []byte("\r")) {
			t.Errorf("to %s:\n%q", m.To, m.Raw)
		}
		for _, line := range bytes.Split(m.Raw, []byte("\r\n")) {
			if len(line) > 998 {
				t.Errorf("to %s: a line of %d bytes", m.To, len(line))
			}
		}
	}
	d.sound()
}

// A dozen people ask within an hour through one publishing site, which gives
// each request its own address. All are acknowledged.
func TestADozenRequestsThroughOneSiteAreAllAcknowledged(t *testing.T) {
	d := newField(t, brisk)
	var ids []string
	for n := range 12 {
		id := fmt.Sprintf("wdtk-%d", n)
		ids = append(ids, id)
		d.arrives(d.asksFrom(id, fmt.Sprintf("foi+request-%d-%08x@whatdotheyknow.com", 123+n, n)))
	}
	d.run()
	d.answered(ids...)
	if n := d.cases(); n != 12 {
		t.Errorf("%d cases of 12 requests", n)
	}
	d.sound()
}
