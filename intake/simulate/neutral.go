package simulate

import (
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

const noon = 12 // o'clock, London

// neutralAt returns when a case that nobody decides is acknowledged neutrally:
// noon of the last day for acknowledging, counted day by day. The reading
// decides whether its mail may be answered so. It returns the zero time if
// nothing is to be sent.
func (w *world) neutralAt(v *intake.View) time.Time {
	n := w.stand(w.cases[v.Ref])
	undecided := n.doubt && v.State == intake.StateTriage && slices.Equal(v.Ack.Held, []string{intake.AckUndecided})
	if !v.Opening.Neutral || !undecided || v.Ack.Letter != 0 || v.Urgent != "" || len(n.clocks) == 0 {
		return time.Time{}
	}
	by := w.free.after(date(n.clocks[0].Received), 3, england)
	return deadlines.NewDay(by.Year(), by.Month(), by.Day()).Time(noon, 0)
}

// acknowledgedNeutrally compares whether a case got its neutral letter at a
// tick with whether that was due.
func (w *world) acknowledgedNeutrally(x expected, written bool) {
	switch {
	case written && !x.neutral:
		w.fail("case %s is acknowledged neutrally, which was not due", x.file.ref)
	case !written && x.neutral && w.nothingAgainst(x.file, time.Unix(0, x.mark)):
		w.fail("case %s is not acknowledged, and nobody has decided it", x.file.ref)
	}
	if written {
		w.report.Neutral++
		w.say("acknowledged neutrally: %s", x.file.ref)
		w.readLetters(x.file)
	}
}

// nothingAgainst reports whether a neutral letter must be sent: it is not late,
// its thread had none, and nothing was sent to its address for a day.
func (w *world) nothingAgainst(f *file, moment time.Time) (is bool) {
	if moment.Sub(w.post.forgotten) < 48*hour {
		return false
	}
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(f.ref)
		if err != nil {
			return err
		}
		v := w.read(tx, c)
		late := w.free.after(date(v.AcknowledgeBy), 2, england).Before(date(deadlines.DayOf(moment)))
		for _, k := range v.Clocks {
			late = late || k.RespondBy != 0 && deadlines.DayOf(moment) > k.RespondBy
		}
		linked := slices.ContainsFunc(c.Live(), func(e intake.Event) bool { return e.Name == intake.Linked })
		is = !late && !linked && len(w.post.to[c.Person().ReplyTo]) == 0
		return nil
	})
	return is
}
