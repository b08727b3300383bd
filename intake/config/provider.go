package config

import (
	"slices"
	"strings"
)

// The known providers of mailboxes.
const (
	ProviderGeneric   = "generic"
	ProviderMicrosoft = "microsoft365"
	ProviderGoogle    = "google"
)

// microsoftPerMinute is how many messages a minute Exchange Online sends for a
// mailbox; it delays any further ones.
const microsoftPerMinute = 30

// preset is what a provider is known to need. It applies only if the file says
// nothing else.
type preset struct {
	mailbox          tree
	smtp             tree
	signsInAsMailbox bool // the user name is the mailbox's address
}

var providers = map[string]preset{
	ProviderMicrosoft: {
		signsInAsMailbox: true,
		mailbox: tree{
			"per_minute": 20, // less than microsoftPerMinute, since colleagues send too
			"imap": tree{
				"host": "outlook.office365.com", "port": 993, "security": SecurityTLS, "auth": AuthXOAuth2,
				"junk_folder": "Junk Email", "sent_folder": "Sent Items",
				// IDLE there goes silent without notice; a short one shows that.
				"idle_renew": "5m",
			},
			"trust": tree{"authserv": []any{ProviderMicrosoft}, "spam": ProviderMicrosoft},
		},
		smtp: tree{"host": "smtp.office365.com", "port": 587, "security": SecurityStartTLS, "auth": AuthXOAuth2},
	},
	ProviderGoogle: {
		signsInAsMailbox: true,
		mailbox: tree{
			"per_minute": 20,
			"imap": tree{
				"host": "imap.gmail.com", "port": 993, "security": SecurityTLS, "auth": AuthXOAuth2,
				"junk_folder": "[Gmail]/Spam", "sent_folder": "[Gmail]/Sent Mail",
			},
			"trust": tree{"authserv": []any{"mx.google.com"}, "spam": ProviderGoogle},
		},
		smtp: tree{"host": "smtp.gmail.com", "port": 587, "security": SecurityStartTLS, "auth": AuthXOAuth2},
	},
}

// body is a body that is recognised by the domain of its address.
type body struct {
	domains []string
	fields  tree
}

var bodies = []body{
	{
		domains: []string{"cafcass.gov.uk"},
		fields: tree{
			// SI 2004/3244 reg. 3(3): bodies outside Part I of Schedule 1.
			"cost_limit": tree{"pounds": 450, "hours": 18},
			"website":    tree{"en": "https://www.cafcass.gov.uk"},
		},
	},
	{
		domains: []string{"gov.wales", "llyw.cymru"},
		fields: tree{
			// SI 2004/3244 reg. 3(2): the Welsh Government, of which Cafcass Cymru is part.
			"cost_limit": tree{"pounds": 600, "hours": 24},
			"website":    tree{"en": "https://www.gov.wales/cafcass-cymru", "cy": "https://www.llyw.cymru/cafcass-cymru"},
		},
	},
}

// knownBody returns what is known about the body to which a mailbox belongs,
// and the domains from which its own staff write: those of its addresses, and
// of the body's other name.
func knownBody(m tree) tree {
	addresses := []any{m["address"]}
	if aliases, ok := m["aliases"].([]any); ok {
		addresses = append(addresses, aliases...)
	}
	domains, fields := []any{}, tree{}
	add := func(d string) {
		if d != "" && !slices.Contains(domains, any(d)) {
			domains = append(domains, d)
		}
	}
	for _, a := range addresses {
		s, _ := a.(string)
		d := domainOf(s)
		add(d)
		for _, b := range bodies {
			if !slices.Contains(b.domains, d) {
				continue
			}
			fields = b.fields
			for _, d := range b.domains {
				add(d)
			}
		}
	}
	if len(domains) == 0 {
		return fields
	}
	return under(tree{"domains": domains}, fields)
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return strings.ToLower(domain)
}
