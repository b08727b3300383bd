package outbox_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"requestd/intake/mailtest"
	"requestd/intake/outbox"
)

func probed(t *testing.T, o mailtest.SMTPOptions, change func(*outbox.Options)) outbox.Report {
	t.Helper()
	s := mailtest.StartSMTP(t, o)
	opts := outbox.Options{
		Host: "localhost", Port: s.Port, Security: "starttls", CAFile: s.CAFile, Username: "g",
		Password: func() (string, error) { return "secret", nil }, Timeout: 20 * time.Second, DataTimeout: 20 * time.Second, IdleClose: time.Minute,
	}
	if change != nil {
		change(&opts)
	}
	r := outbox.Probe(t.Context(), opts, []string{"governance@example.org"})
	if len(s.Mails()) > 0 {
		t.Errorf("a probe sent mail: %+v", s.Mails())
	}
	return r
}

func TestProbeNamesWhatAServerCanDo(t *testing.T) {
	r := probed(t, mailtest.SMTPOptions{}, nil)
	if len(r.Problems) > 0 || !r.SignedIn || r.CertEnds.IsZero() || !strings.HasPrefix(r.Security, "TLS 1.") {
		t.Fatalf("got %+v", r)
	}
	for _, want := range []string{"8BITMIME", "AUTH", "SIZE"} {
		if !strings.Contains(strings.Join(r.Extensions, "|"), want) {
			t.Errorf("no %s in %q", want, r.Extensions)
		}
	}
}

func TestProbeSpeaksOfTheThingToMend(t *testing.T) {
	fails := func(at mailtest.SMTPPhase, reply string) mailtest.SMTPOptions {
		return mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: at, Reply: reply}}}
	}
	for name, c := range map[string]struct {
		server mailtest.SMTPOptions
		change func(*outbox.Options)
		mend   string
	}{
		"the wrong password": {fails(mailtest.AtAuth, "535 5.7.8 authentication failed"), nil, "smtp.password_file"},
		"SMTP AUTH is off for the mailbox": {
			fails(mailtest.AtAuth, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox."), nil,
			"-SmtpClientAuthenticationDisabled $false"},
		"SMTP AUTH is off for the tenant": {
			fails(mailtest.AtAuth, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."), nil, "whole tenant"},
		"no consent":                {fails(mailtest.AtAuth, "535 5.7.3 Authentication unsuccessful"), nil, "SMTP.SendAsApp"},
		"the account may not send":  {fails(mailtest.AtMail, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"), nil, "Add-RecipientPermission"},
		"the sender is not its own": {fails(mailtest.AtMail, "553 5.7.1 sender address rejected: not owned by user"), nil, "may not send as governance@example.org"},
		"not its own, said at RCPT": {fails(mailtest.AtRcpt, "553 5.7.1 <governance@example.org>: Sender address rejected: not owned by user g"), nil, "smtpd_sender_login_maps"},
		"an unknown authority":      {mailtest.SMTPOptions{}, func(o *outbox.Options) { o.CAFile = "" }, "smtp.ca_file"},
		"TLS on the wrong port":     {mailtest.SMTPOptions{}, func(o *outbox.Options) { o.Security = "tls" }, "smtp.security to starttls"},
		"nobody there":              {mailtest.SMTPOptions{}, func(o *outbox.Options) { o.Port = closedPort(t) }, "smtp.port"},
		"a name that is none":       {mailtest.SMTPOptions{}, func(o *outbox.Options) { o.Host = "mail.invalid" }, "smtp.host"},
		"no way to sign in":         {mailtest.SMTPOptions{Extensions: []string{"SIZE 1000"}}, nil, "smtp.auth"},
	} {
		t.Run(name, func(t *testing.T) {
			r := probed(t, c.server, c.change)
			if len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Mend, c.mend) {
				t.Errorf("got %+v, want a mend that says %q", r.Problems, c.mend)
			}
			if strings.Contains(r.Problems[0].Says, "secret") {
				t.Errorf("the password is told: %q", r.Problems[0].Says)
			}
		})
	}
}

func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
