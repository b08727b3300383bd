package classify

import (
	"slices"
	"strings"

	"requestd/intake"
)

// mailContext is what surrounds the sender's words.
type mailContext struct {
	role       string      // the sender's office, such as a court's or a regulator's
	from       string      // the sender's address, lower case
	thread     intake.Kind // the kind of the case that the register names
	quotedRefs []string    // our references in the quoted text
	names      []string    // names of the attachments, lower case
	quoted     string      // the beginning of the quoted text
	numbers    []int       // the facts that hold, by number; see around.go
	known      bool        // belongs to a case in the register
	reply      bool        // Re: or reply headers
	letter     letter      // what our own quoted letter says
	casework   bool        // a practitioner's mail is quoted, or an out-of-office
	refSubject bool        // our reference in the subject
	refText    bool        // our reference is in the sender's own words
	refs       []string    // every reference found in the subject and the text
	site       bool        // from a publishing site
	staff      bool        // from one of the bodies' own people
	words      int         // of the sender's own text
	papers     bool        // attachments that look like identity papers or photographs
	letters    bool        // attachments that look like letters or forms
	attached   bool        // the body only refers to its attachments
	named      bool        // the asker gives a date of birth or a court's case number
}

// context reads what surrounds the sender's words.
func (c *Classifier) context(m *intake.Message, th intake.Thread, body, subject string, attached bool) mailContext {
	x := mailContext{known: th.Ref != ""}
	// References alone do not prove a reply: some programs write one into new
	// mail.
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
	quoted := m.Quoted[:min(len(m.Quoted), 8<<10)]
	x.quoted = clip(withoutHead(quoted), 900)
	x.quotedRefs = references(nil, quoted)
	x.letter, x.casework = quotedLetter(m.Subject, quoted, m.Inner)
	x.thread = th.Of
	if x.thread == "" {
		x.thread = th.Kind
	}
	switch x.thread {
	case intake.FOI, intake.DSAR, intake.EIR, intake.Rights:
	default:
		x.thread = ""
	}
	if len(m.From) > 0 {
		x.from = strings.ToLower(m.From[0].Addr)
		x.role = senderRole(x.from, strings.ToLower(m.From[0].Name))
		x.site = intake.PublishingSite(m.From[0].Addr)
		x.staff = c.ours.staff(m.From[0].Addr)
	}
	x.words = countWords(body, 4000)
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

// quotedHeads are the labels of the lines above a quoted mail.
var quotedHeads = []string{"from", "to", "sent", "date", "cc", "subject", "oddi wrth", "o", "at", "anfonwyd", "dyddiad", "pwnc"}

// withoutHead returns the beginning of the quoted text without its marks and
// the lines above it.
func withoutHead(s string) string {
	const enough = 1200
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "> "))
		name, _, head := strings.Cut(line, ":")
		if head && len(name) < 12 && strings.TrimSpace(b.String()) == "" && slices.Contains(quotedHeads, strings.ToLower(name)) {
			continue
		}
		b.WriteString(line + "\n")
		if b.Len() > enough {
			break
		}
	}
	return b.String()
}

func containsAny(s string, subs ...string) bool {
	return slices.ContainsFunc(subs, func(x string) bool { return strings.Contains(s, x) })
}

// repliedSubject reports whether the subject begins like a reply's.
func repliedSubject(s string) bool {
	s = strings.ToLower(strings.TrimSpace(stripTags(s)))
	return hasPrefix(s, "re:", "re :", "atb:", "parthed:", "ynghylch:", "ymateb:", "aw:", "sv:")
}

// stripTags removes a gateway's tags such as [EXTERNAL] from a subject.
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

// plainSubject returns the subject without tags and reply prefixes.
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

// caseNumber reports whether a text contains a family court's case number such
// as ZW22P00940.
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
