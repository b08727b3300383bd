package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
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

var inbox = mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}

// bare is an engine over an empty register that may grow to size bytes, 0 for any,
// and what it logs.
func bare(t *testing.T, size int64) (*Engine, *bytes.Buffer) {
	t.Helper()
	clock := func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }
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
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: clock, MaxSize: size},
		func(c *intake.Case) intake.Index { return e.Cases.Index(c) })
	var log bytes.Buffer
	if e, err = New(casework.Options{Store: db, Now: clock, Log: slog.New(slog.NewTextHandler(&log, nil))}, cfg); err != nil {
		t.Fatal(err)
	}
	return e, &log
}

// idle are mails that ask for nothing, a minute apart, each with that text.
func idle(text ...string) (batch []mailbox.Fetched) {
	for i, s := range text {
		batch = append(batch, mailbox.Fetched{UID: uint32(i + 1), Received: time.Date(2026, 11, 20, 10, i, 0, 0, time.UTC), Read: &intake.ReadMail{
			Message: &intake.Message{From: []intake.Address{{Addr: "ann@example.org"}}, Text: s, Fingerprint: [32]byte{byte(i)}},
			Reading: intake.Reading{Kind: intake.Other, Decision: intake.Pass, Language: "en"},
		}})
	}
	return batch
}

func (e *Engine) registered(t *testing.T) []intake.Arrival {
	t.Helper()
	list, _, err := e.Register.Messages(t.Context(), register.MessageFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestAMailThatCannotBeRegisteredStopsNoOther: of a batch of three the second
// cannot be registered in any way that needs what was read of it. It becomes a
// case for a person by its place and date alone, and the log says so.
func TestAMailThatCannotBeRegisteredStopsNoOther(t *testing.T) {
	e, log := bare(t, 0)
	woken := 0
	e.Cases.OnWork(func() { woken++ })
	batch := idle("", "", "")
	batch[1].Read.Message = nil // whatever looks into it fails
	batch[1].Read.Reading = intake.Reading{Kind: intake.FOI, Decision: intake.Acknowledge, Language: "en"}
	if err := e.TakeIn(t.Context(), inbox, batch, 9); err != nil {
		t.Fatal(err)
	}
	list := e.registered(t)
	if len(list) != len(batch) {
		t.Fatalf("registered %+v, want all three", list)
	}
	for i, want := range []intake.Disposition{intake.DidPass, intake.DidUnreadable, intake.DidPass} {
		if a := list[i]; a.Decision != want || a.UID != uint32(i+1) || (a.Ref != "") != (want == intake.DidUnreadable) || !a.Received.Equal(batch[i].Received) {
			t.Errorf("mail %d is registered as %+v", i+1, a)
		}
	}
	c, err := e.Register.Case(t.Context(), list[1].Ref)
	if err != nil || c.View.State != intake.StateTriage || !strings.Contains(list[1].Why, "could not be read") || c.Ack.Letter != 0 {
		t.Errorf("%v: the case of the second is %s with letter %d: %s", err, c.View.State, c.Ack.Letter, list[1].Why)
	}
	if mark, err := e.Mark(t.Context(), inbox.Mailbox, inbox.Folder); err != nil || mark.Through != 9 || mark.UIDValidity != 7 {
		t.Errorf("the folder is read through %+v, %v; want 9", mark, err)
	}
	if n := e.Taken(); n[intake.DidPass] != 2 || n[intake.DidUnreadable] != 1 || woken != 1 {
		t.Errorf("counted are %v, and the send loops were woken %d times", n, woken)
	}
	if s := log.String(); strings.Count(s, "level=ERROR") != 1 || !strings.Contains(s, "could not be registered as it was read") || !strings.Contains(s, "uid=2") {
		t.Errorf("the log says\n%s", s)
	}
}

// TestWhatIsNoMailsFaultMakesNoMailACaseOfItsOwn: staff would be shown a mail as
// unreadable, and its sender not be acknowledged, because a disk was full. It is
// tried again as it was read.
func TestWhatIsNoMailsFaultMakesNoMailACaseOfItsOwn(t *testing.T) {
	storetest.FileOnly(t, "can be told how far it may grow")
	random := rand.New(rand.NewPCG(1, 0))
	long := make([]string, 24)
	for i := range long {
		for len(long[i]) < store.MaxText {
			long[i] += fmt.Sprintf("%x\n", random.Uint64())
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx    context.Context
		size   int64
		broken bool                  // one mail is, so that the others are tried by themselves
		ours   func(called int) bool // whether this daemon has the mailbox
		want   error
	}{
		"the disk is full":                        {size: 512 << 10, want: store.ErrFull},
		"the disk is full beside a broken mail":   {size: 512 << 10, broken: true, want: store.ErrFull},
		"another daemon has the mailbox":          {ours: func(called int) bool { return called > 1 }, want: ErrElsewhere},
		"another daemon has got it in the middle": {broken: true, ours: func(called int) bool { return called != 5 }, want: ErrElsewhere},
		"the daemon ends":                         {ctx: ended, broken: true},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := bare(t, c.size)
			called := 0
			if c.ours != nil {
				e.StillOurs = func(*store.Tx, string) bool { called++; return c.ours(called) }
			}
			batch := idle(long...)
			if c.broken {
				batch[len(batch)-1].Read.Message = nil
			}
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			if err := e.TakeIn(c.ctx, inbox, batch, 30); err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("TakeIn says %v, want %v", err, c.want)
			}
			list := e.registered(t)
			for _, a := range list {
				if a.Decision != intake.DidPass {
					t.Errorf("mail %d was decided %s", a.UID, a.Decision)
				}
			}
			if mark, err := e.Mark(t.Context(), inbox.Mailbox, inbox.Folder); err != nil || int(mark.Through) != len(list) {
				t.Errorf("%d mails are registered, and the folder is read through %d, %v", len(list), mark.Through, err)
			}
		})
	}
}

// TestThatNothingCameIsNotRecordedSilently: how far a folder was read is told to be
// recorded only where it is.
func TestThatNothingCameIsNotRecordedSilently(t *testing.T) {
	storetest.FileOnly(t, "refuses such a folder")
	e, _ := bare(t, 0)
	at := inbox
	at.Folder = strings.Repeat("x", 1<<16)
	if err := e.TakeIn(t.Context(), at, nil, 9); err == nil {
		t.Error("TakeIn says that it is recorded")
	}
}
