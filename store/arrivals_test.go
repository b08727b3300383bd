package store_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// TestWhichMailIsListed: by its number, mailbox, case, decision and when it was
// registered, from either end, also past a clock that was set back.
func TestWhichMailIsListed(t *testing.T) {
	now := start
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: func() time.Time { return now }}, nil)
	update(t, db, func(tx *store.Tx) error {
		for uid, a := range []struct {
			mailbox string
			after   time.Duration
		}{{"cafcass", 0}, {"cymru", time.Hour}, {"cafcass", 2 * time.Hour}, {"cafcass", time.Minute}} {
			m := intake.Arrival{MailLocation: intake.MailLocation{Mailbox: a.mailbox, Folder: "INBOX", UIDValidity: 7, UID: uint32(uid + 1)},
				Decision: intake.DidPass, Registered: start.Add(a.after)}
			if err := tx.AddArrival(&m); err != nil {
				return err
			}
		}
		_, err := register(tx, 9, "case@example.com", "jo@example.com")
		return err
	})
	for name, c := range map[string]struct {
		f    store.ArrivalFilter
		want []uint64
	}{
		"all":                           {store.ArrivalFilter{}, []uint64{1, 2, 3, 4, 5}},
		"after a number":                {store.ArrivalFilter{After: 3}, []uint64{4, 5}},
		"the newest first":              {store.ArrivalFilter{Newest: true}, []uint64{5, 4, 3, 2, 1}},
		"the newest, down to a number":  {store.ArrivalFilter{Newest: true, After: 3}, []uint64{5, 4}},
		"of a mailbox":                  {store.ArrivalFilter{Mailbox: "cymru"}, []uint64{2}},
		"of a case, spelt otherwise":    {store.ArrivalFilter{Ref: "caf26-1"}, []uint64{5}},
		"by what was decided":           {store.ArrivalFilter{Decision: intake.DidAcknowledge}, []uint64{5}},
		"since a moment":                {store.ArrivalFilter{Since: start.Add(time.Hour)}, []uint64{2, 3}},
		"until a moment":                {store.ArrivalFilter{Until: start.Add(time.Hour)}, []uint64{1, 4, 5}},
		"until a moment, while in turn": {store.ArrivalFilter{Until: start.Add(time.Hour), InOrder: true}, []uint64{1}},
		"in turn to the end":            {store.ArrivalFilter{InOrder: true}, []uint64{1, 2, 3, 4, 5}},
	} {
		if err := db.View(func(tx *store.Tx) error {
			var got []uint64
			for a := range tx.Arrivals(c.f) {
				got = append(got, a.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: messages %v, want %v", name, got, c.want)
			}
			for a := range tx.Arrivals(c.f) {
				if a.ID != c.want[0] {
					t.Errorf("%s: the first is %d, want %d", name, a.ID, c.want[0])
				}
				break
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
