package deadlines

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The rules yield every listed year exactly, except for what was proclaimed.
func TestRulesAgainstTheLists(t *testing.T) {
	proclaimed := map[Division][]string{
		DivisionEnglandAndWales: {"-2020-05-04", "+2020-05-08", "-2022-05-30", "+2022-06-02", "+2022-06-03", "+2022-09-19", "+2023-05-08"},
	}
	proclaimed[DivisionNorthernIreland] = proclaimed[DivisionEnglandAndWales]
	proclaimed[DivisionScotland] = append(slices.Clone(proclaimed[DivisionEnglandAndWales]), "+2026-06-15")
	for _, div := range Divisions() {
		listed, ruled := map[Day]bool{}, map[Day]bool{}
		for _, h := range Default().Holidays(div) {
			listed[h.Date] = true
		}
		for year := 2018; year <= 2028; year++ {
			for _, h := range byRule(div, year) {
				ruled[h.Date] = true
			}
		}
		var differences []string
		for d := NewDay(2018, time.January, 1); d.Year() < 2029; d++ {
			switch {
			case listed[d] && !ruled[d]:
				differences = append(differences, "+"+d.String())
			case ruled[d] && !listed[d]:
				differences = append(differences, "-"+d.String())
			}
		}
		if !slices.Equal(differences, proclaimed[div]) {
			t.Errorf("%s: lists and rules differ by %v, want what was proclaimed: %v", div, differences, proclaimed[div])
		}
	}
}

// Years without a list, as they were.
func TestHolidaysByRule(t *testing.T) {
	const (
		ew   = "England and Wales"
		uk   = "the whole United Kingdom"
		none = ""
	)
	for _, e := range []struct{ date, kept, note string }{
		{"2000-01-03", ew, "for 1 January, a Saturday"},
		{"2000-01-04", uk, "Scotland's second of January, a Sunday"},
		{"2000-04-24", ew, "Easter Monday"},
		{"2002-05-27", none, "moved to June"},
		{"2002-06-03", ew, "Golden Jubilee"},
		{"2002-06-04", ew, "Spring, moved"},
		{"2006-11-30", none, "St Andrew's Day before the Act of 2007"},
		{"2007-11-30", uk, "and after it"},
		{"2011-04-25", ew, "Easter Monday on its second last day"},
		{"2011-04-29", ew, "Royal wedding"},
		{"2012-05-28", none, "moved to June"},
		{"2012-06-04", ew, "Spring, moved"},
		{"2012-06-05", ew, "Diamond Jubilee"},
		{"2016-12-27", ew, "for Christmas Day, a Sunday"},
		{"2017-07-12", uk, "Orangemen's Day"},
		{"2029-03-30", ew, "Good Friday"},
		{"2029-03-19", uk, "for St Patrick's Day, a Saturday"},
		{"2033-12-27", ew, "for Christmas Day, a Sunday"},
		{"2038-04-26", ew, "Easter Monday on its last day"},
		{"2099-12-25", ew, "Christmas Day, a Friday"},
	} {
		d, err := ParseDay(e.date)
		if err != nil {
			t.Fatal(err)
		}
		c := Default()
		got := none
		switch {
		case !c.IsWorkingDay(EnglandAndWales, d):
			got = ew
		case !c.IsWorkingDay(AnyUK, d):
			got = uk
		}
		if got != e.kept {
			t.Errorf("%s (%s): kept in %q, want %q", e.date, e.note, got, e.kept)
		}
	}
}

func TestEaster(t *testing.T) {
	for _, want := range []string{
		"2000-04-23", "2005-03-27", "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21", "2024-03-31",
		"2025-04-20", "2035-03-25", "2038-04-25", "2049-04-18", "2076-04-19", "2096-04-15", "2099-04-12",
	} {
		d, _ := ParseDay(want)
		if got := easterSunday(d.Year()); got != d {
			t.Errorf("Easter of %d: %s, want %s", d.Year(), got, want)
		}
	}
}

func TestWhyNot(t *testing.T) {
	for _, e := range []struct {
		date   string
		region Region
		want   string
	}{
		{"2026-11-30", AnyUK, "St Andrew’s Day (Scotland)"},
		{"2026-11-30", EnglandAndWales, ""},
		{"2026-08-31", AnyUK, "Summer bank holiday (England and Wales, Northern Ireland)"},
		{"2026-12-25", AnyUK, "Christmas Day"},
		{"2026-11-21", EnglandAndWales, "Saturday"},
		{"2026-11-23", AnyUK, ""},
	} {
		d, _ := ParseDay(e.date)
		if got := Default().WhyNot(e.region, d); got != e.want {
			t.Errorf("%s in %s: %q, want %q", e.date, e.region, got, e.want)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	c := Default()
	friday, saturday, monday := NewDay(2026, time.November, 27), NewDay(2026, time.November, 28), NewDay(2026, time.November, 30)
	for _, e := range []struct {
		name      string
		got, want any
	}{
		{"next after Friday, E&W", c.NextWorkingDay(EnglandAndWales, friday), monday},
		{"next after Friday, any UK", c.NextWorkingDay(AnyUK, friday), monday + 1},
		{"before Monday", c.PreviousWorkingDay(AnyUK, monday), friday},
		{"on or after Saturday", c.OnOrAfter(EnglandAndWales, saturday), monday},
		{"on or after Monday", c.OnOrAfter(EnglandAndWales, monday), monday},
		{"on or before Saturday", c.OnOrBefore(EnglandAndWales, saturday), friday},
		{"none from a Saturday", c.AddWorkingDays(AnyUK, saturday, 0), saturday},
		{"one back from Saturday", c.AddWorkingDays(AnyUK, saturday, -1), friday},
		{"between Friday and Saturday", c.WorkingDaysBetween(AnyUK, friday, saturday), 0},
		{"between Friday and Monday, E&W", c.WorkingDaysBetween(EnglandAndWales, friday, monday), 1},
		{"and back", c.WorkingDaysBetween(EnglandAndWales, monday, friday), -1},
		{"from no day", c.AddWorkingDays(AnyUK, 0, 1), Day(0)},
		{"past the end", c.AddWorkingDays(AnyUK, NewDay(2101, time.December, 30), 20), Day(0)},
		{"before the beginning", c.AddWorkingDays(AnyUK, NewDay(1999, time.January, 5), -20), Day(0)},
		{"a region unknown", c.NextWorkingDay("", friday), monday},
	} {
		if fmt.Sprint(e.got) != fmt.Sprint(e.want) {
			t.Errorf("%s: %v, want %v", e.name, e.got, e.want)
		}
	}
}

func TestYearsByRuleAreSaid(t *testing.T) {
	for _, e := range []struct {
		name, kind string
		received   Day
		warning    string
	}{
		{"listed throughout", KindFOI, NewDay(2028, time.November, 20), ""},
		{"a month that ends in the last listed year", KindDSAR, NewDay(2028, time.November, 29), ""},
		{"runs into the next", KindFOI, NewDay(2028, time.December, 11), "respond_by rests on bank holidays of 2029"},
		{"rolls in the next", KindDSAR, NewDay(2028, time.December, 6), "respond_by rests on bank holidays of 2029"},
		{"acknowledged in the next", KindDSAR, NewDay(2028, time.December, 29), "acknowledge_by rests on bank holidays of 2029"},
		{"before the lists", KindFOI, NewDay(2017, time.May, 29), "respond_by rests on bank holidays of 2017 computed by rule: the lists cover 2018 to 2028"},
	} {
		t.Run(e.name, func(t *testing.T) { warned(t, compute(t, e.kind, "", e.received), e.warning) })
	}
}
