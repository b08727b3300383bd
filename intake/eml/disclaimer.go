package eml

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"requestd/intake/phrases"
)

// disclaimers are phrases that occur in the footers of organisations and in no
// person's request. All are in lower case with straight apostrophes.
var disclaimers = phrases.New([]string{
	"intended only for", "intended solely for", "solely for the use", "for the addressee only", "for the intended recipient", "not the intended recipient", "intended recipient", "named addressee",
	"received this e-mail in error", "received this email in error", "received in error", "received this message in error", "sent to you in error", "confidential and intended", "this email is confidential", "this e-mail is confidential", "this message is confidential", "email and any attachments", "e-mail and any attachments", "and any files transmitted", "confidential and may be", "may contain confidential", "contain confidential information", "legally privileged",
	"unauthorised use", "any views expressed", "views expressed in this", "opinions expressed in this", "do not necessarily represent", "checked for viruses", "scanned for viruses", "virus-free", "virus free", "free from viruses", "free of viruses", "swept for", "scanned by", "mimecast", "messagelabs",
	"before printing", "before you print", "print this e-mail", "print this email", "registered in england", "registered charity", "registered office", "company number", "authorised and regulated by", "regulated by the solicitors",
	"monitored and recorded", "may be monitored", "may be subject to monitoring", "monitor e-mails", "monitor emails", "disclosed under the freedom of information", "disclosable under the freedom of information", "subject to disclosure under", "may have to be disclosed", "may be disclosed in response", "subject to the freedom of information act", "disclose this e-mail", "disclose this email", "to be released in response", "be made public under", "to make a request under", "takes data protection seriously", "takes your privacy seriously", "is a data controller", "are data controllers", "is the data controller",
	"our privacy notice", "our privacy policy", "privacy notice on", "read our privacy", "see our privacy", "how we use your personal", "how we use your information", "how we handle your", "processes personal data in accordance", "handles personal information in line", "processes personal information in accordance", "we process personal data in", "data controller for", "registered with the information commissioner", "to make a request for your personal data", "to make a subject access request", "to make a freedom of information request", "you have the right to request access to information that we",
	"welcome correspondence in welsh", "welcome receiving correspondence in welsh", "welcome correspondence in english or welsh", "corresponding in welsh will not", "will not lead to a delay", "will not lead to delay",
	"please use this email address for all replies", "please use this e-mail address for all replies", "will be published on the internet", "wrong address for freedom of information", "find this service useful as an foi officer", "view freedom of information requests made to", "how the service works", "more detailed guidance on safely disclosing", "whatdotheyknow.com/help",
	"originated from outside", "originated outside", "do not click links", "external email", "this mailbox is not read", "this mailbox is not monitored", "please do not reply to this",

	"croesawu gohebiaeth", "croesawu derbyn gohebiaeth", "gohebu yn gymraeg", "gohebu'n gymraeg", "arwain at oedi", "ar gyfer y sawl", "ar gyfer y derbynnydd", "derbynnydd a fwriad", "bwriadwyd y neges", "bwriedir y neges", "fwriedir ar gyfer", "drwy gamgymeriad", "trwy gamgymeriad", "mewn camgymeriad",
	"gall gynnwys gwybodaeth gyfrinachol", "yn gyfrinachol ac", "neges hon yn gyfrinachol", "e-bost hwn yn gyfrinachol", "ebost hwn yn gyfrinachol", "ac unrhyw atodiadau", "ac unrhyw ffeiliau", "wedi'i sganio", "wedi ei sganio", "feirysau", "firysau", "barn a fynegir", "safbwyntiau a fynegir", "cyn argraffu", "hysbysiad preifatrwydd", "polisi preifatrwydd", "elusen gofrestredig", "rhif elusen", "cofrestrwyd yng nghymru", "swyddfa gofrestredig", "sut rydym yn defnyddio eich", "sut rydym ni'n defnyddio", "i wneud cais rhyddid gwybodaeth", "ei ddatgelu o dan y ddeddf rhyddid gwybodaeth", "datgelu dan ddeddf rhyddid gwybodaeth",
	"defnyddiwch y cyfeiriad e-bost hwn", "cyhoeddi ar y rhyngrwyd", "gyhoeddi ar y rhyngrwyd",
})

// openers begin a footer in the middle of a run of lines.
var openers = []string{
	"important:", "important notice", "confidential:", "confidentiality", "disclaimer", "privacy notice", "privacy:", "this e-mail", "this email", "this message", "this communication", "the information in this", "the information contained", "the contents of this", "the content of this", "any opinions", "views expressed",
	"notice:", "warning:", "caution:", "please consider", "save paper", "we welcome", "pwysig:", "cyfrinachol", "ymwadiad", "hysbysiad", "mae'r e-bost", "mae'r neges", "mae'r ebost", "mae'r wybodaeth", "rydym yn croesawu", "rydyn ni'n croesawu", "croesawn ", "bwriedir y", "bwriadwyd y", "scanned by", "registered ",
}

// asking are words with which a person asks: a paragraph with one of them is
// never taken for a footer because of a single phrase.
var asking = phrases.New([]string{
	"i would like", "i'd like", "i want", "i am writing", "i'm writing", "i request", "i am requesting", "i wish", "i need", "i ask", "please send me", "please provide", "please could", "could you", "can you", "can i", "would you", "may i", "please supply", "please confirm", "please disclose", "under the freedom of information act 2000, ", "about me", "my data", "my file", "my personal", "my request", "my son", "my daughter", "my child",
	"hoffwn", "hoffem", "dwi eisiau", "dw i eisiau", "dwi isio", "a gaf i", "ga i ", "allwch chi", "allech chi", "a fyddech", "anfonwch", "rwy'n gofyn", "dwi'n gofyn", "amdana i", "amdanaf",
})

// disclaimerFrom returns the line of the paragraph at which a footer begins, or
// -1 if it contains none.
func disclaimerFrom(par []string) int {
	if len(par) > 60 {
		return -1
	}
	text := plainWords(strings.Join(par, " "))
	if len(text) < 20 || len(text) > 6000 || !disclaimers.Any(text) {
		return -1
	}
	if seeks(par) || ofOneself(text) {
		return footerLine(par)
	}
	for i, l := range par { // keep the name above a footer that follows at once
		if l := plainWords(l); beginsWith(l, openers) || disclaimers.Any(l) {
			return i
		} else if len(l) > 60 {
			break // prose: the footer begins with it
		}
	}
	return 0
}

// footerLine finds a footer that begins in the middle of a paragraph in which a
// person also asks for something: only after an opener, and only if nothing is
// asked after it.
func footerLine(par []string) int {
	for i, l := range par {
		if beginsWith(plainWords(l), openers) {
			text := plainWords(strings.Join(par[i:], " "))
			if i > 0 && disclaimers.Any(text) && !seeks(par[i:]) {
				return i
			}
		}
	}
	return -1
}

func beginsWith(s string, some []string) bool {
	return slices.ContainsFunc(some, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}

// plainWords returns s in lower case with straight apostrophes and single
// blanks.
func plainWords(s string) string {
	s = strings.Trim(s, " *_")
	b := make([]byte, 0, len(s))
	blank := false
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		i += n
		switch {
		case r == ' ' || r >= '\t' && r <= '\r' || r > 0x7f && unicode.IsSpace(r):
			blank = len(b) > 0
			continue
		case r >= 'A' && r <= 'Z':
			r |= 0x20
		case r == '\u2019':
			r = '\''
		case r >= utf8.RuneSelf:
			r = unicode.ToLower(r)
		}
		if blank {
			b, blank = append(b, ' '), false
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// cutBanner removes a mail system's warning from the top.
func cutBanner(lines []string) (rest []string, banner string) {
	if len(lines) == 0 {
		return lines, ""
	}
	end := 0
	for end < len(lines) && !blankish(lines[end]) {
		end++
	}
	if end > 12 {
		return lines, ""
	}
	text := plainWords(strings.Join(lines[:end], " "))
	switch {
	case !banners.Any(text):
		return lines, ""
	case end < len(lines) && end <= 6 && len(text) <= 700 && !seeks(lines[:end]):
		return trimBlank(lines[end:]), strings.Join(lines[:end], "\n")
	}
	// The banner and the message are in one paragraph.
	k := 0
	for k < end-1 && banners.Any(plainWords(lines[k])) && !seeks(lines[k:k+1]) {
		k++
	}
	if end == len(lines) && k == 0 && !seeks(lines[:end]) {
		return lines, "" // there is nothing else
	}
	first, cut := cutBannerSentences(lines[k])
	banner = strings.TrimSpace(strings.Join(lines[:k], "\n") + "\n" + cut)
	if banner == "" {
		return lines, ""
	}
	return trimBlank(append([]string{first}, lines[k+1:]...)), banner
}

// cutBannerSentences removes the sentences of a banner from the beginning of a
// line.
func cutBannerSentences(l string) (rest, banner string) {
	rest = l
	for {
		i := strings.IndexAny(rest, ".!:]")
		if i < 0 || i > 300 || !banners.Any(plainWords(rest[:i])) && !bannerTails.Any(plainWords(rest[:i])) && len(strings.Fields(rest[:i])) > 1 || seeks([]string{rest[:i]}) || len(strings.Fields(rest[:i])) == 1 && !strings.ContainsAny(strings.TrimSpace(rest[i+1:]), " ") {
			break
		}
		if len(strings.Fields(rest[:i])) <= 1 && banner == "" && !bannerWords.Any(plainWords(rest[:i])) {
			break
		}
		banner += rest[:i+1]
		rest = rest[i+1:]
	}
	return strings.TrimSpace(rest), strings.TrimSpace(banner)
}

// bannerWords occur alone before a banner's mark; bannerTails begin its further
// sentences.
var (
	bannerWords = phrases.New([]string{"caution", "warning", "external", "notice", "attention", "rhybudd", "allanol", "pwyll"})
	bannerTails = phrases.New([]string{"recognise the sender", "recognize the sender", "content is safe", "be careful", "take care", "be vigilant", "report suspicious", "think before", "verify the sender", "unless you", "learn why this is important", "adnabod yr anfonwr", "byddwch yn ofalus"})
)

var banners = phrases.New([]string{
	"originated from outside", "originated outside", "external email", "external e-mail", "external sender", "from an external source", "do not click", "don't often get email from", "you don't often get", "e-bost allanol", "ebost allanol", "came from outside", "comes from outside", "outside of the organisation", "outside of the organization", "outside your organisation", "outside your organization", "outside of your organi", "sent from outside", "[external]", "external mail", "external message", "not from within", "unless you recognise the sender", "unless you recognize the sender", "learn why this is important", "o'r tu allan i'r sefydliad", "y tu allan i'r sefydliad", "peidiwch â chlicio",
})
