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
	Problem string    `json:"problem"`
}

// Alarms takes over which alarms stand now. One that is new is logged and
// mailed to staff, once; one that stands no longer is forgotten, so that its
// return is told again. It gives the alarms with the moment each was raised.
func (cl *Clock) Alarms(_ context.Context, standing []health.Alarm) ([]health.Alarm, error) {
	kept, err := cl.RaisedAlarms()
	if err != nil {
		return nil, err
	}
	var raised, cleared []string
	if !sameAlarms(kept, standing) {
		err = cl.store.Update(func(tx *store.Tx) error {
			raised, cleared, err = cl.turnAlarms(tx, standing)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("raise alarms: %w", err)
		}
		if kept, err = cl.RaisedAlarms(); err != nil {
			return nil, err
		}
	}
	for i := range standing {
		a := &standing[i]
		if since, ok := kept[a.ID]; ok {
			a.Since = &since
		}
		if slices.Contains(raised, a.ID) {
			cl.log.Error("an alarm stands", "alarm", a.ID, "problem", a.Problem, "mend", a.Mend)
		}
	}
	for _, id := range cleared {
		cl.log.Info("alarm is over", "alarm", id)
	}
	if len(raised) > 0 {
		cl.cases.Wake()
	}
	return standing, nil
}

// RaisedAlarms gives the alarms that were raised and are not over, by their
// id, each with the moment at which it was.
func (cl *Clock) RaisedAlarms() (map[string]time.Time, error) {
	kept := map[string]time.Time{}
	err := cl.store.View(func(tx *store.Tx) error {
		for name := range tx.Facts(alarmPrefix) {
			var a raisedAlarm
			if _, err := tx.Get(name, &a); err != nil {
				return err
			}
			kept[name[len(alarmPrefix):]] = a.Since
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the alarms that stand: %w", err)
	}
	return kept, nil
}

func sameAlarms(kept map[string]time.Time, standing []health.Alarm) bool {
	for _, a := range standing {
		if _, ok := kept[a.ID]; !ok {
			return false
		}
	}
	return len(kept) == len(standing)
}

func (cl *Clock) turnAlarms(tx *store.Tx, standing []health.Alarm) (raised, cleared []string, err error) {
	for _, a := range standing {
		var was raisedAlarm
		if known, err := tx.Get(alarmPrefix+a.ID, &was); known || err != nil {
			if err != nil {
				return nil, nil, err
			}
			continue
		}
		if err := tx.Set(alarmPrefix+a.ID, raisedAlarm{tx.Now(), a.Problem}); err != nil {
			return nil, nil, err
		}
		if err := cl.tellAlarm(tx, a); err != nil {
			return nil, nil, err
		}
		raised = append(raised, a.ID)
	}
	for name := range tx.Facts(alarmPrefix) {
		id := name[len(alarmPrefix):]
		if !slices.ContainsFunc(standing, func(a health.Alarm) bool { return a.ID == id }) {
			cleared = append(cleared, id)
			if err := tx.Delete(name); err != nil {
				return nil, nil, err
			}
		}
	}
	return raised, cleared, nil
}

// tellAlarm mails an alarm. One about a mailbox goes by another mailbox's
// server where there is one: its own may be what is wrong.
func (cl *Clock) tellAlarm(tx *store.Tx, a health.Alarm) error {
	n := notices.News{
		Purpose: intake.ForAlarm, Kind: templates.Alarm, Gets: config.GetsAlarms,
		Code:   fmt.Sprintf("%s/%d", a.ID, tx.Now().Unix()),
		Notice: templates.Notice{Problem: a.Problem, Mend: a.Mend},
	}
	boxes := cl.cases.Settings().Mailboxes
	if len(boxes) == 0 {
		return nil
	}
	via := boxes[0].Name
	if other := slices.IndexFunc(boxes, func(b config.Mailbox) bool { return b.Name != a.Mailbox }); a.Mailbox != "" && other >= 0 {
		via = boxes[other].Name
	}
	return cl.notices.TellBy(tx, via, a.Mailbox, nil, n)
}
