package clock

import (
	"context"
	"fmt"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// AddHolidays merges a list in GOV.UK's format into the calendar. Open cases
// get new dates, and staff get one mail with the dates before and after. A list
// that is not sound changes nothing. It returns how many holidays were new.
func (cl *Clock) AddHolidays(_ context.Context, govuk []byte, source string) (int, error) {
	return cl.cases.AddHolidays(govuk, source, cl.tellHolidays)
}

func (cl *Clock) tellHolidays(tx *store.Tx, dated []casework.Redating) error {
	for _, box := range cl.cases.Settings().Mailboxes {
		n := notices.News{Purpose: intake.ForHolidays, Kind: templates.Holidays, Subscription: config.GetsReminders, Code: fmt.Sprintf("%s/%d", box.Name, tx.Now().UnixNano())}
		for _, d := range dated {
			if d.Mailbox == box.Name {
				n.Notice.Changes = append(n.Notice.Changes, d.Change)
			}
		}
		if len(n.Notice.Changes) == 0 {
			continue
		}
		if err := cl.notices.Notify(tx, box.Name, nil, n); err != nil {
			return err
		}
	}
	return nil
}

// fetchedKey holds when a sound list last came from holidays.url.
const fetchedKey = "holidays/fetched"

// HolidaysFetched returns when holidays.url last returned a sound list; nil for
// never.
func (cl *Clock) HolidaysFetched() (*time.Time, error) {
	var at *time.Time
	err := cl.store.View(func(tx *store.Tx) error {
		if last, known := store.Fact[time.Time](tx, fetchedKey); known {
			at = &last
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read when bank holidays were fetched: %w", err)
	}
	return at, nil
}

// KeepHolidaysFetched records that holidays.url returned a sound list.
func (cl *Clock) KeepHolidaysFetched() error {
	return cl.store.Update(func(tx *store.Tx) error { return tx.SetFact(fetchedKey, tx.Now()) })
}
