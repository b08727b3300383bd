package deadlines

import "fmt"

// Clock names the date that a step of the ledger leads to, as in JSON.
type Clock string

// The clocks. LongerReading is the later date that follows from a wider reading
// of the statute; it is shown next to respond_by, and nothing else uses it.
const (
	ClockAcknowledge          Clock = "acknowledge_by"
	ClockComplaintAcknowledge Clock = "complaint_acknowledge_by"
	ClockRespond              Clock = "respond_by"
	ClockExtensionNotice      Clock = "extension_notice_by"
	ClockLongerReading        Clock = "respond_by_longer_reading"
)

// Skipped is a day that a step does not count, and why.
type Skipped struct {
	Date Day    `json:"date"`
	Why  string `json:"why"`
}

// Step is one line of the ledger. The steps of a clock add up: the first is on
// the day of receipt, each later one is Days after the one before it, and the
// last is the clock's date. In a step that counts working days or rolls, Days
// is the sum of WorkingDays and the days skipped. A step without a date says
// why there is none.
type Step struct {
	Clock       Clock     `json:"clock"`
	Date        Day       `json:"date"` // the date reached
	Days        int       `json:"days"` // calendar days from the step before
	WorkingDays int       `json:"working_days"`
	Rule        string    `json:"rule"`
	Source      string    `json:"source"` // Act and section, or the house's own promise
	Text        string    `json:"text"`
	Skipped     []Skipped `json:"skipped"`
}

// track writes the ledger of one clock while it walks through the calendar.
type track struct {
	cal   *Calendar
	clock Clock
	at    Day
	steps []Step
	ruled []int // years whose computed holidays the date rests on
}

// moveTo adds a step to the given day.
func (t *track) moveTo(d Day, rule, source, text string) {
	step := Step{Clock: t.clock, Date: d, Rule: rule, Source: source, Text: text}
	if len(t.steps) > 0 {
		step.Days = int(d - t.at)
	}
	t.at = d
	t.steps = append(t.steps, step)
}

// halt adds a step without a date: the clock is not running.
func (t *track) halt(rule, source, text string) {
	t.steps = append(t.steps, Step{Clock: t.clock, Rule: rule, Source: source, Text: text})
	t.at = 0
}

// count moves on by n working days of the region, leaving out days for which
// without returns a reason. without may be nil.
func (t *track) count(r Region, n int, without func(Day) string, rule, source, text string) {
	skipped := make([]Skipped, 0, n/2) // weekends and two holidays
	d := t.at
	for left := n; left > 0; {
		d++
		why := t.whyNot(r, d)
		if why == "" && without != nil {
			why = without(d)
		}
		if why == "" {
			left--
		} else {
			skipped = append(skipped, Skipped{d, why})
		}
	}
	t.moveTo(d, rule, source, text)
	last := &t.steps[len(t.steps)-1]
	last.WorkingDays, last.Skipped = n, skipped
}

// roll moves on to the next working day of England and Wales if the present day
// is none.
func (t *track) roll(source string) {
	var skipped []Skipped
	d := t.at
	for why := t.whyNot(EnglandAndWales, d); why != ""; why = t.whyNot(EnglandAndWales, d) {
		skipped = append(skipped, Skipped{d, why})
		d++
	}
	if len(skipped) == 0 {
		return
	}
	t.moveTo(d, "roll", source, t.at.Long()+" is no working day of England and Wales: on to the next")
	t.steps[len(t.steps)-1].Skipped = skipped
}

// whyNot asks the calendar and notes a year that rests on rules.
func (t *track) whyNot(r Region, d Day) string {
	if d < t.cal.listedFrom || d > t.cal.listedTo {
		if year := d.Year(); len(t.ruled) == 0 || t.ruled[len(t.ruled)-1] != year {
			t.ruled = append(t.ruled, year)
		}
	}
	return t.cal.WhyNot(r, d)
}

// warnings says which computed holidays the clock's date rests on.
func (t *track) warnings() []string {
	var ws []string
	seen := map[int]bool{}
	for _, year := range t.ruled {
		if seen[year] {
			continue
		}
		seen[year] = true
		ws = append(ws, fmt.Sprintf("%s rests on bank holidays of %d computed by rule: the lists cover %d to %d",
			t.clock, year, t.cal.FirstDataYear(), t.cal.LastDataYear()))
	}
	return ws
}
