package page

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
)

// saying is a text in which acts and clocks refuse or warn, as their sources
// have it, with its Welsh. {1} stands for the first of what it tells of.
type saying struct{ en, cy string }

// readSayings reads acts_cy.tsv or facts_cy.tsv. What says most comes first, so that a text is
// never taken for one that is only its frame.
func readSayings(name string) ([]saying, error) {
	list, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []saying
	for line := range strings.Lines(string(list)) {
		en, cy, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok || cy == "" {
			return nil, fmt.Errorf("%s: %q has no Welsh beside it", name, line)
		}
		all = append(all, saying{strings.ReplaceAll(en, "%%", "%"), strings.ReplaceAll(cy, "%%", "%")})
	}
	slices.SortStableFunc(all, func(a, b saying) int {
		return len(verbs.ReplaceAllString(b.en, "")) - len(verbs.ReplaceAllString(a.en, ""))
	})
	return all, nil
}

var (
	verbs  = regexp.MustCompile(`%[sdqv]`)
	places = regexp.MustCompile(`\{\d+\}`)
)

// told gives what a text tells of, where it is this one.
func (x *saying) told(s string) (list []string, is bool) {
	around := verbs.Split(x.en, -1)
	last := len(around) - 1
	if !strings.HasPrefix(s, around[0]) || !strings.HasSuffix(s, around[last]) || last == 0 && s != x.en {
		return nil, false
	}
	rest := s
	for _, words := range around { // most texts are none of these, which is seen sooner so
		_, behind, has := strings.Cut(rest, words)
		if !has {
			return nil, false
		}
		rest = behind
	}
	var form strings.Builder
	form.WriteString("(?s)^" + regexp.QuoteMeta(around[0]))
	for i, verb := range verbs.FindAllString(x.en, -1) {
		form.WriteString(map[string]string{"%d": `(\d+)`, "%q": `("(?:[^"\\]|\\.)*")`}[verb])
		if verb == "%s" || verb == "%v" {
			form.WriteString("(.*?)")
		}
		form.WriteString(regexp.QuoteMeta(around[i+1]))
	}
	found := regexp.MustCompile(form.String() + "$").FindStringSubmatch(s) // not kept: few are ever said
	if found == nil {
		return nil, false
	}
	return found[1:], true
}

// Says gives what an act refuses or warns of in the words of the page, and in
// its language.
func (f *frame) Says(s string) string {
	for _, x := range f.s.sayings {
		told, is := x.told(s)
		if !is {
			continue
		}
		if s = x.cy; f.Lang != "cy" {
			n := 0
			s = verbs.ReplaceAllStringFunc(x.en, func(string) string { n++; return fmt.Sprintf("{%d}", n) })
			s = onPage(s)
		}
		return sentence(places.ReplaceAllStringFunc(s, func(place string) string {
			if n, err := strconv.Atoi(place[1 : len(place)-1]); err == nil && n >= 1 && n <= len(told) {
				return f.words(told[n-1])
			}
			return place
		}))
	}
	return sentence(onPage(s))
}

// words writes dates, and the codes of kinds, states and events, as people read
// them.
func (f *frame) words(s string) string {
	if d, err := deadlines.ParseDay(s); err == nil {
		return f.Day(d)
	}
	var list []string
	for code := range strings.FieldsFuncSeq(strings.Trim(s, "[]"), func(r rune) bool { return r == ',' || r == ' ' }) {
		name := codeName(code)
		if name == "" {
			return s
		}
		list = append(list, strings.ToLower(f.T(name)))
	}
	return strings.Join(list, ", ")
}

// codeName names a code of whatever sort, "" where it is none.
func codeName(s string) string {
	for _, name := range []string{stateNames[s], kindNames[intake.Kind(s)], eventNames[intake.EventName(s)], letterNames[intake.LetterState(s)], purposeNames[intake.Purpose(s)], holdNames[s]} {
		if name != "" {
			return name
		}
	}
	return ""
}
