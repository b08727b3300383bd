package casework_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/store"
	"requestd/store/storetest"
)

// desk is a Cases with its own register and a clock that the test sets.
type desk struct {
	*casework.Cases
	t   *testing.T
	db  *store.DB
	now time.Time
	uid uint32
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	cfg := configtest.Load(t, configtest.Settings)
	d := &desk{t: t, now: time.Date(2026, 11, 20, 10, 0, 0, 0, deadlines.London())}
	clock := func() time.Time { return d.now }
	d.db = storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: clock},
		func(c *intake.Case) intake.Index { return d.Index(c) })
	var err error
	if d.Cases, err = casework.New(casework.Options{Store: d.db, Now: clock, Log: slog.New(slog.DiscardHandler)}, cfg); err != nil {
		t.Fatal(err)
	}
	return d
}

var admin = casework.ByAdministrator("local:root")

// open registers an FOI request that came by post to cafcass. Its
// acknowledgement is waiting in the outbox.
func (d *desk) open() *casework.Change {
	d.t.Helper()
	ch, err := d.OpenCase(d.t.Context(), admin, casework.OpenInput{
		Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.FOI}, Requester: intake.Address{Name: "Ann", Addr: "ann@example.org"},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return ch
}

// do carries out an act as an administrator.
func (d *desk) do(ref string, act casework.Act) *casework.Change {
	d.t.Helper()
	ch, err := d.Do(d.t.Context(), admin, ref, act)
	if err != nil {
		d.t.Fatal(err)
	}
	return ch
}

// mail registers a mail of cafcass that belongs to no case.
func (d *desk) mail() uint64 {
	d.t.Helper()
	d.uid++
	a := &intake.Arrival{
		MailLocation: intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: d.uid}, Received: d.now.UTC(), Registered: d.now.UTC(),
		Decision: intake.DidPass, Kind: intake.Other, Fingerprint: fmt.Append(nil, "mail", d.uid),
	}
	if err := d.db.Update(func(tx *store.Tx) error { return tx.AddArrival(a) }); err != nil {
		d.t.Fatal(err)
	}
	return a.ID
}

func (d *desk) events(ref string) (n int) {
	d.t.Helper()
	err := d.db.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err == nil {
			n = len(c.Events)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

func isA[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}
