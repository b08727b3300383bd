package engine

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
)

// TestAMailThatCannotBeRegisteredStopsNoOther: of a batch of three the second
// cannot be registered in any way that needs what was read of it. It becomes a
// case for a person by its place and date alone.
func TestAMailThatCannotBeRegisteredStopsNoOther(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	cfg, err := config.Parse([]byte(`
store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 25, security: none, auth: none}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: g}}
`), filepath.Join(t.TempDir(), "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var e *Engine
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: clock},
		func(c *intake.Case) intake.Index { return e.Cases.Index(c) })
	if e, err = New(casework.Options{Store: db, Now: clock, Log: slog.New(slog.DiscardHandler)}, cfg); err != nil {
		t.Fatal(err)
	}
	at := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}
	mail := func(uid uint32) *item {
		return &item{
			place: intake.Place{Mailbox: at.Mailbox, Folder: at.Folder, UIDValidity: at.UIDValidity, UID: uid}, role: at.Role, received: now.Add(time.Duration(uid) * time.Minute),
			ReadMail: intake.ReadMail{
				Message: &intake.Message{From: []intake.Address{{Addr: "ann@example.org"}}, Fingerprint: [32]byte{byte(uid)}},
				Reading: intake.Reading{Kind: intake.Other, Decision: intake.Pass, Language: "en"},
			},
		}
	}
	batch := []*item{mail(1), mail(2), mail(3)}
	batch[1].Message = nil // whatever looks into it fails
	if taken, err := e.commit(at, batch, 9); err == nil {
		t.Fatalf("the whole batch was registered: %+v", taken)
	}
	taken, err := e.commitEach(at, batch, 9)
	if err != nil || len(taken) != 3 {
		t.Fatalf("registered %+v, %v; want all three", taken, err)
	}
	list, _, err := e.Register.Messages(t.Context(), register.MessageFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []intake.Disposition{intake.DidPass, intake.DidUnreadable, intake.DidPass} {
		if a := list[i]; a.Decision != want || a.UID != uint32(i+1) || (a.Ref != "") != (want == intake.DidUnreadable) || !a.Received.Equal(batch[i].received) {
			t.Errorf("mail %d is registered as %+v", i+1, a)
		}
	}
	if mark, err := e.Mark(t.Context(), at.Mailbox, at.Folder); err != nil || mark.Through != 9 || mark.UIDValidity != 7 {
		t.Errorf("the folder is read through %+v, %v; want 9", mark, err)
	}
}
