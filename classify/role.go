package classify

import "requestd/intake/phrases"

// roles are the offices of senders that matter, in the order of officeWords.
var roles = [...]string{
	"sender: regulator",
	"sender: court",
	"sender: police",
	"sender: council",
	"sender: school",
	"sender: lawyers",
	"sender: parliament",
	"sender: press",
	"sender: university",
	"sender: bulk sender",
}

// officeWords are words in addresses and names that show an office.
var officeWords = phrases.New(
	[]string{"regulator", "ico.org.uk", "commissioner", "ombudsman", "tribunal"},
	[]string{"court", "hmcts", "justice.gov", "listing", "chambers", "clerks"},
	[]string{"police", "heddlu"},
	[]string{"council", "cyngor", "social.services"},
	[]string{"school", "primary", "academy", "ysgol"},
	[]string{"solicitor", "llp", "cyfreithwyr", "legal", "law"},
	[]string{"mp-office", "parliament", "senedd"},
	[]string{"news", "press", "courier", "sentinel", "gazette", "radio", "media"},
	[]string{"student", "university", ".ac.", "prifysgol"},
	[]string{"newsletter", "updates@", "survey", "marketing", "mailer.", "alerts", "digest", "notify", "info@", "support@", "helpdesk"},
)

// senderRole returns the office of a sender, or "". Both arguments are in lower
// case.
func senderRole(addr, name string) string {
	if i := officeWords.In(addr + " " + name).First(); i < len(roles) {
		return roles[i]
	}
	return ""
}
