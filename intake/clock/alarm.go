package clock

import (
	"context"
	"fmt"
	"slices"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// alarmPrefix begins the names of the facts in the register that hold the
// active alarms.
const alarmPrefix = "alarm/"

// raisedAlarm is an alarm that staff were told of.
type raisedAlarm struct {
	Since    time.Time       `json:"since"`
	Told     time.Time       `json:"told,omitzero"`  // when it was last mailed; zero means at Since
	Over     time.Time       `json:"over,omitzero"`  // when it ended; an ended alarm is remembered for a while
	Again    time.Time       `json:"again,omitzero"` // when it came back, so soon that nobody has been told yet
	Severity health.Severity `json:"severity,omitempty"`
	Problem  string          `json:"problem"`
	Mailbox  string          `json:"mailbox,omitempty"`
}

const (
	// remindAlarm is how often an alarm is mailed while it is active.
	remindAlarm = 24 * time.Hour
	// calm is how long an alarm that comes and goes must be gone to be told of as
	// a new one, or else last.
	calm = time.Hour
)

// due reports whether an active alarm is to be mailed. A time far in the future
// was written by a clock that was wrong.
func (a raisedAlarm) due(now time.Time, is health.Severity) bool {
	told := a.Told
	if told.IsZero() {
		told = a.Since
	}
	if now.Sub(told).Abs() >= remindAlarm || a.worse(is) {
		return true
	}
	return !a.Again.IsZero() && now.Sub(a.Again).Abs() >= calm
}

func (a raisedAlarm) worse(is health.Severity) bool {
	return a.Severity == health.Warning && is == health.Critical
}

// forgotten reports whether an alarm that ended has been gone long enough to be
// forgotten.
func (a raisedAlarm) forgotten(now time.Time) bool {
	return !a.Over.IsZero() && now.Sub(a.Over).Abs() >= calm
}

// Alarms takes the alarms that are active now. A new one, or one that has
// become critical, is logged and mailed to staff, and mailed daily while
// active; when it ends staff are told. One that returns within an hour is
// mailed once it has been active for an hour. It returns the active alarms,
// each with the time when it was raised.
func (cl *Clock) Alarms(_ context.Context, standing []health.Alarm) ([]health.Alarm, error) {
	kept, err := cl.raisedAlarms()
	if err != nil {
		return nil, err
	}
	var turned turn
	if cl.turning(kept, standing) {
		err = cl.store.Update(func(tx *store.Tx) error {
			turned, err = cl.turnAlarms(tx, standing)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("raise alarms: %w", err)
		}
		if kept, err = cl.raisedAlarms(); err != nil {
			return nil, err
		}
	}
	for i := range standing {
		a := &standing[i]
		if k, ok := kept[a.ID]; ok {
			a.Since = &k.Since
		}
		if !slices.Contains(turned.raised, a.ID) {
			continue
		}
		if a.Severity == health.Critical {
			cl.log.Error("an alarm stands", "alarm", a.ID, "problem", a.Problem, "mend", a.Mend)
		} else {
			cl.log.Warn("an alarm stands", "alarm", a.ID, "problem", a.Problem, "mend", a.Mend)
		}
	}
	for _, id := range turned.cleared {
		cl.log.Info("alarm is over", "alarm", id)
	}
	if turned.mailed {
		cl.cases.WakeSenders()
	}
	return standing, nil
}

// turn is a change in the alarms.
type turn struct {
	raised, cleared []string
	mailed          bool
}

// RaisedAlarms returns, by id, the alarms that were raised and have not ended,
// each with the time when it was raised.
func (cl *Clock) RaisedAlarms() (map[string]time.Time, error) {
	kept, err := cl.raisedAlarms()
	since := make(map[string]time.Time, len(kept))
	for id, a := range kept {
		if a.Over.IsZero() {
			since[id] = a.Since
		}
	}
	return since, err
}

func (cl *Clock) raisedAlarms() (map[string]raisedAlarm, error) {
	kept := map[string]raisedAlarm{}
	err := cl.store.View(func(tx *store.Tx) error {
		for name := range tx.FactNames(alarmPrefix) {
			kept[name[len(alarmPrefix):]], _ = store.Fact[raisedAlarm](tx, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the alarms that stand: %w", err)
	}
	return kept, nil
}

// turning reports whether there is anything to record or to tell staff.
func (cl *Clock) turning(kept map[string]raisedAlarm, standing []health.Alarm) bool {
	now := cl.now()
	for _, a := range standing {
		if k, ok := kept[a.ID]; !ok || !k.Over.IsZero() || k.due(now, a.Severity) {
			return true
		}
	}
	for id, k := range kept {
		if k.Over.IsZero() && !stands(standing, id) || k.forgotten(now) {
			return true
		}
	}
	return false
}

func stands(standing []health.Alarm, id string) bool {
	return slices.ContainsFunc(standing, func(a health.Alarm) bool { return a.ID == id })
}

func (cl *Clock) turnAlarms(tx *store.Tx, standing []health.Alarm) (t turn, err error) {
	for _, a := range standing {
		if err := cl.turnOn(tx, a, &t); err != nil {
			return t, err
		}
	}
	for name := range tx.FactNames(alarmPrefix) {
		if id := name[len(alarmPrefix):]; !stands(standing, id) {
			if err := cl.turnOff(tx, id, &t); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// turnOn records an active alarm and tells staff of it.
func (cl *Clock) turnOn(tx *store.Tx, a health.Alarm, t *turn) error {
	now := tx.Now()
	was, known := store.Fact[raisedAlarm](tx, alarmPrefix+a.ID)
	again := known && !was.Over.IsZero() && !was.forgotten(now)
	switch {
	case again:
		was.Since, was.Again, was.Over = now, now, time.Time{}
		t.raised = append(t.raised, a.ID)
	case !known, !was.Over.IsZero():
		was = raisedAlarm{Since: now}
		t.raised = append(t.raised, a.ID)
	case !was.due(now, a.Severity):
		return nil
	case was.worse(a.Severity):
		t.raised = append(t.raised, a.ID)
	}
	tell := !again || was.due(now, a.Severity)
	was.Severity, was.Problem, was.Mailbox = a.Severity, a.Problem, a.Mailbox
	if tell {
		was.Told, was.Again, t.mailed = now, time.Time{}, true
	}
	if err := tx.SetFact(alarmPrefix+a.ID, was); err != nil || !tell {
		return err
	}
	return cl.tellAlarm(tx, a.ID, a.Mailbox, templates.Notice{Problem: a.Problem, Mend: a.Mend})
}

// turnOff records and tells staff that an alarm is no longer active, and
// forgets it after a while.
func (cl *Clock) turnOff(tx *store.Tx, id string, t *turn) error {
	was, _ := store.Fact[raisedAlarm](tx, alarmPrefix+id)
	if !was.Over.IsZero() {
		if was.forgotten(tx.Now()) {
			return tx.DeleteFact(alarmPrefix + id)
		}
		return nil
	}
	t.cleared = append(t.cleared, id)
	told := was.Again.IsZero()
	was.Over, was.Again = tx.Now(), time.Time{}
	if err := tx.SetFact(alarmPrefix+id, was); err != nil || !told {
		return err
	}
	t.mailed = true
	return cl.tellAlarm(tx, id, was.Mailbox, templates.Notice{Problem: was.Problem, Over: true})
}

// tellAlarm mails an alarm. One about a mailbox is sent through another
// mailbox's server if there is one: its own may be what is wrong.
func (cl *Clock) tellAlarm(tx *store.Tx, id, mailbox string, notice templates.Notice) error {
	n := notices.News{
		Purpose: intake.ForAlarm, Kind: templates.Alarm, Subscription: config.GetsAlarms,
		Code:   fmt.Sprintf("%s/%d", id, tx.Now().Unix()),
		Notice: notice,
	}
	boxes := cl.cases.Settings().Mailboxes
	if len(boxes) == 0 {
		return nil
	}
	via := boxes[0].Name
	if other := slices.IndexFunc(boxes, func(b config.Mailbox) bool { return b.Name != mailbox }); mailbox != "" && other >= 0 {
		via = boxes[other].Name
	}
	return cl.notices.NotifyFrom(tx, via, mailbox, nil, n)
}
