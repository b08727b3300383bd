package outbox_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"requestd/intake/mailtest"
	"requestd/intake/outbox"
)

var plainMail = []byte("From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: x\r\n\r\nBody.\r\n")

func client(t *testing.T, port int, ca string) *outbox.SMTP {
	s := outbox.NewSMTP(outbox.Options{
		Host: "localhost", Port: port, Security: "starttls", Username: "governance",
		Password: func() (string, error) { return "secret", nil }, CAFile: ca,
		Timeout: 20 * time.Second, DataTimeout: 20 * time.Second, IdleClose: time.Minute,
	})
	t.Cleanup(s.Close)
	return s
}

// TestEveryPhaseOfSMTP checks the possible answers in every phase of the
// dialogue: the phase of a failure matters as much as the answer.
func TestEveryPhaseOfSMTP(t *testing.T) {
	type fault = mailtest.SMTPFault
	large := append(bytes.Clone(plainMail), bytes.Repeat([]byte("Another line of the text.\r\n"), 400_000)...)
	for name, c := range map[string]struct {
		fault fault
		raw   []byte
		want  outbox.Outcome
		used  bool // the server can be used for other mail
	}{
		"drops at once":                            {fault{At: mailtest.AtBanner, Drop: true}, nil, outbox.Retry, false},
		"421 as banner":                            {fault{At: mailtest.AtBanner, Reply: "421 4.3.2 busy"}, nil, outbox.Retry, false},
		"554 as banner":                            {fault{At: mailtest.AtBanner, Reply: "554 5.7.1 not you"}, nil, outbox.Retry, false},
		"drops at EHLO":                            {fault{At: mailtest.AtEHLO, Drop: true}, nil, outbox.Retry, false},
		"454 at STARTTLS":                          {fault{At: mailtest.AtStartTLS, Reply: "454 4.7.0 no TLS now"}, nil, outbox.Retry, false},
		"535 at AUTH":                              {fault{At: mailtest.AtAuth, Reply: "535 5.7.3 unsuccessful"}, nil, outbox.AccountFault, false},
		"535 at AUTH: disabled for the tenant":     {fault{At: mailtest.AtAuth, Reply: "535 5.7.139 disabled"}, nil, outbox.AccountFault, false},
		"454 at AUTH":                              {fault{At: mailtest.AtAuth, Reply: "454 4.7.0 later"}, nil, outbox.Retry, false},
		"drops at AUTH":                            {fault{At: mailtest.AtAuth, Drop: true}, nil, outbox.Retry, false},
		"drops at MAIL":                            {fault{At: mailtest.AtMail, Drop: true}, nil, outbox.Retry, false},
		"421 at MAIL":                              {fault{At: mailtest.AtMail, Reply: "421 4.4.2 closing"}, nil, outbox.Retry, false},
		"432 at MAIL: too many connections":        {fault{At: mailtest.AtMail, Reply: "432 4.3.2 concurrent"}, nil, outbox.Retry, false},
		"550 at MAIL: no right to send as":         {fault{At: mailtest.AtMail, Reply: "550 5.7.60 SendAsDenied"}, nil, outbox.AccountFault, false},
		"451 at RCPT: greylisted":                  {fault{At: mailtest.AtRcpt, Reply: "451 4.7.1 greylisted"}, nil, outbox.Retry, true},
		"550 at RCPT: unknown":                     {fault{At: mailtest.AtRcpt, Reply: "550 5.1.1 unknown"}, nil, outbox.Refused, true},
		"550 at RCPT: access denied":               {fault{At: mailtest.AtRcpt, Reply: "550 5.4.1 access denied"}, nil, outbox.Refused, true},
		"552 at RCPT: the reader's mailbox full":   {fault{At: mailtest.AtRcpt, Reply: "552 5.2.2 full"}, nil, outbox.Refused, true},
		"550 at RCPT: the account is blocked":      {fault{At: mailtest.AtRcpt, Reply: "550 5.7.501 spam abuse detected"}, nil, outbox.AccountFault, true},
		"drops at RCPT":                            {fault{At: mailtest.AtRcpt, Drop: true}, nil, outbox.Retry, true},
		"451 at DATA":                              {fault{At: mailtest.AtData, Reply: "451 4.3.0 later"}, nil, outbox.Retry, true},
		"554 at DATA: daily limit":                 {fault{At: mailtest.AtData, Reply: "554 5.2.0 daily limit"}, nil, outbox.AccountFault, true},
		"drops at DATA":                            {fault{At: mailtest.AtData, Drop: true}, nil, outbox.Retry, true},
		"drops in the middle of the text":          {fault{At: mailtest.AtBody, CutBody: 5000, Reset: true}, large, outbox.Retry, true},
		"451 after the dot":                        {fault{At: mailtest.AtBody, Reply: "451 4.3.0 later"}, nil, outbox.Retry, true},
		"554 after the dot":                        {fault{At: mailtest.AtBody, Reply: "554 5.6.0 no"}, nil, outbox.Refused, true},
		"554 after the dot, on three lines":        {fault{At: mailtest.AtBody, Reply: "554-5.6.0 no\n554-5.6.0 and\n554 5.6.0 no"}, nil, outbox.Refused, true},
		"554 after the dot: own mailbox full":      {fault{At: mailtest.AtBody, Reply: "554 5.2.2 mailbox full"}, nil, outbox.AccountFault, true},
		"554 after the dot: outbound spam":         {fault{At: mailtest.AtBody, Reply: "550 5.1.90 daily recipients"}, nil, outbox.AccountFault, true},
		"550 after the dot, in 2 MB":               {fault{At: mailtest.AtBody, Reply: "550 5.6.0 " + strings.Repeat("no ", 700_000)}, nil, outbox.Refused, true},
		"drops after the dot":                      {fault{At: mailtest.AtBody, Drop: true}, nil, outbox.Doubt, true},
		"resets after the dot":                     {fault{At: mailtest.AtBody, Drop: true, Reset: true}, nil, outbox.Doubt, true},
		"drops within the answer to the text":      {fault{At: mailtest.AtBody, CutReply: 2}, nil, outbox.Doubt, true},
		"250, and drops at whatever is said after": {fault{At: mailtest.AtRset, Drop: true}, nil, outbox.Sent, true},
		"250, and 502 at QUIT":                     {fault{At: mailtest.AtQuit, Reply: "502 no"}, nil, outbox.Sent, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []fault{c.fault}})
			raw := c.raw
			if raw == nil {
				raw = plainMail
			}
			s := client(t, srv.Port, srv.CAFile)
			r := s.Send(t.Context(), "a@example.org", "b@example.org", raw)
			if r.Outcome != c.want || r.Used != c.used {
				t.Errorf("%s, used %t (%s); want %s, %t", r.Outcome, r.Used, r.Response, c.want, c.used)
			}
			if len(r.Response) > 320 || strings.ContainsAny(r.Response, "\r\n") {
				t.Errorf("the server's word is kept in %d bytes", len(r.Response))
			}
			s.Close()
		})
	}
}

// TestAHintNamesBothAddressesOfAMissingRight: the account that signs in, and
// the address in whose name it may not send.
func TestAHintNamesBothAddressesOfAMissingRight(t *testing.T) {
	for reply, want := range map[string]string{
		"550 5.7.60 SendAsDenied": "the account governance may not send as office@example.org: Add-RecipientPermission office@example.org -Trustee governance -AccessRights SendAs",
		"553 5.7.1 <office@example.org>: Sender address rejected: not owned by user jo": "the account governance may not send as office@example.org: let it",
		"535 5.7.139 SmtpClientAuthentication is disabled here":                         "Set-CASMailbox -Identity governance ",
	} {
		at := mailtest.AtRcpt
		if strings.HasPrefix(reply, "535") {
			at = mailtest.AtAuth
		}
		srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: at, Reply: reply}}})
		if r := client(t, srv.Port, srv.CAFile).Send(t.Context(), "office@example.org", "b@example.org", plainMail); !strings.Contains(r.Response, want) {
			t.Errorf("%s: got %q, want %q in it", reply, r.Response, want)
		}
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if r := client(t, port, "").Send(t.Context(), "a@example.org", "b@example.org", plainMail); r.Outcome != outbox.Retry || r.Used {
		t.Errorf("%s, used %t (%s)", r.Outcome, r.Used, r.Response)
	}
}

// TestAnswerAfterMinutes delays the answer to the text for as long as the test
// likes: it is awaited, and the mail was sent once.
func TestAnswerAfterMinutes(t *testing.T) {
	wait := make(chan struct{})
	srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtBody, Wait: wait}}})
	done := make(chan outbox.Result, 1)
	go func() {
		done <- client(t, srv.Port, srv.CAFile).Send(context.WithoutCancel(t.Context()), "a@example.org", "b@example.org", plainMail)
	}()
	for every := time.NewTicker(time.Millisecond); len(srv.Mails()) == 0; {
		<-every.C
	}
	select {
	case r := <-done:
		t.Fatalf("it did not wait for the answer: %s (%s)", r.Outcome, r.Response)
	default:
	}
	close(wait)
	if r := <-done; r.Outcome != outbox.Sent || len(srv.Mails()) != 1 {
		t.Errorf("%s (%s), %d mails", r.Outcome, r.Response, len(srv.Mails()))
	}
}

// TestSessionIsKeptAfterARefusal sends another mail after one that was refused.
func TestSessionIsKeptAfterARefusal(t *testing.T) {
	srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtRcpt, Times: 1, Reply: "550 5.1.1 unknown"}}})
	s := client(t, srv.Port, srv.CAFile)
	for i, want := range []outbox.Outcome{outbox.Refused, outbox.Sent, outbox.Sent} {
		if r := s.Send(t.Context(), "a@example.org", "b@example.org", plainMail); r.Outcome != want {
			t.Errorf("mail %d: %s (%s), want %s", i, r.Outcome, r.Response, want)
		}
	}
	if n := srv.Connections(); n != 1 {
		t.Errorf("%d connections for three mails", n)
	}
}

// TestASessionEndsWhereTheAccountMayNotSend: a server does not change an
// account's rights during a session, so the next attempt signs in again.
func TestASessionEndsWhereTheAccountMayNotSend(t *testing.T) {
	const answer = "553 5.7.1 <a@example.org>: Sender address rejected: not owned by user governance"
	srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtRcpt, Times: 1, Reply: answer}}})
	s := client(t, srv.Port, srv.CAFile)
	for i, want := range []outbox.Outcome{outbox.AccountFault, outbox.Sent} {
		if r := s.Send(t.Context(), "a@example.org", "b@example.org", plainMail); r.Outcome != want {
			t.Errorf("mail %d: %s (%s), want %s", i, r.Outcome, r.Response, want)
		}
	}
	if n := srv.Connections(); n != 2 {
		t.Errorf("%d connections, want a second one once the account was refused", n)
	}
}
