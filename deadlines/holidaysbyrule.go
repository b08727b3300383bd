package deadlines

import "time"

// What proclamations changed in the years that the embedded list does not
// cover. The changes in the covered years are in the list itself.
var (
	springMoved = map[int]Day{
		2002: NewDay(2002, time.June, 4),
		2012: NewDay(2012, time.June, 4),
	}
	proclaimed = map[int]Holiday{
		1999: {Date: NewDay(1999, time.December, 31), Title: "Millennium bank holiday"},
		2002: {Date: NewDay(2002, time.June, 3), Title: "Golden Jubilee bank holiday"},
		2011: {Date: NewDay(2011, time.April, 29), Title: "Royal wedding bank holiday"},
		2012: {Date: NewDay(2012, time.June, 5), Title: "Diamond Jubilee bank holiday"},
	}
)

// byRule returns the bank holidays of a division in a year by the Banking and
// Financial Dealings Act 1971, Schedule 1, the common law (Good Friday,
// Christmas Day) and the yearly custom of substitute days.
func byRule(div Division, year int) []Holiday {
	var hs []Holiday
	add := func(title string, d Day) { hs = append(hs, Holiday{div, d, title}) }
	easter := easterSunday(year)
	scotland, ni := div == DivisionScotland, div == DivisionNorthernIreland

	first := NewDay(year, time.January, 1)
	newYear := substitute(first)
	add("New Year’s Day", newYear)
	if scotland {
		add("2nd January", substitute(first+1, newYear))
	}
	if ni {
		add("St Patrick’s Day", substitute(NewDay(year, time.March, 17)))
	}
	add("Good Friday", easter-2)
	if !scotland {
		add("Easter Monday", easter+1)
	}
	add("Early May bank holiday", firstMonday(year, time.May))
	spring, moved := springMoved[year]
	if !moved {
		spring = lastMonday(year, time.May)
	}
	add("Spring bank holiday", spring)
	if ni {
		add("Battle of the Boyne (Orangemen’s Day)", substitute(NewDay(year, time.July, 12)))
	}
	if scotland {
		add("Summer bank holiday", firstMonday(year, time.August))
	} else {
		add("Summer bank holiday", lastMonday(year, time.August))
	}
	if scotland && year >= 2007 { // St Andrew's Day Bank Holiday (Scotland) Act 2007
		add("St Andrew’s Day", substitute(NewDay(year, time.November, 30)))
	}
	christmas, boxing := christmasDays(year)
	add("Christmas Day", christmas)
	add("Boxing Day", boxing)
	if p, ok := proclaimed[year]; ok {
		add(p.Title, p.Date)
	}
	return hs
}

// christmasDays returns the weekdays on which Christmas Day and Boxing Day are
// kept. If the 25th is a Sunday, Boxing Day keeps its Monday.
func christmasDays(year int) (christmas, boxing Day) {
	d := NewDay(year, time.December, 25)
	if d.Weekday() == time.Sunday {
		return d + 2, d + 1
	}
	christmas = substitute(d)
	return christmas, substitute(d+1, christmas)
}

// substitute returns d or, if d is a weekend day or taken, the next weekday
// that is not taken.
func substitute(d Day, taken ...Day) Day {
	for weekend(d) || (len(taken) > 0 && d == taken[0]) {
		d++
	}
	return d
}

func weekend(d Day) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

func firstMonday(year int, m time.Month) Day {
	d := NewDay(year, m, 1)
	for d.Weekday() != time.Monday {
		d++
	}
	return d
}

func lastMonday(year int, m time.Month) Day {
	d := NewDay(year, m+1, 0)
	for d.Weekday() != time.Monday {
		d--
	}
	return d
}

// easterSunday returns the Western Easter of the Gregorian calendar, by the
// usual arithmetic of the moon's nineteen-year cycle.
func easterSunday(year int) Day {
	golden := year % 19
	century, rest := year/100, year%100
	moonShift := (8*century + 13) / 25
	epact := (19*golden + century - century/4 - moonShift + 15) % 30
	toSunday := (32 + 2*(century%4) + 2*(rest/4) - epact - rest%4) % 7
	late := (golden + 11*epact + 22*toSunday) / 451
	n := epact + toSunday - 7*late + 114
	return NewDay(year, time.Month(n/31), n%31+1)
}
