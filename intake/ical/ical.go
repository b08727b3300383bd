// Package ical writes the dates of cases as an iCalendar (RFC 5545), to be
// opened or subscribed to. It has a reference, a kind and a day of each, and
// nothing about any person.
package ical

import (
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"requestd/intake"
)

// ContentType is the type of what Write writes (RFC 5545 section 8.1).
const ContentType = "text/calendar; charset=utf-8"

// refreshed is how often subscribers should look again.
const refreshed = "PT1H"

// says is what is to be done, by language.
var says = map[string]map[intake.DateName]string{
	"en": {
		intake.OwedAcknowledgement:          "acknowledge",
		intake.OwedComplaintAcknowledgement: "acknowledge the complaint",
		intake.OwedAnswer:                   "reply",
		intake.OwedCommissionerAnswer:       "answer the Commissioner",
	},
	"cy": {
		intake.OwedAcknowledgement:          "cydnabod",
		intake.OwedComplaintAcknowledgement: "cydnabod y gŵyn",
		intake.OwedAnswer:                   "ateb",
		intake.OwedCommissionerAnswer:       "ateb y Comisiynydd",
	},
}

// kinds are kinds as the page calls them, by language.
var kinds = map[string]map[intake.Kind]string{
	"en": {
		intake.FOI: "freedom of information", intake.DSAR: "subject access", intake.EIR: "environmental information",
		intake.Rights: "data protection right", intake.Review: "review", intake.NotARequest: "not a request",
	},
	"cy": {
		intake.FOI: "rhyddid gwybodaeth", intake.DSAR: "cais gwrthrych am wybodaeth", intake.EIR: "gwybodaeth amgylcheddol",
		intake.Rights: "hawl diogelu data", intake.Review: "adolygiad", intake.NotARequest: "nid cais",
	},
}

// summary says what is to be done on which case; of one whose kind nobody knows yet
// without a kind.
func summary(lang string, d intake.Date) string {
	of := d.Ref
	if kind := kinds[lang][d.Kind]; kind != "" {
		of += " " + kind
	}
	return of + ": " + says[lang][d.What]
}

// Write writes one event of a whole day for each date, in a language, en or cy.
// now is when that is. A date that moved has the UID that it had before, so that it moves in the
// calendar of whoever subscribes too.
func Write(w io.Writer, lang string, dates []intake.Date, now time.Time) error {
	cal := ics.NewCalendar()
	cal.SetProductId("-//requestd//dates of cases//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName("requestd")
	cal.SetRefreshInterval(refreshed) // the library adds the type of the value
	for _, d := range dates {
		e := cal.AddEvent(uid(d))
		e.SetDtStampTime(now)
		e.SetAllDayStartAt(d.Day.Time(0, 0))
		e.SetSummary(summary(lang, d))
		e.SetClass(ics.ClassificationPrivate)
		e.SetTimeTransparency(ics.TransparencyTransparent)
	}
	if err := cal.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write the calendar: %w", err)
	}
	return nil
}

// uid names a date for ever: each part of a case has one date of each name.
func uid(d intake.Date) string {
	ref := strings.ToLower(strings.Join(strings.Fields(d.Ref), "-"))
	return fmt.Sprintf("%s.%s.%s@requestd", ref, d.Kind, d.What)
}
