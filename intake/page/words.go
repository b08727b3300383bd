package page

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"requestd/deadlines"
	"requestd/intake/holds"
	"requestd/templates/welsh"
)

// words is the interface's catalogue. The English is in the screens themselves;
// words_cy.tsv has the Welsh of each text, and a test finds missing ones;
// reasons of a hold bring their own Welsh.
type words struct{ cy map[string]string }

func readWords() (*words, error) {
	list, err := files.ReadFile("words_cy.tsv")
	if err != nil {
		return nil, err
	}
	w := &words{cy: map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		en, cy, ok := strings.Cut(lines.Text(), "\t")
		if !ok || cy == "" {
			return nil, fmt.Errorf("words_cy.tsv: %q has no Welsh beside it", lines.Text())
		}
		w.cy[en] = cy
	}
	for _, r := range holds.Reasons {
		w.cy[r.Short], w.cy[capital(r.Short)] = r.ShortWelsh, capital(r.ShortWelsh)
	}
	return w, lines.Err()
}

// say returns a text of the interface in a language, en or cy.
func (w *words) say(lang, en string, args ...any) string {
	s := en
	if lang == "cy" {
		if cy, ok := w.cy[en]; ok {
			s = cy
		}
	}
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	return s
}

// day writes a date as people read it, with the year if it is not this year.
func (w *words) day(lang string, d, today deadlines.Day) string {
	if d == 0 {
		return ""
	}
	t := d.Time(12, 0).In(deadlines.London())
	if lang == "cy" {
		s := fmt.Sprintf("%s %d %s", welsh.ShortDays[t.Weekday()], t.Day(), welsh.ShortMonths[t.Month()-1])
		if d.Year() != today.Year() {
			s += fmt.Sprint(" ", t.Year())
		}
		return s
	}
	if d.Year() != today.Year() {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
}
