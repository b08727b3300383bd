package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// due is a reminder that the schedule asks for.
type due struct {
	at        time.Time
	purpose   intake.Purpose
	id        string
	urgency   int
	escalated bool
}

const office = 8 // o'clock, London

// at returns eight o'clock on a working day, or on the one before.
func (w *world) at(d deadlines.Day) time.Time {
	return w.cal.OnOrBefore(deadlines.EnglandAndWales, d).Time(office, 0)
}

// schedule lists the reminders of a case between two moments that are mails of
// their own, computed again from its facts.
func (w *world) schedule(v *intake.View, after, through time.Time) []due {
	if !v.IsOpen() {
		return nil
	}
	n := w.stand(w.cases[v.Ref])
	var all []due
	add := func(d due) {
		if d.at.After(after) && !d.at.After(through) {
			all = append(all, d)
		}
	}
	ackBy, decided := v.AcknowledgeBy, v.State != intake.StateTriage
	owed := v.Ack.At.IsZero() && n.kind != intake.NotARequest
	quiet := func(at time.Time) bool { return v.Ack.Queued && !at.After(v.Opened) }
	if owed && !quiet(w.at(ackBy)) {
		add(due{w.at(ackBy), intake.ForAckAtRisk, fmt.Sprint("ack ", ackBy), 60, false})
	}
	following := func(d deadlines.Day) deadlines.Day { return w.cal.NextWorkingDay(deadlines.EnglandAndWales, d) }
	if d := following(ackBy); owed && decided && !quiet(w.at(d)) {
		add(due{w.at(d), intake.ForAckAtRisk, fmt.Sprint("ack late ", d), 70, false})
	}
	if v.Urgent != "" && !decided {
		add(due{v.Opened.Add(hour), intake.ForUrgent, "urgent", 100, true})
	}
	for _, c := range v.Clocks {
		by := earlier(c)
		if c.Finished() || by == 0 {
			continue
		}
		add(due{w.at(by), intake.ForReminder, fmt.Sprint("due ", c.Kind, by), 50, false})
		d := following(by)
		add(due{w.at(d), intake.ForOverdue, fmt.Sprint("overdue ", c.Kind, d), 90, false})
	}
	slices.SortStableFunc(all, func(a, b due) int { return a.at.Compare(b.at) })
	return all
}

// earlier returns the date that reminders follow.
func earlier(c intake.Clock) deadlines.Day {
	if by := c.Result.NewWorkBy; by != 0 { // reopened after an answer: no date in law
		if c.Promised != 0 {
			by = c.Promised
		}
		return by
	}
	if c.RespondBy == 0 || c.Promised != 0 && c.Promised < c.RespondBy {
		return c.Promised
	}
	return c.RespondBy
}

// expected is what one tick must do for one case.
type expected struct {
	file    *file
	dues    []due // all of one moment, or only the most urgent of several that were missed
	neutral bool  // the neutral acknowledgement is due
	quiet   []due // instead of dues, if the neutral one was written
	mark    int64
}

// tick runs the daemon's clock, and compares the reminders that it wrote with
// those that fell due.
func (w *world) tick() {
	moment := w.now.Add(w.skew)
	if next, err := w.engine.Clock.NextTick(); err == nil && next.After(moment) && !w.chance(20) {
		return // it sleeps; now and then it is woken for nothing
	}
	ahead := w.setBack(moment)
	var want []expected
	written := w.told
	w.view(func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{After: w.told}) {
			written = max(written, l.ID)
		}
		for c := range tx.OpenCases() {
			if x, due := w.missed(w.read(tx, c), moment); due {
				want = append(want, x)
			}
		}
		return nil
	})
	w.engineTick()
	w.keptAhead(ahead)
	w.reminded(want, written)
}

// setBack makes cases that a clock that ran ahead looked at be looked at again
// from now on, once the daemon notices: at its first tick, and when its clock
// has gone back. It returns the marks as they were.
func (w *world) setBack(moment time.Time) map[*file]int64 {
	noticed := w.ticked.IsZero() || moment.Before(w.ticked.Add(-time.Minute))
	w.ticked = moment
	ahead := map[*file]int64{}
	if !noticed {
		return ahead
	}
	for _, f := range w.cases {
		if f.mark > moment.UnixNano() {
			ahead[f], f.mark = f.mark, moment.UnixNano()
		}
	}
	return ahead
}

// keptAhead restores the marks of cases that a killed daemon did not come to.
func (w *world) keptAhead(ahead map[*file]int64) {
	w.view(func(tx *store.Tx) error {
		for c := range tx.OpenCases() {
			f := w.cases[c.Ref]
			if was, ok := ahead[f]; ok && c.Reminded.UnixNano() == was {
				f.mark = was
			}
		}
		return nil
	})
}

// missed returns what a case is to be reminded of at the moment.
func (w *world) missed(v *intake.View, moment time.Time) (expected, bool) {
	f := w.cases[v.Ref]
	if f == nil {
		return expected{}, false
	}
	missed := w.schedule(v, time.Unix(0, f.mark), moment)
	x := expected{file: f, mark: moment.UnixNano(), dues: w.once(f, missed)}
	at := w.neutralAt(v)
	if x.neutral = !at.IsZero() && !at.After(moment); x.neutral {
		queued := *v
		queued.Ack = intake.Ack{Queued: true}
		x.quiet = w.once(f, w.schedule(&queued, time.Unix(0, f.mark), moment))
	}
	woken := x.neutral && at.After(time.Unix(0, f.mark))
	return x, woken || len(missed) > 0
}

// once returns which of the reminders that a case missed are sent.
func (w *world) once(f *file, missed []due) []due {
	if len(missed) == 0 {
		return nil
	}
	if !missed[0].at.Equal(missed[len(missed)-1].at) {
		missed = []due{mostUrgent(missed)}
	}
	// Staff are reminded of an occurrence only once, whatever moves the clock
	// back.
	return slices.DeleteFunc(missed, func(d due) bool { return slices.Contains(f.reminded, d.id) })
}

func mostUrgent(missed []due) due {
	best := missed[0]
	for _, d := range missed[1:] {
		if d.urgency > best.urgency || d.urgency == best.urgency && d.at.After(best.at) {
			best = d
		}
	}
	return best
}

func (w *world) engineTick() {
	before := map[string]time.Time{}
	if w.defect("mark-of-reminders-lost") {
		w.marks(func(c *intake.Case) bool { before[c.Ref] = c.Reminded; return false })
	}
	w.alive("tick", func() error { return w.engine.Clock.Tick(w.ctx) })
	if w.defect("mark-of-reminders-lost") {
		w.marks(func(c *intake.Case) bool {
			was := before[c.Ref]
			lost := !was.Equal(c.Reminded)
			c.Reminded = was
			return lost
		})
	}
}

// marks lets f change open cases.
func (w *world) marks(f func(*intake.Case) bool) {
	if err := w.db.Update(func(tx *store.Tx) error {
		for c := range tx.OpenCases() {
			if f(c) {
				if err := tx.PutCase(c, w.engine.Cases.Index(c)); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		w.fail("change the marks: %v", err)
	}
}

// reminded compares the reminders in the outbox since the last tick with those
// that were wanted: all of them, or none if the machine was killed. Letters up
// to the number written were there before.
func (w *world) reminded(want []expected, written uint64) {
	got, neutral := map[string]map[intake.Purpose]int{}, map[string]bool{}
	count := 0
	last := w.told
	w.view(func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{After: w.told}) {
			last = max(last, l.ID)
			if l.Purpose == intake.ForNeutral && l.ID > written {
				neutral[l.Ref] = true
			}
			if !isReminder(&l) {
				continue
			}
			if got[l.Ref] == nil {
				got[l.Ref] = map[intake.Purpose]int{}
			}
			got[l.Ref][l.Purpose]++
			count++
		}
		return nil
	})
	w.told = last
	if w.marksUnmoved(want) {
		if count > 0 {
			w.fail("%d reminders stand in the outbox, and no case is marked", count)
		}
		return
	}
	for _, x := range want {
		w.acknowledgedNeutrally(x, neutral[x.file.ref])
		if x.file.mark = x.mark; neutral[x.file.ref] {
			x.dues = x.quiet
		}
		delete(neutral, x.file.ref)
		wanted := map[intake.Purpose]int{}
		for _, d := range x.dues {
			people := 1
			if d.escalated {
				people = 2
			}
			wanted[d.purpose] += people
			count -= people
			w.report.Reminders += people
			x.file.reminded = append(x.file.reminded, d.id)
			w.say("reminded: %s %s", x.file.ref, d.id)
		}
		if !maps.Equal(wanted, got[x.file.ref]) && len(wanted)+len(got[x.file.ref]) > 0 {
			w.fail("case %s: reminders fell due %v; the outbox has %v, for %v", x.file.ref, x.dues, got[x.file.ref], wanted)
		}
	}
	for ref := range neutral {
		w.fail("case %s is acknowledged neutrally, which was not due", ref)
	}
	if count != 0 {
		w.fail("%d reminders too many stand in the outbox", count)
	}
}

// marksUnmoved reports whether the tick was interrupted before its commit.
func (w *world) marksUnmoved(want []expected) bool {
	unmoved := false
	w.view(func(tx *store.Tx) error {
		for _, x := range want {
			c, err := tx.Case(x.file.ref)
			if err != nil {
				return err
			}
			unmoved = unmoved || c.Reminded.UnixNano() != x.mark
		}
		return nil
	})
	return unmoved
}

func isReminder(l *intake.Letter) bool {
	switch l.Purpose {
	case intake.ForReminder, intake.ForOverdue, intake.ForAckAtRisk, intake.ForUndecided, intake.ForRecall, intake.ForClosing:
		return true
	case intake.ForUrgent:
		return strings.Contains(l.Key, "urgent-undecided")
	}
	return false
}
