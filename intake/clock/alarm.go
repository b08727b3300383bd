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

// alarmPrefix is where the register keeps the alarms that stand.
const alarmPrefix = "alarm/"

// raisedAlarm is an alarm that was told.
type raisedAlarm struct {
	Since   time.Time `json:"since"`
	Told    time.Time `json:"told,omitzero"` // when it was last mailed; zero means at Since
	Problem string    `json:"problem"`
	Mailbox string    `json:"mailbox,omitempty"`
}

// remindAlarm is how often an alarm is mailed while it stands.
const remindAlarm = 24 * time.Hour

// stale reports whether an alarm was mailed so long ago that it is again. A
// moment ahead was stamped by a clock that was wrong.
func (a raisedAlarm) stale(now time.Time) bool {
	told := a.Told
	if told.IsZero() {
		told = a.Since
	}
	return now.Sub(told).Abs() >= remindAlarm
}

// Alarms takes over which alarms stand now. One that is new is logged and
// mailed to staff, and mailed again each day while it stands; of one that
// stands no longer staff hear that it is over, and its return is told anew. It
// gives the alarms with the moment each was raised.
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
		cl.cases.Wake()
	}
	return standing, nil
}

// turn is what changed about the alarms.
type turn struct {
	raised, cleared []string
	mailed          bool
}

// RaisedAlarms gives the alarms that were raised and are not over, by their
// id, each with the moment at which it was.
func (cl *Clock) RaisedAlarms() (map[string]time.Time, error) {
	kept, err := cl.raisedAlarms()
	since := make(map[string]time.Time, len(kept))
	for id, a := range kept {
		since[id] = a.Since
	}
	return since, err
}

func (cl *Clock) raisedAlarms() (map[string]raisedAlarm, error) {
	kept := map[string]raisedAlarm{}
	err := cl.store.View(func(tx *store.Tx) error {
		for name := range tx.Facts(alarmPrefix) {
			var a raisedAlarm
			if _, err := tx.Get(name, &a); err != nil {
				return err
			}
			kept[name[len(alarmPrefix):]] = a
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the alarms that stand: %w", err)
	}
	return kept, nil
}

// turning reports whether there is anything to record or to tell.
func (cl *Clock) turning(kept map[string]raisedAlarm, standing []health.Alarm) bool {
	now := cl.now()
	for _, a := range standing {
		if k, ok := kept[a.ID]; !ok || k.stale(now) {
			return true
		}
	}
	return len(kept) != len(standing)
}

func (cl *Clock) turnAlarms(tx *store.Tx, standing []health.Alarm) (t turn, err error) {
	for _, a := range standing {
		var was raisedAlarm
		known, err := tx.Get(alarmPrefix+a.ID, &was)
		switch {
		case err != nil:
			return t, err
		case !known:
			was.Since = tx.Now()
			t.raised = append(t.raised, a.ID)
		case !was.stale(tx.Now()):
			continue
		}
		was.Told, was.Problem, was.Mailbox = tx.Now(), a.Problem, a.Mailbox
		if err := tx.Set(alarmPrefix+a.ID, was); err != nil {
			return t, err
		}
		if err := cl.tellAlarm(tx, a.ID, a.Mailbox, templates.Notice{Problem: a.Problem, Mend: a.Mend}); err != nil {
			return t, err
		}
		t.mailed = true
	}
	for name := range tx.Facts(alarmPrefix) {
		id := name[len(alarmPrefix):]
		if slices.ContainsFunc(standing, func(a health.Alarm) bool { return a.ID == id }) {
			continue
		}
		var was raisedAlarm
		if _, err := tx.Get(name, &was); err != nil {
			return t, err
		}
		t.cleared, t.mailed = append(t.cleared, id), true
		if err := tx.Delete(name); err != nil {
			return t, err
		}
		if err := cl.tellAlarm(tx, id, was.Mailbox, templates.Notice{Problem: was.Problem, Over: true}); err != nil {
			return t, err
		}
	}
	return t, nil
}

// tellAlarm mails an alarm. One about a mailbox goes by another mailbox's
// server where there is one: its own may be what is wrong.
func (cl *Clock) tellAlarm(tx *store.Tx, id, mailbox string, notice templates.Notice) error {
	n := notices.News{
		Purpose: intake.ForAlarm, Kind: templates.Alarm, Gets: config.GetsAlarms,
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
	return cl.notices.TellBy(tx, via, mailbox, nil, n)
}
