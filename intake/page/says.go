package page

import (
	"fmt"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/templates/welsh"
)

// Says returns what an act refuses or warns of in the words and the language of
// the page.
func (f *frame) Says(s string) string {
	for _, x := range f.s.sayings {
		told, is := x.Told(s)
		if !is {
			continue
		}
		if s = x.Cy; f.Lang != "cy" {
			n := 0
			s = welsh.Verbs.ReplaceAllStringFunc(x.En, func(string) string { n++; return fmt.Sprintf("{%d}", n) })
			s = onPage(s)
		}
		return sentence(welsh.Fill(s, told, f.words))
	}
	return sentence(onPage(s))
}

// words writes dates, and the codes of kinds, states and events, as people read
// them.
func (f *frame) words(s string) string {
	if d, err := deadlines.ParseDay(s); err == nil {
		return f.Day(d)
	}
	if f.Lang == "cy" {
		if cy, ok := welsh.Texts(s); ok {
			return cy
		}
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

// codeName returns the name of any code; "" if it is none.
func codeName(s string) string {
	for _, name := range []string{stateNames[s], kindNames[intake.Kind(s)], eventNames[intake.EventName(s)], letterNames[intake.LetterState(s)], purposeNames[intake.Purpose(s)]} {
		if name != "" {
			return name
		}
	}
	if r, ok := holds.Find(s); ok {
		return capital(r.Short)
	}
	return ""
}
