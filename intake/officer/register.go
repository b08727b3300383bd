package officer

import (
	"regexp"
	"slices"
	"strings"

	"requestd/intake"
)

// sources are the ways in which a request comes without mail.
var sources = []detail{
	{"telephone", []string{"BY TELEPHONE", "BY PHONE", "TELEPHONE", "PHONE", "BY CALL"}, []string{"DROS Y FFÔN", "FFÔN"}},
	{"post", []string{"BY POST", "POST", "BY LETTER", "LETTER"}, []string{"DRWY'R POST", "TRWY'R POST", "POST", "LLYTHYR"}},
	{"in-person", []string{"IN PERSON", "AT THE COUNTER"}, []string{"WYNEB YN WYNEB", "YN BERSONOL"}},
}

var sourceLexicon = newLexicon(wordings(sources))

const registerForm = "Write it such as REGISTER FOI BY TELEPHONE 3 March FROM Kim Dunne kim@example.org: what it is, how and when it came, who asks, and where they can be written to (behind a comma their address by post, behind a semicolon where the name has a comma: FROM Dunne, Kim; 2 Mill Lane)."

// register reads REGISTER kind [how it came] [day] [IN mailbox] FROM name
// [address][, postal address].
func (p *parser) register(rest []word) (Command, error) {
	c := Command{Act: Register}
	i, n, ok := verbLexicon.match(rest)
	if !ok || verbs[i].act != Decide || !verbs[i].kind.HasClock() {
		return Command{}, unclear(registerForm, "Register what?")
	}
	rest, err := p.kinds(&c, verbs[i].kind, rest[n:])
	if err != nil {
		return Command{}, err
	}
	for len(rest) > 0 {
		if i, n, ok := sourceLexicon.match(rest); ok && c.Source == "" {
			c.Source, rest = sources[i].value, rest[n:]
			continue
		}
		switch rest[0].text {
		case "from", "gan", "oddi":
			return c, p.person(&c, rest)
		case "in", "yn", "ym":
			if len(rest) > 1 && c.Box == "" {
				c.Box, rest = rest[1].text, rest[2:]
				continue
			}
		case "on", "ar", "received", "derbyniwyd":
			rest = rest[1:]
			continue
		}
		day, n, err := readDate(rest, p.today)
		if err != nil {
			return Command{}, err
		}
		if n == 0 || c.Date != 0 {
			return Command{}, unclear(registerForm, "These words are not known here: %q.", p.from(rest))
		}
		c.Date, rest = day, rest[n:]
	}
	return Command{}, unclear(registerForm, "Who asks?")
}

var addressForm = regexp.MustCompile(`[^\s<>()\[\],;:"]+@[^\s<>()\[\],;:"]+[^\s<>()\[\],;:".]`)

var aNumber = regexp.MustCompile(`[0-9]`)

// person reads a name and an address after FROM, as they are written, and a
// postal address after them.
func (p *parser) person(c *Command, rest []word) error {
	text := p.from(rest[1:])
	if rest[0].text == "oddi" && len(rest) > 2 && rest[1].text == "wrth" {
		text = p.from(rest[2:])
	}
	if who, postal, ok := cutPostal(text); ok {
		if addr := addressForm.FindString(postal); addr != "" { // also if it is after the postal address
			who, postal = who+" "+addr, strings.Replace(postal, addr, "", 1)
		}
		text, c.Postal = who, strings.Trim(postal, " <>()[],;:")
	}
	c.Person.Addr = addressForm.FindString(text)
	name := strings.Trim(strings.Replace(text, c.Person.Addr, "", 1), " <>()[],;:.\"“”")
	c.Person.Name = intake.OneLine(name, intake.MaxName)
	if c.Person.Name == "" && c.Person.Addr == "" || strings.ContainsAny(c.Person.Name, "0123456789@") {
		return unclear(registerForm, "Who asks is not certain: %q.", text)
	}
	return nil
}

// cutPostal separates who asks from their postal address. The postal address
// begins after a semicolon or a mail address; else, if it has a number, as
// houses and postcodes have, after the first comma, or after the second if the
// first is part of a name, as in Dunne, Kim, 2 Mill Lane.
func cutPostal(text string) (who, postal string, ok bool) {
	numbered := func(s string) bool { return aNumber.MatchString(addressForm.ReplaceAllString(s, "")) }
	if who, postal, ok = strings.Cut(text, ";"); ok && !numbered(who) {
		return who, postal, strings.Trim(postal, " .;,") != ""
	}
	if at := addressForm.FindStringIndex(text); at != nil && !numbered(text[:at[0]]) && numbered(text[at[1]:]) && strings.Contains(text[at[1]:], ",") {
		return text[:at[1]], text[at[1]:], true
	}
	who, postal, ok = strings.Cut(text, ",")
	if !ok || !numbered(postal) {
		return text, "", false
	}
	if forename, rest, more := strings.Cut(postal, ","); more && numbered(rest) && surname(who) && given(forename) {
		return who + "," + forename, rest, true
	}
	return who, postal, true
}

// surname reports whether what is before a comma is the first half of a name
// that is written as in an index: one word, or a particle and a word.
func surname(s string) bool {
	words := strings.Fields(s)
	for len(words) > 1 && slices.Contains(particles, strings.ToLower(words[0])) {
		words = words[1:]
	}
	return len(words) == 1
}

var particles = []string{"van", "von", "de", "der", "den", "da", "di", "du", "la", "le", "al", "el", "ap", "ab", "mac", "st", "st."}

// given reports whether what is between two commas can be forenames: a few
// words, none with a number and none that occurs in names of houses.
func given(s string) bool {
	words := strings.Fields(s)
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(houses, strings.ToLower(strings.Trim(w, ".'’"))) }) {
		return false
	}
	return len(words) > 0 && len(words) <= 3 && !strings.ContainsAny(s, "0123456789@")
}

// houses are words in the names of houses and places that are no forenames.
var houses = []string{
	"house", "cottage", "cottages", "farm", "farmhouse", "lodge", "villa", "villas", "court", "hall", "barn", "mill", "manor", "grange", "bungalow", "flat", "flats",
	"the", "rectory", "vicarage", "view", "street", "road", "lane", "avenue", "close", "hostel", "hospital", "school", "college", "office", "centre", "prison", "hmp", "c/o", "care", "po",
	"tŷ", "ty", "bwthyn", "fferm", "ffermdy", "plas", "llys", "heol", "stryd", "ysgol", "canolfan", "d/o",
}
