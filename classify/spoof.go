package classify

import (
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
)

// spoofed says why the sender may be another than the mail says, if the
// configuration names servers whose results about senders are believed: then
// only a sender who is vouched for gets a letter that nobody has seen. It
// returns the reason for a hold and the words that show it, or nothing.
func (c *Classifier) spoofed(m *intake.Message, mailbox string) (reason, quote string) {
	for i := range c.set.Bodies {
		b := &c.set.Bodies[i]
		if len(b.Authserv) == 0 || b.Mailbox != mailbox {
			continue
		}
		results, _ := m.AuthResults(b.Authserv)
		proved, why := m.SenderProved(b.Authserv)
		switch {
		case slices.ContainsFunc(results, func(r intake.AuthResult) bool { return r.Method == "dmarc" && r.Result == "fail" }):
			return holds.Spoofed, "the mail server's DMARC result for the sender is fail"
		case !proved:
			return holds.Unproved, why
		}
	}
	return c.spam(m)
}

// spamMarks are the header fields in which a filter says that a mail is spam,
// and the values that say so, in lower case.
var spamMarks = []struct {
	by, field string
	says      func(string) bool
}{
	{intake.ExchangeOnline, "x-ms-exchange-organization-scl", func(v string) bool { return len(v) == 1 && v >= "5" && v <= "9" }},
	{"google", "x-gm-spam", func(v string) bool { return v == "1" }},
	{"rspamd", "x-spam", yes},
	{"rspamd", "x-spam-status", yes},
	{"spamassassin", "x-spam-flag", yes},
	{"spamassassin", "x-spam-status", yes},
}

func yes(v string) bool { return strings.HasPrefix(v, "yes") }

// spam reads the verdict of the filter before us; only one that the
// configuration names is believed.
func (c *Classifier) spam(m *intake.Message) (reason, quote string) {
	for _, mark := range spamMarks {
		v := strings.ToLower(strings.TrimSpace(m.Get(mark.field)))
		if c.ours.spam[mark.by] && mark.says(v) {
			return holds.Spam, mark.field + ": " + clip(v, 40)
		}
	}
	return "", ""
}
