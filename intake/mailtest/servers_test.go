package mailtest

import (
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail"
)

func TestInternalDateIsKept(t *testing.T) {
	s := Start(t, Options{})
	at := time.Date(2026, 9, 14, 23, 30, 0, 0, time.UTC)
	raw := []byte("From: a@example.org\r\nSubject: hello\r\n\r\nA question.\r\n")
	uid := s.Deliver("governance", raw, at)
	before := s.State("governance", "INBOX")
	got := s.Messages("governance", "INBOX")
	if len(got) != 1 || got[0].UID != uid || !got[0].InternalDate.Equal(at) || string(got[0].Raw) != string(raw) {
		t.Fatalf("appended %d at %v, found %+v", uid, at, got)
	}
	if after := s.State("governance", "INBOX"); after != before {
		t.Errorf("looking changed the folder:\n%s\n%s", before, after)
	}
	s.Flag("governance", "INBOX", []string{`\Seen`}, uid)
	if after := s.State("governance", "INBOX"); after == before {
		t.Error("State does not show a flag that was set")
	}
}

func TestSubmission(t *testing.T) {
	s := Start(t, Options{})
	submit := func(to, subject string) error {
		m := mail.NewMsg()
		for _, err := range []error{m.From("governance@cafcass.gov.uk"), m.To(to)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		m.Subject(subject)
		m.SetBodyString(mail.TypeTextPlain, "A letter.\n")
		return client(t, s).DialAndSendWithContext(t.Context(), m)
	}
	s.Refuse("nobody@example.org", "550 5.1.1 no such person")
	s.Refuse("later@example.org", "451 4.3.0 try later")
	s.Bounce("gone@example.org", "550 5.1.1 moved away")
	for _, c := range []struct{ to, fails string }{
		{"someone@example.org", ""},
		{"nobody@example.org", "no such person"},
		{"later@example.org", "try later"},
		{"gone@example.org", ""},
		{"officer@staff.example.org", ""},
		{"CafcassCymru+token@llyw.cymru", ""},
	} {
		err := submit(c.to, "to "+c.to)
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("sending to %s: %v, want %q", c.to, err, c.fails)
		}
	}
	out := s.WaitDeliveries(t.Context(), "a delivery", func(d []Delivery) bool { return len(d) > 0 })
	if len(out) != 1 || out[0].To != "someone@example.org" || out[0].From != "governance@cafcass.gov.uk" ||
		out[0].Subject() != "to someone@example.org" {
		t.Errorf("delivered %+v", out)
	}
	one := func(m []Stored) bool { return len(m) == 1 }
	s.WaitMessages(t.Context(), "officer", "INBOX", "the officer's mail", one)
	s.WaitMessages(t.Context(), "cymru", "INBOX", "mail to a detailed address", one)
	bounce := s.WaitMessages(t.Context(), "governance", "INBOX", "the bounce", one)
	if text := string(bounce[0].Raw); !strings.Contains(text, "Status: 5.1.1") || !strings.Contains(text, "Return-Path: <>") {
		t.Errorf("the bounce reads\n%s", text)
	}
}

func TestSend(t *testing.T) {
	s := Start(t, Options{})
	raw := []byte("From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: x\r\n\r\n.dot\r\n")
	s.Send("", "GOVERNANCE@cafcass.gov.uk", raw)
	s.Send("a@example.org", "b@example.com", raw)
	in := s.WaitMessages(t.Context(), "governance", "INBOX", "the mail", func(m []Stored) bool { return len(m) == 1 })
	if text := string(in[0].Raw); !strings.HasSuffix(text, "\r\n\r\n.dot\r\n") || !strings.Contains(text, "Return-Path: <>") {
		t.Errorf("came in as %q", text)
	}
	out := s.WaitDeliveries(t.Context(), "the mail", func(d []Delivery) bool { return len(d) == 1 })
	if want := strings.ReplaceAll(string(raw), "\r\n", "\n"); string(out[0].Raw) != want || out[0].MessageID() != "<1@example.org>" {
		t.Errorf("went out as %q, want %q", out[0].Raw, want)
	}
	if len(s.DeliveriesTo("B@example.com")) != 1 || len(s.DeliveriesTo("a@example.com")) != 0 {
		t.Error("deliveries are not told apart by recipient")
	}
}

func TestOutages(t *testing.T) {
	s := Start(t, Options{})
	raw := []byte("Subject: x\r\n\r\ny\r\n")
	s.Deliver("cymru", raw, time.Time{})
	for _, end := range []func(){s.StopDovecot, s.KillDovecot} {
		end()
		if greets(loopback(s.IMAP), "*") {
			t.Error("Dovecot still answers")
		}
		s.StartDovecot()
	}
	for _, end := range []func(){s.StopPostfix, s.KillPostfix} {
		end()
		if greets(loopback(s.SMTP), "220") {
			t.Error("Postfix still answers")
		}
		s.StartPostfix()
	}
	if got := s.Messages("cymru", "INBOX"); len(got) != 1 {
		t.Errorf("after the outages the mailbox holds %d mails, want 1", len(got))
	}
}

func client(t *testing.T, s *Servers, more ...mail.Option) *mail.Client {
	t.Helper()
	opts := append([]mail.Option{
		mail.WithPort(s.Submission), mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithTLSConfig(tlsConfig(s)), mail.WithSMTPAuth(mail.SMTPAuthPlain),
		mail.WithUsername("governance"), mail.WithPassword(Password),
	}, more...)
	c, err := mail.NewClient("127.0.0.1", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// BenchmarkStart starts both servers until they are ready, and stops them.
func BenchmarkStart(b *testing.B) {
	Need(b)
	for b.Loop() {
		p := NewProgram(b.Context())
		Start(p, Options{})
		p.Close()
	}
}
