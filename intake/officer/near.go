package officer

import (
	"strings"

	"requestd/deadlines"
)

// Near is what a line that is no command comes nearest to: what of it was
// understood, in the words of the table, and the nearest right form. Both are
// "" where nothing is near. Nothing may be done because of it.
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
	best, most := "", 0.34 // of its letters may be wrong
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
				continue // one letter makes another word of it
			}
			if far := float64(distance(a, b)) / float64(len(b)); far < most {
				best, most = wording, far
			}
		}
	}
	if best == "" {
		return "", ""
	}
	return "", strings.TrimSpace(ref + " " + best)
}

// distance is how many letters must be changed, added or taken away to make one
// text of the other (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := last
			if a[i] != b[j] {
				change++
			}
			last = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
