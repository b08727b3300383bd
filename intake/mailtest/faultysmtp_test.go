package mailtest

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/wneessen/go-mail"
)

// sendOne sends a mail to one recipient with go-mail and returns its error.
func sendOne(t *testing.T, s *FaultySMTP, id string) (*mail.Msg, error) {
	t.Helper()
	m := mail.NewMsg()
	if err := m.From("governance@cafcass.gov.uk"); err != nil {
		t.Fatal(err)
	}
	if err := m.To("someone@example.org"); err != nil {
		t.Fatal(err)
	}
	m.SetMessageIDWithValue(id)
	m.SetBodyString(mail.TypeTextPlain, "First line.\n.A line with a dot.\n")
	c, err := mail.NewClient("127.0.0.1", mail.WithPort(s.Port), mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithTLSConfig(&tls.Config{RootCAs: s.CA.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS12}),
		mail.WithSMTPAuth(mail.SMTPAuthPlain), mail.WithUsername("governance"), mail.WithPassword("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return m, c.DialAndSendWithContext(t.Context(), m)
}

func TestHealthySMTP(t *testing.T) {
	s := StartSMTP(t, SMTPOptions{Accept: func(mech, user, secret string) bool {
		return mech == "PLAIN" && user == "governance" && secret == "secret"
	}})
	if _, err := sendOne(t, s, "1@example.org"); err != nil {
		t.Fatal(err)
	}
	copies := s.Copies("<1@example.org>", "SOMEONE@example.org")
	if len(copies) != 1 || !strings.Contains(string(copies[0]), "\r\n.A line") {
		t.Errorf("took %q", copies)
	}
	if s.Connections() != 1 || s.SignIns() != 1 || s.Mails()[0].User != "governance" {
		t.Errorf("%d connections, %d sign-ins, mails %v", s.Connections(), s.SignIns(), s.Mails())
	}
	if log := fmt.Sprint(s.Commands()); strings.Contains(log, "secret") || !strings.Contains(log, "AUTH PLAIN") {
		t.Errorf("commands %s", log)
	}
}

func TestSMTPFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault SMTPFault
		taken int
		want  string // in the error
	}{
		{"no banner", SMTPFault{At: AtBanner, Drop: true}, 0, "EOF"},
		{"busy banner", SMTPFault{At: AtBanner, Reply: "421 4.3.2 too many connections"}, 0, "too many"},
		{"EHLO refused", SMTPFault{At: AtEHLO, Reply: "554 5.5.0 go away"}, 0, "go away"},
		{"no STARTTLS", SMTPFault{At: AtStartTLS, Reply: "454 4.7.0 no TLS now"}, 0, "no TLS now"},
		{"sign-in refused", SMTPFault{At: AtAuth, Reply: "535 5.7.139 SmtpClientAuthentication is disabled"}, 0, "disabled"},
		{"sign-in dropped", SMTPFault{At: AtAuth, Drop: true}, 0, "EOF"},
		{"sender refused", SMTPFault{At: AtMail, Reply: "554 5.2.0 SendAsDenied"}, 0, "SendAsDenied"},
		{"recipient unknown", SMTPFault{At: AtRcpt, If: "someone", Reply: "550 5.1.1 unknown"}, 0, "unknown"},
		{"other recipient unknown", SMTPFault{At: AtRcpt, If: "another", Reply: "550 5.1.1 unknown"}, 1, ""},
		{"DATA refused", SMTPFault{At: AtData, Reply: "452 4.2.2 full"}, 0, "full"},
		{"cut in the body", SMTPFault{At: AtBody, CutBody: 50}, 0, "EOF"},
		{"reset in the body", SMTPFault{At: AtBody, CutBody: 50, Reset: true}, 0, "reset"},
		{"spam", SMTPFault{At: AtBody, Reply: "550-5.7.1 line one\n550-5.7.1 line two\n550 5.7.1 spam"}, 0, "line two"},
		{"taken and unanswered", SMTPFault{At: AtBody, Drop: true}, 1, "EOF"},
		{"half a reply", SMTPFault{At: AtBody, CutReply: 3}, 1, "EOF"},
		{"hung up at RSET", SMTPFault{At: AtRset, Drop: true}, 1, "EOF"},
		{"a reply of 10 MB", SMTPFault{At: AtRcpt, Reply: strings.Repeat("250-2.1.5 on and on\n", 500_000) + "250 2.1.5 ok"}, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := StartSMTP(t, SMTPOptions{Faults: []SMTPFault{c.fault}})
			_, err := sendOne(t, s, "1@example.org")
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if n := len(s.Mails()); n != c.taken {
				t.Errorf("%d mails taken, want %d", n, c.taken)
			}
		})
	}
}

func TestSMTPFaultIsCounted(t *testing.T) {
	s := StartSMTP(t, SMTPOptions{Faults: []SMTPFault{{At: AtBody, Skip: 1, Times: 1, Drop: true}}})
	for i, fails := range []bool{false, true, false} {
		if _, err := sendOne(t, s, "same@example.org"); (err != nil) != fails {
			t.Errorf("mail %d: %v", i+1, err)
		}
	}
	if n := len(s.Copies("<same@example.org>", "someone@example.org")); n != 3 {
		t.Errorf("%d copies, want 3", n)
	}
}

func TestSlowReply(t *testing.T) {
	wait := make(chan struct{})
	s := StartSMTP(t, SMTPOptions{Faults: []SMTPFault{{At: AtBody, Wait: wait}}})
	done := make(chan error)
	go func() { _, err := sendOne(t, s, "1@example.org"); done <- err }()
	if err := poll(t.Context(), t, nil, "the mail", func() bool { return len(s.Mails()) == 1 }); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		t.Errorf("answered before it was told to: %v", err)
	default:
	}
	close(wait)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
