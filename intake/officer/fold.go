package officer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is one word of a line: the form in which it is compared, and where it
// ends.
type word struct {
	text string // folded: lower case, plain letters, no marks around it
	end  int    // bytes of the line up to the end of it
	asks bool   // a question mark follows
}

// split divides a line into words and folds them. Hyphens between letters
// separate words, so that NOT-A-REQUEST is read as NOT A REQUEST; those of
// dates and references are kept.
func split(line string) []word {
	var words []word
	start := 0
	for i, r := range line + " " {
		if unicode.IsSpace(r) {
			words = append(words, parts(line[start:i], start)...)
			start = i + utf8.RuneLen(r)
		}
	}
	return words
}

// parts returns the words of a piece of a line without white space.
func parts(s string, at int) []word {
	var words []word
	begin := 0
	add := func(end int) {
		piece := s[begin:end]
		text := trim(fold(piece))
		if text != "" {
			words = append(words, word{text: text, end: at + end})
		}
		if len(words) > 0 && strings.ContainsAny(piece, "?？") {
			words[len(words)-1].asks = true
		}
	}
	var before rune
	for i, r := range s {
		if isDash(r) && unicode.IsLetter(before) && unicode.IsLetter(after(s, i, r)) {
			add(i)
			begin = i + len(string(r))
		}
		before = r
	}
	add(len(s))
	return words
}

func after(s string, i int, r rune) rune {
	next, _ := utf8.DecodeRuneInString(s[i+len(string(r)):])
	return next
}

func isDash(r rune) bool {
	return strings.ContainsRune("-‐‑‒–—−", r)
}

// trim removes the marks that people and telephones put around words.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '&' })
}

// fold makes letters comparable: lower case, no accents (Welsh circumflexes
// are optional), plain dashes, no apostrophes.
func fold(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case isDash(r):
			b.WriteByte('-')
		case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´' || unicode.Is(unicode.Mn, r):
		default:
			if plain, ok := accents[r]; ok {
				r = plain
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

var accents = map[rune]rune{
	'â': 'a', 'ê': 'e', 'î': 'i', 'ô': 'o', 'û': 'u', 'ŵ': 'w', 'ŷ': 'y',
	'á': 'a', 'é': 'e', 'í': 'i', 'ó': 'o', 'ú': 'u', 'ẃ': 'w', 'ý': 'y',
	'à': 'a', 'è': 'e', 'ì': 'i', 'ò': 'o', 'ù': 'u', 'ẁ': 'w', 'ỳ': 'y',
	'ä': 'a', 'ë': 'e', 'ï': 'i', 'ö': 'o', 'ü': 'u', 'ẅ': 'w', 'ÿ': 'y',
}
