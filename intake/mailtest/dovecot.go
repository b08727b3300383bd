package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// mailID owns the mail files: a number without an account.
const mailID = 5000

func (s *Servers) writeDovecot() error {
	for _, d := range []string{"run", "state", "mail"} {
		if err := os.Mkdir(s.path(d), 0o755); err != nil {
			return err
		}
	}
	if err := os.Chown(s.path("mail"), mailID, mailID); err != nil {
		return err
	}
	conf, mechanisms := dovecotConf, "plain login"
	relay, relayproto, oauthdb, capability := "", "", "", ""
	if _, err := os.Stat("/usr/lib/dovecot/submission"); err == nil && !s.opts.NoPostfix {
		relay, relayproto = relayConf, " submission"
	}
	files := map[string]string{"users": s.passwdFile()}
	if o := s.opts.OAuth; o != nil {
		mechanisms += " xoauth2 oauthbearer"
		oauthdb = oauthPassdb
		format := "%Lu"
		if o.EveryMailbox {
			format = "everybody"
		}
		files["oauth2.conf"] = s.fill(oauthConf, "introspect", o.introspectURL(), "format", format)
	}
	if s.opts.Mechanisms != "" {
		mechanisms = s.opts.Mechanisms
	}
	if s.opts.Capability != "" {
		capability = "imap_capability = " + s.opts.Capability
	}
	// The parts with places of their own come first.
	conf = s.fill(conf, "relay", relay, "relayproto", relayproto, "oauthdb", oauthdb)
	files["dovecot.conf"] = s.fill(conf, "mechanisms", mechanisms, "capability", capability)
	return s.writeFiles(files)
}

// fill replaces {name} in text by the given values and by the servers' own.
func (s *Servers) fill(text string, pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, "{"+pairs[i]+"}", pairs[i+1])
	}
	text = strings.NewReplacer(all...).Replace(text)
	return strings.NewReplacer(
		"{dir}", s.Dir, "{id}", fmt.Sprint(mailID),
		"{imap}", fmt.Sprint(s.IMAP), "{imaps}", fmt.Sprint(s.IMAPS), "{lmtp}", fmt.Sprint(s.LMTP),
		"{smtp}", fmt.Sprint(s.SMTP), "{submission}", fmt.Sprint(s.Submission),
		"{smtps}", fmt.Sprint(s.SMTPS), "{relayport}", fmt.Sprint(s.Relay),
		"{lookups}", fmt.Sprint(s.place.port+7),
	).Replace(text)
}

// passwdFile lists every name under which a user may sign in or get mail; all
// lead to one mailbox.
func (s *Servers) passwdFile() string {
	var b strings.Builder
	for _, u := range s.opts.Users {
		password := u.Password
		if password == "" {
			password = Password
		}
		for _, login := range append([]string{u.Name, u.Name + "@" + home}, u.Addresses...) {
			fmt.Fprintf(&b, "%s:{PLAIN}%s:%d:%d::%s::user=%s\n",
				strings.ToLower(login), password, mailID, mailID, s.path("mail", u.Name), u.Name)
		}
	}
	return b.String()
}

// AddUser makes a mailbox while the servers run.
func (s *Servers) AddUser(u User) {
	s.t.Helper()
	s.opts.Users = append(s.opts.Users, u)
	s.routes.addUser(u)
	s.must("adding "+u.Name, os.WriteFile(s.path("users"), []byte(s.passwdFile()), 0o644))
	// Dovecot checks the file once a second.
	s.must("adding "+u.Name, poll(s.t.Context(), s.t, nil, "Dovecot to know the user", func() bool {
		return exec.Command(doveadm, "-c", s.path("dovecot.conf"), "user", u.Name).Run() == nil
	}))
}

func (s *Servers) launchDovecot() error {
	p, err := startProcess(s.path("dovecot.log"), dovecotProgram, "-F", "-c", s.path("dovecot.conf"))
	if err != nil {
		return err
	}
	s.dovecot = p
	return s.watchdog.guard(s.dovecot, s.postfix)
}

func (s *Servers) awaitDovecot() error {
	return poll(s.t.Context(), s.t, s.dovecot.done, "Dovecot", func() bool {
		return greets(loopback(s.IMAP), "* OK") && greets(loopback(s.LMTP), "220 ")
	})
}

// StopDovecot stops Dovecot in order: connections get BYE, then nothing
// listens.
func (s *Servers) StopDovecot() {
	s.t.Helper()
	s.sessions.closeAll()
	s.must("stopping Dovecot", s.dovecot.stop())
}

// KillDovecot ends every process of Dovecot at once, without a word to anyone.
func (s *Servers) KillDovecot() {
	s.t.Helper()
	s.sessions.closeAll()
	s.must("killing Dovecot", s.dovecot.kill())
}

// StartDovecot brings Dovecot back on the same ports, with the same mail.
func (s *Servers) StartDovecot() {
	s.t.Helper()
	// After a kill the old sockets are still there, and Dovecot refuses them.
	s.must("starting Dovecot again", os.RemoveAll(s.path("run")))
	s.must("starting Dovecot again", os.Mkdir(s.path("run"), 0o755))
	s.must("starting Dovecot again", s.launchDovecot())
	s.must("starting Dovecot again", s.awaitDovecot())
}
