package outbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"

	"requestd/intake/mailtest"
	"requestd/intake/signin"
)

const (
	sender    = "governance@cafcass.gov.uk"
	recipient = "someone@example.org"
)

func letter(n int) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: letter %d\r\nMessage-ID: <%d@example.org>\r\n\r\nDear reader\r\n", sender, recipient, n, n)
}

// application returns the application that the endpoint knows, with changes.
func application(t *testing.T, e *mailtest.Tokens, change func(*signin.Application)) *signin.Source {
	t.Helper()
	a := signin.Application{
		TokenURL: e.URL(), ClientID: "app", Scopes: []string{e.Scope},
		Secret: func() (string, error) { return "secret", nil },
	}
	if change != nil {
		change(&a)
	}
	s, err := a.Source()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// byToken returns an SMTP that sends to a test's server on loopback.
func byToken(t *testing.T, port int, caFile, username string, tokens Tokens) *SMTP {
	s := NewSMTP(Options{
		Host: "127.0.0.1", Port: port, Security: "starttls", Username: username, Tokens: tokens, CAFile: caFile,
		Timeout: 20 * time.Second, DataTimeout: 20 * time.Second, IdleClose: time.Hour,
		Bearer: func(username, token string, offers func(string) bool) sasl.Client {
			return signin.Mechanism(username, token, "127.0.0.1", port, offers)
		},
	})
	t.Cleanup(s.Close)
	return s
}

func TestPostfixTakesTokens(t *testing.T) {
	for _, mechanism := range []string{"xoauth2", "oauthbearer"} {
		t.Run(mechanism, func(t *testing.T) {
			endpoint := mailtest.StartTokens(t, mailtest.TokenOptions{})
			servers := mailtest.Start(t, mailtest.Options{OAuth: endpoint, Mechanisms: mechanism})
			source := application(t, endpoint, nil)
			s := byToken(t, servers.Submission, servers.CAFile, "governance", source)
			sent := 0
			send := func(when string, want Outcome, words string, requests int) {
				t.Helper()
				r := s.Send(t.Context(), sender, recipient, letter(sent+1))
				if r.Outcome != want || !strings.Contains(r.Response, words) {
					t.Fatalf("%s: %s: %s", when, r.Outcome, r.Response)
				}
				if r.Outcome == Sent {
					sent++
				}
				if n := len(endpoint.Requests()); n != requests {
					t.Fatalf("%s: %d tokens were asked for, want %d", when, n, requests)
				}
			}
			send("the first mail", Sent, "", 1)
			endpoint.Expire()
			send("the token ended while the session is kept", Sent, "", 1)
			s.Close()
			send("a new session after that", Sent, "", 2)

			s = byToken(t, servers.Submission, servers.CAFile, "governance", application(t, endpoint, nil))
			send("another application's first mail", Sent, "", 3)
			s.Close()
			endpoint.Revoke()
			endpoint.Fail(503, "temporarily_unavailable", "busy")
			send("revoked while the endpoint fails", Retry, "token endpoint cannot be used for now", 4)
			endpoint.Recover()
			send("once the endpoint is back", Sent, "", 5)
			got := servers.WaitDeliveries(t.Context(), "every mail", func(d []mailtest.Delivery) bool { return len(d) >= sent })
			if len(got) != sent {
				t.Errorf("%d mails were delivered, want %d", len(got), sent)
			}

			s = byToken(t, servers.Submission, servers.CAFile, "cymru", application(t, endpoint, nil))
			send("another's mailbox", AccountFault, "check that the application has consent", 7)
			send("another's mailbox again", AccountFault, "535 5.7.8", 7)
		})
	}
}

func TestNoTokenNoMail(t *testing.T) {
	server := mailtest.StartSMTP(t, mailtest.SMTPOptions{})
	for _, c := range []struct {
		name    string
		fail    func(*mailtest.Tokens)
		change  func(*signin.Application)
		outcome Outcome
		words   string
	}{
		{"wrong scope", nil, func(a *signin.Application) { a.Scopes = []string{"https://graph.example/.default"} }, AccountFault, "https://outlook.office365.com/.default"},
		{"wrong application", nil, func(a *signin.Application) { a.ClientID = "other" }, AccountFault, "check client_id and tenant"},
		{"wrong secret", nil, func(a *signin.Application) { a.Secret = func() (string, error) { return "old", nil } }, AccountFault, "secret_file must hold its value"},
		{"wrong tenant", nil, func(a *signin.Application) { a.TokenURL = strings.Replace(a.TokenURL, "/tenant/", "/nobody/", 1) }, AccountFault, "check tenant"},
		{"no consent", func(e *mailtest.Tokens) {
			e.Fail(400, "invalid_grant", "AADSTS65001: The user or administrator has not consented.")
		}, nil, AccountFault, "an administrator must give consent"},
		{"the endpoint is out of order", func(e *mailtest.Tokens) { e.Fail(500, "server_error", "") }, nil, Retry, "it answered 500"},
		{"the endpoint is busy", func(e *mailtest.Tokens) { e.Fail(429, "slow_down", "") }, nil, Retry, "it answered 429"},
		{"the endpoint is slow", func(e *mailtest.Tokens) { t.Cleanup(e.Hold()) }, func(a *signin.Application) { a.Endpoint.Timeout = 50 * time.Millisecond }, Retry, "firewall lets this machine reach token_url"},
		{"the endpoint's name is wrong", nil, func(a *signin.Application) { a.TokenURL = "https://login.invalid/token" }, Retry, "check token_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			endpoint := mailtest.StartTokens(t, mailtest.TokenOptions{})
			if c.fail != nil {
				c.fail(endpoint)
			}
			s := byToken(t, server.Port, server.CAFile, "governance", application(t, endpoint, c.change))
			r := s.Send(t.Context(), sender, recipient, letter(1))
			if r.Outcome != c.outcome || r.Used || !strings.Contains(r.Response, c.words) {
				t.Errorf("%s, used %v: %s", r.Outcome, r.Used, r.Response)
			}
			report := Probe(t.Context(), s.o, nil)
			if len(report.Problems) == 0 || !strings.Contains(report.Problems[0].Says+report.Problems[0].Mend, c.words) || strings.Contains(report.Problems[0].Mend, "smtp.") {
				t.Errorf("probe: %+v", report.Problems)
			}
		})
	}
	if n := server.Connections(); n != 0 {
		t.Errorf("the mail server was bothered %d times", n)
	}
}

// numbered returns tokens, a new one after each refusal.
type numbered struct{ refused []string }

func (n *numbered) Token(context.Context) (string, error) {
	return fmt.Sprint("token-", len(n.refused)), nil
}

func (n *numbered) Invalidate(token string) { n.refused = append(n.refused, token) }

// What Exchange Online and others answer to AUTH, and the result of it.
func TestRefusedTokens(t *testing.T) {
	for _, c := range []struct {
		reply   string
		outcome Outcome
		words   string
		refused int
	}{
		{"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
			AccountFault, "Set-CASMailbox -Identity governance -SmtpClientAuthenticationDisabled $false", 2},
		{"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
			AccountFault, "off for the whole tenant", 2},
		{"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", AccountFault, "smtp.auth to xoauth2", 2},
		{"535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", AccountFault, "SMTP.SendAsApp", 2},
		{"535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.", AccountFault, "a policy of the tenant", 2},
		{"535 5.7.3 Authentication unsuccessful [LO2P265CA0001.GBRP265.PROD.OUTLOOK.COM]", AccountFault, "SMTP.SendAsApp", 2},
		{"535-5.7.8 Username and Password not accepted.\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials - gsmtp", AccountFault, "service account", 2},
		{"550 5.7.30 Basic authentication is not supported for Client Submission.", AccountFault, "takes no passwords any more", 0},
		{"534 5.7.9 Authentication mechanism is too weak", AccountFault, "smtp.auth to another", 0},
		{"432 4.3.2 Concurrent connections limit exceeded.", Retry, "wait", 0},
		{"454 4.7.0 Temporary authentication failure", Retry, "wait", 0},
		{"421 4.3.2 Service not available", Retry, "", 0},
	} {
		server := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtAuth, Reply: c.reply}}})
		tokens := &numbered{}
		s := byToken(t, server.Port, server.CAFile, "governance", tokens)
		r := s.Send(t.Context(), sender, recipient, letter(1))
		if r.Outcome != c.outcome || r.Used || !strings.Contains(r.Response, c.words) || !strings.Contains(r.Response, c.reply[4:12]) {
			t.Errorf("%s:\n%s: %s", c.reply, r.Outcome, r.Response)
		}
		if len(tokens.refused) != min(c.refused, 1) || server.SignIns() != max(c.refused, 1) {
			t.Errorf("%s:\n%d sign-ins, renewed after %v", c.reply, server.SignIns(), tokens.refused)
		}
		if strings.Contains(r.Response, "token-") || strings.ContainsAny(r.Response, "\r\n") {
			t.Errorf("unfit for a log: %q", r.Response)
		}
		server.Script()
		if r := s.Send(t.Context(), sender, recipient, letter(1)); r.Outcome != Sent {
			t.Errorf("once it is mended: %s: %s", r.Outcome, r.Response)
		}
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	server := mailtest.StartSMTP(t, mailtest.SMTPOptions{Accept: func(mechanism, user, secret string) bool {
		return mechanism == "XOAUTH2" && user == "governance" && secret == "token-1"
	}})
	tokens := &numbered{}
	s := byToken(t, server.Port, server.CAFile, "governance", tokens)
	if r := s.Send(t.Context(), sender, recipient, letter(1)); r.Outcome != Sent || len(tokens.refused) != 1 {
		t.Errorf("%s: %s, refused %v", r.Outcome, r.Response, tokens.refused)
	}
}

// A session may live longer than the token with which it was opened.
func TestSessionWhoseSignInHasLapsedIsReplaced(t *testing.T) {
	for _, reply := range []string{"530 5.7.57 Client not authenticated to send mail.", "535 5.7.3 Authentication unsuccessful", "421 4.7.0 Session ended"} {
		server := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtMail, Skip: 1, Times: 1, Reply: reply}}})
		s := byToken(t, server.Port, server.CAFile, "governance", &numbered{})
		for n := range 3 {
			if r := s.Send(t.Context(), sender, recipient, letter(n)); r.Outcome != Sent {
				t.Errorf("%s: mail %d: %s: %s", reply, n, r.Outcome, r.Response)
			}
		}
		if server.Connections() != 2 || len(server.Mails()) != 3 {
			t.Errorf("%s: %d connections for %d mails", reply, server.Connections(), len(server.Mails()))
		}
	}
}
