package officer

import (
	"fmt"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
)

// Words returns the words that mail to staff proposes for a command, in English
// and in Welsh. Parse reads both back as the same command.
func (c Command) Words() (en, cy string) {
	return c.words(false), c.words(true)
}

func (c Command) words(welsh bool) string {
	out := []string{}
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	add(c.Case)
	if c.Act == Decide {
		add(kindWords(c, welsh))
	} else {
		add(verbWords(c.Act, "", c.Event, welsh))
	}
	switch c.Act {
	case Open:
		add(mailNumber(c.Mail))
		add(kindWords(c, welsh))
	case Correct:
		for _, x := range []struct{ en, cy, value string }{{"NAME", "ENW", c.Person.Name}, {"ADDRESS", "CYFEIRIAD", c.Person.Addr}, {"LANGUAGE", "IAITH", detailWords(languages, c.Language, welsh)}, {"LETTERS", "LLYTHYRAU", detailWords(readers, c.Child, welsh)}} {
			if x.value != "" {
				add(choose([]string{x.en}, []string{x.cy}, welsh) + " " + x.value)
			}
		}
	case Register:
		add(kindWords(c, welsh))
		add(detailWords(sources, c.Source, welsh))
		add(slashes(c.Date))
		if c.Box != "" {
			add(choose([]string{"IN"}, []string{"YN"}, welsh) + " " + c.Box)
		}
		add(choose([]string{"FROM"}, []string{"GAN"}, welsh))
		add(strings.TrimSpace(c.Person.Name+" "+c.Person.Addr) + behind(c))
	case Send, Attach, Merge, Show, Search:
		add(mailNumber(c.Mail))
		add(c.Ref)
		add(c.Note)
	case Record:
		add(detailWords(partWords, string(c.Part), welsh))
		add(detailWords(outcomes, c.Outcome, welsh))
		add(strings.Join(c.Exemptions, ", "))
		add(detailWords(reasons, c.Reason, welsh))
		if c.Void > 0 {
			add(fmt.Sprint(c.Void))
		}
		add(slashes(c.Date))
		add(c.Note)
	}
	return strings.Join(out, " ")
}

func slashes(day deadlines.Day) string {
	if day == 0 {
		return ""
	}
	y, m, d := day.Date()
	return fmt.Sprintf("%d/%d/%d", d, m, y)
}

// behind returns a postal address to follow a name, separated from it by a
// semicolon if a comma could be misread.
func behind(c Command) string {
	switch {
	case c.Postal == "":
		return ""
	case strings.Contains(c.Person.Name, ",") || strings.Contains(c.Postal, ";") || !aNumber.MatchString(c.Postal) || surname(c.Person.Name):
		return "; " + c.Postal
	}
	return ", " + c.Postal
}

func mailNumber(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func kindWords(c Command, welsh bool) string {
	s := verbWords(Decide, c.Kind, "", welsh)
	if c.Kind == intake.Review {
		return s + " " + detailWords(partWords, string(c.Of), welsh)
	}
	and := " AND "
	if welsh {
		and = " A "
	}
	if c.Kind == intake.Rights {
		for i, r := range c.Right {
			if i > 0 {
				s += strings.TrimRight(and, " ")
			}
			s += " " + detailWords(rightWords, r, welsh)
		}
	}
	for _, k := range c.Also {
		s += and + kindWords(Command{Kind: k, Of: c.Of, Right: c.Right}, welsh)
	}
	return s
}

func verbWords(a Act, k intake.Kind, name intake.EventName, welsh bool) string {
	for _, v := range verbs {
		if v.act == a && v.kind == k && v.event == name {
			return choose(v.en, v.cy, welsh)
		}
	}
	return ""
}

func detailWords(ds []detail, value string, welsh bool) string {
	for _, d := range ds {
		if d.value == value {
			return choose(d.en, d.cy, welsh)
		}
	}
	return ""
}

func choose(en, cy []string, welsh bool) string {
	if welsh {
		return cy[0]
	}
	return en[0]
}

// Full returns the command in full, for people to check: its words in English
// and its date with the day of the week.
func (c Command) Full() string {
	day := c.Date
	c.Date = 0
	s := c.words(false)
	if day != 0 {
		s += fmt.Sprintf(", %s %s", day.Weekday(), day.Long())
	}
	return s
}

// OutcomeWords returns the English words for outcomes.
func OutcomeWords(list ...string) string {
	var words []string
	for _, o := range list {
		words = append(words, detailWords(outcomes, o, false))
	}
	return strings.Join(words, ", ")
}
