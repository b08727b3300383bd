package config

import (
	"fmt"
	"slices"
	"strings"
)

func (k *checker) name(key, value string, names uniq) {
	if !k.need(key, value, "write a short name of small letters and digits") {
		return
	}
	if len(value) > 40 || !nameForm.MatchString(value) {
		k.add(key, show(value)+" is no name", "write small letters, digits and single hyphens, at most 40")
		return
	}
	names.add(key, value)
}

func (k *checker) validateStaff(c *Config) {
	if len(c.Staff) == 0 {
		k.missing("staff", "name at least one address that is told of requests")
	}
	var boxes []string
	for _, m := range c.Mailboxes {
		boxes = append(boxes, m.Name)
	}
	addresses := uniq{k, "address", map[string]string{}}
	for i := range c.Staff {
		s, at := &c.Staff[i], fmt.Sprintf("staff[%d]", i)
		if k.need(at+".address", s.Address, "write whom to tell") && k.address(at+".address", s.Address) {
			addresses.add(at+".address", s.Address)
			k.notOwn(at+".address", s.Address, c)
		}
		if s.EscalateTo != "" && k.address(at+".escalate_to", s.EscalateTo) {
			k.notOwn(at+".escalate_to", s.EscalateTo, c)
		}
		k.notEmpty(at+".mailboxes", s.Mailboxes)
		k.notEmpty(at+".kinds", s.Kinds)
		k.notEmpty(at+".gets", s.Gets)
		k.someOf(at+".mailboxes", s.Mailboxes, boxes...)
		k.someOf(at+".kinds", s.Kinds, staffKinds...)
		k.someOf(at+".gets", s.Gets, staffGets...)
		k.oneOf(at+".language", s.Language, "en", "cy")
	}
}

func (k *checker) notEmpty(key string, list []string) {
	if len(list) == 0 {
		k.add(key, "names nothing", "take the key out: then it means all")
	}
}

// notOwn refuses a staff address that the daemon itself reads.
func (k *checker) notOwn(key, address string, c *Config) {
	for _, m := range c.Mailboxes {
		if m.Owns(address) {
			k.add(key, show(address)+" is the mailbox "+m.Name+" itself: the daemon would read its own mail", "write an address of the staff's own")
		}
	}
}

func (k *checker) validateMailboxes(c *Config) {
	if len(c.Mailboxes) == 0 {
		k.missing("mailboxes", "describe at least one")
	}
	names := uniq{k, "name", map[string]string{}}
	references := uniq{k, "reference", map[string]string{}}
	addresses := uniq{k, "address", map[string]string{}}
	folders := map[string]string{}
	for i := range c.Mailboxes {
		m, at := &c.Mailboxes[i], fmt.Sprintf("mailboxes[%d]", i)
		k.name(at+".name", m.Name, names)
		if k.need(at+".reference", m.Reference, "write the letters with which references begin, such as CAF") {
			if !referenceForm.MatchString(m.Reference) {
				k.add(at+".reference", show(m.Reference)+" cannot begin a reference", "write two to five capital letters")
			} else {
				references.add(at+".reference", m.Reference)
			}
		}
		k.mailboxAddresses(at, m, addresses)
		k.sameFolder(at, m, folders)
		k.mailbox(at, m, c)
	}
}

func (k *checker) mailboxAddresses(at string, m *Mailbox, addresses uniq) {
	if k.need(at+".address", m.Address, "write the mailbox's address") && k.address(at+".address", m.Address) {
		addresses.add(at+".address", m.Address)
	}
	for j, a := range m.Aliases {
		key := fmt.Sprintf("%s.aliases[%d]", at, j)
		if k.address(key, a) {
			addresses.add(key, a)
		}
	}
	for j, d := range m.Domains {
		if !domainForm.MatchString(d) {
			k.add(fmt.Sprintf("%s.domains[%d]", at, j), show(d)+" is no domain", "write it as example.org")
		}
	}
}

// sameFolder refuses two mailboxes that read the same folder: each mail in it
// would come in twice.
func (k *checker) sameFolder(at string, m *Mailbox, seen map[string]string) {
	if m.IMAP.Host == "" || m.IMAP.Username == "" {
		return
	}
	folder := m.IMAP.Folder
	if strings.EqualFold(folder, "INBOX") {
		folder = "INBOX"
	}
	id := fmt.Sprintf("%s:%d\n%s\n%s", strings.ToLower(m.IMAP.Host), m.IMAP.Port, m.IMAP.Username, folder)
	if first, ok := seen[id]; ok {
		k.add(at+".imap.username", show(m.IMAP.Username)+" reads the same folder as "+first, "each mailbox reads a folder of its own; further addresses of one mailbox are its aliases")
		return
	}
	seen[id] = at
}

func (k *checker) mailbox(at string, m *Mailbox, c *Config) {
	k.need(at+".body", m.Body, "write the public body's name as letters give it")
	if strings.ContainsAny(m.Body, "\r\n") {
		k.add(at+".body", "spans lines", "write it on one line: it stands in subjects")
	}
	if k.need(at+".language", m.Language, "write en or cy-en") {
		k.oneOf(at+".language", m.Language, "en", "cy-en")
	}
	if m.Since.IsZero() {
		k.missing(at+".since", "write the day of going live, such as 2026-11-01: earlier mail is never answered")
	} else if y, _, _ := m.Since.Date(); y < 2000 || y > 2099 {
		k.add(at+".since", m.Since.String()+" is out of range", "write a day from 2000 to 2099")
	}
	k.oneOf(at+".provider", m.Provider, ProviderMicrosoft, ProviderGoogle, ProviderGeneric)
	if m.OAuth != "" {
		k.oauthRef(at+".oauth", m.OAuth, c)
	}
	k.between(at+".priority", m.Priority, -1000, 1000)
	k.between(at+".per_minute", m.PerMinute, 0, 10000)
	k.validateIMAP(at+".imap", &m.IMAP, c)
	if m.SMTP != nil && m.SMTP != &c.SMTP {
		k.validateSMTP(at+".smtp", m.SMTP, c)
	}
	if m.Regulator != nil && m.Regulator != &c.Regulator {
		k.validateRegulator(at+".regulator", m.Regulator)
	}
	k.between(at+".acknowledge.days", m.Acknowledge.Days, 1, 20)
	k.oneOf(at+".acknowledge.calendar", m.Acknowledge.Calendar, CalendarEnglandWales, CalendarUnitedKingdom)
	k.validateLimitsOf(at+".sending", &m.Sending)
	k.between(at+".review_days", m.ReviewDays, 1, 60)
	k.between(at+".cost_limit.pounds", m.CostLimit.Pounds, 1, 100000)
	k.between(at+".cost_limit.hours", m.CostLimit.Hours, 1, 10000)
	for key, u := range map[string]string{"website.en": m.Website.En, "website.cy": m.Website.Cy, "privacy_notice.en": m.PrivacyNotice.En, "privacy_notice.cy": m.PrivacyNotice.Cy} {
		if u != "" {
			k.url(at+"."+key, u)
		}
	}
	k.trust(at+".trust", &m.Trust)
}

func (k *checker) trust(at string, t *Trust) {
	k.oneOf(at+".spam", t.Spam, "none", ProviderMicrosoft, ProviderGoogle, "rspamd", "spamassassin")
	for i, id := range t.Authserv {
		if !domainForm.MatchString(id) {
			k.add(fmt.Sprintf("%s.authserv[%d]", at, i), show(id)+" is no authserv-id", "copy it from the first word of your server's Authentication-Results")
		}
	}
	k.someOf(at+".officers", t.Officers, "dmarc", ProviderMicrosoft)
	if slices.Contains(t.Officers, "dmarc") && len(t.Authserv) == 0 {
		k.missing(at+".authserv", "name the server whose DMARC results are believed, or take dmarc out of officers")
	}
}
