package deadlines

import (
	"fmt"
	"slices"
)

// Compute derives every date from the facts of a request. It accepts what a
// register may contain, with a warning each: an answer without a question and
// an extension notified too late move no date, and an event before receipt
// counts. An event outside 2000 to 2099 or with an unknown name is left out
// with a warning. The error is for an unknown kind or of, or for a receipt
// outside those years.
func (c *Calendar) Compute(r Request, rules Rules) (Result, error) {
	if err := checkKind(r.Kind, r.Of); err != nil {
		return Result{}, err
	}
	received := r.receipt()
	if err := checkDate(received); err != nil {
		return Result{}, fmt.Errorf("received: %w", err)
	}
	rk := &reckoning{cal: c, rules: rules, kind: r.Kind, of: r.Of, received: received}
	rk.res = Result{Kind: r.Kind, Of: r.Of, Received: received, Ledger: make([]Step, 0, 8)}
	rk.sift(r.Events)
	rk.acknowledge()
	switch {
	case r.Kind == KindFOI:
		rk.twentyDays(&foiLaw)
	case r.Kind == KindEIR:
		rk.twentyDays(&eirLaw)
	case r.Kind == KindDSAR || r.Kind == KindRights:
		rk.month()
	default:
		rk.review()
	}
	rk.settle()
	rk.settleLate()
	return rk.res, nil
}

// reckoning is a request whose result is being computed.
type reckoning struct {
	cal      *Calendar
	rules    Rules
	kind, of string
	received Day
	events   []Event // usable ones, in order of entry
	talks    [len(matters)]dialogue
	extended Day // the first extension that counts, 0 for none
	past     past
	res      Result
}

func (rk *reckoning) warn(format string, args ...any) {
	rk.res.Warnings = append(rk.res.Warnings, fmt.Sprintf(format, args...))
}

// sift leaves out events that cannot be used and pairs the rest.
func (rk *reckoning) sift(events []Event) {
	for _, e := range events {
		if err := checkEvent(e); err != nil {
			rk.warn("%v; it is left out", err)
			continue
		}
		if e.Date < rk.received && e.Name != Received {
			rk.warn("%s on %s lies before the receipt on %s: check both", e.Name, e.Date, rk.received)
		}
		rk.events = append(rk.events, e)
	}
	rk.leaveAfterEnd()
	for i, mat := range matters {
		rk.talks[i] = dialogueIn(rk.events, mat)
		for _, d := range rk.talks[i].orphans {
			rk.warn("%s on %s has no %s on or before that day: it moves no date", mat.answer(), d, mat.question())
		}
	}
	rk.walk()
	notices := 0
	for _, e := range rk.events {
		if e.Name == Extended {
			notices++
		}
	}
	if notices > 1 {
		rk.warn("more than one extension is recorded; there is one at most, and the others move no date")
	}
}

// leaveAfterEnd leaves out events that move no date because the request had
// ended.
func (rk *reckoning) leaveAfterEnd() {
	end, late := afterEnd(rk.events)
	if end == 0 {
		return
	}
	rk.events = slices.DeleteFunc(rk.events, func(e Event) bool {
		if !late(e) {
			return false
		}
		rk.warn("%s on %s came with or after the answer or the end of the request on %s: it moves no date", e.Name, e.Date, end)
		return true
	})
}

// Moot returns a function that reports whether an event of the request moves no
// date: one that came when the request had ended, or a question for which no
// clock of its law waits.
func (r Request) Moot() func(Event) bool {
	_, late := afterEnd(r.Events)
	stops := stopsOf(r.Kind)
	return func(e Event) bool {
		mat, asks := questionOf(e.Name)
		return late(e) || asks && stops[mat] == ""
	}
}

// afterEnd returns the day on which a request ended, 0 while it is open, and a
// function that reports whether a question, answer or extension came too late
// to move a date. Those of later days did; on the day itself, in whatever order
// they were entered, an extension and an unanswered question did too. If the
// request was reopened since, all count: what came meanwhile may be the reason.
func afterEnd(events []Event) (end Day, late func(Event) bool) {
	if end = endedOn(events); end == 0 {
		return 0, func(Event) bool { return false }
	}
	var open []string
	until := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Date > end })
	for _, mat := range matters {
		if slices.Contains(dialogueIn(until, mat).waits, wait{asked: end}) {
			open = append(open, mat.question())
		}
	}
	return end, func(e Event) bool {
		if e.Date != end {
			return e.Date > end && e.asksOrExtends()
		}
		return e.Name == Extended || slices.Contains(open, e.Name)
	}
}

func (e Event) asksOrExtends() bool {
	_, asks := questionOf(e.Name)
	_, answers := answerOf(e.Name)
	return asks || answers || e.Name == Extended
}

// endedOn returns the day on which a request ended, the first if it ended more
// than once; 0 while it is open, or if it was reopened.
func endedOn(events []Event) (end Day) {
	ends := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !slices.Contains(endings[:], e.Name) })
	slices.SortStableFunc(ends, func(a, b Event) int { return int(a.Date - b.Date) })
	for _, e := range ends {
		switch {
		case e.Name == Reopened:
			end = 0
		case end == 0:
			end = e.Date
		}
	}
	return end
}

// endings end a request, or lift an ending.
var endings = [...]string{Responded, Closed, Withdrawn, Reopened}

func (rk *reckoning) talk(mat matter) dialogue { return rk.talks[slices.Index(matters[:], mat)] }

// moot warns of questions that move nothing under this regime.
func (rk *reckoning) moot(reason string, ms ...matter) {
	for _, mat := range ms {
		if dlg := rk.talk(mat); len(dlg.waits) > 0 {
			rk.warn("%s moves no date: %s", mat.question(), reason)
		}
	}
}

// track begins the ledger of a clock on the day of receipt.
func (rk *reckoning) track(clock Clock, source, text string) *track {
	t := &track{cal: rk.cal, clock: clock, steps: make([]Step, 0, 4)}
	t.moveTo(rk.received, "receipt", source, fmt.Sprintf(text, rk.received.Long()))
	return t
}

// keep puts a finished clock into the result and returns its date.
func (rk *reckoning) keep(t *track) Day {
	rk.res.Ledger = append(rk.res.Ledger, t.steps...)
	rk.res.Warnings = append(rk.res.Warnings, t.warnings()...)
	return t.at
}

// acknowledge computes the house's promise. It runs from receipt, whether or
// not the request is valid yet, and only a corrected receipt moves it.
func (rk *reckoning) acknowledge() {
	t := rk.track(ClockAcknowledge, housePromise, "received on %s; the day itself is not counted")
	if rk.rules.AckDays > 0 {
		t.count(rk.rules.AckCalendar, rk.rules.AckDays, nil, "acknowledgement", housePromise,
			fmt.Sprintf("%d working days on the calendar of %s", rk.rules.AckDays, rk.rules.AckCalendar.label()))
	}
	rk.res.AcknowledgeBy = rk.keep(t)
}

const housePromise = "the body's own promise"

// halted ends a clock while a question of one of the matters is open, and notes
// what is awaited. If there are several, the first in the order of the states
// names the state.
func (rk *reckoning) halted(t *track, sources map[matter]string) bool {
	for _, mat := range matters {
		source, stops := sources[mat]
		since := rk.talk(mat).openSince()
		if !stops || since == 0 {
			continue
		}
		rk.res.Open = append(rk.res.Open, Question{Event{mat.question(), since}, mat.answer()})
		if rk.res.PausedSince == 0 || since < rk.res.PausedSince {
			rk.res.PausedSince = since
		}
		if came := rk.talk(mat).answeredAfter(since); came != 0 {
			rk.warn("%s on %s has no answer of its own, though one to an earlier question came on %s: the clock waits for a second answer; strike the question if it only repeated the earlier one", mat.question(), since, came)
		}
		text := fmt.Sprintf("not running: %s was asked for on %s and has not come", mat.named(), since.Long())
		if mat == fee && rk.kind == KindFOI {
			text += "; payable until " + FeePayableBy(since).Long()
		}
		if mat == fee && rk.kind == KindEIR {
			text += "; payable until " + rk.cal.AddWorkingDays(AnyUK, since, eirFeeDays).Long()
		}
		t.halt("waiting-for-"+string(mat), source, text)
	}
	return len(rk.res.Open) > 0
}

// settle derives the state: the latest ending by date counts, of two on one day
// the one entered later, and reopening lifts it.
func (rk *reckoning) settle() {
	last := ending(rk.events)
	switch {
	case last.Name != "" && last.Name != Reopened:
		rk.res.State = State(last.Name)
	case len(rk.res.Open) > 0:
		first, _ := questionOf(rk.res.Open[0].Event.Name)
		rk.res.State = stateWaiting + State(first)
	default:
		rk.res.State = StateRunning
	}
}

// ending returns the latest of the events that end or reopen a request; the
// zero Event if there is none.
func ending(events []Event) (last Event) {
	for _, e := range events {
		if slices.Contains(endings[:], e.Name) && e.Date >= last.Date {
			last = e
		}
	}
	return last
}
