package classify

import (
	"slices"
	"strings"

	"requestd/intake"
)

// Body is one public body with its mailbox.
type Body struct {
	Mailbox   string   // its name in the configuration
	Name      string   // as the public knows it
	Addresses []string // its own, aliases included
	Domains   []string // of its own staff
	Language  string   // en or cy-en
	Authserv  []string // servers whose results about senders are believed for its mail; none: nobody's
}

// CustomSignal is a signal that an administrator added: mail that contains one
// of the phrases, or comes from one of the senders, gets Points for Kind.
type CustomSignal struct {
	Name    string
	Phrases []string // in the phrase language of the lexicon
	Senders []string // addresses, or domains as @example.org
	Kind    intake.Kind
	Points  float64
}

// Settings are what the classifier knows about the place where it works.
type Settings struct {
	Bodies       []Body
	Spam         []string // whose spam verdicts are believed: microsoft365, google, rspamd, spamassassin
	OwnLists     []string // List-Ids under which people write to us
	Signals      []CustomSignal
	OwnMessageID func(id string) bool // reports whether we made this Message-ID; may be nil
	Staff        []string             // officers' addresses
}

// DefaultSettings know both bodies, so that a mail can be classified without
// configuration.
func DefaultSettings() Settings {
	return Settings{Bodies: []Body{
		{Mailbox: "cafcass", Name: "Cafcass", Language: "en",
			Addresses: []string{"governance@cafcass.gov.uk"}, Domains: []string{"cafcass.gov.uk"}},
		{Mailbox: "cafcass-cymru", Name: "Cafcass Cymru", Language: "cy-en",
			Addresses: []string{"CafcassCymru@gov.wales", "CafcassCymru@llyw.cymru"},
			Domains:   []string{"gov.wales", "llyw.cymru"}},
	}}
}

// ours are lookups made from the settings once.
type ours struct {
	addresses map[string]bool // lower case
	domains   []string
	lists     []string
	spam      map[string]bool
	minted    func(string) bool
}

func newOurs(s Settings) ours {
	o := ours{addresses: map[string]bool{}, spam: map[string]bool{}, minted: s.OwnMessageID}
	for _, b := range s.Bodies {
		for _, a := range b.Addresses {
			o.addresses[strings.ToLower(a)] = true
		}
		for _, d := range b.Domains {
			o.domains = append(o.domains, strings.ToLower(d))
		}
	}
	for _, l := range s.OwnLists {
		o.lists = append(o.lists, strings.ToLower(l))
	}
	for _, by := range s.Spam {
		o.spam[by] = true
	}
	return o
}

// address reports whether a is one of the bodies' own mailboxes, with or
// without a plus sign and what follows it.
func (o *ours) address(a string) bool {
	a = strings.ToLower(a)
	local, domain, ok := strings.Cut(a, "@")
	if !ok {
		return false
	}
	if base, _, plus := strings.Cut(local, "+"); plus {
		a = base + "@" + domain
	}
	return o.addresses[a]
}

// staff reports whether a belongs to the bodies' own people.
func (o *ours) staff(a string) bool {
	_, domain, ok := strings.Cut(strings.ToLower(a), "@")
	return ok && slices.ContainsFunc(o.domains, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) })
}
