package officer

import (
	"strings"

	"requestd/intake"
)

// ask reads SHOW [ref] and SEARCH words.
func (p *parser) ask(act Act, used int, rest []word) (Command, error) {
	if act == Search {
		c := Command{Act: Search, Note: strings.Trim(p.line[p.words[used-1].end:], " :;,.\"“”")}
		if c.Note == "" {
			return Command{}, unclear("Write a name, an address, a reference or words of the subject behind it: SEARCH Dunne.", "Search for what?")
		}
		return c, nil
	}
	c := Command{Act: Show}
	if len(rest) == 0 {
		return c, nil
	}
	joined, err := p.join(Attach, rest)
	if err != nil {
		return Command{}, unclear("Write the case's reference: SHOW CAF26-00017.", "Show which case?")
	}
	c.Ref = joined.Ref
	return c, nil
}

// Words is one line of help: what can be written, in both languages, and what
// it does.
type Words struct{ En, Cy, What string }

// HelpLines returns all words that can be written, from the table itself, so
// that what is proposed and what is understood come from the same place.
func HelpLines() []Words {
	what := map[Act]string{
		Open: "makes a case of a mail of the list: OPEN 12 FOI", Attach: "the mail or case belongs to another: ATTACH 12 CAF26-00003",
		Merge: "this case ends in another: MERGE CAF26-00003", Send: "lets the held acknowledgement go, or a drafted letter: SEND 41 where there are several. What belongs in a draft's gap, or all of it as you want it, stands below, between a line BEGIN and a line END", Hold: "holds a letter that has not gone",
		Register: "a request that did not come by mail: REGISTER FOI BY TELEPHONE 3 March FROM Kim Dunne kim@example.org, REGISTER FOI BY POST FROM Kim Dunne, 2 Mill Lane, York (or FROM Dunne, Kim; 2 Mill Lane, York)",
		Correct:  "what a case says of its requester: CORRECT NAME Kim Dunne, CORRECT LANGUAGE WELSH, CORRECT LETTERS CHILD (short and plain; ORDINARY is as to anybody), CORRECT ADDRESS kim@example.org (where letters go: once a second officer confirms)",
		Mine:     "you work on it", Undo: "takes back the decision of the mail that you answer", List: "your list as of now", Show: "one case: SHOW CAF26-00003",
		Search: "cases by name, address, reference or subject: SEARCH Dunne", Status: "is all well", Help: "these words",
	}
	var lines []Words
	for _, v := range verbs {
		w := Words{En: v.en[0], Cy: v.cy[0], What: what[v.act]}
		switch {
		case v.act == Decide && v.kind == intake.NotARequest:
			w.What = "it is no request"
		case v.act == Decide:
			w.What = "it is one; several with AND"
		case v.act == Record && v.event == intake.Note:
			w.What = "keeps your words with the case"
		case v.act == Record && v.event == intake.Void:
			w.What = "strikes an event: VOID 7"
		case v.act == Record && v.event == intake.ReceivedOn:
			w.What = "corrects the day of receipt: RECEIVED 3 March"
		case v.act == Record && v.event == intake.Responded:
			w.What = join(outcomes) + ", and a day"
		case v.act == Record && v.event == intake.Closed:
			w.What = join(reasons) + ", and a day"
		case v.act == Record:
			w.What = "with a day; without one, today"
		}
		lines = append(lines, w)
	}
	return lines
}

func join(ds []detail) string {
	var words []string
	for _, d := range ds {
		if !strings.HasSuffix(d.value, "upheld") || strings.HasPrefix(d.value, "decision-") || strings.HasPrefix(d.value, "complaint-") { // otherwise it does not say what was upheld
			words = append(words, d.en[0])
		}
	}
	return strings.Join(words, ", ")
}
