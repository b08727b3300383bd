package replies

import (
	"slices"

	"requestd/intake"
	"requestd/intake/officer"
	"requestd/store"
)

// overtaken finds a decision that somebody else made after the answered mail
// was written, if the command disagrees with it: its sender could not know of
// that decision. The first decision is kept.
func (o *order) overtaken() (intake.Event, bool) {
	for _, ev := range o.c.Live() {
		if ev.At.After(o.letter.Created) && intake.IsPerson(ev.Actor) && ev.Actor != o.by.Actor && clashes(&ev, o.cmd) {
			return ev, true
		}
	}
	return intake.Event{}, false
}

// clashes reports whether an earlier decision conflicts with a command that was
// written without knowing of it.
func clashes(ev *intake.Event, cmd officer.Command) bool {
	decided := ev.Name == intake.Reclassified || ev.Name == intake.MergedInto
	ended := ev.Name == intake.MergedInto || ev.Name == intake.Reclassified && ev.Kind == intake.NotARequest
	switch cmd.Act {
	case officer.Decide, officer.Attach, officer.Merge:
		return cmd.Mail == 0 && (decided || ev.Name == intake.Merged || ends(ev.Name))
	case officer.Send, officer.Hold:
		return decided || ev.Name == intake.AckReleased || ev.Name == intake.AckHeld || ev.Name == intake.Acknowledged
	case officer.Mine:
		return ended || ends(ev.Name) || ev.Name == intake.Note && ev.Code == intake.CodeMine
	case officer.Record:
		if cmd.Event == intake.Note {
			return false
		}
		samePart := cmd.Part == "" || ev.Part == "" || cmd.Part == ev.Part
		return ended || ev.Name == cmd.Event && samePart && cmd.Event != intake.Void || ends(ev.Name) && samePart
	}
	return false
}

// ends reports whether an event settles a part of a case.
func ends(n intake.EventName) bool {
	return slices.Contains([]intake.EventName{intake.Responded, intake.Closed, intake.Withdrawn}, n)
}

// wouldBe returns the case as it would be if the command had been carried out.
func (rs *Replies) wouldBe(tx *store.Tx, o *order) *intake.View {
	c := *o.c
	c.Events = slices.Clone(o.c.Events)
	switch o.cmd.Act {
	case officer.Decide:
		rs.cases.Append(tx, &c, intake.Event{Actor: o.by.Actor, Name: intake.Reclassified, Kind: o.cmd.Kind, Of: o.cmd.Of, Also: o.cmd.Also})
	case officer.Record:
		rs.cases.Append(tx, &c, intake.Event{Actor: o.by.Actor, Name: o.cmd.Event, Day: o.cmd.Date, Part: o.cmd.Part, Outcome: o.cmd.Outcome, Reason: o.cmd.Reason, Refers: o.cmd.Void})
	}
	return rs.cases.View(tx, &c)
}
