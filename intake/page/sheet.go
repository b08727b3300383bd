package page

import (
	"strings"

	"requestd/intake"
	"requestd/intake/sheet"
)

// caseHead is the heading of caseRow. Scripts rely on the sheet of the command;
// this one is for people.
var caseHead = []string{"Case", "Mailbox", "Kind", "State", "Received", "Acknowledge by", "Acknowledged", "Answer by", "Late", "Late since", "Days late", "Outcome", "Officer", "Name", "Address", "Subject", "Promised"}

// caseHead returns the heading in the language of the page.
func (f *frame) caseHead() (list []string) {
	for _, h := range caseHead {
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
