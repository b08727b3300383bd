package officer

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"requestd/deadlines"
)

// Near returns what a line that is no command comes closest to: what of it was
// understood, in the words of the table, and the closest correct form. Both are
// "" if nothing is close. Nothing may be done because of it.
func Near(line string, today deadlines.Day) (understood, form string) {
	ref, rest := leadingRef(line)
	words := strings.Fields(rest)
	for n := min(len(words), 12); n > 0; n-- {
		c, err := Parse(strings.Trim(strings.Join(words[:n], " "), "?"), today)
		if err == nil {
			c.Case = ref
			en, _ := c.Words()
			return en, en
		}
	}
	wrong := split(rest)
	best, behind, most := "", "", 0.34 // the share of its letters that may be wrong
	for _, v := range verbs {
		for _, wording := range append(append([]string{}, v.en...), v.cy...) {
			said := split(wording)
			if len(said) > len(wrong) {
				continue
			}
			var is, want []string
			for i, w := range said {
				is, want = append(is, wrong[i].text), append(want, w.text)
			}
			a, b := strings.Join(is, " "), strings.Join(want, " ")
			if len(b) < 6 {
				continue // one letter makes it another word
			}
			if far := float64(levenshtein.ComputeDistance(a, b)) / float64(len(b)); far < most {
				best, behind, most = wording, rest[wrong[len(said)-1].end:], far
			}
		}
	}
	if best == "" {
		return "", ""
	}
	if whole := best + strings.TrimRight(behind, " ."); behind != "" {
		if _, err := Parse(whole, today); err == nil {
			best = whole
		}
	}
	return "", strings.TrimSpace(ref + " " + best)
}
