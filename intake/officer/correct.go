package officer

import (
	"strings"

	"requestd/intake"
)

// languages are those in which requesters write.
var languages = []detail{
	{"en", []string{"ENGLISH"}, []string{"SAESNEG"}},
	{"cy", []string{"WELSH"}, []string{"CYMRAEG"}},
	{"bi", []string{"BOTH", "WELSH AND ENGLISH", "ENGLISH AND WELSH", "BILINGUAL"}, []string{"Y DDWY", "DWYIEITHOG", "CYMRAEG A SAESNEG"}},
}

var languageLexicon = newLexicon(wordings(languages))

// readers are those for whom letters are written.
var readers = []detail{
	{"yes", []string{"CHILD", "FOR A CHILD", "TO A CHILD"}, []string{"PLENTYN", "I BLENTYN"}},
	{"no", []string{"ORDINARY", "NOT A CHILD", "NO CHILD"}, []string{"CYFFREDIN", "NID PLENTYN"}},
}

var readerLexicon = newLexicon(wordings(readers))

const correctForm = "Write one of CORRECT NAME Kim Dunne, CORRECT LANGUAGE WELSH, CORRECT LETTERS CHILD, CORRECT LETTERS ORDINARY, CORRECT RECEIVED 3 March, CORRECT ADDRESS kim@example.org."

// correct reads CORRECT NAME …, LANGUAGE …, LETTERS …, ADDRESS … and RECEIVED with a day.
func (p *parser) correct(rest []word) (Command, error) {
	c := Command{Act: Correct}
	if len(rest) < 2 {
		return Command{}, unclear(correctForm, "Correct what?")
	}
	text := p.from(rest[1:])
	switch rest[0].text {
	case "name", "enw":
		c.Person.Name = intake.OneLine(strings.Trim(text, " .;:,\"“”"), intake.MaxName)
		if c.Person.Name == "" || strings.ContainsAny(c.Person.Name, "0123456789@") {
			return Command{}, unclear(correctForm, "That is no name: %q.", text)
		}
		return c, nil
	case "address", "email", "cyfeiriad":
		c.Person.Addr = addressForm.FindString(text)
		if c.Person.Addr == "" || strings.Trim(strings.Replace(text, c.Person.Addr, "", 1), " <>.") != "" {
			return Command{}, unclear(correctForm, "That is no address: %q.", text)
		}
		return c, nil
	case "language", "iaith":
		i, n, ok := languageLexicon.match(rest[1:])
		if !ok {
			return Command{}, unclear(correctForm, "Which language? Want ENGLISH, WELSH or BOTH.")
		}
		c.Language = languages[i].value
		return p.finish(c, rest[1+n:])
	case "letters", "letter", "llythyrau", "llythyr":
		i, n, ok := readerLexicon.match(rest[1:])
		if !ok {
			return Command{}, unclear(correctForm, "Letters for whom? Want CHILD or ORDINARY.")
		}
		c.Child = readers[i].value
		return p.finish(c, rest[1+n:])
	case "received", "receipt", "derbyniwyd":
		return p.event(intake.ReceivedOn, 0, rest[1:])
	}
	return Command{}, unclear(correctForm, "Correct what? %q is not known here.", p.from(rest))
}
