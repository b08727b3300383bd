package page

import (
	"strings"

	"requestd/intake"
	"requestd/intake/sheet"
)

// caseHead is the heading of caseRow. Scripts rely on the sheet of the command;
// this one is for people.
var caseHead = []string{"Case", "Mailbox", "Kind", "State", "Received", "Acknowledge by", "Acknowledged", "Answer by", "Late", "Late since", "Days late", "Outcome", "Officer", "Name", "Address", "Subject", "Promised"}

// figureHead is the heading of the figures.
var figureHead = []string{"Kind", "First day", "Last day", "As at", "Figure", "Value"}

// head is a heading in the language of the page.
func (f *frame) head(of []string) (list []string) {
	for _, h := range of {
		list = append(list, f.T(h))
	}
	return list
}

// caseRow returns the row of a case in the words of the page. Dates are written
// so that spreadsheets can sort them.
func (f *frame) caseRow(v *intake.View) []string {
	row := sheet.CaseOf(v).Row()
	kinds, outcomes := []string{f.T(kindName(v.Kind))}, []string{}
	if v.Of != "" {
		kinds[0] += " (" + strings.ToLower(f.T(kindName(v.Of))) + ")"
	}
	for _, k := range v.Also {
		kinds = append(kinds, f.T(kindName(k)))
	}
	for _, k := range v.Clocks {
		if k.Outcome != "" {
			outcomes = append(outcomes, f.T(stateName(k.Outcome)))
		}
	}
	late := "No"
	if v.Overdue {
		late = "Yes"
	}
	row[2], row[3], row[8], row[11] = strings.Join(kinds, " + "), f.T(stateName(v.State)), f.T(late), strings.Join(outcomes, ", ")
	return row
}

// What the sheet of figures has beside what the command's has.
const (
	allKinds      = "all"
	allButReviews = "all but reviews"
	figureMonth   = "month: percent in time"
	figureOpen    = "open now"
)

// inWords puts a row of figures into the words of the page.
func (f *frame) inWords(row []string) {
	kind, figure, value := &row[0], &row[4], &row[5]
	switch what, of, _ := strings.Cut(*figure, ": "); what {
	case "outcome":
		*figure = f.T("Outcome") + ": " + f.T(stateName(of))
	case "exemption":
		*figure = f.T("Exemption or exception") + ": " + of
	case figureOpen:
		*figure = f.T(capital(what)) + ": " + f.T(of)
	case sheet.CommissionersLine:
		if *figure = f.T(capital(what)); *value != "" { // else nothing was due
			*value = f.T(capital(*value))
		}
	default:
		*figure = f.T(capital(*figure))
	}
	switch *kind {
	case allKinds, allButReviews:
		*kind = f.T(capital(*kind))
	default:
		*kind = f.ReadAs(intake.Kind(*kind))
	}
}
