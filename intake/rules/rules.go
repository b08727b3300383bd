// Package rules has what follows from a configuration: the classifier, the
// texts, the schedule of reminders, and the house rules and addresses of each
// mailbox. All of it is replaced when the configuration is read again.
package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/classify"
	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/templates"
)

// Rules are those of one configuration. They do not change.
type Rules struct {
	Config     *config.Config
	Classifier *classify.Classifier
	Letters    *templates.Set
	references *references
	mailboxes  map[string]*config.Mailbox
}

// New reads the templates and sets up the classifier of a configuration. ours
// reports whether a Message-ID is one that this daemon made.
func New(cfg *config.Config, ours func(id string) bool) (*Rules, error) {
	letters, err := templates.Load(string(cfg.Templates.Dir))
	if err != nil {
		return nil, fmt.Errorf("load templates: %w", err)
	}
	classifier, err := classify.New(classifySettings(cfg, ours))
	if err != nil {
		return nil, fmt.Errorf("set up the classifier: %w", err)
	}
	r := ForDates(cfg)
	r.Classifier, r.Letters = classifier, letters
	return r, nil
}

// ForDates returns the rules that give cases their dates, without classifier
// and texts: enough to check a register, not to take mail in.
func ForDates(cfg *config.Config) *Rules {
	r := &Rules{Config: cfg, references: newReferences(cfg), mailboxes: map[string]*config.Mailbox{}}
	for i := range cfg.Mailboxes {
		r.mailboxes[cfg.Mailboxes[i].Name] = &cfg.Mailboxes[i]
	}
	return r
}

// Box returns a mailbox by its name. If it is no longer configured, only the
// name is known: its cases are still read.
func (r *Rules) Box(name string) *config.Mailbox {
	if b, ok := r.mailboxes[name]; ok {
		return b
	}
	return &config.Mailbox{Name: name}
}

// HasBox reports whether a mailbox is configured.
func (r *Rules) HasBox(name string) bool {
	_, ok := r.mailboxes[name]
	return ok
}

// House returns the house rules of a mailbox.
func (r *Rules) House(mailbox string) deadlines.Rules {
	house, box := deadlines.DefaultRules(), r.Box(mailbox)
	if box.Acknowledge.Days > 0 {
		house.AckDays = box.Acknowledge.Days
		house.AckCalendar = deadlines.EnglandAndWales
		if box.Acknowledge.Calendar == "united-kingdom" {
			house.AckCalendar = deadlines.AnyUK
		}
	}
	if box.ReviewDays > 0 {
		house.ReviewDays = box.ReviewDays
	}
	return house
}

// Schedule returns the schedule of reminders.
func (r *Rules) Schedule() intake.Schedule {
	c := r.Config.Reminders
	s := intake.Schedule{
		Hour: c.At.Hour, Minute: c.At.Minute, HalfTime: c.HalfTime, Before: c.Before, Overdue: c.Overdue,
		Undecided: c.TriageAfter, UrgentAfter: c.UrgentAfter, RecallEvery: c.RecallEvery, CloseAfter: c.SuggestClose,
	}
	for n := c.AckBefore; n >= 0; n-- {
		s.AckBefore = append(s.AckBefore, n)
	}
	return s
}

// Own reports whether an address is that of a watched mailbox.
func (r *Rules) Own(addr string) bool {
	same := func(a string) bool { return intake.SameAddress(addr, a) }
	return slices.ContainsFunc(r.Config.Mailboxes, func(b config.Mailbox) bool { return same(b.Address) || slices.ContainsFunc(b.Aliases, same) })
}

// OwnDomain reports whether an address is in the domain of a watched mailbox.
func (r *Rules) OwnDomain(addr string) bool {
	return slices.ContainsFunc(r.Config.Mailboxes, func(b config.Mailbox) bool { return intake.DomainOf(b.Address) == intake.DomainOf(addr) })
}

// Colleague reports whether an address belongs to somebody at the bodies.
func (r *Rules) Colleague(addr string) bool {
	domain := intake.DomainOf(addr)
	return slices.ContainsFunc(r.Config.Mailboxes, func(b config.Mailbox) bool {
		return slices.ContainsFunc(b.Domains, func(d string) bool {
			return strings.EqualFold(domain, d) || strings.HasSuffix(strings.ToLower(domain), "."+strings.ToLower(d))
		})
	})
}

// Staff returns the addresses of the staff of a mailbox.
func (r *Rules) Staff(mailbox string) (list []string) {
	for _, s := range r.Config.Staff {
		if slices.Contains(s.Mailboxes, mailbox) {
			list = append(list, s.Address)
		}
	}
	return list
}

// StaffOf reports whether an address is that of a member of staff of a
// mailbox.
func (r *Rules) StaffOf(mailbox, addr string) bool {
	return slices.ContainsFunc(r.Staff(mailbox), func(s string) bool { return intake.SameAddress(s, addr) })
}

// MailboxesOf returns the mailboxes whose staff has that address; never nil.
func (r *Rules) MailboxesOf(addr string) []string {
	names := []string{}
	for _, b := range r.Config.Mailboxes {
		if r.StaffOf(b.Name, addr) {
			names = append(names, b.Name)
		}
	}
	return names
}

// ReplyLanguage returns the language of letters: Welsh mail gets the bilingual
// one from either body.
func (r *Rules) ReplyLanguage(mailbox, language string) string {
	if r.Box(mailbox).Language == bilingual || language == "cy" || language == "bi" {
		return bilingual
	}
	return "en"
}

const bilingual = "cy-en"

// AnswersUntil returns until when staff can answer a mail that was sent to
// them.
func (r *Rules) AnswersUntil(sent time.Time) time.Time {
	return sent.AddDate(0, 0, r.Config.Replies.TokenDays)
}
