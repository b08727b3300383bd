package simulate

import (
	"net/mail"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// order is what an officer writes in answer to mail for staff.
type order struct {
	words string
	kind  intake.Kind      // that it decides
	event intake.EventName // that it records
}

var orders = []order{
	{words: "FOI", kind: intake.FOI}, {words: "DSAR", kind: intake.DSAR}, {words: "NOT A REQUEST", kind: intake.NotARequest},
	{words: "RESPONDED today", event: intake.Responded}, {words: "EXTENDED", event: intake.Extended}, {words: "SEND"}, {words: "HOLD"}, {words: "UNDO"}, {words: "Thanks, noted."},
}

const officer = "officer@staff.example.org"

// orders makes the officer answer a mail; their server vouches for them.
func (w *world) orders(b *box, l *sentLetter, m *mail.Message) {
	o := pick(w, orders)
	in := w.write(ordered, officer, text{"Re: " + m.Header.Get("Subject"), o.words + "\n\nOn that day Cafcass wrote:\n> WHAT YOU CAN DO\n> NOT A REQUEST\n"},
		"In-Reply-To: <"+l.id+">", "Authentication-Results: mx.example.org; dmarc=pass header.from=staff.example.org")
	in.order, in.to = o, []target{{box: boxIndex(w, b)}}
	w.arrive(in, hour/60*8)
	if w.chance(3) { // a stranger who saw the mail writes in the officer's name
		o := pick(w, orders[:5])
		in := w.write(forged, officer, text{"Re: " + m.Header.Get("Subject"), o.words + "\n"},
			"In-Reply-To: <"+l.id+">", "Authentication-Results: mx.example.org; dmarc=fail header.from=staff.example.org")
		in.to = []target{{box: boxIndex(w, b)}}
		w.arrive(in, hour/60*6)
	}
}

// said is an order as it came in.
type said struct {
	order
	on deadlines.Day
}

// hear notes an officer's answer.
func (w *world) hear(a *intake.Arrival) {
	if m, f := w.byID[a.MessageID], w.cases[a.Ref]; m != nil && m.sort == ordered && f != nil {
		f.said = append(f.said, said{m.order, deadlines.DayOf(a.Received)})
	}
}

// obeyed checks what officers' answers have done: exactly what one of them
// said, on the day on which it came, or nothing.
func (w *world) obeyed(f *file) {
	if len(f.said) == 0 {
		return
	}
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(f.ref)
		if err != nil {
			return err
		}
		for _, e := range c.Events {
			if e.N > f.heard && strings.HasPrefix(e.Actor, "mail:") {
				f.heard = e.N
				w.obey(tx, f, e)
			}
		}
		return nil
	})
}

func (w *world) obey(tx *store.Tx, f *file, e intake.Event) {
	meant := func(is func(said) bool) {
		if !slices.ContainsFunc(f.said, func(s said) bool { return s.words == "UNDO" || is(s) }) {
			w.fail("officers answered %v, and case %s has %s %s of %s", f.said, f.ref, e.Name, e.Kind, e.Day)
		}
	}
	x := fact{n: e.N, name: e.Name, day: e.Day, part: e.Part, refers: e.Refers, kind: e.Kind, of: e.Of, also: e.Also}
	switch {
	case e.Name == intake.DecisionUndone:
		meant(func(said) bool { return false })
		x.name = intake.Void
		f.facts, f.settled = append(f.facts, x), false
	case e.Name == intake.Reclassified:
		meant(func(s said) bool { return s.kind == e.Kind })
		f.facts = append(f.facts, x)
	case e.Name.Recordable():
		meant(func(s said) bool { return s.event == e.Name && e.Day <= s.on })
		f.facts, f.settled = append(f.facts, x), e.Name == intake.Responded && e.Part == ""
	case e.Name == intake.AckQueued, (e.Name == intake.AckReleased || e.Name == intake.StepReleased) && e.Letter != 0:
		f.releases++
		if l, err := tx.Letter(e.Letter); err == nil {
			w.freedAgain(l.MessageID)
			if s := w.post.taken[l.MessageID]; s != nil {
				s.allowed++
			}
		}
	case e.Name == intake.AckHeld:
		if l, err := tx.Letter(e.Letter); err == nil && l.State == intake.LetterHeld {
			w.heldBack(l)
		}
	}
	w.report.Orders++
	w.say("an officer's mail: %d on %s, %s", e.N, f.ref, e.Name)
}
