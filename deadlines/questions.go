package deadlines

import (
	"cmp"
	"slices"
	"strings"
)

// matter is something that a requester can be asked for. An event's name is the
// matter and "-requested" or "-received".
type matter string

const (
	clarification matter = "clarification"
	identity      matter = "identity"
	authority     matter = "authority"
	fee           matter = "fee"
)

// matters are in the order in which an open one names the state.
var matters = [...]matter{clarification, identity, authority, fee}

func (m matter) question() string { return string(m) + "-requested" }
func (m matter) answer() string   { return string(m) + "-received" }

// named returns the matter in the words of a ledger.
func (m matter) named() string { return cmp.Or(inLedger[m], string(m)) }

var inLedger = map[matter]string{identity: "proof of identity", authority: "proof of authority to act", fee: "the fee"}

func questionOf(name string) (matter, bool) { return matterOf(name, "-requested") }

func answerOf(name string) (matter, bool) { return matterOf(name, "-received") }

func matterOf(name, happened string) (matter, bool) {
	m, ok := strings.CutSuffix(name, happened)
	return matter(m), ok && slices.Contains(matters[:], matter(m))
}

// wait is a question and its answer; with answered 0 the answer is still
// awaited.
type wait struct{ asked, answered Day }

// dialogue is what was asked and answered in one matter.
type dialogue struct {
	matter  matter
	waits   []wait // by the day of asking
	further []Day  // answers given when no question was open any more
	orphans []Day  // answers before any question: they move nothing
}

// dialogueIn pairs questions and answers by date: each answer closes the oldest
// open question, and on one day a question comes before its answer.
func dialogueIn(events []Event, m matter) dialogue {
	dlg := dialogue{matter: m}
	var own []Event
	for _, e := range events {
		if e.Name == m.question() || e.Name == m.answer() {
			own = append(own, e)
		}
	}
	slices.SortStableFunc(own, func(a, b Event) int {
		// Alphabetically "-received" comes before "-requested", so the order of names
		// is reversed.
		return cmp.Or(cmp.Compare(a.Date, b.Date), -cmp.Compare(a.Name, b.Name))
	})
	closed := 0
	for _, e := range own {
		switch {
		case e.Name == m.question():
			dlg.waits = append(dlg.waits, wait{asked: e.Date})
		case closed < len(dlg.waits):
			dlg.waits[closed].answered = e.Date
			closed++
		case len(dlg.waits) > 0:
			dlg.further = append(dlg.further, e.Date)
		default:
			dlg.orphans = append(dlg.orphans, e.Date)
		}
	}
	return dlg
}

// openSince returns the day of the oldest question without an answer; 0 for
// none.
func (dlg dialogue) openSince() Day {
	for _, w := range dlg.waits {
		if w.answered == 0 {
			return w.asked
		}
	}
	return 0
}

// answeredAfter returns the day of an answer that came when the oldest open
// question had been asked, and was taken for the answer to an earlier one; 0
// for none.
func (dlg dialogue) answeredAfter(open Day) Day {
	for _, w := range dlg.waits {
		if w.answered >= open {
			return w.answered
		}
	}
	return 0
}

// answers returns the days of all answers that follow a question, in order.
func (dlg dialogue) answers() []Day {
	days := slices.Clone(dlg.further)
	for _, w := range dlg.waits {
		if w.answered != 0 {
			days = append(days, w.answered)
		}
	}
	slices.Sort(days)
	return days
}

// span is the days from first up to, but not including, end.
type span struct{ first, end Day }

// spans joins overlapping answered waits. With through, the day of the answer
// belongs to the wait.
func (dlg dialogue) spans(through bool) []span {
	var joined []span
	for _, w := range dlg.waits {
		if w.answered == 0 {
			continue
		}
		s := span{w.asked, w.answered}
		if through {
			s.end++
		}
		if last := len(joined) - 1; last >= 0 && s.first <= joined[last].end {
			joined[last].end = max(joined[last].end, s.end)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}
