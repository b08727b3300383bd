package deadlines

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// list writes a list in GOV.UK's form, one event a line, the same for each
// division unless scotland is given.
func list(events ...string) string {
	return lists(events, events, events)
}

func lists(ew, scotland, ni []string) string {
	var b strings.Builder
	b.WriteString("{\n")
	for i, div := range Divisions() {
		events := [][]string{ew, scotland, ni}[i]
		fmt.Fprintf(&b, "%q: {\"division\": %q, \"events\": [\n%s\n]}", div, div, strings.Join(events, ",\n"))
		if i < 2 {
			b.WriteString(",")
		}
		b.WriteString("\n")
	}
	return b.String() + "}\n"
}

func event(title, date string) string {
	return fmt.Sprintf(`{"title": %q, "date": %q, "notes": "", "bunting": true}`, title, date)
}

func TestMergeAddsAndNeverRemoves(t *testing.T) {
	day := NewDay(2026, time.December, 14)
	before := Default()
	after, added, err := before.Merge([]byte(list(event("Day of mourning", "2026-12-14"), event("Christmas Day", "2026-12-25"))))
	if err != nil {
		t.Fatal(err)
	}
	if len(added) != 3 || added[0] != (Holiday{DivisionEnglandAndWales, day, "Day of mourning"}) {
		t.Errorf("added %v, want the day of mourning in three divisions", added)
	}
	if !before.IsWorkingDay(AnyUK, day) || after.IsWorkingDay(AnyUK, day) {
		t.Error("the calendar as it was must not change, the new one must know the day")
	}
	if after.IsWorkingDay(AnyUK, NewDay(2026, time.August, 31)) {
		t.Error("a holiday that the list leaves out was removed")
	}
	r, err := after.Compute(Request{Kind: KindFOI, Received: NewDay(2026, time.November, 20)}, DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "respond by", r.RespondBy, NewDay(2026, time.December, 22))
	if _, again, err := after.Merge([]byte(list(event("Day of mourning", "2026-12-14")))); err != nil || len(again) != 0 {
		t.Errorf("the same list again: added %v, %v", again, err)
	}
}

func TestMergeTheEmbeddedListChangesNothing(t *testing.T) {
	text, err := os.ReadFile("holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	c, added, err := Default().Merge(append([]byte("\xef\xbb\xbf"), text...))
	if err != nil || len(added) != 0 {
		t.Fatalf("added %v, %v", added, err)
	}
	if c.FirstDataYear() != 2018 || c.LastDataYear() != 2028 {
		t.Errorf("lists cover %d to %d, want 2018 to 2028", c.FirstDataYear(), c.LastDataYear())
	}
}

// year2029 lists a year in full, with the early May holiday moved.
func year2029(div Division) []string {
	var events []string
	for _, h := range byRule(div, 2029) {
		if h.Title == "Early May bank holiday" {
			h.Date = NewDay(2029, time.May, 10)
		}
		events = append(events, event(h.Title, h.Date.String()))
	}
	return events
}

func TestMergeANewYear(t *testing.T) {
	ew, scotland, ni := year2029(DivisionEnglandAndWales), year2029(DivisionScotland), year2029(DivisionNorthernIreland)
	c, _, err := Default().Merge([]byte(lists(ew, scotland, ni)))
	if err != nil {
		t.Fatal(err)
	}
	if c.LastDataYear() != 2029 {
		t.Errorf("lists reach to %d, want 2029", c.LastDataYear())
	}
	moved, rule := NewDay(2029, time.May, 10), NewDay(2029, time.May, 7)
	if c.IsWorkingDay(AnyUK, moved) || !c.IsWorkingDay(AnyUK, rule) {
		t.Error("a year listed in full must take the place of the rule")
	}
	// A list that names a single day of the year leaves the rule in force.
	c, _, err = Default().Merge([]byte(list(event("Coronation", "2029-05-10"))))
	if err != nil {
		t.Fatal(err)
	}
	if c.LastDataYear() != 2028 || c.IsWorkingDay(AnyUK, moved) || c.IsWorkingDay(AnyUK, rule) {
		t.Error("a single day must stand beside the rule, and the year must not count as listed")
	}
}

func TestMergeRefuses(t *testing.T) {
	good := event("Christmas Day", "2026-12-25")
	many := make([]string, 0, 30)
	for d := NewDay(2027, time.March, 1); len(many) < cap(many); d++ {
		many = append(many, event("Holiday", d.String()))
	}
	for _, e := range []struct{ name, text, want string }{
		{"nothing", "", "breaks off"},
		{"a page that says sorry", "<html>", "line 1: not JSON"},
		{"not an object", "[]", "line 1: want an object"},
		{"a division missing", `{"england-and-wales": {"division": "england-and-wales", "events": [` + good + `]}}`, "division scotland is missing"},
		{"a division without events", lists([]string{good}, nil, []string{good}), "scotland: no events"},
		{"an unknown division", `{"wales": {}}`, `line 1: unknown division "wales"`},
		{"a division twice", strings.Replace(list(good), `"scotland":`, `"england-and-wales":`, 1), "listed twice"},
		{"a division with another's name", strings.Replace(list(good), `"division": "scotland"`, `"division": "wales"`, 1), `scotland: line 5: its name says "wales"`},
		{"a date that is none", lists([]string{good}, []string{good, event("Leap day", "2027-02-29")}, []string{good}), `scotland: line 7, event 2`},
		{"a date as Britons write it", list(event("Christmas Day", "25/12/2026")), `england-and-wales: line 3, event 1`},
		{"a date missing", list(`{"title": "Christmas Day"}`), `"Christmas Day" has no date`},
		{"a title missing", list(`{"date": "2026-12-25"}`), "it has no title"},
		{"a year out of range", list(event("Christmas Day", "2126-12-25")), "want a year from 2000 to 2099"},
		{"an event that is none", list(good, "7"), "line 4, event 2: want an object"},
		{"events that are no list", strings.Replace(list(good), "[\n", "{\n", 1), "want a list of events"},
		{"more holidays than can be", list(many...), "more than 20 bank holidays in 2027"},
		{"broken off", list(good)[:120], "breaks off"},
		{"text after it", list(good) + "{}", "text after the end"},
	} {
		t.Run(e.name, func(t *testing.T) {
			c, added, err := Default().Merge([]byte(e.text))
			if err == nil || c != nil || added != nil {
				t.Fatalf("accepted: %v", added)
			}
			if !strings.Contains(err.Error(), e.want) {
				t.Errorf("%v; want it to say %q", err, e.want)
			}
		})
	}
}

func FuzzMerge(f *testing.F) {
	f.Add(list(event("Christmas Day", "2026-12-25")))
	f.Add(lists(year2029(DivisionEnglandAndWales), year2029(DivisionScotland), year2029(DivisionNorthernIreland)))
	f.Add(`{"england-and-wales": {"division": "scotland"}}`)
	f.Add(`{"scotland": {"events": [{}]}}`)
	known := map[Division]int{}
	for _, div := range Divisions() {
		known[div] = len(Default().Holidays(div))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, added, err := Default().Merge([]byte(text))
		if err != nil {
			return
		}
		total := 0
		for _, div := range Divisions() {
			if n := len(c.Holidays(div)); n < known[div] {
				t.Fatalf("%s has %d holidays, had %d", div, n, known[div])
			} else {
				total += n - known[div]
			}
		}
		if total != len(added) {
			t.Fatalf("%d more holidays, %d said to be added", total, len(added))
		}
	})
}
