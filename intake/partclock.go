package intake

import (
	"slices"

	"requestd/deadlines"
)

func (v *View) clock(part, of Kind, live []Event, cal Reckoner, rules deadlines.Rules) Clock {
	if part != Review {
		of = ""
	} else if of == "" {
		of = Unknown
	}
	r := deadlines.Request{Kind: string(part), Of: string(of), Received: v.ReceivedOn}
	own := make([]*Event, 0, len(live)) // the events that count for this part
	var answer Event
	joined := joinedAt(part, live)
	for i := range live {
		e := &live[i]
		if e.Part != "" && e.Part != part && (e.Name != Promised || slices.Contains(v.Parts(), e.Part)) {
			continue
		}
		if e.Part == "" && i < joined {
			continue // it was recorded before this request was merged into the case
		}
		if e.Name == ReceivedOn && e.Part == part {
			r.Received = e.Day
			continue
		}
		own = append(own, e)
		if !e.Name.MovesClock() {
			continue
		}
		switch {
		case e.Name == Responded && e.Day >= answer.Day:
			answer = *e
		case e.Name == Reopened && e.Day >= answer.Day:
			answer = Event{}
		}
		r.Events = append(r.Events, deadlines.Event{Name: string(e.Name), Date: e.Day})
	}
	promised, before := promisedIn(own, r.Moot())
	res, err := cal.Compute(r, rules)
	if err != nil { // a date of receipt outside the calendar; it is refused where it is entered
		res = deadlines.Result{State: deadlines.StateRunning, Warnings: []string{err.Error()}}
	}
	if promised == 0 && res.NewWorkBy == 0 {
		promised = before
	}
	right := []string{}
	if part == Rights {
		right = append(right, v.Right...)
	}
	return Clock{
		Kind: part, Of: of, Right: right, State: string(res.State), RespondBy: res.RespondBy, ReceivedOn: r.Received,
		ComplaintAckBy: res.ComplaintAcknowledgeBy, Promised: promised, FirstDue: res.FirstDue, Result: res,
		Outcome: shownOutcome(answer.Outcome), Exemptions: append([]string{}, answer.Exemptions...), DecidedBy: answer.Officer,
	}
}

// promisedIn returns the date last told to the requester, and the one told
// before the part was reopened. An event that is moot, since it moves no date,
// takes no promise back.
func promisedIn(own []*Event, moot func(deadlines.Event) bool) (promised, before deadlines.Day) {
	var on deadlines.Day
	var by uint64 // the letter that promised it
	for _, e := range own {
		switch {
		case e.Name == Promised:
			promised, on, by = e.Day, deadlines.DayOf(e.At), e.Letter
		case (e.Name == AckBounced || e.Name == StepBounced) && by != 0 && e.Letter == by: // it reached nobody
			promised = 0
		case e.Name.TellsRequester() && e.Day >= on && !moot(deadlines.Event{Name: string(e.Name), Date: e.Day}):
			promised, before = 0, 0
		case e.Name == Reopened:
			promised, before = 0, promised
		}
	}
	return promised, before
}

// joinedAt returns where in the history a part came from another case by a
// merge; 0 if it was the case's own.
func joinedAt(part Kind, live []Event) int {
	at := 0
	own := false
	for i, e := range live {
		if e.Name != Opened && e.Name != Reclassified {
			continue
		}
		has := e.Kind == part || slices.Contains(e.Also, part)
		if has && !own {
			at = 0
			if e.Name == Reclassified && e.Ref != "" {
				at = i
			}
		}
		own = has
	}
	return at
}

// MovesClock reports whether deadlines are computed from events of this name.
func (n EventName) MovesClock() bool {
	switch n {
	case ClarificationRequested, ClarificationReceived, IdentityRequested, IdentityReceived,
		AuthorityRequested, AuthorityReceived, FeeRequested, FeeReceived,
		Extended, Responded, Closed, Withdrawn, Reopened:
		return true
	}
	return false
}

// TellsRequester reports whether such an event is itself a letter that tells
// the requester that the date promised earlier no longer holds: an extension
// (FOIA s.17, UK GDPR Art 12A(4)) or a question that stops the clock.
func (n EventName) TellsRequester() bool {
	switch n {
	case ClarificationRequested, IdentityRequested, AuthorityRequested, FeeRequested, Extended:
		return true
	}
	return false
}
