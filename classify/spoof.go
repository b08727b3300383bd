package classify

import (
	"strings"

	"requestd/intake"
)

// exchangeOnline is how the configuration names the authority whose fields
// begin with a result instead of a server's name.
const exchangeOnline = "microsoft365"

// spoofed reads the verdicts of the authority that takes in our mail. Only an
// Authentication-Results field (RFC 8601) that names a configured authority is
// believed; anybody can write the others. It gives the reason for a hold and
// the words that show it, or nothing.
func (c *Classifier) spoofed(m *intake.Message) (reason, quote string) {
	for i := range m.Header {
		f := &m.Header[i]
		if f.Name != "authentication-results" {
			continue
		}
		id, results, _ := strings.Cut(f.Value, ";")
		name := strings.Fields(id)
		switch {
		case len(name) > 0 && strings.Contains(name[0], "=") && c.ours.authserv[exchangeOnline]:
			results = f.Value // it names no server
		case len(name) == 0 || !c.ours.authserv[strings.ToLower(name[0])]:
			continue
		}
		for _, part := range strings.Split(strings.ToLower(results), ";") {
			if method := strings.Fields(part); len(method) > 0 && method[0] == "dmarc=fail" {
				return "spoofed", clip(strings.TrimSpace(part), 80)
			}
		}
		break // only the topmost of our authority
	}
	return c.spam(m)
}

// spamMarks are the header fields by which a filter says that a mail is spam,
// and the values that say so, in lower case.
var spamMarks = []struct {
	by, field string
	says      func(string) bool
}{
	{exchangeOnline, "x-ms-exchange-organization-scl", func(v string) bool { return len(v) == 1 && v >= "5" && v <= "9" }},
	{"google", "x-gm-spam", func(v string) bool { return v == "1" }},
	{"rspamd", "x-spam", yes},
	{"rspamd", "x-spam-status", yes},
	{"spamassassin", "x-spam-flag", yes},
	{"spamassassin", "x-spam-status", yes},
}

func yes(v string) bool { return strings.HasPrefix(v, "yes") }

// spam reads the verdict of the filter that stands in front of us; only one
// that the configuration names is believed.
func (c *Classifier) spam(m *intake.Message) (reason, quote string) {
	for _, mark := range spamMarks {
		v := strings.ToLower(strings.TrimSpace(m.Get(mark.field)))
		if c.ours.spam[mark.by] && mark.says(v) {
			return "spam", mark.field + ": " + clip(v, 40)
		}
	}
	return "", ""
}
