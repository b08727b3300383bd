package officer

import (
	"strings"

	"requestd/intake"
)

// The authorities that can vouch for a sender.
const (
	DMARC        = "dmarc"
	Microsoft365 = intake.ExchangeOnline
)

// Trust says whose results about a sender are believed.
type Trust struct {
	Officers []string // DMARC, Microsoft365; any one is enough
	Authserv []string // whose Authentication-Results are believed
}

// Vouched reports whether an authority vouches for the single address in From,
// and if not, why.
func (t Trust) Vouched(m *intake.Message) (bool, string) {
	if len(m.From) != 1 || m.From[0].Addr == "" || len(m.All("from")) > 1 {
		return false, "the mail does not come from exactly one address"
	}
	why := "no authority is configured that could vouch for it"
	for _, o := range t.Officers {
		var ok bool
		switch o {
		case DMARC:
			ok, why = t.dmarc(m)
		case Microsoft365:
			ok, why = inside(m)
		}
		if ok {
			return true, ""
		}
	}
	return false, why
}

// inside reads the mark that Exchange Online puts on mail from a signed-in user
// of the organisation. It removes such fields from all mail from elsewhere; if
// a mail has two of them neither is believed.
func inside(m *intake.Message) (bool, string) {
	as, source := m.All("x-ms-exchange-organization-authas"), m.All("x-ms-exchange-organization-authsource")
	if len(as) == 1 && len(source) == 1 && strings.EqualFold(strings.TrimSpace(as[0]), "internal") && strings.TrimSpace(source[0]) != "" {
		return true, ""
	}
	return false, "the mail server has not marked it as mail from inside"
}

// once are the fields of which a mail has at most one (RFC 5322, 3.6). If one
// occurs twice nobody knows which of them the server has checked.
var once = []string{"from", "sender", "reply-to", "to", "subject", "date", "message-id", "in-reply-to", "references"}

// dmarc requires the one DMARC pass of a believed server for the sender's
// domain.
func (t Trust) dmarc(m *intake.Message) (bool, string) {
	for _, name := range once {
		if len(m.All(name)) > 1 {
			return false, "the mail has two fields " + name
		}
	}
	switch result, _, why := m.DMARC(t.Authserv); {
	case why != "":
		return false, why
	case result != "pass":
		return false, "the mail server's DMARC result for the sender is " + intake.OneLine(result, 20)
	}
	return true, ""
}
