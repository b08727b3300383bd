package classify

import (
	"strings"

	"requestd/intake"
)

// mailContext is what stands around the sender's words.
type mailContext struct {
	role       string      // what the sender tells of its office
	from       string      // the sender's address, lower case
	thread     intake.Kind // what the case is that the register names
	quotedRefs []string    // our references in what is quoted
	names      []string    // of the attachments, lower case
	known      bool        // belongs to a case in the register
	reply      bool        // Re: or reply headers
	letter     letter      // what our own letter that is quoted says
	casework   bool        // a practitioner's mail is quoted, or an out-of-office
	refSubject bool        // our reference in the subject
	refText    bool        // our reference in the sender's own words
	refs       []string    // every reference found in the subject and the text
	site       bool        // from a publishing site
	staff      bool        // from one of the bodies' own people
	words      int         // of the sender's own text
	papers     bool        // attachments that look like identity papers or photographs
	letters    bool        // attachments that look like letters or forms
	attached   bool        // the body only points at its attachments
	named      bool        // the asker gives a date of birth or a court's case number
}

// context reads what stands around the sender's words.
func (c *Classifier) context(m *intake.Message, th intake.Thread, body, subject string, attached bool) mailContext {
	x := mailContext{known: th.Ref != ""}
	// References alone prove no reply: some programs write one into new mail.
	x.reply = len(m.InReplyTo) > 0 || repliedSubject(m.Subject)
	x.refs = references(x.refs, m.Subject)
	x.refSubject = len(x.refs) > 0
	n := len(x.refs)
	x.refs = references(x.refs, body)
	if attached {
		x.refs = references(x.refs, m.Attached)
	}
	x.refText = len(x.refs) > n
	x.attached = attached
	quoted := m.Quoted
	if len(quoted) > 8<<10 {
		quoted = quoted[:8<<10]
	}
	x.quotedRefs = references(nil, quoted)
	x.letter, x.casework = quotedLetter(m.Subject, quoted, m.Inner)
	x.thread = th.Of
	if x.thread == "" {
		x.thread = th.Kind
	}
	if x.thread != intake.FOI && x.thread != intake.DSAR {
		x.thread = ""
	}
	if len(m.From) > 0 {
		x.from = strings.ToLower(m.From[0].Addr)
		x.role = senderRole(x.from, strings.ToLower(m.From[0].Name))
		x.site = publishingSite(m.From[0].Addr)
		x.staff = c.ours.staff(m.From[0].Addr)
	}
	x.words = countWords(clip(body, 4000))
	for _, a := range m.Attachments {
		name := strings.ToLower(a.Name)
		x.names = append(x.names, name)
		switch {
		case strings.HasPrefix(a.Type, "image/") || hasSuffix(name, ".jpg", ".jpeg", ".png", ".heic"):
			if !strings.HasPrefix(name, "image0") && !strings.Contains(name, "logo") {
				x.papers = true
			}
		case hasSuffix(name, ".pdf", ".docx", ".doc", ".rtf", ".odt", ".txt"):
			x.letters = true
		}
		if containsAny(name, "passport", "pasbort", "licence", "license", "trwydded", "birth", "tystysgrif", "council tax", "utility", "bill", "proof", "prawf") {
			x.papers = true
		}
	}
	x.named = caseNumber(body) || caseNumber(subject)
	return x
}

func containsAny(s string, subs ...string) bool {
	for _, x := range subs {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

// repliedSubject tells whether the subject begins as a reply's does.
func repliedSubject(s string) bool {
	s = strings.ToLower(strings.TrimSpace(stripTags(s)))
	for _, p := range []string{"re:", "re :", "atb:", "parthed:", "ynghylch:", "ymateb:", "aw:", "sv:"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// stripTags takes a gateway's marks such as [EXTERNAL] off a subject.
func stripTags(s string) string {
	for {
		s = strings.TrimSpace(s)
		if !strings.HasPrefix(s, "[") {
			return s
		}
		k := strings.IndexByte(s, ']')
		if k < 0 || k > 20 {
			return s
		}
		tag := strings.ToLower(s[1:k])
		if !containsAny(tag, "external", "ext", "allanol", "secure", "caution", "official", "spam") {
			return s
		}
		s = s[k+1:]
	}
}

// plainSubject is the subject without marks and reply prefixes.
func plainSubject(s string) string {
	for range 6 {
		s = stripTags(s)
		k := strings.IndexByte(s, ':')
		if k < 0 || k > 8 {
			break
		}
		switch strings.ToLower(strings.TrimSpace(s[:k])) {
		case "re", "fw", "fwd", "atb", "yml", "parthed", "ymlaen", "aw", "sv", "ynghylch":
			s = s[k+1:]
			continue
		}
		break
	}
	return strings.TrimSpace(s)
}

// letter is what a letter of ours, standing quoted below a mail, says. Its
// heading counts, since replies keep it when they quote nothing.
type letter struct {
	ours     bool // it is about an information request
	clarify  bool // asks what is meant
	identity bool // asks for papers or authority
	ack      bool // acknowledges
	answer   bool // answers or refuses
	personal bool // is about somebody's own data
	general  bool // is about recorded information
}

// unquoted makes quoted lines one.
var unquoted = strings.NewReplacer("\n> ", " ", "\n>", " ", "\n", " ", "\u2019", "'")

// quotedLetter reads what is quoted, and tells whether it is other mail of
// the body's people.
func quotedLetter(subject, quoted string, inner []intake.Inner) (l letter, casework bool) {
	var b strings.Builder
	b.WriteString(quoted)
	for _, in := range inner {
		if len(b.String()) > 8<<10 {
			break
		}
		b.WriteString("\n" + clip(in.Text, 2000))
	}
	text := strings.ToLower(b.String())
	text = unquoted.Replace(text)
	head := strings.ToLower(subject)
	fromUs := containsAny(text, "governance", "cafcass", "llyw.cymru", "gov.wales")
	l.ours = fromUs && containsAny(text, "freedom of information", "subject access", "your request", "personal information", "personal data",
		"internal review", "rhyddid gwybodaeth", "eich cais", "adolygiad mewnol", "gwybodaeth bersonol", "withheld", "exempt", "atisn", "our ref", "reference caf")
	casework = fromUs && !l.ours
	if !l.ours {
		text = ""
	}
	l.clarify = containsAny(text, "clarif", "what you mean", "do you mean", "need to know", "tell us which", "narrow", "be more specific", "help us find", "whether you are asking", "egluro", "eglurhad") || containsAny(head, "clarif", "help us find", "eglurhad")
	l.identity = containsAny(text, "identity", "proof of", "photographic", "authority", "who you are", "passport", "consent", "hunaniaeth", "prawf", "awdurdod") || containsAny(head, "identity", "authority", "proof", "hunaniaeth")
	l.ack = containsAny(text, "acknowledge", "we have received your", "are treating", "thank you for your request", "cydnabod") || containsAny(head, "acknowledg", "we have received", "cydnabod")
	l.answer = containsAny(text, "response to your", "answer to your", "internal review", "exempt", "withheld", "do not hold", "not held", "attached table", "please find", "adolygiad mewnol", "wedi ystyried") || containsAny(head, "response", "refus", "decision", "ymateb", "disclosure", "answer")
	l.personal = containsAny(text, "subject access", "personal information", "personal data", "information about you", "which records", "your records", "your file", "gwybodaeth bersonol", "data personol", "sar/", "dsar") || containsAny(head, "subject access", "sar/", "personal information", "your data", "gwybodaeth bersonol")
	l.general = containsAny(text, "freedom of information", "rhyddid gwybodaeth", "section 12", "section 40", "foi", "environmental information") || containsAny(head, "foi", "freedom of information", "rhyddid gwybodaeth")
	return l, casework
}

// caseNumber finds a family court's case number such as ZW22P00940.
func caseNumber(s string) bool {
	for i := 0; i+10 <= len(s) && i < 8<<10; i++ {
		if upper(s[i]) && upper(s[i+1]) && digit(s[i+2]) && digit(s[i+3]) && upper(s[i+4]) && digits(s[i+5:i+10]) {
			return true
		}
	}
	return false
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool { return c >= '0' && c <= '9' }
func digits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

// roles are words of addresses and names that tell a sender's office.
var roles = []struct {
	role  string
	words []string
}{
	{"sender: regulator", []string{"regulator", "ico.org.uk", "commissioner", "ombudsman", "tribunal"}},
	{"sender: court", []string{"court", "hmcts", "justice.gov", "listing", "chambers", "clerks"}},
	{"sender: police", []string{"police", "heddlu"}},
	{"sender: council", []string{"council", "cyngor", "social.services"}},
	{"sender: school", []string{"school", "primary", "academy", "ysgol"}},
	{"sender: lawyers", []string{"solicitor", "llp", "cyfreithwyr", "legal", "law"}},
	{"sender: parliament", []string{"mp-office", "parliament", "senedd"}},
	{"sender: press", []string{"news", "press", "courier", "sentinel", "gazette", "radio", "media"}},
	{"sender: university", []string{"student", "university", ".ac.", "prifysgol"}},
	{"sender: bulk sender", []string{"newsletter", "updates@", "survey", "marketing", "mailer.", "alerts", "digest", "notify", "info@", "support@", "helpdesk"}},
}

func senderRole(addr, name string) string {
	both := addr + " " + name
	for _, r := range roles {
		if containsAny(both, r.words...) {
			return r.role
		}
	}
	return ""
}
