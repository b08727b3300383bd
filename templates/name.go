package templates

import (
	"strings"
	"unicode"
)

const (
	maxName  = 60 // runes
	maxWords = 6
)

// Name reduces a display name to what may stand in a letter's greeting:
// letters of any script with their marks, spaces, hyphens and apostrophes, at
// most 60 runes. What looks like an address or a link goes as a whole, and so
// does a "name" of so many words that it is a message. "" means that nothing
// fit is left, and the letter greets neutrally.
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

// ShortName is how a subject names a person: initials and the last name, such
// as "K. Dunne"; "" where Name leaves nothing.
func ShortName(s string) string {
	words := strings.Fields(Name(s))
	for i := range words[:max(len(words)-1, 0)] {
		words[i] = string([]rune(words[i])[:1]) + "."
	}
	return strings.Join(words, " ")
}

// unbracketed drops what stands in brackets: departments, roles, addresses.
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
// Initials such as J.R.Smith, a letter before each dot, are none.
func linkLike(word string) bool {
	lower := strings.ToLower(word)
	if strings.ContainsAny(lower, `@/\:=&%?#`) || strings.HasPrefix(lower, "www.") {
		return true
	}
	labels := strings.Split(strings.TrimRight(word, ".,;"), ".")
	for _, l := range labels[:len(labels)-1] {
		if len([]rune(l)) > 1 {
			return true
		}
	}
	return false
}

// onlyLetters turns a word into words of letters, each begun and ended by
// one, joined at most by single hyphens and apostrophes.
func onlyLetters(word string) string {
	var b strings.Builder
	var join rune // what stands between the letters written and the next one
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
