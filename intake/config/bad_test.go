package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func baseFile(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Each case has one mistake, made in testdata/base.yaml by replacing some text,
// and everything that is reported about it.
var mistakes = []struct{ name, old, new, want string }{
	// keys
	{"an unknown key", "smtp:\n", "smtp:\n  hots: x\n",
		"smtp.hots (line 4): is no key of requestd's; did you mean host?"},
	{"an unknown section", "smtp:\n", "frobnicate: {a: 1}\nsmtp:\n",
		"frobnicate (line 3): is no key of requestd's; compare it with config.example.yaml"},
	{"an unknown key without a value", "smtp:\n", "frobnicate:\nsmtp:\n",
		"frobnicate (line 3): is no key of requestd's; compare it with config.example.yaml"},
	{"an unknown key in a list", "    body: Cafcass\n", "    body: Cafcass\n    refrence: X\n",
		"mailboxes[0].refrence (line 14): is no key of requestd's; did you mean reference?"},
	{"a key with a dot", "smtp:\n", "log.level: debug\nsmtp:\n",
		"log.level (line 3): is no key of requestd's; write a section, with its keys indented beneath it"},
	{"a key that stands twice", "smtp:\n", "Store: {wait: 1s}\nsmtp:\n",
		"store (line 3): store and Store are the same key; keep one of the two"},
	{"a key without a value", "host: smtp.example.org", "host:",
		"smtp.host (line 4): has no value; write one, or take the key out"},
	{"an empty section", "smtp:\n", "log: {}\nsmtp:\n",
		"log (line 3): has no value; write one, or take the key out"},
	{"a section that is none", "store: {path: requestd.db}", "store: requestd.db",
		`store (line 1): "requestd.db" is not a section; write its keys beneath it, indented`},

	// what is required
	{"no store", "store: {path: requestd.db}\n", "",
		"store.path: is missing; name the file of the register, such as /var/lib/requestd/requestd.db"},
	{"no socket", "control: {socket: control.sock}\n", "",
		"control.socket: is missing; name the socket, such as /run/requestd/control.sock"},
	{"no SMTP server", "  host: smtp.example.org\n", "",
		"smtp.host: is missing; write the server's name, such as mail.example.org"},
	{"no day of going live", "    since: 2026-11-01\n    imap", "    imap",
		"mailboxes[0].since: is missing; write the day of going live, such as 2026-11-01: earlier mail is never answered"},
	{"no reference", "    reference: CAF\n", "",
		"mailboxes[0].reference: is missing; write the letters with which references begin, such as CAF"},
	{"no IMAP server", "      host: imap.example.org\n", "",
		"mailboxes[0].imap.host: is missing; write the server's name, such as mail.example.org"},
	{"no user", "      username: governance\n", "",
		"mailboxes[0].imap.username: is missing; write the name to sign in with"},
	{"no staff", "staff:\n  - address: officer@staff.example.org\n", "",
		"staff: is missing; name at least one address that is told of requests"},

	// values of the wrong kind
	{"a duration without a unit", "smtp:\n", "smtp:\n  timeout: 30\n",
		"smtp.timeout (line 4): 30 has no unit; write a number with its unit, such as 30s, 5m or 48h"},
	{"a duration of words", "smtp:\n", "smtp:\n  timeout: soon\n",
		`smtp.timeout (line 4): "soon" is no duration; write a number with its unit, such as 30s, 5m or 48h`},
	{"a fraction where a whole number stands", "smtp:\n", "smtp:\n  port: 587.9\n",
		"smtp.port (line 4): 587.9 is not a whole number; write digits alone, without quotes"},
	{"a number in quotes", "smtp:\n", "smtp:\n  port: \"587\"\n",
		`smtp.port (line 4): "587" is not a whole number; write digits alone, without quotes`},
	{"a number as a name", "username: requestd", "username: 1234",
		"smtp.username (line 5): 1234 is not a text; put it in quotes"},
	{"yes for true", "    imap:\n", "    imap:\n      idle: yes\n",
		`mailboxes[0].imap.idle (line 19): "yes" is not true or false; write true or false, without quotes`},
	{"a text where a list stands", "smtp:\n", "sending: {retry: 1m}\nsmtp:\n",
		`sending.retry (line 3): "1m" is not a list; write [one, two], or one entry a line after a dash`},
	{"a moment as a day", "since: 2026-11-01\n    imap", "since: 2026-11-01T09:00:00Z\n    imap",
		"mailboxes[0].since (line 17): 2026-11-01T09:00:00Z is a moment and no day; write it as 2026-11-01"},
	{"a day written otherwise", "since: 2026-11-01\n    imap", "since: 1.11.2026\n    imap",
		`mailboxes[0].since (line 17): "1.11.2026" is no date; write it as 2026-11-01`},
	{"a day that does not exist", "since: 2026-11-01\n    imap", "since: \"2026-02-30\"\n    imap",
		`mailboxes[0].since (line 17): "2026-02-30" is no date; write it as 2026-11-01`},
	{"a time of day", "smtp:\n", "digest: {at: 8am}\nsmtp:\n",
		`digest.at (line 3): is no time of day; write it as "08:00"`},
	{"a period", "smtp:\n", "retention: {foi: 3 fortnights}\nsmtp:\n",
		`retention.foi (line 3): is no period; write it as "3 years", "6 months", "90 days" or "for ever"`},

	// values out of range
	{"a port", "smtp:\n", "smtp:\n  port: 70000\n",
		"smtp.port (line 4): 70000 is out of range; write a number from 1 to 65535"},
	{"a poll that never comes", "    imap:\n", "    imap:\n      poll_interval: 0s\n",
		"mailboxes[0].imap.poll_interval (line 19): 0s is out of range; write a duration from 100ms to 1h"},
	{"a negative duration", "    imap:\n", "    imap:\n      poll_interval: -5s\n",
		"mailboxes[0].imap.poll_interval (line 19): -5s is out of range; write a duration from 100ms to 1h"},
	{"a negative limit", "smtp:\n", "sending: {per_minute: -1}\nsmtp:\n",
		"sending.per_minute (line 3): -1 is out of range; write a number from 0 to 10000"},
	{"no wait before a retry", "smtp:\n", "sending: {retry: []}\nsmtp:\n",
		"sending.retry (line 3): names no wait; write at least one, such as [1m]"},
	{"more a hour than a day", "smtp:\n", "sending: {per_address: {hour: 20}}\nsmtp:\n",
		"sending.per_address.day: 10 a day is less than 20 an hour; raise it, or lower sending.per_address.hour"},
	{"a day before all calendars", "since: 2026-11-01\n    imap", "since: 1999-12-31\n    imap",
		"mailboxes[0].since (line 17): 1999-12-31 is out of range; write a day from 2000 to 2099"},
	{"an unknown language", "language: en", "language: welsh",
		`mailboxes[0].language (line 15): "welsh" is not known; write en or cy-en`},
	{"a reference in small letters", "reference: CAF", "reference: Caf",
		`mailboxes[0].reference (line 16): "Caf" cannot begin a reference; write two to five capital letters`},
	{"a name with a space", "name: cafcass", "name: caf cass",
		`mailboxes[0].name (line 12): "caf cass" is no name; write small letters, digits and single hyphens, at most 40`},
	{"what staff cannot get", "staff:\n", "staff:\n  - {address: a@example.org, gets: [digests]}\n",
		`staff[0].gets[0] (line 8): "digests" is not known; write triage, copies, reminders, digest, urgent, overdue or alarms`},
	{"a mailbox that does not exist", "staff:\n", "staff:\n  - {address: a@example.org, mailboxes: [wales]}\n",
		`staff[0].mailboxes[0] (line 8): "wales" is not known; write cafcass or cymru`},
	{"a language in which nobody is written to", "staff:\n", "staff:\n  - {address: a@example.org, language: welsh}\n",
		`staff[0].language (line 8): "welsh" is not known; write en or cy`},
	{"a list that names nothing", "staff:\n", "staff:\n  - {address: a@example.org, kinds: []}\n",
		"staff[0].kinds (line 8): names nothing; take the key out: then it means all"},
	{"an unknown provider", "provider: microsoft365", "provider: microsoft",
		`mailboxes[1].provider (line 27): "microsoft" is not known; write microsoft365, google or generic
mailboxes[1].imap.host: is missing; write the server's name, such as mail.example.org`},

	// addresses
	{"an address that is none", "address: governance@cafcass.gov.uk", "address: governance",
		`mailboxes[0].address (line 14): "governance" is no mail address; write it as name@example.org`},
	{"an address with a name", "address: officer@staff.example.org", "address: Officer <officer@staff.example.org>",
		`staff[0].address (line 8): "Officer <officer@staff.example.org>" is no mail address; write it as name@example.org`},
	{"an address with a line break", "address: officer@staff.example.org", `address: "officer@staff.example.org\r\nBcc: x@example.org"`,
		`staff[0].address (line 8): "officer@staff.example.org\r\nBcc: x@example.org" is no mail address; write it as name@example.org`},
	{"staff told at a watched mailbox", "address: officer@staff.example.org", "address: Governance@cafcass.gov.uk",
		`staff[0].address (line 8): "Governance@cafcass.gov.uk" is the mailbox cafcass itself: the daemon would read its own mail; write an address of the staff's own`},
	{"an alias that is another mailbox", "    language: en\n", "    language: en\n    aliases: [cafcasscymru@gov.wales]\n",
		`mailboxes[1].address (line 24): "CafcassCymru@gov.wales" stands at mailboxes[0].aliases[0] already; each address stands once`},
	{"one reference for two mailboxes", "reference: CYM", "reference: CAF",
		`mailboxes[1].reference (line 25): "CAF" stands at mailboxes[0].reference already; each reference stands once`},
	{"one name for two mailboxes", "name: cymru", "name: cafcass",
		`mailboxes[1].name (line 21): "cafcass" stands at mailboxes[0].name already; each name stands once`},

	// connections
	{"mail in clear over a network", "smtp:\n", "smtp:\n  security: none\n",
		"smtp.security (line 4): none would send mail and passwords to smtp.example.org in clear; write tls or starttls; none is for a loopback address only"},
	{"a URL for a host", "host: imap.example.org", `host: "imaps://imap.example.org"`,
		`mailboxes[0].imap.host (line 19): "imaps://imap.example.org" is no host name; write the name alone, without scheme or port`},
	{"a word that stands for a value", "tenant: example.com, client_id: app", "tenant: TENANT-ID, client_id: CLIENT-ID",
		`oauth[0].client_id (line 10): "CLIENT-ID" stands for a value; write your own there` + "\n" +
			`oauth[0].tenant (line 10): "TENANT-ID" stands for a value; write your own there`},
	{"a token from nowhere", "tenant: example.com, ", "",
		"oauth[0].scopes: is missing; write what the token endpoint wants\noauth[0].tenant: is missing; write the tenant's id or domain, or token_url"},
	{"a token that nothing gives", "oauth: entra", "oauth: other",
		`mailboxes[1].oauth (line 28): "other" is no entry of oauth; add one of that name, or name one that exists
mailboxes[1].imap.oauth: "other" is no entry of oauth; add one of that name, or name one that exists`},
	{"tokens over http", "tenant: example.com,", "tenant: example.com, token_url: \"http://login.example.com/token\",",
		`oauth[0].token_url (line 10): "http://login.example.com/token" is no address that can be trusted; write it as https://… (http only to a loopback address)`},
	{"a password beside a token", "smtp:\n", "smtp:\n  auth: xoauth2\n  oauth: entra\n",
		"smtp.password_file (line 8): is not used with auth xoauth2; take it out, or write auth: password"},
	{"figures for everybody", "smtp:\n", "metrics: {listen: \"0.0.0.0:9469\"}\nsmtp:\n",
		`metrics.listen (line 3): "0.0.0.0:9469" is no loopback address with a port; write "127.0.0.1:9469", or "" for no metrics`},
	{"officers obeyed on nobody's word", "    language: en\n", "    language: en\n    trust: {officers: [dmarc]}\n",
		"mailboxes[0].trust.authserv: is missing; name the server whose DMARC results are believed, or take dmarc out of officers"},
	{"a signal that always fires", "smtp:\n", "classify: {signals: [{name: x, kind: foi, points: 1, phrases: [\" \"]}]}\nsmtp:\n",
		"classify.signals[0].phrases[0] (line 3): is blank and would fire on every mail; take it out"},
	{"one folder read twice", "    provider: microsoft365\n    oauth: entra\n", "    imap: {host: imap.example.org, username: governance}\n",
		`mailboxes[1].imap.username (line 27): "governance" reads the same folder as mailboxes[0]; each mailbox reads a folder of its own; further addresses of one mailbox are its aliases`},
}

func TestEachMistakeIsNamedWithItsMend(t *testing.T) {
	base := baseFile(t)
	if _, err := Parse([]byte(base), "base.yaml"); err != nil {
		t.Fatalf("the file without a mistake: %v", err)
	}
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			if strings.Count(base, m.old) != 1 {
				t.Fatalf("%q stands %d times in the file", m.old, strings.Count(base, m.old))
			}
			_, err := Parse([]byte(strings.Replace(base, m.old, m.new, 1)), "base.yaml")
			if got := said(err); got != m.want {
				t.Errorf("got  %s\nwant %s", got, m.want)
			}
		})
	}
}

func said(err error) string {
	var all *Problems
	if !errors.As(err, &all) {
		return "no mistake found"
	}
	var lines []string
	for _, p := range all.List {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

func TestShapeOfTheFile(t *testing.T) {
	for _, x := range []struct{ name, file, want string }{
		{"empty", "", "the file is empty"},
		{"comments alone", "# nothing\n", "the file is empty"},
		{"a list", "- a\n", "the file is no list of keys and values"},
		{"broken", "store: {path: x\n", "the file is no valid YAML"},
		{"a tab", "store:\n\tpath: x\n", "the file is no valid YAML"},
		{"two documents", "store: {path: x}\n---\nstore: {path: y}\n", "more than one YAML document"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if _, err := Parse([]byte(x.file), "f.yaml"); !strings.Contains(said(err), x.want) {
				t.Errorf("got %s, want %s", said(err), x.want)
			}
		})
	}
}

func TestAFileThatCannotBeReadIsAProblem(t *testing.T) {
	_, err := Load("testdata/none.yaml")
	if got := said(err); got != "the configuration cannot be used: testdata/none.yaml does not exist; name the right file with --config" {
		t.Errorf("got %s", got)
	}
}
