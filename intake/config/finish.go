package config

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// finish fills in what depends on other values.
func (c *Config) finish() {
	for i := range c.OAuth {
		c.OAuth[i].finish()
	}
	for i := range c.Staff {
		c.Staff[i].finish(c)
	}
	for i := range c.Mailboxes {
		c.Mailboxes[i].finish(c)
	}
	if c.Regulator.Website == icoWebsite && c.Regulator.WebsiteCy == "" {
		c.Regulator.WebsiteCy = "https://cy.ico.org.uk"
	}
	if c.Regulator.Phone == icoPhone && c.Regulator.PhoneCy == "" {
		c.Regulator.PhoneCy = "0330 414 6421" // for calls in Welsh: https://ico.org.uk/global/privacy-notice/how-you-can-contact-us/
	}
	c.SMTP.Password.Env = envName("smtp", "password")
	c.Web.OIDC.Secret.Env = envName("web", "oidc", "secret")
	c.Store.Password.Env = envName("store", "password")
	c.borrowSMTP()
}

// borrowSMTP lets mail about no mailbox, such as alarms, use the server of the
// first mailbox if every mailbox has its own.
func (c *Config) borrowSMTP() {
	shared := func(m Mailbox) bool { return m.SMTP == &c.SMTP }
	if c.SMTP.Host == "" && len(c.Mailboxes) > 0 && !slices.ContainsFunc(c.Mailboxes, shared) {
		c.SMTP, c.borrowed = *c.Mailboxes[0].SMTP, true
	}
}

func (o *OAuth) finish() {
	o.Secret.Env = envName("oauth", o.Name, "secret")
	if o.Kind == FlowClientCredentials && o.TokenURL == "" && o.Tenant != "" {
		o.TokenURL = "https://login.microsoftonline.com/" + o.Tenant + "/oauth2/v2.0/token"
	}
	switch {
	case len(o.Scopes) > 0:
	case o.Kind == FlowGoogleServiceAccount:
		o.Scopes = []string{"https://mail.google.com/"}
	case o.Tenant != "":
		o.Scopes = []string{"https://outlook.office365.com/.default"}
	}
}

func (s *Staff) finish(c *Config) {
	if s.Mailboxes == nil {
		for _, m := range c.Mailboxes {
			if !slices.Contains(s.Mailboxes, m.Name) {
				s.Mailboxes = append(s.Mailboxes, m.Name)
			}
		}
	}
	if s.Kinds == nil {
		s.Kinds = slices.Clone(staffKinds)
	}
	if s.Gets == nil {
		s.Gets = slices.Clone(staffGets)
	}
	s.Language = cmp.Or(s.Language, "en")
}

func (m *Mailbox) finish(c *Config) {
	if m.IMAP.OAuth == "" && m.IMAP.Auth == AuthXOAuth2 {
		m.IMAP.OAuth = m.OAuth
	}
	m.IMAP.Password.Env = envName("mailbox", m.Name, "imap", "password")
	m.Regulator = cmp.Or(m.Regulator, &c.Regulator)
	if m.SMTP == nil {
		m.SMTP = &c.SMTP
		return
	}
	if m.SMTP.OAuth == "" && m.SMTP.Auth == AuthXOAuth2 {
		m.SMTP.OAuth = m.OAuth
	}
	m.SMTP.Password.Env = envName("mailbox", m.Name, "smtp", "password")
}

// envName returns the variable that may hold a secret instead of a file:
// REQUESTD_MAILBOX_CAFCASS_IMAP_PASSWORD.
func envName(parts ...string) string {
	s := strings.ToUpper("requestd_" + strings.Join(parts, "_"))
	return strings.ReplaceAll(s, "-", "_")
}

var pathType = reflect.TypeFor[Path]()

// resolvePaths makes every Path within v absolute.
func resolvePaths(v reflect.Value, dir string) {
	switch {
	case v.Type() == pathType:
		if v.CanSet() {
			v.SetString(string(Path(v.String()).resolve(dir)))
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		resolvePaths(v.Elem(), dir)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			resolvePaths(v.Index(i), dir)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			resolvePaths(v.Field(i), dir)
		}
	}
}
