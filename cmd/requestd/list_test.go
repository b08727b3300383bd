package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/admin"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/store"
	"requestd/store/storetest"
)

// TestListShowsEveryMark: in the table and the CSV, whose rows the daemon
// makes, and in the JSON, which is printed as the daemon sent it.
func TestListShowsEveryMark(t *testing.T) {
	config, c := marked(t)
	list := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"--config", config, "list"}, args...), nil, &out, &errs); code != exitDone {
			t.Fatalf("list %v: exit %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	for _, x := range []struct{ flag, want string }{
		{"--csv=false", `REF          KIND           STATE      RECEIVED    ACK BY      ACKNOWLEDGED      REPLY BY                     SUBJECT
CAF26-00001  dsar           triage     2026-09-01  2026-09-04  -                 2026-10-01  URGENT late 50   Mail no 1
CAF26-00002  foi            open       2026-09-01  2026-09-04  2026-09-01 10:00  2026-09-29  OVERDUE late 52  Mail no 2
CAF26-00003  dsar           triage     2026-11-20  2026-11-25  -                 2026-12-21  URGENT           Mail no 3
CAF26-00004  foi            responded  2026-09-01  2026-09-04  2026-09-03        2026-09-29  late 42          Answered late, acknowledged by hand
CAF26-00005  foi+dsar       open       2026-11-02  2026-11-05  -                 2027-02-02                   Two parts
CAF26-00006  review of foi  open       2026-09-01  2026-09-04  -                 2026-09-29  OVERDUE          A target of the house
CYM26-00001  foi            waiting    2026-11-16  2026-11-19  -                 -                            =1+1 <b>"A & B"</b> ŷ, a subject that is longer than the ce…
`},
		{"--csv", `REF,MAILBOX,KIND,STATE,RECEIVED,ACKNOWLEDGE BY,ACKNOWLEDGED,REPLY BY,OVERDUE,LATE SINCE,DAYS LATE,OUTCOME,OFFICER,NAME,ADDRESS,SUBJECT,PROMISED
CAF26-00001,cafcass,dsar,triage,2026-09-01,2026-09-04,-,2026-10-01,true,2026-10-02,50,,,Kim Vale,kim@example.org,Mail no 1,-
CAF26-00002,cafcass,foi,open,2026-09-01,2026-09-04,2026-09-01 10:00,2026-09-29,true,2026-09-30,52,,,Kim Vale,kim@example.org,Mail no 2,2026-09-29
CAF26-00003,cafcass,dsar,triage,2026-11-20,2026-11-25,-,2026-12-21,false,-,0,,,Kim Vale,kim@example.org,Mail no 3,-
CAF26-00004,cafcass,foi,responded,2026-09-01,2026-09-04,2026-09-03,2026-09-29,false,2026-09-30,42,granted,,,,"Answered late, acknowledged by hand",-
CAF26-00005,cafcass,foi+dsar,open,2026-11-02,2026-11-05,-,2027-02-02,false,-,0,part,officer@staff.example.org,Ann Example,ann@example.net,Two parts,2027-02-02
CAF26-00006,cafcass,review of foi,open,2026-09-01,2026-09-04,-,2026-09-29,true,-,0,,,,,A target of the house,-
CYM26-00001,cymru,foi,waiting,2026-11-16,2026-11-19,-,-,false,-,0,,,,,"'=1+1 <b>""A & B""</b> ŷ, a subject that is longer than the cell of a table may be",-
`},
	} {
		if got := list(x.flag); got != x.want {
			t.Errorf("list %s:\n%s\nwant\n%s", x.flag, got, x.want)
		}
	}
	var whole admin.Page[*intake.View]
	if err := c.Get(t.Context(), "/v1/cases", url.Values{}, &whole); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := printJSON(&want, whole.Items...); err != nil {
		t.Fatal(err)
	}
	if got := list("--json"); got != want.String() || !strings.Contains(got, `"subject":"=1+1 <b>\"A & B\"</b> ŷ`) {
		t.Errorf("list --json:\n%s\nwant\n%s", got, want.String())
	}
}

// marked serves a register on a socket, with a case for each mark that a list
// can show. It returns the configuration that names the socket.
func marked(t *testing.T) (config string, c *admin.Client) {
	t.Helper()
	dir, now := t.TempDir(), time.Date(2026, 9, 1, 10, 0, 0, 0, deadlines.London())
	clock := func() time.Time { return now }
	db := storetest.OpenAt(t, filepath.Join(dir, "requestd.db"), store.Options{Now: clock}, nil)
	settings := strings.ReplaceAll(configtest.Settings, "2026-11-01", "2026-08-01")
	e, err := engine.New(casework.Options{Store: db, Now: clock, Log: slog.New(slog.DiscardHandler)}, configtest.Load(t, settings))
	if err != nil {
		t.Fatal(err)
	}
	deliver := func(uid uint32, text string) {
		t.Helper()
		m := mailbox.Fetched{UID: uid, Received: now.Add(-time.Hour), Complete: true, Raw: []byte("From: Kim Vale <kim@example.org>\r\n" +
			"To: governance@cafcass.gov.uk\r\nSubject: Mail no " + itoa(int(uid)) + "\r\nMessage-ID: <" + itoa(int(uid)) + "@example.org>\r\n\r\n" + text + "\r\n")}
		at := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 1}
		if err := e.TakeIn(t.Context(), at, []mailbox.Fetched{m}, uid); err != nil {
			t.Fatal(err)
		}
	}
	api := (&admin.API{Engine: e, Store: db}).Handler()
	c = admin.Within(api, "local:test")
	post := func(path string, in any) {
		t.Helper()
		if err := c.Post(t.Context(), path, in, &struct{}{}); err != nil {
			t.Fatal(err)
		}
	}
	const danger = "He said he will kill me. Please send me everything you gave to him about me."
	deliver(1, danger)
	deliver(2, "Under the Freedom of Information Act, please tell me how many offices you have.")
	if err := db.Update(func(tx *store.Tx) error { // its acknowledgement is sent
		for l := range tx.Letters(store.LetterFilter{State: intake.LetterWaiting}) {
			if l.Purpose == intake.ForAcknowledgement {
				l.State = intake.LetterSent
				return e.RecordOutcome(tx, &l)
			}
		}
		return errors.New("no acknowledgement waits")
	}); err != nil {
		t.Fatal(err)
	}
	now = deadlines.NewDay(2026, 11, 20).Time(10, 0)
	deliver(3, danger)
	on := func(month time.Month, day int) deadlines.Day { return deadlines.NewDay(2026, month, day) }
	foi := casework.KindInput{Kind: intake.FOI}
	post("/v1/cases", casework.OpenInput{Mailbox: "cafcass", KindInput: foi, Received: on(9, 1), Acknowledged: on(9, 3), Subject: "Answered late, acknowledged by hand"})
	post("/v1/cases/CAF26-00004/events", casework.RecordInput{Event: intake.Responded, Date: on(11, 10), Outcome: "granted"})
	post("/v1/cases", casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.FOI, Also: []intake.Kind{intake.DSAR}}, Received: on(11, 2), Subject: "Two parts",
		Requester: intake.Address{Name: "Ann Example", Addr: "ann@example.net"}})
	post("/v1/cases/CAF26-00005/events", casework.RecordInput{Event: intake.Responded, Date: on(11, 19), Part: intake.FOI, Outcome: "part"})
	post("/v1/cases/CAF26-00005/events", casework.RecordInput{Event: intake.Extended, Date: on(11, 19), Part: intake.DSAR, Reason: "complex"})
	post("/v1/cases/CAF26-00005/events", casework.RecordInput{Event: intake.Assigned, Officer: "officer@staff.example.org"})
	post("/v1/cases", casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.Review, Of: intake.FOI}, Received: on(9, 1), Subject: "A target of the house"})
	post("/v1/cases", casework.OpenInput{Mailbox: "cymru", KindInput: foi, Received: on(11, 16), Subject: "=1+1 <b>\"A & B\"</b> ŷ, a subject that is longer than the cell of a table may be"})
	post("/v1/cases/CYM26-00001/events", casework.RecordInput{Event: intake.ClarificationRequested, Date: on(11, 17)})

	config = filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := admin.Listen(filepath.Join(dir, "control.sock"), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- admin.Serve(ctx, l, api) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return config, c
}
