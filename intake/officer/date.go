package officer

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"requestd/deadlines"
)

// Dates must be within the years of the calendar.
const firstYear, lastYear = 2000, 2099

const writeDate = "Write the date in full, such as 3 March 2026 or 3/3/2026."

// readDate reads a date at the beginning of the words and returns how many
// words it took, 0 if there is none. If it could mean two days that is an
// error.
func readDate(words []word, today deadlines.Day) (deadlines.Day, int, error) {
	texts := make([]string, min(len(words), 8))
	for i := range texts {
		texts[i] = words[i].text
	}
	if n, ok := relative[texts[0]]; ok {
		return today - deadlines.Day(n), 1, nil
	}
	if strings.HasPrefix(strings.Join(texts, " "), "day before yesterday") {
		return today - 2, 3, nil
	}
	return datum{texts: texts, today: today}.read()
}

// relative are days before today.
var relative = map[string]int{
	"today": 0, "heddiw": 0, "yesterday": 1, "ddoe": 1, "doe": 1, "echdoe": 2,
}

// datum is a date being read: a weekday, a day of a month, or both.
type datum struct {
	texts []string
	today deadlines.Day
}

func (d datum) read() (deadlines.Day, int, error) {
	last, weekday, used := d.weekday()
	rest := datum{d.texts[used:], d.today}
	day, n, err := rest.calendarDate()
	switch {
	case err != nil:
		return 0, 0, err
	case n == 0 && used == 0:
		return 0, 0, nil
	case n == 0:
		day, err = recent(weekday, last, d.today)
		return day, used, err
	case used > 0 && (last || day.Weekday() != weekday):
		return 0, 0, unclear(writeDate, "%s is a %s, so it is not certain which day is meant.", day.Long(), day.Weekday())
	}
	return day, used + n, nil
}

// weekday reads [last] [dydd] Monday [last].
func (d datum) weekday() (last bool, day time.Weekday, used int) {
	at := func(i int) string {
		if i < len(d.texts) {
			return d.texts[i]
		}
		return ""
	}
	i := 0
	if at(i) == "last" {
		last = true
		i++
	}
	if w := at(i); w == "dydd" || w == "ddydd" {
		day, ok := welshDays[at(i+1)]
		if !ok {
			return false, 0, 0
		}
		return last || at(i+2) == "diwethaf", day, i + 2 + btoi(at(i+2) == "diwethaf")
	}
	day, ok := englishDays[at(i)]
	if !ok {
		return false, 0, 0
	}
	i++
	if !last && at(i) == "last" {
		last = true
		i++
	}
	return last, day, i
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// recent returns the last such day of the week before today. On that very day,
// and after "last", the same words can mean different days, which is an error.
func recent(w time.Weekday, last bool, today deadlines.Day) (deadlines.Day, error) {
	back := (int(today.Weekday()) - int(w) + 7) % 7
	if back == 0 {
		if !last {
			return 0, unclear("Write today, or the date in full, such as 3 March 2026.", "Today is a %s: is today meant, or a week ago?", w)
		}
		return today - 7, nil
	}
	sinceMonday := (int(today.Weekday()) + 6) % 7
	if last && back <= sinceMonday {
		return 0, unclear(writeDate, "Last %s can mean %s or %s.", w, (today - deadlines.Day(back)).Long(), (today - deadlines.Day(back) - 7).Long())
	}
	return today - deadlines.Day(back), nil
}

var (
	isoDate = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	slashed = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?$`)
	ordinal = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|af|il|ydd|edd|ed|fed|eg|ain)?$`)
	isYear  = regexp.MustCompile(`^(?:\d{4}|\d{2})$`)
)

// calendarDate reads a date of the calendar, day before month.
func (d datum) calendarDate() (deadlines.Day, int, error) {
	if len(d.texts) == 0 {
		return 0, 0, nil
	}
	if m := isoDate.FindStringSubmatch(d.texts[0]); m != nil {
		day, err := date(number(m[1]), number(m[2]), number(m[3]))
		return day, 1, err
	}
	if m := slashed.FindStringSubmatch(d.texts[0]); m != nil {
		if m[3] == "" {
			day, err := d.thisYear(number(m[2]), number(m[1]))
			return day, 1, err
		}
		day, err := date(fullYear(m[3]), number(m[2]), number(m[1]))
		return day, 1, err
	}
	return d.named()
}

// named reads 3 March 2026, 3 o Fawrth and March 3.
func (d datum) named() (deadlines.Day, int, error) {
	var day, month, n int
	if m := ordinal.FindStringSubmatch(d.texts[0]); m != nil {
		day, n = number(m[1]), 1
		if n < len(d.texts) && (d.texts[n] == "of" || d.texts[n] == "o") {
			n++
		}
		if n < len(d.texts) {
			month = months[d.texts[n]]
		}
		if month == 0 {
			return 0, 0, unclear(writeDate, "%q is no whole date.", strings.Join(d.texts[:min(n+1, len(d.texts))], " "))
		}
		n++
	} else if month = months[d.texts[0]]; month != 0 {
		if len(d.texts) > 1 {
			if m := ordinal.FindStringSubmatch(d.texts[1]); m != nil {
				day = number(m[1])
			}
		}
		if day == 0 {
			return 0, 0, unclear(writeDate, "%q is no whole date.", d.texts[0])
		}
		n = 2
	}
	if n == 0 {
		return 0, 0, nil
	}
	if n < len(d.texts) && isYear.MatchString(d.texts[n]) {
		when, err := date(fullYear(d.texts[n]), month, day)
		return when, n + 1, err
	}
	when, err := d.thisYear(month, day)
	return when, n, err
}

// number converts digits that a pattern has found.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func fullYear(s string) int {
	if len(s) == 2 {
		return firstYear + number(s)
	}
	return number(s)
}

func date(year, month, day int) (deadlines.Day, error) {
	d := deadlines.NewDay(year, time.Month(month), day)
	if y, m, n := d.Date(); y != year || int(m) != month || n != day || year < firstYear || year > lastYear {
		return 0, unclear("Dates are read day first. "+writeDate, "There is no day %d of month %d in %d.", day, month, year)
	}
	return d, nil
}

// longAgo is how many days back a date without a year may be.
const longAgo = 270

// thisYear returns the last such date up to today: what is recorded has
// happened.
func (d datum) thisYear(month, day int) (deadlines.Day, error) {
	year := d.today.Year()
	when, err := date(year, month, day)
	if err != nil && month == 2 && day == 29 {
		return 0, unclear(writeDate, "29 February of which year?")
	}
	if err != nil {
		return 0, err
	}
	if when > d.today {
		if when, err = date(year-1, month, day); err != nil {
			return 0, err
		}
	}
	if d.today-when > longAgo {
		return 0, unclear(writeDate, "Without its year this would be %s, long ago.", when.Long())
	}
	return when, nil
}
