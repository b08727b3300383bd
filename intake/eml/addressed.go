package eml

import (
	"slices"
	"strings"
	"unicode"

	"requestd/intake"
)

// letterBack tells the sender's words from a letter to the sender that stands
// below them without the mark of a quotation, as some programs leave it and
// people who paste do: it greets the sender by name or, in a reply, stands
// below a line that says who wrote. What the sender signs is no such letter.
func letterBack(m *intake.Message, text string) (own, letter string) {
	if len(m.From) == 0 {
		return text, ""
	}
	names := nameWords(m.From[0].Name)
	if len(names) == 0 {
		return text, ""
	}
	reply := len(m.InReplyTo) > 0 || prefixed(m.Subject)
	lines := strings.Split(text, "\n")
	for i, l := range lines[1:] {
		above := i + 1
		if !greets(l, names) && !(reply && saysWhoWrote(l)) {
			continue
		}
		for above > 0 && (strings.TrimSpace(lines[above-1]) == "" || saysWhoWrote(lines[above-1]) || dateAlone(lines[above-1])) {
			above--
		}
		own, letter = joinLines(lines[:above]), joinLines(lines[above:])
		if own != "" && !signedBy(lines[i+2:], names) {
			return own, letter
		}
	}
	return text, ""
}

// signedBy tells whether one of the names stands in the last lines of a text.
func signedBy(lines []string, names []string) bool {
	for k, seen := len(lines)-1, 0; k >= 0 && seen < 4; k-- {
		if strings.TrimSpace(lines[k]) == "" {
			continue
		}
		seen++
		for _, w := range nameWords(lines[k]) {
			if slices.Contains(names, w) {
				return true
			}
		}
	}
	return false
}

// nameWords are the words of a person's name by which a letter may greet them.
func nameWords(name string) (words []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }) {
		if len(w) > 2 && !greetingTitles[w] {
			words = append(words, w)
		}
	}
	return words
}

var greetingTitles = map[string]bool{"mrs": true, "miss": true, "prof": true, "professor": true, "rev": true, "sir": true, "lady": true, "the": true, "and": true}

var greetings = []string{"dear ", "annwyl ", "hello ", "hi ", "helo ", "good morning ", "good afternoon ", "bore da ", "prynhawn da "}

// greets tells whether a line begins as a letter does that greets somebody by
// one of the words of their name.
func greets(l string, names []string) bool {
	low := strings.ToLower(strings.TrimLeft(l, " \t*"))
	for _, g := range greetings {
		rest, ok := strings.CutPrefix(low, g)
		if !ok {
			continue
		}
		whom := nameWords(rest[:strings.IndexAny(rest+",", ",:;!?(")])
		if len(whom) > 4 {
			return false
		}
		for _, w := range whom {
			if slices.Contains(names, w) {
				return true
			}
		}
	}
	return false
}

// saysWhoWrote tells "Cafcass wrote on 18 March:" and its like, alone on a line.
func saysWhoWrote(l string) bool {
	l = strings.TrimSpace(l)
	return len(l) < 100 && strings.HasSuffix(l, ":") && hasVerb(l) && strings.ContainsAny(l, "0123456789") && !strings.Contains(" "+l, " I ")
}

// dateAlone tells a line that holds a date and no more.
func dateAlone(l string) bool {
	words := strings.Fields(l)
	return len(words) > 1 && len(words) <= 4 && strings.ContainsAny(words[0], "0123456789") && !strings.HasSuffix(l, ".")
}
