package main

import "testing"

func TestPeriods(t *testing.T) {
	for _, c := range []struct{ quarter, from, to, first, last string }{
		{"2026Q3", "", "", "2026-07-01", "2026-09-30"},
		{"2027q4", "", "", "2027-10-01", "2027-12-31"},
		{"", "2026-09-01", "2026-09-02", "2026-09-01", "2026-09-02"},
		{"2026Q5", "", "", "", ""},
		{"2026", "", "", "", ""},
		{"2026Q1", "2026-01-01", "", "", ""},
		{"", "2026-01-01", "", "", ""},
	} {
		first, last, err := periodOf(c.quarter, c.from, c.to)
		if first != c.first || last != c.last || (err == nil) != (c.first != "") {
			t.Errorf("%+v: %s, %s, %v", c, first, last, err)
		}
	}
}
