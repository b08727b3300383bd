package templates

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	maxName  = 60 // runes
	maxWords = 6
)

// Name reduces a display name to what may be in a letter's greeting: letters of
// any script with their marks, spaces, hyphens and apostrophes, at most 60
// runes. A word that looks like an address or a link is removed as a whole, and
// so is a "name" of so many words that it is a message. "" means that nothing
// suitable is left, and the letter greets neutrally.
func Name(s string) string {
	var words []string
	for _, word := range strings.Fields(Line(unbracketed(s), 10*maxName)) {
		if linkLike(word) || strings.ContainsFunc(word, unicode.IsNumber) {
			continue
		}
		for part := range strings.FieldsSeq(onlyLetters(word)) {
			words = append(words, part)
		}
	}
	if len(words) > maxWords {
		return ""
	}
	name, n := "", 0
	for _, w := range words {
		n += len([]rune(w)) + 1
		if n > maxName+1 {
			break
		}
		name = strings.TrimPrefix(name+" "+w, " ")
	}
	return name
}

// ShortName returns a person's name for a subject: initials and the last name,
// such as "K. Dunne"; "" if Name leaves nothing.
func ShortName(s string) string {
	words := strings.Fields(Name(s))
	for i := range words[:max(len(words)-1, 0)] {
		words[i] = string([]rune(words[i])[:1]) + "."
	}
	return strings.Join(words, " ")
}

// unbracketed removes what is in brackets: departments, roles, addresses.
func unbracketed(s string) string {
	depth := 0
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("([{<", r):
			depth++
			return ' '
		case strings.ContainsRune(")]}>", r):
			depth = max(0, depth-1)
			return ' '
		case depth > 0:
			return -1
		}
		return r
	}, s)
}

// linkLike reports whether a word could be an address, a path or a host name.
// Initials such as J.R.Smith, with one letter before each dot, could not.
func linkLike(word string) bool {
	lower := strings.ToLower(word)
	if strings.ContainsAny(lower, `@/\:=&%?#`) || strings.HasPrefix(lower, "www.") {
		return true
	}
	labels := strings.Split(strings.TrimRight(word, ".,;"), ".")
	return slices.ContainsFunc(labels[:len(labels)-1], func(l string) bool { return len([]rune(l)) > 1 })
}

// onlyLetters turns a word into words that begin and end with a letter and
// contain only letters joined by single hyphens and apostrophes.
func onlyLetters(word string) string {
	var b strings.Builder
	var join rune // what is between the letters written and the next one
	for _, r := range word {
		switch {
		case unicode.IsLetter(r), unicode.Is(unicode.M, r) && join == 0 && b.Len() > 0:
			if join != 0 && b.Len() > 0 {
				b.WriteRune(join)
			}
			b.WriteRune(r)
			join = 0
		case strings.ContainsRune("'’‘´`ʼ", r):
			join = '\''
		case strings.ContainsRune("-‐‑–", r):
			join = '-'
		default:
			join = ' '
		}
	}
	return b.String()
}

// PlainName returns Name's result if it is plainly a person's name: two to four
// words that begin with a capital and go on in small letters, or are single
// initials, and none that names of offices, programs and requests contain. Else
// it returns "", and a letter greets neutrally: it must not repeat a stranger's
// words.
func PlainName(s string) string {
	name := Name(s)
	words := strings.Fields(name)
	full := 0
	for i, w := range words {
		for part := range strings.FieldsFuncSeq(w, func(r rune) bool { return r == '-' || r == '\'' }) {
			switch letters := []rune(part); {
			case noName[strings.ToLower(part)]:
				return ""
			case i > 0 && particles[part]:
			case !unicode.IsUpper(letters[0]), len(letters) > 1 && !smallAfter(letters[1:]):
				return ""
			case len(letters) > 1:
				full++
			}
		}
	}
	if len(words) < 2 || len(words) > 4 || full == 0 || strings.ContainsAny(s, ",;:|@") {
		return ""
	}
	return name
}

// smallAfter reports whether letters are small, except for one capital as in
// McAvoy.
func smallAfter(letters []rune) bool {
	capitals := 0
	for _, r := range letters {
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return capitals == 0 || capitals == 1 && len(letters) > 3 && !unicode.IsUpper(letters[len(letters)-1])
}

// particles are written in small letters within names.
var particles = wordSet("ab ap ferch van von der den de da di del la le bin binti ibn el al y")

// noName are words in display names that are not a person's.
var noName = wordSet(`wordpress word press website web site form contact enquiry enquiries info information mail email mailer mailbox
	noreply reply no not admin administrator support service services team office officer department dept unit group desk help helpdesk
	customer client user account accounts system notification notifications notice alert postmaster daemon root webmaster
	request requests requester subject access sar dsar foi freedom act data protection privacy legal law solicitor solicitors
	chambers llp ltd limited plc inc company council court cafcass cymru governance head director manager secretary clerk
	complaint complaints complaining urgent important re fwd fw hello dear sir madam anonymous unknown private personal
	gwybodaeth swyddfa swyddog tîm cais cyngor llys cyfreithiwr cyfreithwyr gwasanaeth gwasanaethau ymholiad ymholiadau`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// theirRef matches a reference of digits and initials in at least two groups,
// such as JB/1234/2 or AE.20931-1.
var theirRef = regexp.MustCompile(`^(?:[A-Z]{1,4}|[0-9]{1,8})(?:[/.:-](?:[A-Z]{1,4}|[0-9]{1,8})){1,4}$`)

// TheirRef returns a representative's own reference if a letter may repeat it:
// only digits and initials, since anything longer may name a person. Else it
// returns "".
func TheirRef(s string) string {
	s = strings.TrimRight(Line(s, maxName), ".,;:")
	if len(s) > 24 || !theirRef.MatchString(s) || !strings.ContainsFunc(s, unicode.IsDigit) {
		return ""
	}
	return s
}
