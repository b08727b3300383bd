package deadlines

import (
	"encoding/json"
	"fmt"
	"time"
	_ "time/tzdata" // a bare machine must not fall back to UTC
)

// Day is a civil day in Europe/London, counted from 31 December 1899, so that
// the zero value is no day at all. Days can be compared and subtracted as
// integers.
type Day int32

const epochOffset = 25568 // days from 31 December 1899 to 1 January 1970

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("deadlines: zone data for Europe/London is embedded and must load: " + err.Error())
	}
	return l
}()

// London returns the time zone of every civil day and every office hour.
func London() *time.Location { return london }

// DayOf returns the London day on which t falls: a mail stamped 23:30 UTC on 30
// June is received on 1 July. A zero t has no day.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return 0
	}
	y, m, d := t.In(london).Date()
	return NewDay(y, m, d)
}

// NewDay returns the given date; values out of range carry over as in
// time.Date.
func NewDay(year int, month time.Month, day int) Day {
	u := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	return Day(u/86400 + epochOffset)
}

// ParseDay parses a date in the form 2006-01-02, from 1900 on.
func ParseDay(s string) (Day, error) {
	if d, ok := plainDay(s); ok {
		return d, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q: want the form YYYY-MM-DD", s)
	}
	if t.Year() < 1900 {
		return 0, fmt.Errorf("date %q: the year is before 1900", s)
	}
	return NewDay(t.Date()), nil
}

// plainDay parses a date whose day every month has, as almost all are: lists
// hold tens of thousands.
func plainDay[T string | []byte](s T) (Day, bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	var n [8]int
	for i, at := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if s[at] < '0' || s[at] > '9' {
			return 0, false
		}
		n[i] = int(s[at] - '0')
	}
	y, m, d := n[0]*1000+n[1]*100+n[2]*10+n[3], n[4]*10+n[5], n[6]*10+n[7]
	if y < 1900 || m < 1 || m > 12 || d < 1 || d > 28 {
		return 0, false
	}
	return NewDay(y, time.Month(m), d), true
}

func (d Day) utc() time.Time { return time.Unix((int64(d)-epochOffset)*86400, 0).UTC() }

// Date returns year, month and day of the month.
func (d Day) Date() (int, time.Month, int) { return d.utc().Date() }

// Year returns the year of d.
func (d Day) Year() int { return d.utc().Year() }

// AddMonths returns the same date n months later, or the last day of that month
// if it has no such date (Reg 1182/71 Art 3(2)(c)).
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date()
	end := NewDay(y, m+time.Month(n)+1, 0)
	_, _, last := end.Date()
	return end - Day(last-min(day, last))
}

// Long returns the date as a letter writes it: 2 January 2006, or "" for no
// day.
func (d Day) Long() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format("2 January 2006")
}

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday {
	return time.Weekday((d%7 + 7) % 7) // 1 January 1900 was a Monday
}

// Time returns the moment at which the clock in London shows the given hour and
// minute on day d.
func (d Day) Time(hour, minute int) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, hour, minute, 0, 0, london)
}

// IsZero reports whether d is no day at all.
func (d Day) IsZero() bool { return d == 0 }

// String returns the date as 2006-01-02, or "" for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return string(d.append(make([]byte, 0, len(time.DateOnly))))
}

func (d Day) append(b []byte) []byte {
	y, m, day := d.Date()
	if y < 1000 || y > 9999 {
		return d.utc().AppendFormat(b, time.DateOnly)
	}
	for n, unit := y, 1000; unit > 0; n, unit = n%unit, unit/10 {
		b = append(b, byte('0'+n/unit))
	}
	return append(b, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// MarshalJSON writes the date as a string, and no day as null.
func (d Day) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	return append(d.append(append(make([]byte, 0, len(time.DateOnly)+2), '"')), '"'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote; "" also means no day.
func (d *Day) UnmarshalJSON(b []byte) error {
	if n := len(b) - 1; n == len(time.DateOnly)+1 && b[0] == '"' { // as almost always
		if v, ok := plainDay(b[1:n]); ok {
			*d = v
			return nil
		}
	}
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("date %s: want a string of the form YYYY-MM-DD or null", b)
	}
	if s == nil || *s == "" {
		*d = 0
		return nil
	}
	v, err := ParseDay(*s)
	if err != nil {
		return err
	}
	*d = v
	return nil
}
