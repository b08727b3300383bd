package daemon

import (
	"slices"
	"strings"
	"testing"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/register"
)

// A holiday is proclaimed while the daemon runs: open cases get new dates, the
// requester keeps the promised date, and staff are told once.
func TestRehearseANewHoliday(t *testing.T) {
	d := newDesk(t, "holidays: {file: holidays.json}\n")
	d.run()
	ref := d.receive(1)
	d.until("acknowledge "+ref, func() bool { return d.view(ref).AcknowledgedAt != nil })
	before := d.view(ref)
	if before.RespondBy != deadlines.NewDay(2026, 12, 21) || before.Promised != before.RespondBy {
		t.Fatalf("reply by %s, promised %s", before.RespondBy, before.Promised)
	}

	d.write("holidays.json", holidayList("2026-12-07"))
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := d.view(ref)
	if want := deadlines.NewDay(2026, 12, 22); after.RespondBy != want {
		t.Errorf("reply by %s, want %s", after.RespondBy, want)
	}
	if after.Promised != before.Promised || after.Clocks[0].Due() != before.Promised {
		t.Errorf("promised %s and due %s: both are to stay %s", after.Promised, after.Clocks[0].Due(), before.Promised)
	}
	dated := func(e register.ShownEvent) bool {
		return e.Name == intake.Redated && e.Before == before.RespondBy && e.Day == after.RespondBy
	}
	if !slices.ContainsFunc(after.Events, dated) {
		t.Errorf("no event says %s became %s: %+v", before.RespondBy, after.RespondBy, after.Events)
	}
	d.until("mail staff", func() bool { return strings.Contains(d.mailed("holiday"), ref) })
	if n := len(d.letters(intake.ForHolidays)); n != 1 {
		t.Errorf("%d mails to staff about it, want 1", n)
	}
	coming, err := d.Engine.Register.Forecast(t.Context(), 60)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range coming {
		if c.Ref == ref && c.What == "due" && c.Due != before.Promised {
			t.Errorf("the forecast follows %s, want the earlier %s", c.Due, before.Promised)
		}
	}
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(d.letters(intake.ForHolidays)); n != 1 {
		t.Errorf("the same list again: %d mails to staff, want 1", n)
	}
	if findings, err := d.Engine.Register.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("the register does not verify: %v, %v", findings, err)
	}
}

// mailed returns the mails to staff that contain a word.
func (d *desk) mailed(word string) string {
	var all strings.Builder
	for _, m := range d.smtp.Mails() {
		if strings.Contains(string(m.Raw), word) && slices.Contains(m.To, "officer@staff.example.org") {
			all.Write(m.Raw)
		}
	}
	return all.String()
}

func TestAWrongListOfHolidaysChangesNothing(t *testing.T) {
	d := newDesk(t, "holidays: {file: holidays.json}\n")
	d.run()
	d.write("holidays.json", `{"england-and-wales":{"division":"england-and-wales","events":[]}}`)
	was := d.Engine.Cases.Calendar()
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.Engine.Cases.Calendar() != was {
		t.Error("the calendar changed")
	}
	s, err := d.Status(t.Context())
	if err != nil || s.Well || !strings.Contains(s.Holidays.Trouble, "no events") {
		t.Errorf("status %+v, %v", s.Holidays, err)
	}
	d.write("holidays.json", holidayList(""))
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Status(t.Context()); err != nil || s.Holidays.Trouble != "" {
		t.Errorf("mended, and still %q, %v", s.Holidays.Trouble, err)
	}
}

func TestAWrongConfigurationChangesNothing(t *testing.T) {
	d := newDesk(t, "")
	d.run()
	was, lanes := d.Engine.Cases.Settings(), d.current()
	d.configure("smpt: {}\nretention: {foi: soon}\n")
	if err := d.Reload(t.Context()); err == nil {
		t.Fatal("it was taken")
	}
	if d.Engine.Cases.Settings() != was || !slices.Equal(d.current(), lanes) {
		t.Error("something changed")
	}
	for _, key := range []string{"smpt", "retention.foi"} {
		if !strings.Contains(d.log.String(), "key="+key) {
			t.Errorf("the log does not name %s:\n%s", key, d.log.String())
		}
	}
	d.hear("RELOADING=1")
	d.hear("READY=1") // it goes on
	ref := d.receive(1)
	d.until("acknowledge "+ref, func() bool { return d.view(ref).AcknowledgedAt != nil })
}

func TestAReloadPutsMailboxesIntoForceAndNamesWhatNeedsARestart(t *testing.T) {
	d := newDesk(t, "")
	d.run()
	old := d.current()[0]
	d.configure(`  - {name: cymru, body: Cafcass Cymru, address: CafcassCymru@gov.wales, language: cy-en, reference: CYM, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 1, security: none, username: c, password_file: password}}
metrics: {listen: "127.0.0.1:9469"}
`)
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range d.current() {
		names = append(names, l.name)
	}
	if !slices.Equal(names, []string{"cafcass", "cymru"}) {
		t.Errorf("watching %v", names)
	}
	<-old.done // the one before has ended, so that two never read one mailbox
	if !strings.Contains(d.log.String(), "key=metrics.listen") {
		t.Errorf("the log does not say that metrics.listen needs a restart:\n%s", d.log.String())
	}
	s, err := d.Status(t.Context())
	if err != nil || len(s.Mailboxes) != 2 {
		t.Errorf("status of %d mailboxes, %v", len(s.Mailboxes), err)
	}
	d.stop()
	d.hear("STOPPING=1")
}
