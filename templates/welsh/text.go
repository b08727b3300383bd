package welsh

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"requestd/deadlines"
	"requestd/intake/holds"
)

// said are the texts that mail to staff may contain: its own, those of dates
// and alarms, the reasons of a hold, and those of acts whose Welsh names
// nothing that is only on the page.
var said = sync.OnceValues(func() ([]Saying, error) {
	var all []Saying
	for _, name := range []string{Mail, Facts, Acts} {
		list, err := Read(name)
		if err != nil {
			return nil, err
		}
		if name == Acts {
			list = slices.DeleteFunc(list, func(x Saying) bool { return onPage.MatchString(x.Cy) })
		}
		all = append(all, list...)
	}
	for _, r := range holds.Reasons {
		all = append(all, Saying{r.Short, r.ShortWelsh})
	}
	return all, nil
})

// onPage matches Welsh about what only a page has: its buttons, forms and
// screens.
var onPage = regexp.MustCompile(`"\p{Lu}\p{Ll}|ffurflen|sgrin|Chwilio|ticiwch`)

// Text returns one of the program's texts in Welsh, and reports whether there
// is any. The words of people and servers in it stay unchanged.
func Text(s string) (string, bool) {
	all, err := said()
	if err != nil {
		return s, false
	}
	for i := range all {
		if told, is := all[i].Told(s); is {
			return Fill(all[i].Cy, told, piece), true
		}
	}
	if own, theirs, ok := strings.Cut(s, ": "); ok { // after it come a server's words
		for i := range all {
			if x := &all[i]; !strings.Contains(theirs, ": ") && strings.HasSuffix(x.En, "%s") {
				continue
			} else if told, is := x.Told(own); is {
				return Fill(x.Cy, told, piece) + ": " + theirs, true
			}
		}
	}
	return s, false
}

// Texts is Text for parts joined by commas; every part must have its Welsh.
func Texts(s string) (string, bool) {
	parts := strings.Split(s, ", ")
	for i, p := range parts {
		cy, ok := Text(p)
		if !ok {
			return s, false
		}
		parts[i] = cy
	}
	return strings.Join(parts, ", "), true
}

var (
	moment = regexp.MustCompile(`^(.+ \d{4}) at (\d\d:\d\d)$`)
	place  = regexp.MustCompile(`^(.+) \(([^()]+)\)$`)
)

// piece translates a value in a text: a day, a code, another such text, several
// of them, or what somebody else says.
// text, several of them, or what somebody else says.
func piece(s string) string {
	if d, ok := day(s); ok {
		return Long(d)
	}
	if m := moment.FindStringSubmatch(s); m != nil {
		if d, ok := day(m[1]); ok {
			return Long(d) + " am " + m[2]
		}
	}
	if cy, ok := codes[strings.ReplaceAll(s, " ", "-")]; ok {
		return cy
	}
	if cy, ok := Text(s); ok {
		return cy
	}
	if cy, ok := Texts(s); ok {
		return cy
	}
	if m := place.FindStringSubmatch(s); m != nil { // a holiday of some nations
		if what, ok := Text(m[1]); ok {
			if where, ok := Texts(m[2]); ok {
				return what + " (" + where + ")"
			}
		}
	}
	return s
}

func day(s string) (deadlines.Day, bool) {
	if d, err := deadlines.ParseDay(s); err == nil {
		return d, true
	}
	t, err := time.Parse("2 January 2006", s)
	if err != nil {
		return 0, false
	}
	return deadlines.NewDay(t.Year(), t.Month(), t.Day()), true
}

// Line returns a line of a ledger, as deadlines.Lines writes it, in Welsh;
// every part of it must have its Welsh.
func Line(line string) (string, bool) {
	text := strings.TrimLeft(line, " ")
	before := line[:len(line)-len(text)]
	if not, is := strings.CutPrefix(text, "- "); is {
		cy, ok := known(not)
		return before + "- " + cy, ok
	}
	date, rest, is := strings.Cut(text, "  ")
	end := strings.LastIndex(rest, " [")
	if !is || end < 0 {
		cy, ok := known(text)
		return before + cy, ok
	}
	what, ok := known(strings.TrimSpace(rest[:end]))
	return before + piece(date) + "  " + what + " [" + piece(strings.TrimSuffix(rest[end+2:], "]")) + "]", ok
}

// known is piece, and reports whether anything was found for it.
func known(s string) (string, bool) {
	cy := piece(s)
	return cy, cy != s
}

// Code returns the Welsh name of the code of a state, a letter or a mail.
func Code(code string) (string, error) {
	if cy, ok := codes[code]; ok {
		return cy, nil
	}
	return "", fmt.Errorf("there is no Welsh for the code %q", code)
}

// Count returns a number of things: 1 diwrnod, 2 ddiwrnod, 3 diwrnod.
func Count(n int, word string) string {
	if n == 2 { // dau softens the word after it
		switch word[0] {
		case 'd':
			word = "d" + word
		case 'b':
			word = "f" + word[1:]
		}
	}
	return fmt.Sprintf("%d %s", n, word)
}

var codes = map[string]string{
	// states of cases and their parts
	"triage": "i'w benderfynu", "open": "agored", "waiting": "yn aros", "responded": "atebwyd", "closed": "caewyd", "withdrawn": "tynnwyd yn ôl",
	"not-a-request": "nid cais", "running": "yn rhedeg", "merged": "cyfunwyd", "ended": "daeth i ben",
	"waiting-for-clarification": "yn aros am eglurhad", "waiting-for-identity": "yn aros am brawf adnabod", "waiting-for-authority": "yn aros am awdurdod", "waiting-for-fee": "yn aros am y ffi",
	// states of letters
	"sending": "yn cael ei anfon", "sent": "anfonwyd", "in-doubt": "mewn amheuaeth", "held": "wedi'i ddal", "failed": "methodd", "bounced": "daeth yn ôl",
	// what letters are for
	"acknowledgement": "cydnabyddiaeth", "correction": "cywiriad", "receipt": "derbynneb", "neutral-acknowledgement": "cydnabyddiaeth niwtral", "neutral": "cydnabyddiaeth niwtral", "no-request": "ni ymdrinnir ag ef fel cais",
	"ask-clarification": "cwestiwn i'r ceisydd", "ask-identity": "gofyn am brawf adnabod", "ask-authority": "gofyn am awdurdod", "new-date": "y dyddiad newydd",
	"extension": "hysbysiad o estyniad", "no-answer": "gofyn eto", "on-its-way": "mae'r ateb ar ei ffordd",
	// what a further mail seems to be
	"addendum": "ychwanegiad", "clarification": "eglurhad", "identity": "prawf adnabod", "authority": "awdurdod", "chaser": "nodyn i'ch atgoffa", "thanks": "diolch",
	"remark": "sylw", "reaction": "ymateb", "bounce": "neges a ddaeth yn ôl", "withdrawal": "tynnu'n ôl", "returned": "neges a ddaeth yn ôl", "decision": "penderfyniad", "answer": "ateb", "fee": "y ffi", "complaint": "cwyn", "new-request": "cais newydd",
	// how surely something was read
	"plainly": "yn amlwg", "fairly sure": "yn weddol sicr", "speaks against it": "yn siarad yn ei erbyn", "in doubt": "yn amheus",
	// kinds, as they follow a date
	"review": "adolygiad", "rights": "hawliau",
}
