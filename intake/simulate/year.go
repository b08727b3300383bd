package simulate

import (
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// year plays the days, and then some in which nothing fails, at the end of
// which nothing may be left undone.
func (w *world) year(days int) {
	for range days {
		w.day(true)
	}
	w.calm()
	for range 4 {
		w.day(false)
	}
	w.pass(24 * hour) // what came last is read, at the third try at the latest
	w.run()
	w.handled()
	w.settled()
	w.recount()
	w.peer.check()
}

// day is a random number of steps, with the office hour among them.
func (w *world) day(trouble bool) {
	start := deadlines.DayOf(w.now).Time(0, 0)
	steps := 2 + w.rng.IntN(3)
	w.desk()
	for range steps {
		left := start.Add(24 * hour).Sub(w.now)
		w.pass(min(left, time.Duration(w.rng.IntN(secondsADay*3/2/steps))*time.Second))
		w.step(trouble)
	}
	if left := start.Add(24*hour + time.Minute).Sub(w.now); left > 0 {
		w.pass(left)
	}
	for kills := -1; kills != w.report.Kills; { // a killed daemon runs on at once
		kills = w.report.Kills
		w.run()
	}
	if w.chance(20) {
		w.keep()
	}
	w.whole()
	w.punctual()
	w.remember()
}

// keep makes the daemon erase what has been kept for its period.
func (w *world) keep() {
	w.alive("retention", func() error { return w.engine.Clock.ApplyRetention(w.ctx) })
	w.keptLongEnough()
	w.say("what was kept for its period was erased")
}

// pass lets time pass. The daemon meanwhile wakes at every moment at which
// something is due.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	for w.now.Before(end) {
		next := end
		for _, m := range w.coming {
			for _, t := range m.to {
				if at := m.at.Add(t.later); at.After(w.now) && at.Before(next) {
					next = at
				}
			}
		}
		for _, at := range w.wakes() {
			if at = at.Add(-w.skew); at.After(w.now) && at.Before(next) {
				next = at
			}
		}
		w.now = next
		if w.now.Before(end) {
			w.run()
		}
	}
}

// wakes returns the times at which the daemon wakes.
func (w *world) wakes() []time.Time {
	tick, err := w.engine.Clock.NextTick()
	if err != nil {
		w.fail("when to wake: %v", err)
	}
	at := []time.Time{tick}
	w.view(func(tx *store.Tx) error {
		if next, ok := tx.NextLetter(); ok {
			at = append(at, next)
		}
		return nil
	})
	for _, l := range w.loops {
		if s := l.Status(); s.Paused.After(w.now.Add(w.skew)) {
			at = append(at, s.Paused)
		}
	}
	return append(at, w.now.Add(w.skew+2*hour)) // the poll
}

// run does what the daemon does when it wakes: read, tick, send.
func (w *world) run() {
	w.drop()
	for _, b := range w.boxes {
		done := w.alive("read "+b.cfg.Name, func() error { return b.poll(w.ctx) })
		w.meet()
		if !done || w.now.Before(b.down) {
			continue
		}
		for _, f := range b.folders {
			w.checkMail(b, f, w.through(b, f))
		}
	}
	w.tick()
	switch {
	case w.defect("reminder-twice"):
		w.copyAgain(intake.ForReminder)
	case w.defect("doubt-without-end"):
		w.doubtAgain()
	case w.defect("outages-count"):
		w.outagesForgotten()
	}
	w.peer.run()
	for i, b := range w.boxes {
		if w.alive("send of "+b.cfg.Name, func() error { _, err := w.loops[i].Drain(w.ctx); return err }) {
			w.post.recorded()
		} else {
			w.post.lost()
		}
	}
	w.restless()
}

// through returns up to where the daemon says that it has read.
func (w *world) through(b *box, f *folder) uint32 {
	m, err := w.engine.Mark(w.ctx, b.cfg.Name, f.name)
	if err != nil {
		w.fail("mark of %s/%s: %v", b.cfg.Name, f.name, err)
	}
	return m.Through
}

// step is one thing that happens.
func (w *world) step(trouble bool) {
	w.report.Steps++
	w.kills = trouble
	switch k := w.rng.IntN(100); {
	case k < 16:
		w.newMail()
	case k < 56:
		w.act()
	case k < 70: // nothing
	case !trouble:
	case k < 76:
		w.rest()
	case k < 80:
		d := time.Duration(1+w.rng.IntN(60*8)) * time.Minute
		if w.chance(5) {
			d = 80 * hour
		}
		w.post.down = w.now.Add(d)
		w.hurt(d)
		w.say("the mail server is down for %s", d)
	case k < 84:
		b := pick(w, w.boxes)
		d := time.Duration(1+w.rng.IntN(60*30)) * time.Minute
		b.down = w.now.Add(d)
		w.hurt(d)
		w.say("the server of %s is down for %s", b.cfg.Name, d)
	case k < 86:
		d := time.Duration(1+w.rng.IntN(600)) * time.Minute
		if w.chance(4) {
			d = 72 * hour
		}
		w.post.account = w.now.Add(d)
		w.hurt(d)
		w.say("the account is refused until %s", w.post.account.UTC())
	case k < 88 && w.chance(4):
		f := pick(w, pick(w, w.boxes).folders)
		f.renumber()
		w.say("folder %s is renumbered to %d", f.name, f.validity)
	case k < 90 && w.chance(3):
		w.proclaim()
	case k < 92 && w.chance(3):
		w.setClock()
	case k < 93 && w.chance(12):
		w.flood()
	}
	w.run()
}

// punctual checks that every reminder that fell due was sent.
func (w *world) punctual() {
	w.tick() // a letter that was held just now may need a reminder at once
	next, err := w.engine.Clock.NextTick()
	if err != nil || !next.After(w.now.Add(w.skew)) {
		w.fail("the clock still asks for something at %s (%v)", next.UTC(), err)
	}
}

// settled checks that nothing is left undone after quiet days.
func (w *world) settled() {
	w.view(func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{Unsent: true}) {
			if l.State != "held" && l.State != "failed" {
				w.fail("letter %d (%s) is %s after four days without trouble", l.ID, l.Purpose, l.State)
			}
		}
		return nil
	})
	w.report.Cases = len(w.cases)
}

// leastKept is the shortest period of the configuration for a case, in days.
const leastKept = 10

// keptLongEnough checks that the clock erased no case on which something
// happened within the shortest period.
func (w *world) keptLongEnough() {
	w.view(func(tx *store.Tx) error {
		for _, ref := range w.refs {
			f := w.cases[ref]
			if f.erased {
				continue
			}
			c, err := tx.Case(ref)
			if err != nil {
				return err
			}
			if !c.Erased() {
				continue
			}
			f.erased = true
			if live := f.live(); len(live) > 0 && live[len(live)-1].day > w.today()-leastKept {
				w.fail("case %s was erased on %s; its last event is of %s", ref, w.today(), live[len(live)-1].day)
			}
		}
		return nil
	})
}
