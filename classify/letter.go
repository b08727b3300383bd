package classify

import (
	"strings"

	"requestd/intake"
	"requestd/intake/phrases"
)

// letter is what a letter of ours that is quoted below a mail says. Its heading
// counts, since replies keep it even if they quote nothing.
type letter struct {
	ours     bool // it is about an information request
	clarify  bool // asks what is meant
	identity bool // asks for papers or authority
	ack      bool // acknowledges
	answer   bool // answers or refuses
	personal bool // is about somebody's own data
	general  bool // is about recorded information
}

// What letters say, in the order of the phrases below.
const (
	saysClarify = iota
	saysIdentity
	saysAck
	saysAnswer
	saysPersonal
	saysGeneral
	saysRequest // it is about an information request
	saysUs      // it is from one of the bodies
)

// quotedWords are the phrases with which our letters say it.
var quotedWords = phrases.New(
	[]string{"clarif", "what you mean", "do you mean", "need to know", "tell us which", "narrow", "be more specific", "help us find", "whether you are asking", "egluro", "eglurhad"},
	[]string{"identity", "proof of", "photographic", "authority", "who you are", "passport", "consent", "hunaniaeth", "prawf", "awdurdod"},
	[]string{"acknowledge", "we have received your", "are treating", "thank you for your request", "cydnabod"},
	[]string{"response to your", "answer to your", "internal review", "exempt", "withheld", "do not hold", "not held", "attached table", "please find", "adolygiad mewnol", "wedi ystyried"},
	[]string{"subject access", "personal information", "personal data", "information about you", "which records", "your records", "your file", "gwybodaeth bersonol", "data personol", "sar/", "dsar"},
	[]string{"freedom of information", "rhyddid gwybodaeth", "section 12", "section 40", "foi", "environmental information"},
	[]string{"freedom of information", "subject access", "your request", "personal information", "personal data",
		"internal review", "rhyddid gwybodaeth", "eich cais", "adolygiad mewnol", "gwybodaeth bersonol", "withheld", "exempt", "atisn", "our ref", "reference caf"},
	[]string{"governance", "cafcass", "llyw.cymru", "gov.wales"},
)

// headingWords are the phrases with which the headings of our letters say it.
var headingWords = phrases.New(
	[]string{"clarif", "help us find", "eglurhad"},
	[]string{"identity", "authority", "proof", "hunaniaeth"},
	[]string{"acknowledg", "we have received", "cydnabod"},
	[]string{"response", "refus", "decision", "ymateb", "disclosure", "answer"},
	[]string{"subject access", "sar/", "personal information", "your data", "gwybodaeth bersonol"},
	[]string{"foi", "freedom of information", "rhyddid gwybodaeth"},
)

// unquoted joins quoted lines.
var unquoted = strings.NewReplacer("\n> ", " ", "\n>", " ", "\n", " ", "\u2019", "'")

// quotedLetter reads what is quoted, and reports whether it is other mail by
// the body's people.
func quotedLetter(subject, quoted string, inner []intake.Inner) (l letter, casework bool) {
	var b strings.Builder
	b.WriteString(quoted)
	for _, in := range inner {
		if b.Len() > 8<<10 {
			break
		}
		b.WriteString("\n" + clip(in.Text, 2000))
	}
	text := quotedWords.In(unquoted.Replace(strings.ToLower(b.String())))
	l.ours = text.Has(saysUs) && text.Has(saysRequest)
	casework = text.Has(saysUs) && !l.ours
	says := headingWords.In(strings.ToLower(subject))
	if l.ours {
		says |= text
	}
	l.clarify, l.identity = says.Has(saysClarify), says.Has(saysIdentity)
	l.ack, l.answer = says.Has(saysAck), says.Has(saysAnswer)
	l.personal, l.general = says.Has(saysPersonal), says.Has(saysGeneral)
	return l, casework
}
