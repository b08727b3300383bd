package page

import (
	"html/template"
	"strings"
)

// stretch is a part of a text that is in one language.
type stretch struct{ Lang, Text string }

// betweenLanguages separates the Welsh and the English of a letter.
const betweenLanguages = "\n* * *\n"

// stretches divides one of our letters by language.
func stretches(text string) []stretch {
	cy, en, both := strings.Cut(text, betweenLanguages)
	switch {
	case text == "":
		return nil
	case both:
		return []stretch{{"cy", cy}, {"en", strings.TrimPrefix(betweenLanguages, "\n") + en}}
	}
	return []stretch{{"en", text}}
}

// Stretches divides the text of a mail, a letter or a note by language, if the
// languages are known.
func (m item) Stretches() []stretch {
	switch {
	case m.Letter != nil:
		return stretches(m.Text)
	case m.Mail != nil:
		return []stretch{{m.Mail.Language, m.Text}}
	}
	return []stretch{{"", m.Text}}
}

// LangOf returns the lang attribute that tells a screen reader the language of
// a mail or letter: en or cy, or an empty one if a mail has both.
func (f *frame) LangOf(language string) template.HTMLAttr {
	switch language {
	case "en":
		return `lang="en"`
	case "cy":
		return `lang="cy"`
	case "bi":
		return `lang=""`
	}
	return ""
}
