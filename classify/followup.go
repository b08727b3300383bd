package classify

import (
	"regexp"
	"slices"
	"strings"
)

// refPattern matches one of our references in the forms in which they are
// written: CAF26-00017, Gov/CAF 17-146, CYM26-00003, ATISN 25801, SAR/25/0371,
// FOI/25/0112.
var refPattern = regexp.MustCompile(`(?i)^(?:(?:gov/)?(?:caf|cym) ?\d\d ?[-/ ] ?\d{1,5}\b|atisn ?\d{4,6}\b|(?:cc)?(?:sar|dsar|foi)[ /-]?(?:20)?\d\d[/-]\d{1,5}\b)`)

const (
	maxRef  = 24 // bytes of the longest reference and of what ends it
	maxRefs = 20 // read from one text

	// How many letters and blanks come before the first digit of a reference.
	leastBefore = len("caf")
	mostBefore  = len("gov/caf ")
)

// references appends the references in s, as written there, each once. The
// pattern is only tried where one may begin: shortly before a digit.
func references(list []string, s string) []string {
	s = s[:min(len(s), maxHead)]
	n, end := 0, 0 // how many were found, and where the last ends
	for i := 0; i < len(s) && n < maxRefs; i++ {
		if !digit(s[i]) {
			continue
		}
		for k := max(end, i-mostBefore); k <= i-leastBefore; k++ {
			if !refBegins(s, k) {
				continue
			}
			if ref := refPattern.FindString(s[k:min(len(s), k+maxRef)]); ref != "" {
				list = appendRef(list, ref)
				n, end = n+1, k+len(ref)
				i = end - 1
				break
			}
		}
	}
	return list
}

func appendRef(list []string, ref string) []string {
	if slices.ContainsFunc(list, func(have string) bool { return strings.EqualFold(have, ref) }) {
		return list
	}
	return append(list, ref)
}

// refBegins reports whether a word at i begins with the letters of a reference.
func refBegins(s string, i int) bool {
	if i > 0 && wordByte(s[i-1]) {
		return false
	}
	switch string([]byte{s[i] | 0x20, s[i+1] | 0x20, s[i+2] | 0x20}) {
	case "caf", "cym", "gov", "ati", "sar", "dsa", "foi", "ccs", "ccd", "ccf":
		return true
	}
	return false
}

// wordByte reports whether a pattern's \b counts c as part of a word.
func wordByte(c byte) bool { return digit(c) || upper(c&^0x20) || c == '_' }

// threaded reports whether the mail continues a request that we know: it
// answers a letter of ours about one, or contains our reference.
func (s *signs) threaded() bool {
	return s.ctx.known || s.ctx.letter.ours || s.ctx.refSubject || s.ctx.refText ||
		s.ctx.reply && !s.ctx.casework && !s.ctx.named && s.ctx.role != "sender: court"
}

// dsarThread reports whether the request that a mail continues is for
// somebody's own data.
func (s *signs) dsarThread() bool {
	for _, r := range s.ctx.refs {
		switch r[0] | 0x20 {
		case 's', 'd':
			return true
		case 'f':
			return false
		}
	}
	l := s.ctx.letter
	if l.personal != l.general {
		return l.personal
	}
	return s.any("own", "child-data", "client") && !s.any("foi-words", "exemption")
}

// seems returns what a mail that continues a request looks like, or "".
func (s *signs) seems(class int) string {
	if !s.threaded() && class != cOther {
		return ""
	}
	l := s.ctx.letter
	switch {
	case s.any("withdraw") && class == cOther && (s.threaded() || s.any("prior")):
		return "withdrawal"
	case !s.threaded(), class == cReview:
		return ""
	case s.ctx.papers && (l.identity || s.any("supply", "id-words")) && class == cDSAR:
		return "identity"
	case s.any("client", "authority-words") && s.any("supply") && class == cDSAR:
		return "authority"
	case s.body("thanks") && class == cOther:
		return "thanks"
	case s.any("chaser") && class == cOther:
		return "chaser"
	case class != cOther && (l.clarify || s.any("clarify-answer")):
		return "clarification"
	case class == cDSAR && l.identity && s.any("supply"):
		return "identity"
	case class != cOther && l.ack && !l.answer:
		return "addendum"
	}
	return ""
}

// answersUs reports whether a mail that continues a request gives what we asked
// for, and so asks nothing new.
func (s *signs) answersUs(seems string) bool {
	switch seems {
	case "identity", "authority":
		return !s.ctx.letter.answer || s.ctx.papers
	case "clarification":
		return !s.any("new-ask") && !(s.ctx.letter.answer && !s.any("clarify-answer"))
	}
	return false
}

// answersOurs reports whether the mail contains the letter or the request of
// ours that it answers. A mail that only looks like an answer may be a first
// request, in reply to somebody's letter about something else.
func (s *signs) answersOurs() bool {
	return s.proved() || s.ctx.letter.clarify || s.ctx.letter.identity
}
