package simulate

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"requestd/deadlines"
)

// light sometimes sets the fuse. While reminders and letters are being compared
// with the clock, the clock is not changed.
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

// leaps are the errors to which a clock is set.
var leaps = []time.Duration{-hour, hour, 72 * hour, -10 * time.Minute}

// leap sets the daemon's clock in the middle of an operation.
func (w *world) leap(at string) {
	if w.skew != 0 {
		w.jump = -w.skew
	}
	w.skew += w.jump
	w.jump = 0
	w.report.Leaps++
	w.post.forget()
	w.idle = w.now
	w.hurt(80 * hour)
	w.say("the clock is wrong by %s, at %s", w.skew, at)
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
		w.skew, w.idle = 0, w.now
		w.post.forget()
		w.say("the clock is right again")
	}
}

// rest stops the daemon for a while, during which the world goes on.
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
	w.idle = w.now
	if err := w.boot(); err != nil {
		w.fail("start again: %v", err)
	}
}

// flood sends as much mail as a loop or a campaign within minutes.
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
	w.post.forget()
	w.idle = w.now
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
		done = w.alive("new holidays", func() error { _, err := w.engine.Clock.AddHolidays(w.ctx, text, "the simulation"); return err })
	}
	for _, ref := range w.refs {
		w.readLetters(w.cases[ref])
	}
}
