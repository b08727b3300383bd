package config

import (
	"reflect"
	"slices"
	"strings"
)

// Owns reports whether the address is the mailbox's own, ignoring case.
func (m *Mailbox) Owns(address string) bool {
	return strings.EqualFold(m.Address, address) ||
		slices.ContainsFunc(m.Aliases, func(a string) bool { return strings.EqualFold(a, address) })
}

// Mailbox returns a mailbox by name, or nil.
func (c *Config) Mailbox(name string) *Mailbox {
	for i := range c.Mailboxes {
		if c.Mailboxes[i].Name == name {
			return &c.Mailboxes[i]
		}
	}
	return nil
}

// Handles reports whether a member of staff deals with cases of a kind in a
// mailbox. If nobody of the mailbox names eir or rights, those who deal with
// foi and with dsar do, so that lists of kinds written before these existed
// leave nobody out. A case in doubt, or that is no request, concerns everybody.
func (c *Config) Handles(s Staff, mailbox, kind string) bool {
	if slices.Contains(s.Kinds, kind) || !slices.Contains(staffKinds, kind) {
		return true
	}
	older, newer := map[string]string{"eir": "foi", "rights": "dsar"}[kind]
	return newer && slices.Contains(s.Kinds, older) && !slices.ContainsFunc(c.Staff, func(o Staff) bool {
		return (mailbox == "" || slices.Contains(o.Mailboxes, mailbox)) && slices.Contains(o.Kinds, kind)
	})
}

// Unheard lists each mailbox that no member of staff deals with, and each kind
// of request in a mailbox that nobody's kinds name. All staff are told of such
// mail, and each thinks that it is somebody else's.
func (c *Config) Unheard() (list []Problem) {
	for i := range c.Mailboxes {
		m := &c.Mailboxes[i]
		staff := slices.DeleteFunc(slices.Clone(c.Staff), func(s Staff) bool { return !slices.Contains(s.Mailboxes, m.Name) })
		if len(staff) == 0 {
			list = append(list, Problem{Key: "staff", Says: "nobody deals with mailbox " + m.Name, Mend: "name it under the mailboxes of somebody"})
			continue
		}
		for _, kind := range staffKinds {
			if !slices.ContainsFunc(staff, func(s Staff) bool { return c.Handles(s, m.Name, kind) }) {
				list = append(list, Problem{Key: "staff", Says: "nobody deals with " + kind + " in mailbox " + m.Name, Mend: "name it under the kinds of somebody, or leave kinds out: then it means all"})
			}
		}
	}
	return list
}

// Changes lists the differences from an earlier configuration that take effect
// only when the daemon is restarted.
func (c *Config) Changes(from *Config) []string {
	var list []string
	for _, x := range []struct {
		key     string
		changed bool
	}{
		{"store.path", c.Store.Path != from.Store.Path},
		{"store.url", c.Store.URL != from.Store.URL},
		{"control.socket", c.Control.Socket != from.Control.Socket},
		{"control.group", c.Control.Group != from.Control.Group},
		{"control.status_socket", c.Control.StatusSocket != from.Control.StatusSocket},
		{"control.status_group", c.Control.StatusGroup != from.Control.StatusGroup},
		{"metrics.listen", c.Metrics.Listen != from.Metrics.Listen},
		{"web", !reflect.DeepEqual(c.Web, from.Web)},
	} {
		if x.changed {
			list = append(list, x.key)
		}
	}
	return list
}

// LanguageOf returns the language of mail to an address: that of the member of
// staff with the address, else English.
func (c *Config) LanguageOf(address string) string {
	for _, s := range c.Staff {
		if strings.EqualFold(s.Address, address) {
			return s.Language
		}
	}
	return "en"
}
