package casework

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
)

// RecordableEvents lists the events that people may record on a case in its
// present state, in the order of the guide. One in the list may still be
// refused, say for its date; one that is missing would be refused or have no
// effect.
func RecordableEvents(v *intake.View, merged bool) []intake.EventName {
	if merged {
		return []intake.EventName{intake.Note}
	}
	var list []intake.EventName
	add := func(when bool, names ...intake.EventName) {
		if when {
			list = append(list, names...)
		}
	}
	parts, open := len(v.Parts()) > 0, v.IsOpen()
	in := func(states ...deadlines.State) bool {
		return slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return slices.Contains(states, deadlines.State(k.State)) })
	}
	running := open && parts && in(deadlines.StateRunning)
	personal := slices.Contains(v.Parts(), intake.DSAR) || slices.Contains(v.Parts(), intake.Rights)
	add(open && parts, intake.Responded)
	add(running, intake.Extended, intake.ClarificationRequested)
	add(in(deadlines.StateWaitingForClarification), intake.ClarificationReceived)
	add(running && personal, intake.IdentityRequested)
	add(in(deadlines.StateWaitingForIdentity), intake.IdentityReceived)
	add(running && personal, intake.AuthorityRequested)
	add(in(deadlines.StateWaitingForAuthority), intake.AuthorityReceived)
	add(running, intake.FeeRequested)
	add(in(deadlines.StateWaitingForFee), intake.FeeReceived)
	add(open && v.Ack.At.IsZero(), intake.Acknowledged)
	add(open, intake.Withdrawn, intake.Closed)
	add(parts && slices.ContainsFunc(v.Clocks, intake.Clock.Finished), intake.Reopened)
	add(v.Kind != intake.NotARequest, intake.ReceivedOn)
	add(true, intake.Corrected)
	add(open, intake.Assigned)
	add(parts, intake.CommissionerNotified)
	add(v.Commissioner != nil && v.Commissioner.Answered == 0, intake.CommissionerAnswered)
	add(v.Commissioner != nil && v.Commissioner.Decided == 0, intake.CommissionerDecided)
	return append(list, intake.Note, intake.Void)
}

// Strikable reports whether people can strike an event; striking a merger also
// undoes what it caused.
func Strikable(ev intake.Event) bool {
	return ev.N > 1 && (ev.Name.Recordable() || ev.Name == intake.Reclassified || ev.Name == intake.Merged)
}
