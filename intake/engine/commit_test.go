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
	var batch []mailbox.Fetched
	for uid := range uint32(3) {
		batch = append(batch, mailbox.Fetched{UID: uid + 1, Received: now.Add(time.Duration(uid) * time.Minute), Read: &intake.ReadMail{
			Message: &intake.Message{From: []intake.Address{{Addr: "ann@example.org"}}, Fingerprint: [32]byte{byte(uid)}},
			Reading: intake.Reading{Kind: intake.Other, Decision: intake.Pass, Language: "en"},
		}})
	}
	batch[1].Read.Message = nil // whatever looks into it fails
	if err := e.TakeIn(t.Context(), at, batch, 9); err != nil {
		t.Fatal(err)
	}
	list, _, err := e.Register.Messages(t.Context(), register.MessageFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(batch) {
		t.Fatalf("registered %+v, want all three", list)
	}
	for i, want := range []intake.Disposition{intake.DidPass, intake.DidUnreadable, intake.DidPass} {
		if a := list[i]; a.Decision != want || a.UID != uint32(i+1) || (a.Ref != "") != (want == intake.DidUnreadable) || !a.Received.Equal(batch[i].Received) {
			t.Errorf("mail %d is registered as %+v", i+1, a)
		}
	}
	if mark, err := e.Mark(t.Context(), at.Mailbox, at.Folder); err != nil || mark.Through != 9 || mark.UIDValidity != 7 {
		t.Errorf("the folder is read through %+v, %v; want 9", mark, err)
	}
}
