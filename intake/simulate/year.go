package simulate

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/store"
)

// year lives through the days, and then through some in which nothing fails,
// at the end of which nothing may be left undone.
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
	for kills := -1; kills != w.report.Kills; { // one that was killed runs on at once
		kills = w.report.Kills
		w.run()
	}
	if w.chance(20) {
		w.keep()
	}
	w.whole()
	w.punctual()
}

// keep lets the daemon erase what it has kept for its period.
func (w *world) keep() {
	w.alive("retention", func() error { return w.engine.Keep(w.ctx) })
	w.say("what was kept for its period was erased")
}

// pass lets time go by. The daemon meanwhile wakes at every moment at which
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

// wakes are the moments for which the daemon sleeps.
func (w *world) wakes() []time.Time {
	tick, err := w.engine.NextTick()
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

// run is what the daemon does when it wakes: read, tick, send.
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
	w.peer.run()
	for i, b := range w.boxes {
		if w.alive("send of "+b.cfg.Name, func() error { _, err := w.loops[i].Drain(w.ctx); return err }) {
			w.post.recorded()
		} else {
			w.post.lost()
		}
	}
}

// light sets the fuse now and then. While reminders and letters are measured
// against the clock, the clock goes on.
func (w *world) light(what string) {
	if !w.kills {
		return
	}
	switch measured := what == "tick" || strings.HasPrefix(what, "send of"); {
	case w.chance(60):
		w.fuse = 1 + w.rng.IntN(30)
	case !measured && w.chance(120):
		w.fuse, w.jump = 1+w.rng.IntN(12), pick(w, leaps)
	}
}

// leaps are by how much a clock is set wrong.
var leaps = []time.Duration{-hour, hour, 72 * hour, -10 * time.Minute}

// leap sets the daemon's clock in the middle of what it does.
func (w *world) leap(at string) {
	if w.skew != 0 {
		w.jump = -w.skew
	}
	w.skew += w.jump
	w.jump = 0
	w.report.Leaps++
	w.hurt(80 * hour)
	w.say("the clock is wrong by %s, at %s", w.skew, at)
}

// through is up to where the daemon says that it has read.
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
		if w.chance(8) {
			d = 60 * hour
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
		w.post.account = w.now.Add(time.Duration(1+w.rng.IntN(600)) * time.Minute)
		w.hurt(10 * hour)
		w.say("the account is refused until %s", w.post.account.UTC())
	case k < 88 && w.chance(4):
		f := pick(w, pick(w, w.boxes).folders)
		f.renumber()
		w.say("folder %s is renumbered to %d", f.name, f.validity)
	case k < 90 && w.chance(3):
		w.proclaim()
	case k < 92 && w.chance(3):
		w.setClock()
	case k < 93 && w.chance(25):
		w.flood()
	}
	w.run()
}

// hurt notes until when letters may rightly wait.
func (w *world) hurt(d time.Duration) {
	if at := w.now.Add(d); at.After(w.trouble) {
		w.trouble = at
	}
}

// calm ends all trouble.
func (w *world) calm() {
	w.kills, w.post.down, w.post.account = false, time.Time{}, time.Time{}
	for _, b := range w.boxes {
		b.down = time.Time{}
	}
	if w.skew != 0 {
		w.skew = 0
		w.say("the clock is right again")
	}
}

// rest stops the daemon for a while, in which the world goes on.
func (w *world) rest() {
	w.report.Restarts++
	w.closeRegister()
	d := time.Duration(w.rng.IntN(90)) * time.Minute
	if w.chance(10) {
		d = time.Duration(1+w.rng.IntN(5)) * 24 * hour
	}
	w.hurt(d)
	w.say("stopped for %s", d)
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(min(end.Sub(w.now), time.Duration(1+w.rng.IntN(720))*time.Minute))
		w.newMail()
	}
	if err := w.boot(); err != nil {
		w.fail("start again: %v", err)
	}
}

// flood is a loop's or a campaign's worth of mail within minutes.
func (w *world) flood() {
	n := 40 + w.rng.IntN(20)
	w.say("a flood of %d", n)
	w.hurt(3 * hour)
	for range n {
		from := fmt.Sprintf("campaign.%d@example.org", w.seq)
		w.arrive(w.write(request, from, pick(w, requests[:2])), time.Duration(w.rng.IntN(300))*time.Second)
	}
}

// setClock sets the daemon's clock wrong, or right again.
func (w *world) setClock() {
	was := w.skew
	w.skew = 0
	if was == 0 {
		w.skew = pick(w, leaps)
	}
	w.hurt(80 * hour)
	w.say("the clock is wrong by %s, was by %s", w.skew, was)
}

// proclaim adds a bank holiday some weeks ahead.
func (w *world) proclaim() {
	day := w.cal.OnOrAfter(deadlines.EnglandAndWales, deadlines.DayOf(w.now)+deadlines.Day(5+w.rng.IntN(40)))
	type event struct {
		Title string        `json:"title"`
		Date  deadlines.Day `json:"date"`
	}
	lists := map[deadlines.Division]any{}
	for _, div := range deadlines.Divisions() {
		list := []event{}
		for _, h := range w.cal.Holidays(div) {
			list = append(list, event{h.Title, h.Date})
		}
		if div != deadlines.DivisionScotland {
			list = append(list, event{"Day of celebration", day})
		}
		lists[div] = map[string]any{"division": div, "events": list}
	}
	text, err := json.Marshal(lists)
	if err != nil {
		w.fail("write a list of holidays: %v", err)
	}
	cal, added, err := w.cal.Merge(text)
	if err != nil || len(added) == 0 {
		return
	}
	w.say("%s is proclaimed a holiday", day)
	w.cal = cal
	w.free[deadlines.DivisionEnglandAndWales][date(day)] = true
	w.free[deadlines.DivisionNorthernIreland][date(day)] = true
	if w.defect("holidays-forgotten") {
		return
	}
	for done := false; !done; {
		done = w.alive("new holidays", func() error { _, err := w.engine.AddHolidays(w.ctx, text, "the simulation"); return err })
	}
	for _, ref := range w.refs {
		w.readLetters(w.cases[ref])
	}
}

// punctual checks that no reminder is left that fell due.
func (w *world) punctual() {
	w.tick() // a letter that was held just now may ask for a reminder at once
	next, err := w.engine.NextTick()
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
