package config

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

func (k *checker) validateSMTP(key string, s *SMTP, c *Config) {
	k.server(key, s.Server, c, AuthPassword, AuthXOAuth2, AuthNone)
	if s.Host == "" {
		return
	}
	if s.Hello != "" && !domainForm.MatchString(s.Hello) {
		k.add(key+".hello", show(s.Hello)+" is no host name", "write this machine's full name")
	}
	k.span(key+".timeout", s.Timeout, time.Second, 10*time.Minute)
	k.span(key+".data_timeout", s.DataTimeout, time.Second, time.Hour)
	k.span(key+".idle_close", s.IdleClose, 0, 5*time.Minute)
}

func (k *checker) validateIMAP(key string, s *IMAP, c *Config) {
	k.server(key, s.Server, c, AuthPassword, AuthXOAuth2)
	k.need(key+".folder", s.Folder, "write INBOX")
	k.folders(key, s)
	k.span(key+".poll_interval", s.PollInterval, 100*time.Millisecond, time.Hour)
	// A server may disconnect a client that is silent for half an hour (RFC 2177).
	k.span(key+".idle_renew", s.IdleRenew, time.Second, 29*time.Minute)
	k.span(key+".timeout", s.Timeout, time.Second, 10*time.Minute)
}

func (k *checker) folders(key string, s *IMAP) {
	seen := uniq{k, "folder", map[string]string{}}
	for _, f := range []struct{ key, name string }{
		{key + ".folder", s.Folder}, {key + ".junk_folder", s.JunkFolder}, {key + ".sent_folder", s.SentFolder},
	} {
		if f.name == "" {
			continue
		}
		if strings.ContainsFunc(f.name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			k.add(f.key, show(f.name)+" holds a control character", "write the folder's name as the server lists it")
		}
		seen.add(f.key, f.name)
	}
}

func (k *checker) server(key string, s Server, c *Config, auths ...string) {
	if !k.need(key+".host", s.Host, "write the server's name, such as mail.example.org") {
		return
	}
	if net.ParseIP(s.Host) == nil && !domainForm.MatchString(s.Host) {
		k.add(key+".host", show(s.Host)+" is no host name", "write the name alone, without scheme or port")
	}
	k.between(key+".port", s.Port, 1, 65535)
	k.oneOf(key+".security", s.Security, SecurityTLS, SecurityStartTLS, SecurityNone)
	if s.Security == SecurityNone && !loopback(s.Host) {
		k.add(key+".security", "none would send mail and passwords to "+s.Host+" in clear", "write tls or starttls; none is for a loopback address only")
	}
	k.oneOf(key+".auth", s.Auth, auths...)
	if s.Auth != AuthNone {
		k.placeholder(key+".username", s.Username)
		k.need(key+".username", s.Username, "write the name to sign in with")
	}
	if s.Auth == AuthXOAuth2 {
		k.oauthRef(key+".oauth", s.OAuth, c)
	}
	if s.Auth != AuthPassword && s.Password.Path != "" {
		k.add(key+".password_file", "is not used with auth "+s.Auth, "take it out, or write auth: password")
	}
	if s.Auth != AuthXOAuth2 && s.OAuth != "" {
		k.add(key+".oauth", "is not used with auth "+s.Auth, "take it out, or write auth: xoauth2")
	}
}

func (k *checker) oauthRef(key, name string, c *Config) {
	if !k.need(key, name, "name the entry of oauth that gives the token, here or for the whole mailbox") {
		return
	}
	if !slices.ContainsFunc(c.OAuth, func(o OAuth) bool { return o.Name == name }) {
		k.add(key, show(name)+" is no entry of oauth", "add one of that name, or name one that exists")
	}
}

func (k *checker) validateOAuth(c *Config) {
	names := uniq{k, "name", map[string]string{}}
	for i := range c.OAuth {
		o, at := &c.OAuth[i], fmt.Sprintf("oauth[%d]", i)
		k.name(at+".name", o.Name, names)
		if !k.need(at+".kind", o.Kind, "write "+FlowClientCredentials+" or "+FlowGoogleServiceAccount) {
			continue
		}
		k.oneOf(at+".kind", o.Kind, FlowClientCredentials, FlowGoogleServiceAccount)
		if o.TokenURL != "" {
			k.url(at+".token_url", o.TokenURL)
		}
		k.span(at+".timeout", o.Timeout, time.Second, 5*time.Minute)
		switch o.Kind {
		case FlowClientCredentials:
			k.clientCredentials(at, o)
		case FlowGoogleServiceAccount:
			k.serviceAccount(at, o)
		}
	}
}

// capitals matches a word in the guide that stands for a value, such as
// TENANT-ID.
var capitals = regexp.MustCompile(`^[A-Z]+([-_][A-Z]+)+$`)

// placeholder refuses such a word that was copied unchanged.
func (k *checker) placeholder(key, value string) {
	if capitals.MatchString(value) {
		k.add(key, show(value)+" stands for a value", "write your own there")
	}
}

func (k *checker) clientCredentials(at string, o *OAuth) {
	k.placeholder(at+".tenant", o.Tenant)
	k.placeholder(at+".client_id", o.ClientID)
	if o.Tenant != "" && !domainForm.MatchString(o.Tenant) {
		k.add(at+".tenant", show(o.Tenant)+" is no tenant", "write its id or its domain")
	}
	k.need(at+".tenant", o.Tenant+o.TokenURL, "write the tenant's id or domain, or token_url")
	k.need(at+".client_id", o.ClientID, "write the application's (client) id")
	if len(o.Scopes) == 0 {
		k.missing(at+".scopes", "write what the token endpoint wants")
	}
	if o.Certificate != "" && o.Secret.Path != "" {
		k.add(at+".certificate_file", "stands beside secret_file", "keep one: a certificate is the safer")
	}
	if o.Certificate != "" {
		k.need(at+".key_file", string(o.Key.Path), "name the certificate's private key")
	} else if o.Key.Path != "" {
		k.missing(at+".certificate_file", "name the certificate that key_file belongs to")
	}
	if o.Subject != "" {
		k.add(at+".subject", "is for a service account only", "take it out")
	}
}

func (k *checker) serviceAccount(at string, o *OAuth) {
	k.need(at+".key_file", string(o.Key.Path), "name the service account's key, a JSON file")
	for _, x := range []struct{ key, value string }{
		{"secret_file", string(o.Secret.Path)}, {"certificate_file", string(o.Certificate)}, {"tenant", o.Tenant},
	} {
		if x.value != "" {
			k.add(at+"."+x.key, "is not used by a service account", "take it out")
		}
	}
	if o.Subject != "" {
		k.address(at+".subject", o.Subject)
	}
}
