package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	reg "requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
)

// TestScripts runs sessions at the command line, without servers or a daemon.
// Mail comes in by the scripts' own command deliver. $AGO3 is the day three
// days before today, $YY the year as references have it.
func TestScripts(t *testing.T) {
	text, err := os.ReadFile("../../intake/config/testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			dir := env.WorkDir
			today := deadlines.DayOf(time.Now())
			for n := range 60 {
				env.Setenv("AGO"+strconv.Itoa(n), (today - deadlines.Day(n)).String())
			}
			env.Setenv("YY", today.String()[2:4])
			env.Setenv("AHEAD", (today + 30).String())
			cfg := strings.NewReplacer(
				"/var/lib/requestd/requestd.db", "register.db", "/run/requestd/control.sock", "control.sock",
				"tls/ca.pem", `""`, "2026-11-01", (today - 45).String(), "store: {", "store: {wait: 100ms, ",
			).Replace(string(text))
			return os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(cfg), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"deliver": deliverMail, "fields": sameFields, "exit": exitCode, "hold": holdRegister, "refuse": refuseLetters,
			"database": func(ts *testscript.TestScript, neg bool, args []string) { emptyDatabase(t, ts, args) },
		},
	})
}

// emptyDatabase sets a variable to the address of an empty database: database
// NAME. With --use it also makes the configuration keep its register there:
// database --use NAME.
func emptyDatabase(t *testing.T, ts *testscript.TestScript, args []string) {
	if len(args) == 2 && args[0] == "--use" {
		name := ts.MkAbs("config.yaml")
		was, err := os.ReadFile(name)
		ts.Check(err)
		is := regexp.MustCompile(`(?m)^store: .*$`).ReplaceAll(was, []byte("store: {url: '"+ts.Getenv(args[1])+"'}"))
		ts.Check(os.WriteFile(name, is, 0o600))
		return
	}
	if len(args) != 1 {
		ts.Fatalf("usage: database [--use] NAME")
	}
	ts.Setenv(args[0], storetest.URL(t, ts.Getenv("WORK")+args[0]))
}

// openRegister opens the register of a script's own configuration.
func openRegister(ts *testscript.TestScript) (*store.DB, *engine.Engine) {
	cfg, err := config.Load(ts.MkAbs("config.yaml"))
	ts.Check(err)
	db, err := reg.OpenStore(cfg.Store, true, store.Options{Wait: time.Second})
	ts.Check(err)
	e, err := engine.New(casework.Options{Store: db, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, cfg)
	ts.Check(err)
	return db, e
}

// deliverMail takes a mail in as the daemon would: deliver FILE MAILBOX UID
// DAYS, received that many days ago. If FILE is -, the server cannot deliver
// the mail.
func deliverMail(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: deliver FILE MAILBOX UID DAYS")
	}
	uid, err := strconv.ParseUint(args[2], 10, 32)
	ts.Check(err)
	days, err := strconv.Atoi(args[3])
	ts.Check(err)
	mail := mailbox.Fetched{UID: uint32(uid), Complete: true, Unreadable: "the server does not give it"}
	if args[0] != "-" {
		mail.Unreadable, mail.Raw = "", []byte(strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n"))
	}
	db, e := openRegister(ts)
	defer db.Close()
	at := mailbox.Folder{Mailbox: args[1], Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 1}
	mail.Received, mail.Size = (deadlines.DayOf(time.Now())-deadlines.Day(days)).Time(0, 30), int64(len(mail.Raw))
	ts.Check(e.TakeIn(context.Background(), at, []mailbox.Fetched{mail}, mail.UID))
}

// sameFields checks that each line of the last output is a JSON object with
// these fields and no others.
func sameFields(ts *testscript.TestScript, neg bool, args []string) {
	out := strings.TrimSpace(ts.ReadFile("stdout"))
	if neg || out == "" {
		ts.Fatalf("there is no line to look at")
	}
	slices.Sort(args)
	for line := range strings.Lines(out) {
		var v map[string]any
		ts.Check(json.Unmarshal([]byte(line), &v))
		if got := slices.Sorted(maps.Keys(v)); !slices.Equal(got, args) {
			ts.Fatalf("the fields are %v, want %v", got, args)
		}
	}
}

// exitCode runs the program and checks how it ended: exit CODE ARGS...
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE ARGUMENTS")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("requestd", append([]string{"--config", "config.yaml"}, args[1:]...)...)
	got := 0
	if e, ok := err.(interface{ ExitCode() int }); ok {
		got = e.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("requestd %s ended with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// holdRegister holds the register's lock until the script ends, as another
// process would.
func holdRegister(ts *testscript.TestScript, neg bool, _ []string) {
	db, _ := openRegister(ts)
	ts.Defer(func() { db.Close() })
}

// refuseLetters marks every waiting letter as refused by the server for good.
func refuseLetters(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: refuse")
	}
	db, _ := openRegister(ts)
	defer db.Close()
	ts.Check(db.Update(func(tx *store.Tx) error {
		for _, l := range slices.Collect(tx.Letters(store.LetterFilter{State: intake.LetterWaiting})) {
			l, err := tx.Letter(l.ID) // the same letter with its bytes
			if err != nil {
				return err
			}
			l.State, l.Attempts, l.Next, l.Response = intake.LetterFailed, 1, time.Time{}, "550 5.7.1 refused"
			if err := tx.PutLetter(l); err != nil {
				return err
			}
		}
		return nil
	}))
}
