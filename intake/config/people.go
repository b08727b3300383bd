package config

import (
	"slices"
	"strings"
)

// Owns reports whether the address is the mailbox's own, letter case aside.
func (m *Mailbox) Owns(address string) bool {
	return strings.EqualFold(m.Address, address) ||
		slices.ContainsFunc(m.Aliases, func(a string) bool { return strings.EqualFold(a, address) })
}

// Mailbox finds one by name, or gives nil.
func (c *Config) Mailbox(name string) *Mailbox {
	for i := range c.Mailboxes {
		if c.Mailboxes[i].Name == name {
			return &c.Mailboxes[i]
		}
	}
	return nil
}

// OAuthNamed finds an entry of oauth by name, or gives nil.
func (c *Config) OAuthNamed(name string) *OAuth {
	for i := range c.OAuth {
		if c.OAuth[i].Name == name {
			return &c.OAuth[i]
		}
	}
	return nil
}

// Tell gives the staff who are sent such mail about a case of that kind in
// that mailbox; "" as mailbox or kind stands for any. Where nobody asked for
// it, everybody of the mailbox is told, and failing that all staff: nothing is
// ever told to no one.
func (c *Config) Tell(gets, mailbox, kind string) []Staff {
	has := func(list []string, v string) bool { return v == "" || slices.Contains(list, v) }
	var exact, ofMailbox []Staff
	for _, s := range c.Staff {
		if !has(s.Mailboxes, mailbox) {
			continue
		}
		ofMailbox = append(ofMailbox, s)
		if has(s.Gets, gets) && (has(s.Kinds, kind) || !slices.Contains(staffKinds, kind)) {
			exact = append(exact, s)
		}
	}
	switch {
	case len(exact) > 0:
		return exact
	case len(ofMailbox) > 0:
		return ofMailbox
	}
	return slices.Clone(c.Staff)
}

// Changes lists what differs from an earlier configuration and takes effect
// only when the daemon is started again.
func (c *Config) Changes(from *Config) []string {
	var list []string
	for _, x := range []struct {
		key     string
		changed bool
	}{
		{"store.path", c.Store.Path != from.Store.Path},
		{"control.socket", c.Control.Socket != from.Control.Socket},
		{"control.group", c.Control.Group != from.Control.Group},
		{"control.status_socket", c.Control.StatusSocket != from.Control.StatusSocket},
		{"control.status_group", c.Control.StatusGroup != from.Control.StatusGroup},
		{"metrics.listen", c.Metrics.Listen != from.Metrics.Listen},
	} {
		if x.changed {
			list = append(list, x.key)
		}
	}
	return list
}
