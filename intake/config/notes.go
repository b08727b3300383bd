package config

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"

	"requestd/deadlines"
)

// Notes lists what is allowed but worth knowing: what is switched off, what
// nobody is told of, which secret others may read.
func (c *Config) Notes(today deadlines.Day) []Problem {
	k := &checker{}
	c.placeholders(k)
	if c.Store.Create {
		k.add("store.create", "is true: a register that cannot be found would be begun anew", "take it out once the first start has made the register")
	}
	for i := range c.Mailboxes {
		m, at := &c.Mailboxes[i], fmt.Sprintf("mailboxes[%d]", i)
		if len(m.Trust.Officers) == 0 {
			k.add(at+".trust.officers", "names no authority: officers cannot decide by answering mail", "name dmarc or microsoft365 once the mail server vouches for its senders")
		}
		if len(m.Trust.Authserv) == 0 {
			k.add(at+".trust.authserv", "names no server: forged senders are not noticed", "name your mail server's authserv-id")
		}
		if m.Provider == ProviderMicrosoft && m.SMTP != &c.SMTP && (m.PerMinute == 0 || m.PerMinute > microsoftPerMinute) {
			k.add(at+".per_minute", fmt.Sprintf("is more than Microsoft takes: it delays what exceeds %d letters a minute", microsoftPerMinute), "write 20, or leave it out")
		}
		if m.Since > today {
			k.add(at+".since", m.Since.String()+" lies ahead: until then no mail opens a case or is answered", "write the day on which requestd takes over, unless that is what you mean")
		}
		c.untold(k, m)
		k.openSecret(at+".imap.password_file", m.IMAP.Password)
		if m.SMTP != &c.SMTP {
			k.openSecret(at+".smtp.password_file", m.SMTP.Password)
		}
	}
	k.openSecret("smtp.password_file", c.SMTP.Password)
	k.openSecret("store.password_file", c.Store.Password)
	for i := range c.OAuth {
		at := fmt.Sprintf("oauth[%d]", i)
		k.openSecret(at+".secret_file", c.OAuth[i].Secret)
		k.openSecret(at+".key_file", c.OAuth[i].Key)
		switch o := &c.OAuth[i]; {
		case o.Certificate != "":
			k.certificateEnds(at+".secret_expires", o, today)
		case o.Secret.Path != "" && o.SecretExpires.IsZero():
			k.add(at+".secret_expires", "is not set: nobody is warned before the secret ends", "write the day that the provider shows")
		}
	}
	return k.problems
}

// certificateEnds notes if nobody would be warned before the certificate that
// we sign in with expires.
func (k *checker) certificateEnds(key string, o *OAuth, today deadlines.Day) {
	name, err := o.Certificate.Open()
	if err != nil {
		return // Check reports it, and what else is wrong with the file
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return
	}
	ends := deadlines.DayOf(cert.NotAfter)
	mend := "write " + ends.String()
	switch {
	case ends < today:
		k.add(key, "the certificate ended on "+ends.String(), "make a new pair, upload it and put it in place; then write its end here")
	case o.SecretExpires.IsZero():
		k.add(key, "is not set: nobody is warned before the certificate ends", mend)
	case o.SecretExpires != ends:
		k.add(key, "is "+o.SecretExpires.String()+", and the certificate ends on "+ends.String(), mend)
	}
}

// placeholders notes what is still as in an example: addresses and servers in
// domains that are reserved for examples (RFC 2606) and never exist.
func (c *Config) placeholders(k *checker) {
	k.example("smtp.host", c.SMTP.Host)
	for i, s := range c.Staff {
		k.example(fmt.Sprintf("staff[%d].address", i), s.Address)
		k.example(fmt.Sprintf("staff[%d].escalate_to", i), s.EscalateTo)
	}
	for i := range c.Mailboxes {
		m, at := &c.Mailboxes[i], fmt.Sprintf("mailboxes[%d]", i)
		k.example(at+".address", m.Address)
		k.example(at+".imap.host", m.IMAP.Host)
		if m.SMTP != &c.SMTP {
			k.example(at+".smtp.host", m.SMTP.Host)
		}
		for j, id := range m.Trust.Authserv {
			k.example(fmt.Sprintf("%s.trust.authserv[%d]", at, j), id)
		}
	}
	for i, o := range c.OAuth {
		k.example(fmt.Sprintf("oauth[%d].tenant", i), o.Tenant)
	}
}

func (k *checker) example(key, value string) {
	name := strings.ToLower(value[strings.LastIndexByte(value, '@')+1:])
	for _, domain := range []string{"example.org", "example.com", "example.net", "example", "invalid"} {
		if name == domain || strings.HasSuffix(name, "."+domain) {
			k.add(key, show(value)+" is an example's", "write your own")
		}
	}
}

// untold notes each kind of mail about a mailbox to which nobody subscribed.
func (c *Config) untold(k *checker, m *Mailbox) {
	for _, kind := range staffKinds {
		for _, gets := range []string{GetsTriage, GetsReminders, GetsUrgent, GetsOverdue} {
			asked := slices.ContainsFunc(c.Staff, func(s Staff) bool {
				return slices.Contains(s.Mailboxes, m.Name) && c.Handles(s, m.Name, kind) && slices.Contains(s.Gets, gets)
			})
			if !asked {
				k.problems = append(k.problems, Problem{
					Key:  "staff",
					Says: fmt.Sprintf("nobody asked for %s of %s in %s: all its staff are told", gets, kind, m.Name),
					Mend: "name somebody",
				})
				return
			}
		}
	}
}

func (k *checker) openSecret(key string, s SecretFile) {
	name, err := s.Path.Open()
	if err != nil || name == "" {
		return
	}
	if st, err := os.Stat(name); err == nil && st.Mode().Perm()&0o004 != 0 {
		k.add(key, name+" may be read by everybody on this machine", "chmod 0600 "+name)
	}
}
