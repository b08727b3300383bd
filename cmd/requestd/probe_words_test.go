package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake/config"
	"requestd/intake/localca"
	"requestd/intake/mailtest"
)

// A mailbox at Microsoft, and one on the body's own server, in few lines each.
const (
	atMicrosoft = `
oauth: [{name: entra, kind: client-credentials, tenant: example.com, client_id: app, secret_file: secret, token_url: TOKENS}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01, provider: microsoft365, oauth: entra,
     imap: {host: localhost, port: IMAPPORT, ca_file: IMAPCA, junk_folder: "", sent_folder: ""}, smtp: {host: localhost, port: SMTPPORT, ca_file: SMTPCA}}`
	atHome = `
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: localhost, port: IMAPPORT, ca_file: IMAPCA, username: governance, password_file: secret},
     smtp: {host: localhost, port: SMTPPORT, ca_file: SMTPCA, username: governance, password_file: secret}}`
)

// atExchange is the greeting of a server that accepts only tokens.
const atExchange = "IMAP4 IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"

// probed returns the findings about a mailbox with the given servers.
func probed(t *testing.T, settings string, imap *mailtest.FaultyIMAP, smtp *mailtest.FaultySMTP, tokenURL string, change ...string) []Finding {
	t.Helper()
	dir := t.TempDir()
	settings = strings.NewReplacer(change...).Replace(settings)
	settings = strings.NewReplacer("IMAPPORT", fmt.Sprint(imap.Port), "IMAPCA", imap.CAFile, "SMTPPORT", fmt.Sprint(smtp.Port), "SMTPCA", smtp.CAFile, "TOKENS", tokenURL).Replace(settings)
	settings = "store: {path: requestd.db}\ncontrol: {socket: control.sock}\nstaff: [{address: officer@staff.example.org}]" + settings
	for name, text := range map[string]string{"config.yaml": settings, "secret": mailtest.Password + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return append(probeServers(t.Context(), c), probeClock(t.Context(), c)...)
}

// told checks that a fault is found, and that the finding names what to mend.
func told(t *testing.T, found []Finding, where, says string) {
	t.Helper()
	for _, f := range found {
		if f.Where != where || f.OK {
			continue
		}
		if strings.ContainsAny(f.Says+f.Mend, "\r\n") {
			t.Errorf("not one line: %q", f.Says+f.Mend)
		}
		if strings.Contains(f.Says+" → "+f.Mend, says) {
			return
		}
	}
	t.Errorf("nothing about %s says %q:\n%+v", where, says, found)
}

const (
	readKey = "mailboxes[0].imap"
	sendKey = "mailboxes[0].smtp"
)

func TestConnectionsThatFailInWordsOfTheMend(t *testing.T) {
	yesterday := time.Now().AddDate(0, 0, -1)
	for _, c := range []struct {
		name       string
		server     mailtest.Identity
		change     []string
		read, send string
	}{
		{"no such name", mailtest.Identity{}, []string{"localhost", "mail.invalid"}, `imap.host "mail.invalid" and this machine's name service`, `smtp.host "mail.invalid" and this machine's name service`},
		{"certificate ended", mailtest.Identity{Leaf: localca.Leaf{From: yesterday.AddDate(-1, 0, 0), To: yesterday}}, nil, "have the server's certificate renewed (it holds from", "have the server's certificate renewed (it ends on"},
		{"certificate of another host", mailtest.Identity{Leaf: localca.Leaf{Hosts: []string{"mx.example.org"}}}, nil, "set imap.host to a name that the certificate holds (mx.example.org)", "set smtp.host to a name that the server's certificate holds"},
		{"unknown authority", mailtest.Identity{}, []string{"ca_file: IMAPCA", `ca_file: ""`, "ca_file: SMTPCA", `ca_file: ""`}, "set imap.ca_file", "set smtp.ca_file"},
		{"TLS 1.1", mailtest.Identity{OldTLS: true}, nil, "TLS 1.2 or better", "TLS 1.2 or better"},
		{"nobody listens", mailtest.Identity{}, []string{"localhost", "127.0.0.3"}, "imap.port", "smtp.port"},
		{"TLS where there is none", mailtest.Identity{}, []string{"port: IMAPPORT", "port: SMTPPORT", "ca_file: SMTPCA", "ca_file: SMTPCA, security: tls"}, "set imap.security to starttls", "set smtp.security to starttls"},
		{"the wrong password", mailtest.Identity{}, []string{"username: governance", "username: cymru2"}, "check imap.username", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			imap := mailtest.StartIMAP(t, mailtest.IMAPOptions{Identity: c.server})
			smtp := mailtest.StartSMTP(t, mailtest.SMTPOptions{Identity: c.server})
			found := probed(t, atHome, imap, smtp, "", c.change...)
			told(t, found, readKey, c.read)
			if c.send != "" {
				told(t, found, sendKey, c.send)
			}
		})
	}
}

func TestFoldersThatCannotBeReadInWordsOfTheMend(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  mailtest.IMAPFault
		change []string
		words  string
	}{
		{"misspelt", mailtest.IMAPFault{Verb: "NOOP"}, []string{"ca_file: IMAPCA", "ca_file: IMAPCA, folder: Inbocks"}, "set imap.folder to one of: INBOX, Junk, Sent"},
		{"no junk folder of that name", mailtest.IMAPFault{Verb: "NOOP"}, []string{"ca_file: IMAPCA", "ca_file: IMAPCA, junk_folder: Spam"}, "set imap.junk_folder to one of: INBOX, Junk, Sent"},
		{"IMAP is off for the mailbox", mailtest.IMAPFault{Verb: "SELECT", Answer: "{tag} BAD User is authenticated but not connected.\n"}, nil, "IMAP is enabled for it"},
		{"no right to read", mailtest.IMAPFault{Verb: "SELECT", Answer: "{tag} NO [NOPERM] Permission denied\n"}, nil, "may read it"},
		{"busy", mailtest.IMAPFault{Verb: "LOGIN", Answer: "{tag} NO Request is throttled. Suggested Backoff Time: 299961 milliseconds\n"}, nil, "asks us to wait"},
	} {
		t.Run(c.name, func(t *testing.T) {
			imap, smtp := mailtest.StartIMAP(t, mailtest.IMAPOptions{Faults: []mailtest.IMAPFault{c.fault}}), mailtest.StartSMTP(t, mailtest.SMTPOptions{})
			told(t, probed(t, atHome, imap, smtp, "", c.change...), readKey, c.words)
		})
	}
}

func TestSignInsAtMicrosoftThatFailInWordsOfTheMend(t *testing.T) {
	refuse := func(answer string) func(*mailtest.FaultyIMAP) {
		return func(s *mailtest.FaultyIMAP) {
			s.Script(mailtest.IMAPFault{Verb: "AUTHENTICATE", Answer: "{tag} " + answer + "\n"})
		}
	}
	auth := func(reply string) func(*mailtest.FaultySMTP) {
		return func(s *mailtest.FaultySMTP) {
			s.Script(mailtest.SMTPFault{At: mailtest.AtAuth, Reply: reply})
		}
	}
	for _, c := range []struct {
		name   string
		imap   func(*mailtest.FaultyIMAP)
		smtp   func(*mailtest.FaultySMTP)
		tokens func(*mailtest.Tokens)
		change []string
		where  string
		words  string
	}{
		{name: "the wrong mailbox", imap: refuse("NO AUTHENTICATE failed."), where: readKey, words: "Add-MailboxPermission for this mailbox"},
		{name: "IMAP is off, or no right was given", imap: refuse("BAD User is authenticated but not connected."), where: readKey, words: "IMAP is enabled for it"},
		{name: "SMTP AUTH is off for the mailbox", smtp: auth("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox."), where: sendKey,
			words: "Set-CASMailbox -Identity governance@cafcass.gov.uk -SmtpClientAuthenticationDisabled $false"},
		{name: "SMTP AUTH is off for the tenant", smtp: auth("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."), where: sendKey, words: "off for the whole tenant"},
		{name: "no right to send", smtp: auth("535 5.7.3 Authentication unsuccessful"), where: sendKey, words: "SMTP.SendAsApp"},
		{name: "no right to send as this address", smtp: func(s *mailtest.FaultySMTP) {
			s.Script(mailtest.SMTPFault{At: mailtest.AtMail, Reply: "550 5.7.60 SMTP; Client does not have permissions to send as this sender"})
		}, where: sendKey, words: "Add-RecipientPermission governance@cafcass.gov.uk"},
		{name: "no consent", tokens: func(e *mailtest.Tokens) {
			e.Fail(400, "invalid_grant", "AADSTS65001: The user or administrator has not consented to use the application.")
		}, where: readKey, words: "an administrator must give consent to IMAP.AccessAsApp and SMTP.SendAsApp"},
		{name: "no consent to send", tokens: func(e *mailtest.Tokens) {
			e.Fail(400, "invalid_grant", "AADSTS65001: The user or administrator has not consented to use the application.")
		}, where: sendKey, words: "an administrator must give consent to IMAP.AccessAsApp and SMTP.SendAsApp"},
		{name: "the secret has ended", tokens: func(e *mailtest.Tokens) {
			e.Fail(401, "invalid_client", "AADSTS7000222: The provided client secret keys for app are expired.")
		}, where: sendKey, words: "make a new one in Entra ID"},
		{name: "another scope", change: []string{"secret_file: secret", "secret_file: secret, scopes: [https://graph.example/.default]"}, where: readKey, words: "https://outlook.office365.com/.default"},
		{name: "another application", change: []string{"client_id: app", "client_id: other"}, where: readKey, words: "check client_id and tenant"},
		{name: "another tenant", change: []string{"TOKENS", "OTHERTENANT"}, where: readKey, words: "check tenant"},
		{name: "a token endpoint that cannot be reached", change: []string{"TOKENS", "https://login.invalid/token"}, where: sendKey, words: "check token_url and this machine's name service"},
	} {
		t.Run(c.name, func(t *testing.T) {
			imap, smtp := mailtest.StartIMAP(t, mailtest.IMAPOptions{}), mailtest.StartSMTP(t, mailtest.SMTPOptions{})
			imap.SetCapability(atExchange)
			tokens := mailtest.StartTokens(t, mailtest.TokenOptions{Apps: []mailtest.App{{ID: "app", Secret: mailtest.Password, User: "governance@cafcass.gov.uk"}}})
			if c.imap != nil {
				c.imap(imap)
			}
			if c.smtp != nil {
				c.smtp(smtp)
			}
			if c.tokens != nil {
				c.tokens(tokens)
			}
			for i, text := range c.change {
				c.change[i] = strings.Replace(text, "OTHERTENANT", tokens.TenantURL("other"), 1)
			}
			told(t, probed(t, atMicrosoft, imap, smtp, tokens.URL(), c.change...), c.where, c.words)
		})
	}
}

// A token is good only for some minutes before and after it was made, by the
// endpoint's clock.
func TestAClockThatIsOff(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, 10 * time.Minute} {
		endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		t.Cleanup(endpoint.Close)
		imap, smtp := mailtest.StartIMAP(t, mailtest.IMAPOptions{}), mailtest.StartSMTP(t, mailtest.SMTPOptions{})
		told(t, probed(t, atMicrosoft, imap, smtp, endpoint.URL+"/token"), "oauth[0].token_url", "timedatectl set-ntp true")
	}
	imap, smtp := mailtest.StartIMAP(t, mailtest.IMAPOptions{}), mailtest.StartSMTP(t, mailtest.SMTPOptions{})
	imap.Deliver(t, "governance", []byte("Subject: x\r\n\r\ny\r\n"), time.Now().Add(3*time.Hour))
	told(t, probed(t, atHome, imap, smtp, ""), readKey, "set the clock by NTP")
}
