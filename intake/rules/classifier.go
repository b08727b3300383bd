package rules

import (
	"slices"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/config"
)

// classifySettings returns what the classifier must know about the bodies that
// it works for.
func classifySettings(cfg *config.Config, ours func(id string) bool) classify.Settings {
	s := classify.Settings{OwnLists: cfg.Classify.OwnLists, OwnMessageID: ours}
	for _, m := range cfg.Mailboxes {
		s.Bodies = append(s.Bodies, classify.Body{
			Mailbox: m.Name, Name: m.Body, Addresses: append([]string{m.Address}, m.Aliases...), Domains: m.Domains, Language: m.Language, Authserv: m.Trust.Authserv,
		})
		if !slices.Contains(s.Spam, m.Trust.Spam) {
			s.Spam = append(s.Spam, m.Trust.Spam)
		}
	}
	for _, c := range cfg.Classify.Signals {
		s.Signals = append(s.Signals, classify.CustomSignal{
			Name: c.Name, Phrases: c.Phrases, Senders: c.Senders, Kind: intake.Kind(c.Kind), Points: c.Points,
		})
	}
	for _, p := range cfg.Staff {
		s.Staff = append(s.Staff, p.Address)
	}
	return s
}
