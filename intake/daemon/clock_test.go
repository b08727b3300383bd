package daemon

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/register"
)

// TestTheClockSendsTheDigestByItself runs the daemon's clock over a fortnight
// in which nothing falls due except the digest of each working morning.
func TestTheClockSendsTheDigestByItself(t *testing.T) {
	dir := t.TempDir()
	cfg, err := config.Parse([]byte(`
store: {path: requestd.db, create: true}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 1, security: none, auth: none}
staff: [{address: officer@staff.example.org}]
digest: {empty: true}
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 1, security: none, username: g, password_file: password}}
`), filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		start, began := time.Date(2026, 11, 19, 15, 0, 0, 0, deadlines.London()), time.Now()
		d, err := New(cfg, slog.New(slog.DiscardHandler), func() time.Time { return start.Add(time.Since(began)) })
		if err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.runClock(ctx) }()

		<-time.After(14 * time.Hour) // the night before a working day
		passed := []byte("From: Bob <bob@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Lunch\r\nMessage-ID: <1@example.org>\r\n" +
			"Date: Fri, 20 Nov 2026 05:00:00 +0000\r\n\r\nHi Jo, when is my appointment? I cannot come on Friday. Bob\r\n")
		place := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1}
		if err := d.Engine.TakeIn(ctx, place, []mailbox.Fetched{{UID: 1, Received: d.now(), Raw: passed, Complete: true}}, 1); err != nil {
			t.Error(err)
		}
		<-time.After(13 * 24 * time.Hour)
		end()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the clock ended with %v", err)
		}

		var got []string
		list, err := d.Engine.Register.Letters(t.Context(), register.LetterFilter{})
		if err != nil {
			t.Error(err)
		}
		for _, l := range list {
			if l.Purpose == intake.ForDigest {
				got = append(got, l.Created.In(deadlines.London()).Format("02 15:04"))
			}
		}
		want := []string{"19 15:00", "20 08:00", "23 08:00", "24 08:00", "25 08:00", "26 08:00", "27 08:00", "30 08:00", "01 08:00", "02 08:00"}
		if len(got) != len(want) {
			t.Fatalf("digests on %q, want %q", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("digest %d went at %s, want %s", i+1, got[i], want[i])
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}
