package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// holidaysKey is where the register keeps every bank holiday that it ever
// learnt of beside the embedded lists, in GOV.UK's format.
const holidaysKey = "holidays"

// loadHolidays puts the calendar into force that the register last worked by.
func (e *Engine) loadHolidays() error {
	cal := deadlines.Default()
	err := e.store.View(func(tx *store.Tx) error {
		var kept json.RawMessage
		ok, err := tx.Get(holidaysKey, &kept)
		if !ok || err != nil {
			return err
		}
		cal, _, err = cal.Merge(kept)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the bank holidays kept in the register: %w", err)
	}
	e.cal.Store(cal)
	return nil
}

// redating is what new holidays did to one date.
type redating struct {
	mailbox string
	change  templates.Change
}

// AddHolidays merges a list in GOV.UK's format into the calendar. Open cases
// are dated anew, each change is an event on its case, and staff get one mail
// with the dates before and after. A list that is not sound changes nothing.
// It reports how many holidays were new.
func (e *Engine) AddHolidays(_ context.Context, govuk []byte, source string) (int, error) {
	e.proclaiming.Lock()
	defer e.proclaiming.Unlock()
	was := e.cal.Load()
	cal, added, err := was.Merge(govuk)
	if err != nil {
		return 0, fmt.Errorf("bank holidays from %s: %w; the calendar stays as it was", source, err)
	}
	if len(added) == 0 {
		return 0, nil
	}
	var dated []redating
	err = e.store.Update(func(tx *store.Tx) error {
		e.cal.Store(cal) // for the indexes that are written now; put back if the commit fails
		if dated, err = e.redate(tx, was, cal); err != nil {
			return err
		}
		if err := tx.Set(holidaysKey, json.RawMessage(asGOVUK(cal))); err != nil {
			return err
		}
		return e.markIndexed(tx)
	})
	if err != nil {
		e.cal.Store(was)
		return 0, fmt.Errorf("date open cases anew for the bank holidays from %s: %w", source, err)
	}
	e.log.Warn("new bank holidays: open cases were dated anew", "source", source, "holidays", len(added), "dates", len(dated))
	e.work()
	return len(added), nil
}

func (e *Engine) redate(tx *store.Tx, was, is *deadlines.Calendar) ([]redating, error) {
	var open []*intake.Case
	for c := range tx.OpenCases() {
		open = append(open, c)
	}
	var dated []redating
	for _, c := range open {
		rules := e.rulesOf(c.Mailbox)
		before, after := c.Read(tx.Now(), was, rules), c.Read(tx.Now(), is, rules)
		moved := changes(before, after)
		for _, m := range moved {
			e.append(tx, c, intake.Event{Actor: actorSelf, Name: intake.Redated, Before: m.change.Before, Day: m.change.After, Code: m.change.What})
		}
		dated = append(dated, moved...)
		if len(moved) > 0 {
			if err := e.refresh(tx, c, &Change{}); err != nil {
				return nil, err
			}
		}
		if err := e.put(tx, c); err != nil { // the next reminder may have moved even where no date did
			return nil, err
		}
	}
	return dated, e.tellHolidays(tx, dated)
}

// changes lists the dates that differ between two views of a case.
func changes(before, after *intake.View) []redating {
	var list []redating
	add := func(what string, a, b deadlines.Day) {
		if a != b {
			list = append(list, redating{before.Mailbox, templates.Change{Ref: before.Ref, What: what, Before: a, After: b}})
		}
	}
	if before.Ack.At.IsZero() {
		add("acknowledge by", before.AcknowledgeBy, after.AcknowledgeBy)
	}
	for i := range before.Clocks {
		if i < len(after.Clocks) && !before.Clocks[i].Finished() {
			add("reply by ("+string(before.Clocks[i].Kind)+")", before.Clocks[i].RespondBy, after.Clocks[i].RespondBy)
		}
	}
	return list
}

func (e *Engine) tellHolidays(tx *store.Tx, dated []redating) error {
	for _, box := range e.Settings().Mailboxes {
		n := note{purpose: intake.ForHolidays, kind: templates.Holidays, gets: config.GetsReminders, code: fmt.Sprintf("%s/%d", box.Name, tx.Now().UnixNano())}
		for _, d := range dated {
			if d.mailbox == box.Name {
				n.notice.Changes = append(n.notice.Changes, d.change)
			}
		}
		if len(n.notice.Changes) == 0 {
			continue
		}
		if err := e.tell(tx, box.Name, nil, n); err != nil {
			return err
		}
	}
	return nil
}

// asGOVUK writes a calendar's lists in the format in which they are merged.
func asGOVUK(cal *deadlines.Calendar) []byte {
	type event struct {
		Title string        `json:"title"`
		Date  deadlines.Day `json:"date"`
	}
	type division struct {
		Division deadlines.Division `json:"division"`
		Events   []event            `json:"events"`
	}
	all := map[deadlines.Division]division{}
	for _, d := range deadlines.Divisions() {
		list := division{Division: d, Events: []event{}}
		for _, h := range cal.Holidays(d) {
			list.Events = append(list.Events, event{h.Title, h.Date})
		}
		slices.SortFunc(list.Events, func(a, b event) int { return int(a.Date - b.Date) })
		all[d] = list
	}
	b, err := json.Marshal(all)
	if err != nil {
		panic("engine: bank holidays always have a JSON form: " + err.Error())
	}
	return b
}

// fetchedKey is when a sound list last came from holidays.url.
const fetchedKey = "holidays/fetched"

// HolidaysFetched is when holidays.url last gave a sound list; nil for never.
func (e *Engine) HolidaysFetched() (*time.Time, error) {
	var at time.Time
	known := false
	err := e.store.View(func(tx *store.Tx) (err error) {
		known, err = tx.Get(fetchedKey, &at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read when bank holidays were fetched: %w", err)
	}
	if !known {
		return nil, nil
	}
	return &at, nil
}

// KeepHolidaysFetched records that holidays.url gave a sound list.
func (e *Engine) KeepHolidaysFetched() error {
	return e.store.Update(func(tx *store.Tx) error { return tx.Set(fetchedKey, tx.Now()) })
}
