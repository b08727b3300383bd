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
	if len(c.ours.authserv) == 0 {
		return "", ""
	}
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

// spam reads the provider's spam verdict, which is believed where an
// authority is configured, since it then stands in front of us.
func (c *Classifier) spam(m *intake.Message) (reason, quote string) {
	switch v := strings.TrimSpace(m.Get("x-ms-exchange-organization-scl")); v {
	case "5", "6", "7", "8", "9":
		return "spam", "X-MS-Exchange-Organization-SCL: " + v
	}
	for _, h := range []string{"x-spam-flag", "x-spam-status"} {
		if v := strings.ToLower(strings.TrimSpace(m.Get(h))); strings.HasPrefix(v, "yes") {
			return "spam", h + ": " + clip(v, 40)
		}
	}
	return "", ""
}
