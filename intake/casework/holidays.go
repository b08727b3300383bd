package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
	"requestd/templates"
)

// holidaysKey is where the register keeps every bank holiday that it ever
// learnt besides the embedded lists, in GOV.UK's format.
const holidaysKey = "holidays"

// formerKey is where the register keeps the lists that were replaced, so that
// figures for a past day are counted by the calendar known then.
const formerKey = "holidays-former"

// former is a list in GOV.UK's format and the time until which it was in force.
type former struct {
	Until time.Time       `json:"until"`
	List  json.RawMessage `json:"list"`
}

// CalendarAt returns the calendar as it was known at a moment.
func (cs *Cases) CalendarAt(tx *store.Tx, at time.Time) (*deadlines.Calendar, error) {
	were, _ := store.Fact[[]former](tx, formerKey)
	for _, f := range were { // the oldest first
		if at.After(f.Until) {
			continue
		}
		cal, _, err := new(deadlines.Calendar).Merge(f.List)
		if err != nil {
			return nil, fmt.Errorf("read the bank holidays that were in force until %s: %w", f.Until.Format(time.DateOnly), err)
		}
		return cal, nil
	}
	return cs.Calendar(), nil
}

// kept returns the calendar that the register last worked by, and its list as
// stored.
func kept(tx *store.Tx) (cal *deadlines.Calendar, list json.RawMessage, err error) {
	list, ok := store.Fact[json.RawMessage](tx, holidaysKey)
	if !ok {
		return deadlines.Default(), nil, nil
	}
	if cal, _, err = deadlines.Default().Merge(list); err != nil {
		return nil, nil, fmt.Errorf("read the bank holidays kept in the register: %w", err)
	}
	return cal, list, nil
}

// loadHolidays puts the register's calendar into force.
func (cs *Cases) loadHolidays() error {
	return cs.store.View(func(tx *store.Tx) error {
		cal, list, err := kept(tx)
		if err == nil {
			cs.cal.Store(cal)
			cs.listed = list
		}
		return err
	})
}

// AdoptCalendar puts a calendar into force that another process has recorded,
// and rebuilds the index of due dates, since some cases were stored here
// meanwhile.
func (cs *Cases) AdoptCalendar() error {
	cs.redating.Lock()
	defer cs.redating.Unlock()
	var list json.RawMessage
	err := cs.store.View(func(tx *store.Tx) error { list, _ = store.Fact[json.RawMessage](tx, holidaysKey); return nil })
	if err != nil || bytes.Equal(list, cs.listed) && !cs.stale.Load() {
		return err
	}
	if err := cs.loadHolidays(); err != nil {
		return err
	}
	cs.stale.Store(true)
	if _, err = cs.Reindex(); err == nil {
		cs.stale.Store(false)
	}
	return err
}

// ReindexLater makes the next AdoptCalendar rebuild the index of due dates even
// if the list is not new.
func (cs *Cases) ReindexLater() { cs.stale.Store(true) }

// IndexStale reports whether AdoptCalendar has yet to rebuild the index of due dates.
func (cs *Cases) IndexStale() bool { return cs.stale.Load() }

// Redating is what new holidays did to one date.
type Redating struct {
	Mailbox string
	Change  templates.Change
}

// AddHolidays merges a list in GOV.UK's format into the calendar. Open cases
// get new dates, and each change is an event on its case; tell is called with
// the changed dates in the same transaction. A list that is not sound changes
// nothing. It returns how many holidays were new.
func (cs *Cases) AddHolidays(govuk []byte, source string, tell func(*store.Tx, []Redating) error) (int, error) {
	cs.redating.Lock()
	defer cs.redating.Unlock()
	before := cs.cal.Load()
	_, added, err := before.Merge(govuk)
	if err != nil {
		return 0, fmt.Errorf("bank holidays from %s: %w; the calendar stays as it was", source, err)
	}
	if len(added) == 0 {
		return 0, nil
	}
	var dated []Redating
	var list []byte
	err = cs.store.Update(func(tx *store.Tx) error {
		was, _, err := kept(tx) // another process may have added some
		if err != nil {
			return err
		}
		var cal *deadlines.Calendar
		if cal, added, err = was.Merge(govuk); err != nil {
			return err
		}
		list = asGOVUK(cal)
		cs.cal.Store(cal) // for the index entries written now; restored if the commit fails
		if dated, err = cs.redate(tx, was, cal); err != nil {
			return err
		}
		if err := tell(tx, dated); err != nil {
			return err
		}
		were, _ := store.Fact[[]former](tx, formerKey)
		if err := tx.SetFact(formerKey, append(were, former{tx.Now(), asGOVUK(was)})); err != nil {
			return err
		}
		if err := tx.SetFact(holidaysKey, json.RawMessage(list)); err != nil {
			return err
		}
		return cs.markIndexed(tx)
	})
	if err != nil {
		cs.cal.Store(before)
		return 0, fmt.Errorf("date open cases anew for the bank holidays from %s: %w", source, err)
	}
	cs.listed = list
	cs.log.Warn("new bank holidays: open cases were dated anew", "source", source, "holidays", len(added), "dates", len(dated))
	cs.WakeSenders()
	return len(added), nil
}

func (cs *Cases) redate(tx *store.Tx, was, is *deadlines.Calendar) ([]Redating, error) {
	var open []*intake.Case
	for c := range tx.OpenCases() {
		open = append(open, c)
	}
	var dated []Redating
	for _, c := range open {
		house := cs.Rules().House(c.Mailbox)
		before, after := c.ViewAt(tx.Now(), was, house), c.ViewAt(tx.Now(), is, house)
		moved := changes(before, after)
		for _, m := range moved {
			cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.Redated, Before: m.Change.Before, Day: m.Change.After, Code: m.Change.What})
		}
		dated = append(dated, moved...)
		if len(moved) > 0 {
			if err := cs.refresh(tx, c, &Change{}); err != nil {
				return nil, err
			}
		}
		if err := cs.Put(tx, c); err != nil { // the next reminder may have moved even if no date did
			return nil, err
		}
	}
	return dated, nil
}

// changes lists the dates that differ between two views of a case.
func changes(before, after *intake.View) []Redating {
	var list []Redating
	add := func(what string, a, b deadlines.Day) {
		if a != b {
			list = append(list, Redating{before.Mailbox, templates.Change{Ref: before.Ref, What: what, Before: a, After: b}})
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

// asGOVUK returns a calendar's lists in the format in which they are merged.
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
		panic("casework: bank holidays always have a JSON form: " + err.Error())
	}
	return b
}
