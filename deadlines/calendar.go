package deadlines

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// FirstYear and LastYear are the first and the last year of the calendar.
const (
	FirstYear = 2000
	LastYear  = 2099
)

// The tables go beyond these years, so that a clock started on the last day can
// run out, and the day before the first can be looked up.
const (
	tableFirstYear = FirstYear - 1
	tableLastYear  = LastYear + 2
)

//go:embed holidays.json
var embedded []byte

// Calendar distinguishes working days from others. It never changes: Merge
// returns a new one. It is safe for concurrent use.
type Calendar struct {
	data                 map[Division]map[Day]string // titles of listed holidays
	firstData, lastData  int                         // the years listed in full
	listedFrom, listedTo Day                         // their first and last day
	regions              map[Region]*table
}

var defaultCalendar = sync.OnceValue(func() *Calendar {
	listed, err := parseHolidays(embedded)
	if err != nil {
		panic("deadlines: the embedded holidays must load: " + err.Error())
	}
	c, _ := (&Calendar{}).with(listed)
	return c
})

// Default returns the calendar with the embedded holidays: GOV.UK's lists for
// 2018 to 2028; the other years from 2000 to 2099 are computed by rule.
func Default() *Calendar { return defaultCalendar() }

// with returns the calendar with further listed holidays, and those that were
// not listed before.
func (c *Calendar) with(listed []Holiday) (*Calendar, []Holiday) {
	n := &Calendar{data: map[Division]map[Day]string{}}
	for _, div := range Divisions() {
		n.data[div] = map[Day]string{}
		maps.Copy(n.data[div], c.data[div])
	}
	var added []Holiday
	for _, h := range listed {
		if _, known := n.data[h.Division][h.Date]; !known {
			n.data[h.Division][h.Date] = h.Title
			added = append(added, h)
		}
	}
	n.build()
	return n, added
}

// build computes the tables from the listed holidays and the rules.
func (c *Calendar) build() {
	names := map[Day][]Holiday{}
	complete := map[int]int{} // divisions whose year is listed in full
	for _, div := range Divisions() {
		byYear := map[int][]Holiday{}
		for d, title := range c.data[div] {
			byYear[d.Year()] = append(byYear[d.Year()], Holiday{div, d, title})
		}
		for year := tableFirstYear; year <= tableLastYear; year++ {
			listed, ruled := byYear[year], byRule(div, year)
			if len(listed) >= len(ruled) {
				// A list as long as the rule's covers the whole year: what the rule has
				// beyond it was moved by proclamation.
				complete[year]++
			} else {
				listed = append(listed, ruled...)
			}
			for _, h := range listed {
				names[h.Date] = append(names[h.Date], h)
			}
		}
	}
	c.firstData, c.lastData = unbroken(complete)
	c.listedFrom, c.listedTo = NewDay(c.firstData, time.January, 1), NewDay(c.lastData, time.December, 31)
	c.regions = map[Region]*table{AnyUK: newTable(names, AnyUK), EnglandAndWales: newTable(names, EnglandAndWales)}
}

// unbroken returns the first run of years that are listed in full for all
// divisions.
func unbroken(complete map[int]int) (first, last int) {
	for year := tableFirstYear; year <= tableLastYear; year++ {
		if complete[year] == len(Divisions()) {
			first = cmp.Or(first, year)
			last = year
		} else if first != 0 {
			break
		}
	}
	return first, last
}

// FirstDataYear returns the first year whose holidays are listed, not computed.
func (c *Calendar) FirstDataYear() int { return c.firstData }

// LastDataYear returns the last year whose holidays are listed, not computed.
func (c *Calendar) LastDataYear() int { return c.lastData }

// Holidays are the listed holidays of a division, in order.
func (c *Calendar) Holidays(div Division) []Holiday {
	hs := make([]Holiday, 0, len(c.data[div]))
	for d, title := range c.data[div] {
		hs = append(hs, Holiday{div, d, title})
	}
	slices.SortFunc(hs, func(a, b Holiday) int { return int(a.Date - b.Date) })
	return hs
}

// table answers questions about a region in constant time.
type table struct {
	first Day
	upTo  []int32 // working days from first to that day, both included
	days  []Day   // every working day
	names map[Day]string
}

func newTable(names map[Day][]Holiday, r Region) *table {
	first, last := NewDay(tableFirstYear, time.January, 1), NewDay(tableLastYear, time.December, 31)
	size := int(last-first) + 1
	t := &table{first: first, upTo: make([]int32, size), days: make([]Day, 0, size), names: map[Day]string{}}
	for d, hs := range names {
		if name := holidayName(hs, r); name != "" {
			t.names[d] = name
			t.upTo[d-first] = -1 // marks it for the loop below
		}
	}
	for i := range t.upTo {
		d := first + Day(i)
		if t.upTo[i] == 0 && !weekend(d) {
			t.days = append(t.days, d)
		}
		t.upTo[i] = int32(len(t.days))
	}
	return t
}

// holidayName returns the name of a day's holiday in a region, with the parts
// of the United Kingdom that keep it unless all do; "" if the day is none.
func holidayName(hs []Holiday, r Region) string {
	if r != AnyUK {
		for _, h := range hs {
			if h.Division == DivisionEnglandAndWales {
				return h.Title
			}
		}
		return ""
	}
	var titles, parts []string
	for _, h := range hs {
		if !slices.Contains(titles, h.Title) {
			titles = append(titles, h.Title)
		}
		if !slices.Contains(parts, h.Division.label()) {
			parts = append(parts, h.Division.label())
		}
	}
	name := strings.Join(titles, ", ")
	if len(parts) > 0 && len(parts) < len(Divisions()) {
		name += " (" + strings.Join(parts, ", ") + ")"
	}
	return name
}
