package officer

import (
	"regexp"
	"strings"

	"requestd/intake"
)

// Exemptions are written as in officers' letters: s40(2), s.14(1), reg
// 12(5)(b), sch 2 para 16; after the first, only numbers.
var (
	lawWord      = regexp.MustCompile(`(?i)^(?:ss?|a|sections?|adran|adrannau|regs?|regulations?|rh|rheoliad)\.?$`)
	provision    = regexp.MustCompile(`(?i)^(?:(ss?|a|reg|rh)\.?)?([0-9]{1,2}[a-z]?(?:\([0-9a-z]{1,4}\))*)$`)
	scheduleWord = regexp.MustCompile(`(?i)^(?:sch|schedule|atodlen)\.?$`)
)

// exemptions reads those at the beginning of the words, for an answer or an
// extension only, and returns how many words they were.
func (p *parser) exemptions(c *Command, rest []word) (used int) {
	if c.Event != intake.Responded && c.Event != intake.Extended {
		return 0
	}
	of, listed := "", false // the law, and whether a number alone can follow
	for used < len(rest) {
		w := p.written(rest, used)
		switch {
		case scheduleWord.MatchString(w) && used+3 < len(rest) && strings.HasPrefix(rest[used+2].text, "para"):
			c.Exemptions = append(c.Exemptions, "sch "+rest[used+1].text+" para "+strings.TrimRight(p.written(rest, used+3), ",;"))
			used += 4
			continue
		case used+1 < len(rest) && lawWord.MatchString(w) && provision.MatchString(first(p.written(rest, used+1))):
			of, listed, used = law(w), true, used+1
			continue
		case used > 0 && used+1 < len(rest) && isAnd(rest[used].text) && strings.Contains(rest[used+1].text, "("):
			listed, used = true, used+1
			continue
		}
		var read []string
		for _, one := range strings.FieldsFunc(w, func(r rune) bool { return r == ',' || r == ';' }) {
			m := provision.FindStringSubmatch(one)
			if m == nil || m[1] == "" && !listed && len(read) == 0 {
				return used
			}
			if m[1] != "" || of == "" {
				of = law(m[1])
			}
			read = append(read, of+strings.ToLower(m[2]))
		}
		if len(read) == 0 {
			return used
		}
		c.Exemptions, used = append(c.Exemptions, read...), used+1
		listed = strings.HasSuffix(w, ",") || strings.HasSuffix(w, ";")
	}
	return used
}

// written returns a word with its brackets and marks.
func (p *parser) written(rest []word, i int) string {
	begin := 0
	if at := len(p.words) - len(rest) + i; at > 0 {
		begin = p.words[at-1].end
	}
	return strings.Trim(p.line[begin:rest[i].end], " .")
}

func first(w string) string {
	return strings.FieldsFunc(w+",", func(r rune) bool { return r == ',' || r == ';' })[0]
}

// law returns the law that a short word before a section or a regulation means.
func law(word string) string {
	if strings.HasPrefix(strings.ToLower(word), "r") {
		return "reg"
	}
	return "s"
}
