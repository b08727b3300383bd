package officer

import (
	"regexp"
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

const registerForm = "Write it such as REGISTER FOI BY TELEPHONE 3 March FROM Kim Dunne kim@example.org: what it is, how and when it came, who asks, and where they can be written to (behind a comma their address by post)."

// register reads REGISTER kind [how it came] [day] [IN mailbox] FROM name
// [address][, address by post].
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

// person reads a name and an address behind FROM, as they are written. What
// stands behind a comma, with a number in it as houses and postcodes have, is an
// address by post.
func (p *parser) person(c *Command, rest []word) error {
	text := p.from(rest[1:])
	if rest[0].text == "oddi" && len(rest) > 2 && rest[1].text == "wrth" {
		text = p.from(rest[2:])
	}
	if who, postal, ok := strings.Cut(text, ","); ok && aNumber.MatchString(strings.Replace(postal, addressForm.FindString(postal), "", 1)) {
		if addr := addressForm.FindString(postal); addr != "" { // behind the address by post as well as before it
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
