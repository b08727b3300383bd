package templates

import (
	"testing"
	"time"

	"requestd/deadlines"
)

func TestDatesAsLettersWriteThem(t *testing.T) {
	for _, c := range []struct {
		day                            deadlines.Day
		english, welsh, weekday, brief string
	}{
		{deadlines.NewDay(2026, time.January, 6), "6 January 2026", "6 Ionawr 2026", "dydd Mawrth", "Tue 6 Jan 2026"},
		{deadlines.NewDay(2026, time.February, 28), "28 February 2026", "28 Chwefror 2026", "dydd Sadwrn", "Sat 28 Feb 2026"},
		{deadlines.NewDay(2026, time.March, 1), "1 March 2026", "1 Mawrth 2026", "dydd Sul", "Sun 1 Mar 2026"},
		{deadlines.NewDay(2026, time.April, 30), "30 April 2026", "30 Ebrill 2026", "dydd Iau", "Thu 30 Apr 2026"},
		{deadlines.NewDay(2026, time.May, 1), "1 May 2026", "1 Mai 2026", "dydd Gwener", "Fri 1 May 2026"},
		{deadlines.NewDay(2026, time.June, 15), "15 June 2026", "15 Mehefin 2026", "dydd Llun", "Mon 15 Jun 2026"},
		{deadlines.NewDay(2026, time.July, 1), "1 July 2026", "1 Gorffennaf 2026", "dydd Mercher", "Wed 1 Jul 2026"},
		{deadlines.NewDay(2026, time.August, 3), "3 August 2026", "3 Awst 2026", "dydd Llun", "Mon 3 Aug 2026"},
		{deadlines.NewDay(2026, time.September, 9), "9 September 2026", "9 Medi 2026", "dydd Mercher", "Wed 9 Sep 2026"},
		{deadlines.NewDay(2026, time.October, 31), "31 October 2026", "31 Hydref 2026", "dydd Sadwrn", "Sat 31 Oct 2026"},
		{deadlines.NewDay(2026, time.November, 21), "21 November 2026", "21 Tachwedd 2026", "dydd Sadwrn", "Sat 21 Nov 2026"},
		{deadlines.NewDay(2026, time.December, 1), "1 December 2026", "1 Rhagfyr 2026", "dydd Mawrth", "Tue 1 Dec 2026"},
		{0, "", "", "", ""},
	} {
		if got := EnglishDay(c.day); got != c.english {
			t.Errorf("EnglishDay = %q, want %q", got, c.english)
		}
		if got := WelshDay(c.day); got != c.welsh {
			t.Errorf("WelshDay = %q, want %q", got, c.welsh)
		}
		if got := WelshWeekday(c.day); got != c.weekday {
			t.Errorf("WelshWeekday of %s = %q, want %q", c.day, got, c.weekday)
		}
		if got := ShortDay(c.day); got != c.brief {
			t.Errorf("ShortDay = %q, want %q", got, c.brief)
		}
	}
}
