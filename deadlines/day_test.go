package deadlines

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDayOf(t *testing.T) {
	for _, e := range []struct{ note, at, want string }{
		{"summer time: past midnight in London", "2026-06-30T23:30:00Z", "2026-07-01"},
		{"winter: not yet", "2026-12-31T23:59:59Z", "2026-12-31"},
		{"the night the clocks go forward, before", "2026-03-29T00:59:59Z", "2026-03-29"},
		{"and after", "2026-03-29T01:00:00Z", "2026-03-29"},
		{"the first midnight of summer time", "2026-03-29T23:00:00Z", "2026-03-30"},
		{"the last midnight of summer time", "2026-10-24T23:15:00Z", "2026-10-25"},
		{"the night the clocks go back", "2026-10-25T00:59:59Z", "2026-10-25"},
		{"the first midnight of winter", "2026-10-25T23:59:59Z", "2026-10-25"},
		{"a sender in Sydney", "2026-11-22T09:30:00+11:00", "2026-11-21"},
		{"a sender in New York", "2026-11-21T20:00:00-05:00", "2026-11-22"},
		{"a leap day", "2028-02-29T12:00:00Z", "2028-02-29"},
		{"the hour that summer time moves into the new day", "2000-05-31T23:00:00Z", "2000-06-01"},
	} {
		at, err := time.Parse(time.RFC3339, e.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at).String(); got != e.want {
			t.Errorf("%s: %s is %s, want %s", e.note, e.at, got, e.want)
		}
	}
	if DayOf(time.Time{}) != 0 {
		t.Error("no time has a day")
	}
}

func TestTimeOfDay(t *testing.T) {
	for _, e := range []struct{ day, want string }{
		{"2026-03-28", "2026-03-28T08:00:00Z"},
		{"2026-03-29", "2026-03-29T07:00:00Z"}, // the clocks have gone forward
		{"2026-10-24", "2026-10-24T07:00:00Z"},
		{"2026-10-25", "2026-10-25T08:00:00Z"}, // and back
	} {
		d, err := ParseDay(e.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Time(8, 0).UTC().Format(time.RFC3339); got != e.want {
			t.Errorf("eight in the morning on %s is %s, want %s", e.day, got, e.want)
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, e := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2026-01-31", 3, "2026-04-30"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-12-31", 1, "2027-01-31"},
		{"2026-10-31", 1, "2026-11-30"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2099-12-31", 3, "2100-03-31"},
	} {
		d, err := ParseDay(e.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.AddMonths(e.n).String(); got != e.want {
			t.Errorf("%s and %d months: %s, want %s", e.from, e.n, got, e.want)
		}
	}
}

func TestDayIsADateOfTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.IntRange(1, 80_000).Draw(t, "day"))
		y, m, day := d.Date()
		if parsed, err := ParseDay(d.String()); err != nil || parsed != d || d.String() != d.utc().Format(time.DateOnly) {
			t.Fatalf("%d reads as %s, which is %d: %v", d, d, parsed, err)
		}
		if NewDay(y, m, day) != d || d.Year() != y {
			t.Fatalf("%d reads as %d-%d-%d and back as %d", d, y, m, day, NewDay(y, m, day))
		}
		if d.Weekday() != d.utc().Weekday() || DayOf(d.Time(0, 0)) != d || DayOf(d.Time(23, 59)) != d {
			t.Fatalf("%s is a %s, its midnight lies on %s", d, d.Weekday(), DayOf(d.Time(0, 0)))
		}
		text, err := json.Marshal(d)
		var back Day
		if err != nil || json.Unmarshal(text, &back) != nil || back != d {
			t.Fatalf("%s as JSON is %s and back %s (%v)", d, text, back, err)
		}
	})
}

func TestParseDay(t *testing.T) {
	for _, s := range []string{"", "2026-2-03", "2026-02-29", "03/02/2026", "1899-12-31", "2026-02-03T00:00:00Z", "2026-13-01"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
	var d Day
	for _, s := range []string{`7`, `"x"`, `{}`} {
		if json.Unmarshal([]byte(s), &d) == nil {
			t.Errorf("%s was read as %s", s, d)
		}
	}
	for _, s := range []string{`null`, `""`} {
		if err := json.Unmarshal([]byte(s), &d); err != nil || d != 0 || d.String() != "" || d.Long() != "" {
			t.Errorf("%s: %q, %v", s, d, err)
		}
	}
}
