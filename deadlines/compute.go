package deadlines

import (
	"fmt"
	"slices"
)

// Compute derives every date from the facts of a request. It takes what a
// register holds: an answer whose question is not there moves no date, an
// event before receipt and an extension given too late count, and each leaves
// a warning. An event outside 2000 to 2099 or of an unknown name is left out
// with a warning. The error is of an unknown kind or of, or of a receipt
// outside those years.
func (c *Calendar) Compute(r Request, rules Rules) (Result, error) {
	if err := checkKind(r.Kind, r.Of); err != nil {
		return Result{}, err
	}
	received := r.receipt()
	if err := checkDate(received); err != nil {
		return Result{}, fmt.Errorf("received: %w", err)
	}
	m := &reckoning{cal: c, rules: rules, kind: r.Kind, received: received}
	m.res = Result{Kind: r.Kind, Of: r.Of, Received: received, Ledger: make([]Step, 0, 8)}
	m.sift(r.Events)
	m.acknowledge()
	switch {
	case r.Kind == KindFOI:
		m.foi()
	case r.Kind == KindDSAR:
		m.dsar()
	default:
		m.review()
	}
	m.settle()
	return m.res, nil
}

// reckoning is a request on its way to its result.
type reckoning struct {
	cal      *Calendar
	rules    Rules
	kind     string
	received Day
	events   []Event // usable ones, in order of entry
	talks    [len(matters)]dialogue
	extended Day // the first extension, 0 for none
	res      Result
}

func (m *reckoning) warn(format string, args ...any) {
	m.res.Warnings = append(m.res.Warnings, fmt.Sprintf(format, args...))
}

// sift sets aside what cannot be used and pairs the rest.
func (m *reckoning) sift(events []Event) {
	for _, e := range events {
		if err := checkEvent(e); err != nil {
			m.warn("%v; it is left out", err)
			continue
		}
		if e.Date < m.received && e.Name != Received {
			m.warn("%s on %s lies before the receipt on %s: check both", e.Name, e.Date, m.received)
		}
		m.events = append(m.events, e)
	}
	for i, mat := range matters {
		m.talks[i] = dialogueIn(m.events, mat)
		for _, d := range m.talks[i].orphans {
			m.warn("%s on %s has no %s on or before that day: it moves no date", mat.answer(), d, mat.question())
		}
	}
	for _, e := range m.events {
		if e.Name != Extended {
			continue
		}
		if m.extended != 0 {
			m.warn("more than one extension is recorded; there is one at most, and the others move no date")
			break
		}
		m.extended = e.Date
	}
	for _, e := range m.events {
		if e.Name == Extended {
			m.extended = min(m.extended, e.Date)
		}
	}
}

func (m *reckoning) talk(mat matter) dialogue { return m.talks[slices.Index(matters[:], mat)] }

// moot warns of questions that move nothing under this regime.
func (m *reckoning) moot(reason string, ms ...matter) {
	for _, mat := range ms {
		if dlg := m.talk(mat); len(dlg.waits) > 0 {
			m.warn("%s moves no date: %s", mat.question(), reason)
		}
	}
}

// track begins the ledger of a clock on the day of receipt.
func (m *reckoning) track(clock Clock, source, text string) *track {
	t := &track{cal: m.cal, clock: clock, steps: make([]Step, 0, 4)}
	t.moveTo(m.received, "receipt", source, fmt.Sprintf(text, m.received.Long()))
	return t
}

// keep puts a finished clock into the result and gives its date.
func (m *reckoning) keep(t *track) Day {
	m.res.Ledger = append(m.res.Ledger, t.steps...)
	m.res.Warnings = append(m.res.Warnings, t.warnings()...)
	return t.at
}

// acknowledge sets the house's promise. It runs from receipt, whether or not
// the request is valid yet, and nothing but a corrected receipt moves it.
func (m *reckoning) acknowledge() {
	t := m.track(ClockAcknowledge, housePromise, "received on %s; the day itself is not counted")
	if m.rules.AckDays > 0 {
		t.count(m.rules.AckCalendar, m.rules.AckDays, nil, "acknowledgement", housePromise,
			fmt.Sprintf("%d working days on the calendar of %s", m.rules.AckDays, m.rules.AckCalendar.label()))
	}
	m.res.AcknowledgeBy = m.keep(t)
}

const housePromise = "the body's own promise"

// halted ends a clock while a question of one of the matters is open, and
// notes what is awaited. The first in the order of the states leads.
func (m *reckoning) halted(t *track, sources map[matter]string) bool {
	for _, mat := range matters {
		source, stops := sources[mat]
		since := m.talk(mat).openSince()
		if !stops || since == 0 {
			continue
		}
		m.res.Open = append(m.res.Open, Question{Event{mat.question(), since}, mat.answer()})
		if m.res.PausedSince == 0 || since < m.res.PausedSince {
			m.res.PausedSince = since
		}
		text := fmt.Sprintf("not running: %s was asked for on %s and has not come", mat.named(), since.Long())
		if mat == fee && m.kind == KindFOI {
			text += "; payable until " + FeePayableBy(since).Long()
		}
		t.halt("waiting-for-"+string(mat), source, text)
	}
	return len(m.res.Open) > 0
}

// settle derives the state: the latest ending by date holds, of two on one
// day the one entered later, and reopening lifts it.
func (m *reckoning) settle() {
	var last Event
	for _, e := range m.events {
		switch e.Name {
		case Responded, Closed, Withdrawn, Reopened:
			if e.Date >= last.Date {
				last = e
			}
		}
	}
	switch {
	case last.Name != "" && last.Name != Reopened:
		m.res.State = State(last.Name)
	case len(m.res.Open) > 0:
		first, _ := questionOf(m.res.Open[0].Event.Name)
		m.res.State = stateWaiting + State(first)
	default:
		m.res.State = StateRunning
	}
}
