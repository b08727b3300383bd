package sheet

import (
	"maps"
	"slices"
	"strconv"

	"requestd/intake"
	"requestd/intake/statistics"
)

// FigureHead is the heading of FigureRows.
var FigureHead = []string{"KIND", "FROM", "TO", "AS AT", "FIGURE", "VALUE"}

// FigureRows returns a row for every figure of a period, so that a spreadsheet
// can look it up.
func FigureRows(all []statistics.Row, reading map[intake.Kind]statistics.Read) (rows [][]string) {
	for _, r := range all {
		for _, f := range Figures(&r) {
			rows = append(rows, []string{string(r.Kind), r.From.String(), r.To.String(), r.AsAt.String(), f.Name, f.Value})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(reading)) {
		row := []string{string(k), all[0].From.String(), all[0].To.String(), all[0].AsAt.String()}
		rows = append(rows, append(slices.Clone(row), "read: decided", strconv.Itoa(reading[k].Decided)), append(row, "read: rightly", strconv.Itoa(reading[k].ReadRightly)))
	}
	return rows
}

// CommissionersLine is the name of the figure that is a text.
const CommissionersLine = "Commissioner's line"

// Figure is one number with its name. Its value is empty where there was nothing
// to reckon it from.
type Figure struct{ Name, Value string }

// Figures returns what was counted for one regime.
func Figures(r *statistics.Row) (list []Figure) {
	add := func(name string, n int) { list = append(list, Figure{name, strconv.Itoa(n)}) }
	add("received", r.Received)
	add("resolvable", r.Resolvable)
	add("answered in time", r.InTime)
	add("answered within an extension", r.ExtendedInTime)
	add("answered late", r.Late)
	add("open", r.Open)
	add("open and late", r.OpenLate)
	percent := ""
	if r.Mark != "" { // otherwise nothing was due, which is not the same as none in time
		percent = strconv.FormatFloat(r.Percent, 'f', 1, 64)
	}
	list = append(list, Figure{"percent in time", percent}, Figure{CommissionersLine, r.Mark})
	add("acknowledged in time", r.Acknowledged.InTime)
	add("acknowledged late", r.Acknowledged.Late)
	add("not acknowledged", r.Acknowledged.Not)
	median, p90 := "", ""
	if r.InTime+r.ExtendedInTime+r.Late > 0 {
		median, p90 = strconv.Itoa(r.WorkingDays.Median), strconv.Itoa(r.WorkingDays.P90)
	}
	list = append(list, Figure{"working days: median", median}, Figure{"working days: 90th percentile", p90})
	for _, o := range slices.Sorted(maps.Keys(r.Outcomes)) {
		add("outcome: "+o, r.Outcomes[o])
	}
	for _, e := range slices.Sorted(maps.Keys(r.Exemptions)) {
		add("exemption: "+e, r.Exemptions[e])
	}
	add("reviews asked", r.Reviews.Asked)
	add("reviews: upheld", r.Reviews.Upheld)
	add("reviews: upheld in part", r.Reviews.PartUpheld)
	add("reviews: not upheld", r.Reviews.NotUpheld)
	add("reviews: unspecified", r.Reviews.Unspecified)
	add("complaints received", r.Complaints.Received)
	add("complaints acknowledged in 30 days", r.Complaints.Acknowledged)
	return list
}
