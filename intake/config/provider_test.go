package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, file string) *Config {
	t.Helper()
	c, err := Parse([]byte(file), "/etc/requestd/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The sections that a provider's mailbox does not need are left out.
const hosted = `
store: {path: requestd.db}
control: {socket: control.sock}
staff: [{address: officer@staff.example.org}]
oauth:
  - {name: cloud, kind: client-credentials, tenant: example.com, client_id: app, secret_file: secret}
  - {name: space, kind: google-service-account, key_file: key.json}
mailboxes:
  - {name: one, body: Body, address: foi@example.com, language: en, reference: ONE, since: 2026-11-01, provider: microsoft365, oauth: cloud}
  - {name: two, body: Body, address: foi@example.net, language: en, reference: TWO, since: 2026-11-01, provider: google, oauth: space}
`

func TestAProviderFillsInItsServers(t *testing.T) {
	c := parse(t, hosted)
	one, two := c.Mailbox("one"), c.Mailbox("two")
	for _, x := range []struct{ what, got, want string }{
		{"Microsoft's IMAP", one.IMAP.Host, "outlook.office365.com"},
		{"Microsoft's SMTP", one.SMTP.Host, "smtp.office365.com"},
		{"whom IMAP signs in as", one.IMAP.Username, "foi@example.com"},
		{"whom SMTP signs in as", one.SMTP.Username, "foi@example.com"},
		{"IMAP's token", one.IMAP.OAuth, "cloud"},
		{"SMTP's token", one.SMTP.OAuth, "cloud"},
		{"how IMAP signs in", one.IMAP.Auth, AuthXOAuth2},
		{"how SMTP is secured", one.SMTP.Security, SecurityStartTLS},
		{"the token's address", c.OAuth[0].TokenURL, "https://login.microsoftonline.com/example.com/oauth2/v2.0/token"},
		{"the token's scope", strings.Join(c.OAuth[0].Scopes, " "), "https://outlook.office365.com/.default"},
		{"Microsoft's results", strings.Join(one.Trust.Authserv, " "), "microsoft365"},
		{"Google's IMAP", two.IMAP.Host, "imap.gmail.com"},
		{"Google's scope", strings.Join(c.OAuth[1].Scopes, " "), "https://mail.google.com/"},
		{"Google's sent mail", two.IMAP.SentFolder, "[Gmail]/Sent Mail"},
		{"who sends alarms", c.SMTP.Host, "smtp.office365.com"},
	} {
		if x.got != x.want {
			t.Errorf("%s: got %s, want %s", x.what, x.got, x.want)
		}
	}
	if one.IMAP.Port != 993 || one.SMTP.Port != 587 {
		t.Errorf("got ports %d and %d", one.IMAP.Port, one.SMTP.Port)
	}
}

func TestWhatIsWrittenGoesBeforeTheProvider(t *testing.T) {
	c := parse(t, strings.Replace(hosted, "provider: microsoft365,",
		`provider: microsoft365, imap: {host: 127.0.0.1, port: 2993, junk_folder: "", idle_renew: 1m}, smtp: {host: 127.0.0.1, security: none, auth: none},`, 1))
	one := c.Mailbox("one")
	if one.IMAP.Host != "127.0.0.1" || one.IMAP.Port != 2993 || one.IMAP.JunkFolder != "" || one.IMAP.IdleRenew != time.Minute {
		t.Errorf("got %+v", one.IMAP)
	}
	if one.IMAP.SentFolder != "Sent Items" || one.IMAP.Auth != AuthXOAuth2 {
		t.Errorf("the rest is not the provider's: %+v", one.IMAP)
	}
	if one.SMTP.Host != "127.0.0.1" || one.SMTP.Auth != AuthNone || one.SMTP.OAuth != "" {
		t.Errorf("got %+v", one.SMTP)
	}
}

func TestTheSharedServerGoesBeforeTheProvidersOwn(t *testing.T) {
	shared := "smtp: {host: relay.example.org, username: u, password_file: p}\n"
	c := parse(t, shared+hosted)
	if got := c.Mailbox("one").SMTP; got != &c.SMTP {
		t.Errorf("the mailbox sends through %s", got.Host)
	}
	c = parse(t, shared+strings.Replace(hosted, "oauth: cloud}", "oauth: cloud, smtp: {oauth: cloud}}", 1))
	if got := c.Mailbox("one").SMTP.Host; got != "smtp.office365.com" {
		t.Errorf("a mailbox with an smtp section of its own sends through %s", got)
	}
}

// TestALimitOfAMailboxsOwn counts only its letters, and what it leaves out is
// as for all.
func TestALimitOfAMailboxsOwn(t *testing.T) {
	c := parse(t, "sending: {breaker: {count: 60, within: 10m}, per_address: {hour: 3, day: 10}}\n"+
		strings.Replace(hosted, "provider: microsoft365", "sending: {breaker: {count: 200}}, provider: microsoft365", 1)+
		"  - {name: own, body: Body, address: foi@example.org, language: en, reference: OWN, since: 2026-11-01, sending: {per_address: {hour: 0, day: 0}}, imap: {host: localhost, username: u, password_file: p}, smtp: {host: localhost, auth: none}}\n")
	all := []string{}
	for _, m := range c.Mailboxes {
		b, breaks := c.BreakerOf(m.Name)
		a, counts := c.PerAddressOf(m.Name)
		all = append(all, fmt.Sprint(m.Name, b, breaks, a, counts))
	}
	if got, want := fmt.Sprint(all), "[one{200 10m0s} {one []} {3 10} { [own]} two{60 10m0s} { [one]} {3 10} { [own]} own{60 10m0s} { [one]} {0 0} {own []}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAProviderLimitsHowFastMailGoesOut(t *testing.T) {
	for _, x := range []struct {
		sending, mailbox string
		one, plain       int
	}{
		{"", "", 20, 20},
		{"sending: {per_minute: 5}\n", "", 5, 5},
		{"sending: {per_minute: 100}\n", "", 20, 100},
		{"sending: {per_minute: 0}\n", "", 20, 0},
		{"", "per_minute: 25, ", 25, 20},
	} {
		file := x.sending + strings.Replace(hosted, "provider: microsoft365", x.mailbox+"provider: microsoft365", 1) +
			"  - {name: own, body: Body, address: foi@example.org, language: en, reference: OWN, since: 2026-11-01, imap: {host: localhost, username: u, password_file: p}, smtp: {host: localhost, auth: none}}\n"
		c := parse(t, file)
		if one, plain := c.Mailbox("one").PerMinute, c.Mailbox("own").PerMinute; one != x.one || plain != x.plain {
			t.Errorf("%q, %q: %d letters a minute by Microsoft, %d by a server of one's own; want %d and %d", x.sending, x.mailbox, one, plain, x.one, x.plain)
		}
	}
}

func TestTooManyLettersForMicrosoftAreNoted(t *testing.T) {
	for limit, noted := range map[string]bool{"0": true, "30": false, "31": true} {
		c := parse(t, strings.Replace(hosted, "provider: microsoft365", "per_minute: "+limit+", provider: microsoft365", 1))
		got := slices.ContainsFunc(c.Notes(c.Mailboxes[0].Since), func(p Problem) bool { return p.Key == "mailboxes[0].per_minute" })
		if got != noted {
			t.Errorf("per_minute %s: noted %v", limit, got)
		}
	}
}

func TestPortsFollowTheSecurity(t *testing.T) {
	for _, x := range []struct {
		security   string
		imap, smtp int
	}{{"tls", 993, 465}, {"starttls", 143, 587}, {"none", 143, 25}} {
		base := strings.NewReplacer("imap.example.org", "127.0.0.1\n      security: "+x.security,
			"smtp.example.org", "127.0.0.1\n  security: "+x.security).Replace(baseFile(t))
		c := parse(t, base)
		if c.SMTP.Port != x.smtp || c.Mailboxes[0].IMAP.Port != x.imap {
			t.Errorf("%s: got %d and %d", x.security, c.Mailboxes[0].IMAP.Port, c.SMTP.Port)
		}
	}
}

func TestBodiesAreKnownByTheirDomain(t *testing.T) {
	c := parse(t, baseFile(t))
	cafcass, cymru := c.Mailbox("cafcass"), c.Mailbox("cymru")
	if got, want := cafcass.CostLimit, (CostLimit{450, 18}); got != want {
		t.Errorf("Cafcass: got %v, want %v", got, want)
	}
	if got, want := cymru.CostLimit, (CostLimit{600, 24}); got != want {
		t.Errorf("Cafcass Cymru: got %v, want %v", got, want)
	}
	if want := []string{"gov.wales", "llyw.cymru"}; !slices.Equal(cymru.Domains, want) {
		t.Errorf("the colleagues of Cafcass Cymru write from %v, want %v", cymru.Domains, want)
	}
	own := parse(t, strings.Replace(baseFile(t), "language: cy-en", "language: cy-en\n    domains: [cymru.example.org]\n    cost_limit: {hours: 20}", 1))
	if got := own.Mailbox("cymru"); !slices.Equal(got.Domains, []string{"cymru.example.org"}) || got.CostLimit != (CostLimit{600, 20}) {
		t.Errorf("what is written was not taken: %v, %v", got.Domains, got.CostLimit)
	}
}
