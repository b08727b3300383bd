package intake_test

import (
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// A search looks at the case before it makes a view: the case must have every
// word that the view has.
func TestACaseHasTheWordsOfItsView(t *testing.T) {
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	c := &intake.Case{Ref: "CAF26-00017", Mailbox: "cafcass"}
	record := func(e intake.Event) {
		e.At, e.Day = at, deadlines.DayOf(at)
		c.Append(e, nil)
	}
	record(intake.Event{Name: intake.Opened, Kind: intake.FOI, Opening: &intake.Opening{Mailbox: "cafcass", Received: at, Source: "mail"},
		Personal: &intake.Personal{Requester: intake.Address{Name: "Zoë Nant", Addr: "zn@example.org"}, Subject: "Waiting times by area", Theirs: "REQ/44"}})
	record(intake.Event{Name: intake.CommissionerNotified, Due: deadlines.DayOf(at) + 20, Personal: &intake.Personal{Theirs: "IC-1234-X"}})
	v := c.ViewAt(at, deadlines.Default(), deadlines.DefaultRules())
	for search, want := range map[string]bool{
		"": true, "zoë": true, "NANT waiting": true, "area tim": true, "caf26": true, "00017": true, "zn example": true, "req 44": true, "ic 1234": true,
		"zoe": false, "iting": false, "nant holiday": false, "ic-1235": false,
	} {
		if c.Matches(search) != want || v.Matches(search) != want {
			t.Errorf("%q: the case says %t and its view %t, want %t", search, c.Matches(search), v.Matches(search), want)
		}
	}
}
