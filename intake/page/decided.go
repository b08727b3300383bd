package page

import (
	"html/template"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"requestd/intake"
	"requestd/store"
	"requestd/templates"
)

// Told returns what decided how a case's mail was read, as mail to staff shows
// it.
func (c *caseBody) Told() []templates.Evidence {
	var all []templates.Evidence
	for _, e := range c.Evidence {
		all = append(all, templates.Evidence(e))
	}
	return templates.Telling(all)
}

const leastQuote = 4 // bytes

// cutQuote ends a quote that was too long.
const cutQuote = "…"

// asQuoted matches a quote in the text from which it was taken, wherever the
// lines are broken there.
func asQuoted(quote string) *regexp.Regexp {
	words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(quote), cutQuote))
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	return regexp.MustCompile(strings.Join(words, `\s+`))
}

type span struct{ from, to int }

// whereQuoted returns where a quote is in a text, in whole words. A quote that
// was cut is extended to the end of its last word.
func whereQuoted(quote, text string) (span, bool) {
	for _, at := range asQuoted(quote).FindAllStringIndex(text, -1) {
		s := span{at[0], at[1]}
		if before, _ := utf8.DecodeLastRuneInString(text[:s.from]); inWord(before) || s.to-s.from < leastQuote {
			continue
		}
		rest := strings.TrimLeftFunc(text[s.to:], inWord)
		if end := len(text) - len(rest); end == s.to || strings.HasSuffix(strings.TrimSpace(quote), cutQuote) {
			return span{s.from, end}, true
		}
	}
	return span{}, false
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// mark returns a text as HTML with the sentences that decided marked.
func mark(text string, told []templates.Evidence) template.HTML {
	var spans []span
	text = intake.PlainText(text, store.MaxText)
	for _, e := range told {
		if !e.Decides() || len(strings.TrimSpace(e.Quote)) < leastQuote {
			continue
		}
		if s, is := whereQuoted(e.Quote, text); is {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if s.from < at {
			continue
		}
		b.WriteString(template.HTMLEscapeString(text[at:s.from]) + "<mark>" + template.HTMLEscapeString(text[s.from:s.to]) + "</mark>")
		at = s.to
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String()) //nolint:gosec // every part is escaped above
}
