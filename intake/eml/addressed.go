package eml

import (
	"slices"
	"strings"
	"unicode"

	"requestd/intake"
)

// letterBack finds where in a mail's text a letter to its sender begins that is
// below the sender's words without quotation marks, as some programs and people
// who paste leave it. Such a letter greets the sender by name or, in a reply,
// is below a line that says who wrote. It returns 0 if there is none. What the
// sender signs is no such letter.
func letterBack(m *intake.Message) int {
	if len(m.From) == 0 {
		return 0
	}
	names := nameWords(m.From[0].Name)
	if len(names) == 0 {
		return 0
	}
	reply := len(m.InReplyTo) > 0 || prefixed(m.Subject)
	lines := strings.Split(m.Text, "\n")
	top, signed := skipBlank(lines, 0), signedAt(lines, names)
	at, end := 0, 0 // where the line begins, and where the sender's words above it end
	for i, l := range lines {
		if i > top && i >= signed && (greets(l, names) || reply && saysWhoWrote(l)) && end > 0 {
			return end
		}
		at += len(l) + 1
		if strings.TrimSpace(l) != "" && !saysWhoWrote(l) && !dateAlone(l) {
			end = at
		}
	}
	return 0
}

// signedAt returns the line, among the last four with words, that contains one
// of the names and does not greet it; -1 if there is none.
func signedAt(lines []string, names []string) int {
	for k, seen := len(lines)-1, 0; k >= 0 && seen < 4; k-- {
		if !greets(lines[k], names) && anyOf(nameWords(lines[k]), names) {
			return k
		}
		if len(strings.TrimSpace(lines[k])) > 0 {
			seen++
		}
	}
	return -1
}

// nameWords returns the words of a person's name by which a letter may greet
// them.
func nameWords(name string) (words []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }) {
		if len(w) > 2 && !greetingTitles[w] {
			words = append(words, w)
		}
	}
	return words
}

var greetingTitles = map[string]bool{"mrs": true, "miss": true, "prof": true, "professor": true, "rev": true, "sir": true, "lady": true, "the": true, "and": true}

// greets reports whether a line begins like a letter that greets somebody by a
// word of their name.
func greets(l string, names []string) bool {
	first, rest, _ := strings.Cut(strings.ToLower(strings.TrimLeft(l, " \t*")), " ")
	if !intake.BeginsGreeting(strings.Trim(first, ",.!")) {
		return false
	}
	whom := nameWords(rest[:strings.IndexAny(rest+",", ",:;!?(")])
	return len(whom) <= 4 && anyOf(whom, names)
}

func anyOf(words, names []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(names, w) })
}

// saysWhoWrote reports whether a line is "Cafcass wrote on 18 March:" or the
// like.
func saysWhoWrote(l string) bool {
	l = strings.TrimSpace(l)
	return len(l) < 100 && strings.HasSuffix(l, ":") && hasVerb(l) && strings.ContainsAny(l, "0123456789") && !strings.Contains(" "+l, " I ")
}

// dateAlone reports whether a line contains a date and nothing else.
func dateAlone(l string) bool {
	words := strings.Fields(l)
	return len(words) > 1 && len(words) <= 4 && strings.ContainsAny(words[0], "0123456789") && !strings.HasSuffix(l, ".")
}
