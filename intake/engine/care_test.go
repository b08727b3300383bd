package engine_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/clock"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/intake/register"
)

func (o *office) alarms(ids ...string) []health.Alarm {
	o.t.Helper()
	var standing []health.Alarm
	for _, id := range ids {
		_, mailbox, _ := strings.Cut(id, "/")
		standing = append(standing, health.Alarm{ID: id, Mailbox: mailbox, Severity: health.Critical, Problem: id + " is wrong", Mend: "mend it"})
	}
	got, err := o.e.Clock.Alarms(o.t.Context(), standing)
	if err != nil {
		o.t.Fatal(err)
	}
	return got
}

func TestAnAlarmIsMailedEachDayItStandsAndWhenItIsOver(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	for _, step := range []struct {
		after    time.Duration
		standing []string
		mails    int // sent so far
	}{
		{time.Minute, nil, 0},
		{time.Minute, []string{"disk"}, 1},
		{time.Minute, []string{"disk"}, 1}, // still the same
		{time.Minute, []string{"disk", "poll/cafcass"}, 2},
		{time.Minute, []string{"poll/cafcass"}, 3}, // one has ended
		{2 * time.Hour, []string{"disk", "poll/cafcass"}, 4},
		{22 * time.Hour, []string{"disk", "poll/cafcass"}, 5}, // a day later
		{2 * time.Hour, []string{"disk", "poll/cafcass"}, 6},
		{time.Hour, []string{"disk", "poll/cafcass"}, 6},
		{time.Minute, nil, 8},
		{48 * time.Hour, nil, 8},
	} {
		o.now = o.now.Add(step.after)
		o.alarms(step.standing...)
		if got := len(o.letters(intake.ForAlarm)); got != step.mails {
			t.Fatalf("with %v: %d mails so far, want %d", step.standing, got, step.mails)
		}
	}
}

// A disk that crosses its limit up and down fills nobody's mailbox; it is
// reported once it stays full.
func TestAnAlarmThatComesAndGoesIsMailedOnceItStays(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	mails := func(want int, when string) {
		t.Helper()
		if got := len(o.letters(intake.ForAlarm)); got != want {
			t.Fatalf("%s: %d mails so far, want %d", when, got, want)
		}
	}
	for range 30 {
		o.now = o.now.Add(time.Minute)
		o.alarms("disk")
		o.now = o.now.Add(time.Minute)
		if len(o.alarms()) > 0 {
			t.Fatal("it is over, and stands")
		}
	}
	mails(2, "it came and went for an hour")
	if since, err := o.e.Clock.RaisedAlarms(); err != nil || len(since) > 0 {
		t.Errorf("it is over, and %v are raised, %v", since, err)
	}
	o.now = o.now.Add(time.Minute)
	back := o.now
	if got := o.alarms("disk"); got[0].Since == nil || !got[0].Since.Equal(back) {
		t.Errorf("it stands since %v, want %v", got[0].Since, back)
	}
	mails(2, "it came back")
	o.now = o.now.Add(time.Hour)
	o.alarms("disk")
	mails(3, "it has stood for an hour")
	o.now = o.now.Add(time.Minute)
	o.alarms()
	mails(4, "it is over")
	o.now = o.now.Add(2 * time.Hour)
	o.alarms()
	o.alarms("disk")
	mails(5, "a new one")
}

// The administrator is shown the command as it is typed.
func TestAnAlarmShowsTheCommandThatMendsIt(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	const mend = "requestd check --connect says why"
	if _, err := o.e.Clock.Alarms(t.Context(), []health.Alarm{{ID: "poll/cafcass", Mailbox: "cafcass", Severity: health.Critical, Problem: "it is wrong", Mend: mend}}); err != nil {
		t.Fatal(err)
	}
	if got := o.text(o.letters(intake.ForAlarm)[0]); !strings.Contains(got, mend) {
		t.Errorf("the mail does not say %q:\n%s", mend, got)
	}
}

// In the journal a critical alarm is an error and any other a warning, logged
// once while it lasts.
func TestAnAlarmIsLoggedByItsSeverity(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	var log bytes.Buffer
	e, err := engine.New(casework.Options{Store: o.db, Now: o.clock, Log: slog.New(slog.NewTextHandler(&log, nil))}, o.e.Cases.Settings())
	if err != nil {
		t.Fatal(err)
	}
	standing := []health.Alarm{
		{ID: "disk", Severity: health.Critical, Problem: "the disk is full", Mend: "mend it"},
		{ID: "backup", Severity: health.Warning, Problem: "no copy was made", Mend: "mend it"},
	}
	for range 2 {
		if _, err := e.Clock.Alarms(t.Context(), standing); err != nil {
			t.Fatal(err)
		}
	}
	standing[1].Severity = health.Critical // it has become critical
	for range 2 {
		if _, err := e.Clock.Alarms(t.Context(), standing); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Clock.Alarms(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{
		`level=ERROR msg="an alarm stands" alarm=disk`:   1,
		`level=WARN msg="an alarm stands" alarm=backup`:  1,
		`level=ERROR msg="an alarm stands" alarm=backup`: 1,
		`level=INFO msg="alarm is over" alarm=disk`:      1,
		`level=INFO msg="alarm is over" alarm=backup`:    1,
		"an alarm stands": 3,
	} {
		if got := strings.Count(log.String(), line); got != want {
			t.Errorf("%d times %s, want %d, in\n%s", got, line, want, &log)
		}
	}
}

func TestAnAlarmOutlivesARestartAndKeepsItsMoment(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	o.alarms("disk")
	raised := o.now
	o.now = o.now.Add(time.Hour)
	e, err := engine.New(casework.Options{Store: o.db, Now: o.clock, Log: o.log()}, o.e.Cases.Settings())
	if err != nil {
		t.Fatal(err)
	}
	o.e = e
	got := o.alarms("disk")
	if got[0].Since == nil || !got[0].Since.Equal(raised) {
		t.Errorf("stands since %v, want %v", got[0].Since, raised)
	}
	if n := len(o.letters(intake.ForAlarm)); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
}

func TestAnAlarmAboutAMailboxGoesByAnother(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	o.alarms("unsent/cafcass")
	mails := o.letters(intake.ForAlarm)
	if len(mails) != 1 || mails[0].Mailbox != "cymru" || mails[0].To != "officer@staff.example.org" {
		t.Errorf("got %+v, want one mail by the other mailbox's server", mails)
	}
}

func TestStandingCountsWhatWaits(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	o.one("cafcass", foiMail("a@example.org"))
	o.one("cafcass", mail{id: "b@example.org", from: "c@example.org", to: "governance@cafcass.gov.uk", subject: "Question",
		body: "Hello, I want to know things. Can you tell me what was written about the meeting?\n"})
	s, oldest, err := o.e.Register.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Cases.Open+s.Cases.Triage == 0 || s.Letters.Waiting == 0 {
		t.Errorf("got %+v", s)
	}
	if at := oldest["cafcass"]; !at.Equal(o.now) || s.OldestUnsent == nil || !s.OldestUnsent.Equal(o.now) {
		t.Errorf("the oldest letter waits since %v and %v, want %v", at, s.OldestUnsent, o.now)
	}
	o.send()
	if s, _, err = o.e.Register.Standing(t.Context()); err != nil || s.Letters.Waiting != 0 || s.OldestUnsent != nil {
		t.Errorf("after sending: %+v, %v", s, err)
	}
	o.now = o.now.AddDate(0, 2, 0)
	if s, _, err = o.e.Register.Standing(t.Context()); err != nil || s.Cases.Overdue == 0 {
		t.Errorf("two months later: %+v, %v", s, err)
	}
}

func TestAnotherScheduleSortsOpenCasesAnew(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	before, err := o.e.Clock.NextTick()
	if err != nil {
		t.Fatal(err)
	}
	changed := *o.e.Cases.Settings()
	changed.Reminders.At = config.TimeOfDay{Hour: 6}
	changed.Digest.At = config.TimeOfDay{Hour: 23}
	if err := o.e.Cases.Reload(&changed); err != nil {
		t.Fatal(err)
	}
	findings, err := o.e.Register.Verify(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("after another schedule the register does not verify: %v, %v", findings, err)
	}
	coming, err := o.e.Register.Forecast(t.Context(), 40)
	if err != nil {
		t.Fatal(err)
	}
	at6 := func(c register.Coming) bool { return c.Ref == ref && c.At.In(deadlines.London()).Hour() == 6 }
	if !slices.ContainsFunc(coming, at6) {
		t.Errorf("no reminder at 06:00 in %+v (before: %v)", coming, before)
	}
}

func TestRetention(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	answered := o.one("cafcass", foiMail("a@example.org")).Ref
	open := o.one("cafcass", mail{id: "d@example.org", from: "Bob Sample <bob@example.org>", to: "governance@cafcass.gov.uk", subject: "My data", body: dsarText}).Ref
	machine := o.one("cafcass", mail{id: "m@example.org", from: "robot@example.org", to: "governance@cafcass.gov.uk", subject: "Out of office",
		head: []string{"Auto-Submitted: auto-replied"}, body: "I am away.\n"})
	if machine.Decision != intake.DidIgnore {
		t.Fatalf("the machine's mail is %s", machine.Decision)
	}
	o.send()
	if _, err := o.e.Cases.Do(t.Context(), o.by(), answered, casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: "granted"})); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at    string
		cases []string
		mails int
	}{
		{"2026-11-20 11:00", nil, 0},
		{"2026-12-19 10:00", nil, 0}, // the 30 days of a machine's mail end tomorrow
		{"2026-12-20 10:00", nil, 1},
		{"2029-11-19 10:00", nil, 1}, // the three years of an FOI end tomorrow
		{"2029-11-20 10:00", []string{answered}, 1},
	} {
		o.now = london(t, step.at)
		list, err := o.e.Clock.PastRetention(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var cases []string
		mails := 0
		for _, x := range list {
			if x.Ref != "" {
				cases = append(cases, x.Ref)
			} else {
				mails++
			}
		}
		if !slices.Equal(cases, step.cases) || mails != step.mails {
			t.Errorf("on %s: cases %v and %d mails, want %v and %d", step.at, cases, mails, step.cases, step.mails)
		}
	}
	n, err := o.e.Clock.ErasePastRetention(t.Context(), o.by())
	if err != nil || n.Cases != 1 || n.Mails != 1 {
		t.Fatalf("erased %+v, %v", n, err)
	}
	if f := o.view(answered); f.Requester.Addr != "" || f.Subject != "" {
		t.Errorf("the erased case still names %v about %q", f.Requester, f.Subject)
	}
	if f := o.view(open); f.Requester.Addr == "" {
		t.Error("an open case was erased")
	}
	if list, err := o.e.Clock.PastRetention(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("after erasing: %+v, %v", list, err)
	}
	if findings, err := o.e.Register.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("after erasing the register does not verify: %v, %v", findings, err)
	}
}

func TestRetentionGoesByItselfOnlyWhereItIsToldTo(t *testing.T) {
	for _, mode := range []string{"preview", "automatic"} {
		t.Run(mode, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			cfg := *o.e.Cases.Settings()
			cfg.Retention.Erase = mode
			if err := o.e.Cases.Reload(&cfg); err != nil {
				t.Fatal(err)
			}
			ref := o.one("cafcass", foiMail("a@example.org")).Ref
			o.send()
			if _, err := o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Withdrawn})); err != nil {
				t.Fatal(err)
			}
			o.now = o.now.AddDate(3, 0, 1)
			if err := o.e.Clock.ApplyRetention(t.Context()); err != nil {
				t.Fatal(err)
			}
			s, _, err := o.e.Register.Standing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			erased := o.view(ref).Requester.Addr == ""
			if erased != (mode == "automatic") || s.Retention.Looked == 0 || (s.Retention.Cases == 1) == erased {
				t.Errorf("erased %t, status %+v", erased, s.Retention)
			}
		})
	}
}

func TestAReviewThatIsOpenKeepsTheCaseItIsAbout(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	if _, err := o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: "refused"})); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.AddDate(0, 0, 7)
	review := o.one("cafcass", mail{id: "r@example.org", from: "Ann Example <" + asksFOI + ">", to: "governance@cafcass.gov.uk",
		subject: "Re: Cafcass: your message " + ref,
		body:    "I am unhappy with your refusal under the Freedom of Information Act, reference " + ref + ". I request an internal review of that decision.\n"}).Ref
	if review == "" || review == ref {
		t.Fatalf("the review has no case of its own: %q", review)
	}
	o.send()
	o.now = o.now.AddDate(4, 0, 0)
	list, err := o.e.Clock.PastRetention(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(list, func(x clock.PastRetention) bool { return x.Ref == ref }) {
		t.Errorf("%s may be erased while its review %s is open", ref, review)
	}
}
