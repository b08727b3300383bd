package officer

import (
	"slices"
	"strconv"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
)

// parser reads the words of one line from left to right.
type parser struct {
	words []word
	line  string
	today deadlines.Day
}

const useChoices = "Use the words of one of the choices below as the first line, and nothing else on that line."

func (p *parser) command() (Command, error) {
	i, n, ok := verbLexicon.match(p.words)
	if !ok {
		return Command{}, &NotUnderstood{Problem: "These words are not known.", Mend: useChoices}
	}
	v := verbs[i]
	if v.event != intake.Note && p.words[len(p.words)-1].asks {
		return Command{}, unclear(useChoices, "A line that ends in a question mark decides nothing.")
	}
	rest := p.words[n:]
	switch v.act {
	case Decide:
		return p.decide(v.kind, rest)
	case Open:
		return p.open(rest)
	case Attach, Merge:
		return p.join(v.act, rest)
	case Record:
		return p.event(v.event, n, rest)
	case Send:
		c := Command{Act: Send}
		rest = p.number(&c, rest)
		return p.finish(c, rest)
	case Show, Search:
		return p.ask(v.act, n, rest)
	case Register:
		return p.register(rest)
	case Correct:
		return p.correct(rest)
	}
	return p.finish(Command{Act: v.act}, rest)
}

// finish refuses words that nobody could have meant by this command.
func (p *parser) finish(c Command, rest []word) (Command, error) {
	if len(rest) == 0 {
		return c, nil
	}
	return Command{}, unclear(useChoices, "The line begins like a command and goes on with words that are not known: %q.", p.from(rest))
}

// from returns the line from the given words on, as written.
func (p *parser) from(rest []word) string {
	if len(rest) == 0 {
		return ""
	}
	begin := 0
	for _, w := range p.words[:len(p.words)-len(rest)] {
		begin = w.end
	}
	return strings.TrimSpace(p.line[begin:])
}

func (p *parser) decide(kind intake.Kind, rest []word) (Command, error) {
	c := Command{Act: Decide, Kind: kind}
	if kind == intake.NotARequest {
		return p.finish(c, rest)
	}
	rest, err := p.kinds(&c, kind, rest)
	if err != nil {
		return Command{}, err
	}
	return p.finish(c, rest)
}

const reviewOf = "Write REVIEW FOI, REVIEW DSAR, REVIEW EIR or REVIEW RIGHTS."

// kinds reads what follows a first kind: what a review is about, and further
// kinds joined by AND.
func (p *parser) kinds(c *Command, kind intake.Kind, rest []word) ([]word, error) {
	c.Kind = kind
	if kind == intake.Review {
		i, n, ok := partLexicon.match(rest)
		if !ok || intake.Kind(partWords[i].value) == intake.Review {
			return nil, unclear(reviewOf, "A review of what?")
		}
		c.Of, rest = intake.Kind(partWords[i].value), rest[n:]
		if len(rest) > 0 && isAnd(rest[0].text) {
			return nil, unclear("Write DSAR AND REVIEW FOI, the review last, or REVIEW FOI alone.", "It is not certain what the review is of.")
		}
		return rest, nil
	}
	if kind == intake.Rights {
		rest = rights(c, rest)
	}
	for len(rest) > 1 && isAnd(rest[0].text) {
		i, n, ok := verbLexicon.match(rest[1:])
		if !ok || verbs[i].act != Decide || !verbs[i].kind.HasClock() || verbs[i].kind == kind {
			return rest, nil
		}
		more := Command{}
		var err error
		if rest, err = p.kinds(&more, verbs[i].kind, rest[1+n:]); err != nil {
			return nil, err
		}
		c.Also = append(append(c.Also, more.Kind), more.Also...)
		c.Right = append(c.Right, more.Right...)
		if more.Of != "" {
			c.Of = more.Of
		}
	}
	return rest, nil
}

// rights takes the names of rights, which AND may join, off the words.
func rights(c *Command, rest []word) []word {
	for {
		names := rest
		if len(c.Right) > 0 && len(names) > 1 && isAnd(names[0].text) {
			names = names[1:]
		}
		i, n, ok := rightLexicon.match(names)
		if !ok {
			return rest
		}
		if name := rightWords[i].value; !slices.Contains(c.Right, name) {
			c.Right = append(c.Right, name)
		}
		rest = names[n:]
	}
}

func isAnd(s string) bool { return s == "and" || s == "a" || s == "ac" || s == "+" || s == "&" }

// open reads OPEN [number] [kind].
func (p *parser) open(rest []word) (Command, error) {
	c := Command{Act: Open}
	rest = p.number(&c, rest)
	if len(rest) > 0 && rest[0].text == "as" || len(rest) > 0 && rest[0].text == "fel" {
		rest = rest[1:]
	}
	i, n, ok := verbLexicon.match(rest)
	if ok && verbs[i].act == Decide && verbs[i].kind.HasClock() {
		var err error
		if rest, err = p.kinds(&c, verbs[i].kind, rest[n:]); err != nil {
			return Command{}, err
		}
	}
	c, err := p.finish(c, rest)
	if err == nil && c.Kind == "" {
		return Command{}, unclear("Write what it is, such as OPEN 12 FOI, OPEN 12 DSAR or OPEN 12 REVIEW FOI, with the mail's number.", "Open it as what?")
	}
	return c, err
}

// number reads a mail's number, as 12, #12 or m12.
func (p *parser) number(c *Command, rest []word) []word {
	if len(rest) == 0 {
		return rest
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(rest[0].text, "m"), 10, 48)
	if err != nil || n == 0 {
		return rest
	}
	c.Mail = n
	return rest[1:]
}

// join reads ATTACH [number] [to] ref and MERGE [with|into] ref.
func (p *parser) join(act Act, rest []word) (Command, error) {
	c := Command{Act: act}
	if act == Attach {
		rest = p.number(&c, rest)
	}
	for len(rest) > 1 && isJoiner(rest[0].text) {
		rest = rest[1:]
	}
	// A reference may be written with spaces: CAF 26 - 00017.
	var ref strings.Builder
	for ; len(rest) > 0 && ref.Len() < 40; rest = rest[1:] {
		ref.WriteString(rest[0].text)
	}
	c.Ref = strings.ToUpper(ref.String())
	if !hasDigit(c.Ref) {
		return Command{}, unclear("Write the other case's reference, such as "+strings.ToUpper(string(act))+" CAF26-00017.", "Which case?")
	}
	return p.finish(c, rest)
}

func isJoiner(s string) bool {
	return slices.Contains([]string{"to", "with", "into", "in", "i", "a", "at", "wrth", "gyda", "gydag", "ag"}, s)
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// event reads the details of an event, in any order.
func (p *parser) event(name intake.EventName, used int, rest []word) (Command, error) {
	c := Command{Act: Record, Event: name}
	switch name {
	case intake.Note:
		c.Note = strings.TrimSpace(strings.TrimLeft(p.line[p.words[used-1].end:], " :;,.-–—"))
		if c.Note == "" {
			return Command{}, unclear("Write it behind the word: NOTE the file is with the archive.", "The note has no text.")
		}
		return c, nil
	case intake.Void:
		if len(rest) == 1 {
			if n, err := strconv.Atoi(rest[0].text); err == nil && n > 0 && n < 1e6 {
				c.Void = n
				return c, nil
			}
		}
		return Command{}, unclear("Write VOID and the number of the event.", "Which event is void?")
	}
	rest, err := p.details(&c, rest)
	if err != nil {
		return Command{}, err
	}
	if c, err = p.finish(c, rest); err != nil {
		return Command{}, err
	}
	if used == 1 && everyday[p.words[0].text] && c.Date == 0 && c.Outcome == "" && c.Reason == "" && c.Part == "" && len(c.Exemptions) == 0 {
		said := strings.ToUpper(p.words[0].text)
		return Command{}, unclear("Write the day behind it, such as "+said+" today.", "%s alone may mean many things, and changes nothing.", said)
	}
	if name == intake.ReceivedOn && c.Date == 0 {
		return Command{}, unclear("Write the day, such as RECEIVED 3 March.", "Received when?")
	}
	return c, nil
}

// details takes an outcome or reason, a part and a date off the words.
func (p *parser) details(c *Command, rest []word) ([]word, error) {
	for len(rest) > 0 {
		if isFiller(rest[0].text) && len(rest) > 1 {
			rest = rest[1:]
			continue
		}
		if i, n, ok := outcomeLexicon.match(rest); ok && c.Event == intake.Responded && c.Outcome == "" {
			c.Outcome, rest = outcomes[i].value, rest[n:]
			continue
		}
		if n := p.exemptions(c, rest); n > 0 {
			rest = rest[n:]
			continue
		}
		if i, n, ok := reasonLexicon.match(rest); ok && c.Event == intake.Closed && c.Reason == "" {
			c.Reason, rest = reasons[i].value, rest[n:]
			continue
		}
		if i, n, ok := partLexicon.match(rest); ok && c.Part == "" {
			c.Part, rest = intake.Kind(partWords[i].value), rest[n:]
			continue
		}
		if c.Date != 0 {
			break
		}
		day, n, err := readDate(rest, p.today)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		c.Date, rest = day, rest[n:]
	}
	return rest, nil
}

func isFiller(s string) bool { return s == "on" || s == "ar" || s == "for" || s == "as" || s == "the" }
