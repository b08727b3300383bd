// Package welsh has the Welsh of what the program itself says in values: how a
// date was reached, what an alarm says, what an act refuses or warns of, and
// what is in lists. The officers' page and mail to staff both use it.
package welsh

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed *.tsv
var files embed.FS

// The tables. Each line has a text as it is in the sources, a tab, and its
// Welsh; {1} stands for the first value in it.
const (
	Acts  = "acts_cy.tsv"  // what acts and clocks refuse or warn of, in the words of the page
	Facts = "facts_cy.tsv" // how dates were reached, and alarms
	Mail  = "mail_cy.tsv"  // what mail to staff says besides
)

// Saying is one line of a table.
type Saying struct{ En, Cy string }

// Read reads a table. It puts the longest texts first, so that none is taken
// for a shorter one that only frames it.
func Read(name string) ([]Saying, error) {
	list, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the Welsh: %w", err)
	}
	var all []Saying
	for line := range strings.Lines(string(list)) {
		en, cy, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok || cy == "" {
			return nil, fmt.Errorf("%s: %q has no Welsh beside it", name, line)
		}
		all = append(all, Saying{strings.ReplaceAll(en, "%%", "%"), strings.ReplaceAll(cy, "%%", "%")})
	}
	slices.SortStableFunc(all, func(a, b Saying) int {
		return len(Verbs.ReplaceAllString(b.En, "")) - len(Verbs.ReplaceAllString(a.En, ""))
	})
	return all, nil
}

// Verbs matches the places for values, as a text's source writes them.
var Verbs = regexp.MustCompile(`%[sdqv]`)

var places = regexp.MustCompile(`\{\d+\}`)

// Told returns the values in s, if s is this text.
func (x *Saying) Told(s string) (list []string, is bool) {
	around := Verbs.Split(x.En, -1)
	last := len(around) - 1
	if !strings.HasPrefix(s, around[0]) || !strings.HasSuffix(s, around[last]) || last == 0 && s != x.En {
		return nil, false
	}
	rest := s
	for _, words := range around { // most texts are none of these, which this shows sooner
		_, behind, has := strings.Cut(rest, words)
		if !has {
			return nil, false
		}
		rest = behind
	}
	var form strings.Builder
	form.WriteString("(?s)^" + regexp.QuoteMeta(around[0]))
	for i, verb := range Verbs.FindAllString(x.En, -1) {
		form.WriteString(map[string]string{"%d": `(\d+)`, "%q": `("(?:[^"\\]|\\.)*")`}[verb])
		if verb == "%s" || verb == "%v" {
			form.WriteString("(.*?)")
		}
		form.WriteString(regexp.QuoteMeta(around[i+1]))
	}
	found := regexp.MustCompile(form.String() + "$").FindStringSubmatch(s) // not kept: few are ever used
	if found == nil {
		return nil, false
	}
	return found[1:], true
}

// Fill puts values into a form, each as say returns it.
func Fill(form string, told []string, say func(string) string) string {
	return places.ReplaceAllStringFunc(form, func(place string) string {
		if n, err := strconv.Atoi(place[1 : len(place)-1]); err == nil && n >= 1 && n <= len(told) {
			return say(told[n-1])
		}
		return place
	})
}
