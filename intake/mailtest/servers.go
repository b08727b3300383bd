package mailtest

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"requestd/intake/localca"
)

// Password is the password of every user without one of their own.
const Password = "loopback-only"

// User is a mailbox in Dovecot. The user signs in with its name or any of its
// addresses, and Postfix delivers mail for the addresses to it.
type User struct {
	Name      string // a short word: governance, officer
	Password  string // empty: Password
	Addresses []string
}

// Options of a set of servers. The zero value serves governance, cymru and
// officer with the addresses of DefaultUsers.
type Options struct {
	Users []User
	// OAuth, if set, makes Dovecot accept XOAUTH2 and OAUTHBEARER with tokens of
	// this endpoint, both for IMAP and for Postfix's submission.
	OAuth *Tokens
	// Mechanisms are the SASL mechanisms that are offered; empty: plain and login,
	// and with OAuth xoauth2 and oauthbearer.
	Mechanisms string
	// Capability replaces what IMAP announces after sign-in; see Exchange.
	Capability string
	// NoPostfix leaves the SMTP side out.
	NoPostfix bool
}

// Exchange is what Exchange Online announces, as far as Dovecot can.
const Exchange = "IMAP4 IMAP4rev1 UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"

// DefaultUsers returns the two watched mailboxes and an officer.
func DefaultUsers() []User {
	return []User{
		{Name: "governance", Addresses: []string{"governance@cafcass.gov.uk"}},
		{Name: "cymru", Addresses: []string{"CafcassCymru@gov.wales", "CafcassCymru@llyw.cymru"}},
		{Name: "officer", Addresses: []string{"officer@staff.example.org"}},
	}
}

// Servers is a running Dovecot and Postfix. Its methods end the test if they
// fail; For returns the same servers for a subtest.
type Servers struct {
	*installation
	t T
}

// installation is what all views of one set of servers share.
type installation struct {
	Dir    string // the directory of all files; logs are in dovecot.log and postfix.log
	CAFile string // PEM, for ca_file
	CA     *localca.CA

	IMAP       int // plain; accepts passwords
	IMAPS      int
	LMTP       int
	SMTP       int // plain, relays for anyone on loopback
	Submission int // STARTTLS and AUTH demanded
	SMTPS      int // implicit TLS, AUTH demanded
	Relay      int // Dovecot's submission service: STARTTLS and AUTH, passes mail on to SMTP

	opts     Options
	place    *place
	watchdog *watchdog
	dovecot  *process
	postfix  *process
	lookups  *lookups
	refuser  *refuser
	routes   routes
	sessions sessions
	stopOnce sync.Once
}

// Start starts both servers, and the test's end stops them. If they cannot be
// started it ends the test as Need does.
func Start(t T, opts Options) *Servers {
	t.Helper()
	Need(t)
	if opts.Users == nil {
		opts.Users = DefaultUsers()
	}
	opts.Users = slices.Clone(opts.Users)
	p, err := takePlace()
	if err != nil {
		t.Fatalf("finding a place for the mail servers: %v", err)
	}
	s := &Servers{t: t, installation: &installation{
		Dir: p.dir, place: p, opts: opts,
		IMAP: p.port, IMAPS: p.port + 1, LMTP: p.port + 2, SMTP: p.port + 3,
		Submission: p.port + 4, SMTPS: p.port + 5, Relay: p.port + 6,
	}}
	s.routes.init(s.LMTP, p.port+8)
	t.Cleanup(s.Close)
	s.watchdog, err = startWatchdog(s.Dir, p.lock)
	s.must("guarding the servers", err)
	s.must("making certificates", s.writeCertificates())
	s.must("writing Dovecot's configuration", s.writeDovecot())
	for _, u := range opts.Users {
		s.routes.addUser(u)
	}
	if !opts.NoPostfix {
		s.must("writing Postfix's configuration", s.writePostfix())
		s.lookups, err = serveLookups(loopback(p.port+7), s.routes.answer)
		s.must("answering lookups", err)
		s.refuser, err = serveRefusals(loopback(p.port+8), s.routes.nextHop)
		s.must("refusing mail", err)
		s.must("starting Postfix", s.launchPostfix())
	}
	s.must("starting Dovecot", s.launchDovecot())
	s.must("waiting for Dovecot", s.awaitDovecot())
	if !opts.NoPostfix {
		s.must("waiting for Postfix", s.awaitPostfix())
	}
	return s
}

// For returns the same servers, reporting to another test.
func (s *Servers) For(t T) *Servers { return &Servers{installation: s.installation, t: t} }

// Close stops both servers and removes their files. Start makes sure that it is
// called.
func (s *Servers) Close() {
	s.stopOnce.Do(func() {
		s.sessions.closeAll()
		s.report("dismissing the watchdog", s.watchdog.dismiss())
		// What is still being sent is no longer needed, so nobody waits for it.
		s.report("ending Postfix", s.postfix.kill())
		s.report("ending Dovecot", s.dovecot.kill())
		if s.lookups != nil {
			s.report("ending the lookups", s.lookups.close())
		}
		if s.refuser != nil {
			s.report("ending the refusals", s.refuser.close())
		}
		s.report("clearing up", s.place.release())
	})
}

// Pool holds the authority that signed the servers' certificate.
func (s *Servers) Pool() *x509.CertPool { return s.CA.Pool() }

// Log returns what Dovecot and Postfix have logged so far.
func (s *Servers) Log() string {
	var b strings.Builder
	for _, name := range []string{"dovecot.log", "postfix.log"} {
		text, err := os.ReadFile(s.path(name))
		if err == nil {
			b.Write(text)
		}
	}
	return b.String()
}

func (s *Servers) writeCertificates() error {
	ca, err := localca.New(time.Now())
	if err != nil {
		return err
	}
	s.CA, s.CAFile = ca, s.path("ca.pem")
	pair, err := ca.Issue(localca.Leaf{})
	if err != nil {
		return err
	}
	return s.writeFiles(map[string]string{
		"ca.pem": string(ca.PEM), "cert.pem": string(pair.CertPEM), "key.pem": string(pair.KeyPEM),
	})
}

func (s *Servers) path(elem ...string) string {
	return filepath.Join(append([]string{s.Dir}, elem...)...)
}

func (s *Servers) writeFiles(files map[string]string) error {
	for name, text := range files {
		if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
			return err
		}
		// Postfix does not trust a file that was written less than a second or so
		// ago.
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(s.path(name), old, old); err != nil {
			return err
		}
	}
	return nil
}

func (s *Servers) must(doing string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("mail servers: %s: %v\n%s", doing, err, tail(s.Log(), 2000))
	}
}

func (s *Servers) report(doing string, err error) {
	if err != nil {
		s.t.Logf("mail servers: %s: %v", doing, err)
	}
}

func tail(text string, n int) string {
	if len(text) > n {
		return "…" + text[len(text)-n:]
	}
	return text
}
