package daemon

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/apart"
	"requestd/intake/config"
	"requestd/intake/mailtest"
)

func TestTheServiceManagerHearsHowItStands(t *testing.T) {
	d := newDesk(t, "")
	d.run()
	if got := d.hear("STATUS=Watching 1 mailbox,"); !strings.Contains(got, "all is well") {
		t.Errorf("told %q", got)
	}
	d.stop()
	d.hear("STOPPING=1")
}

func TestWhatHangs(t *testing.T) {
	d := newDesk(t, "")
	d.begin()
	l := d.current()[0]
	now := *d.beat.Load()
	l.started = now
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{0, ""},
		{clockLimit, ""},
		{clockLimit + time.Second, "the clock"},
	} {
		if got := d.hung(now.Add(c.after)); got != c.want {
			t.Errorf("after %s: %q, want %q", c.after, got, c.want)
		}
	}
	at := now.Add(careLimit)
	d.beat.Store(&at) // the clock is fine
	l.started = at
	d.cared.Store(&now)
	if got := d.hung(at); got != "" {
		t.Errorf("a night's work: %q", got)
	}
	if got := d.hung(at.Add(time.Second)); !strings.HasPrefix(got, "looking for alarms") {
		t.Errorf("a look that never ends: %q", got)
	}
	at = now.Add(l.poll + pollLimit)
	d.beat.Store(&at)
	l.started = now
	if got := d.hung(at); got != "" {
		t.Errorf("a long poll: %q", got)
	}
	if got := d.hung(at.Add(time.Second)); got != "reading of mailbox cafcass" {
		t.Errorf("a poll that never ends: %q", got)
	}
}

// TestAMailThatIsReadForLongIsNamed: the administrator needs to know which mail
// to open, whatever else waits behind it.
func TestAMailThatIsReadForLongIsNamed(t *testing.T) {
	d := newDesk(t, "")
	d.begin()
	pool, err := apart.New(0, apart.DefaultLimits(), filepath.Join(t.TempDir(), "reading"), d.Log) // without a process, reading waits
	if err != nil {
		t.Fatal(err)
	}
	d.pool = pool
	go func() {
		_, _, _ = pool.Read(nil, intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1, UID: 7}, nil, true, nil)
	}()
	d.until("begin to read", func() bool { _, since := pool.Oldest(); return !since.IsZero() })
	_, since := pool.Oldest()
	d.current()[0].started = since
	d.beat.Store(&since)
	if got := d.hung(since.Add(readingLimit)); got != "" {
		t.Errorf("in time: %q", got)
	}
	if got := d.hung(since.Add(readingLimit + time.Second)); got != "reading of mail 7 in INBOX of mailbox cafcass" {
		t.Errorf("for too long: %q", got)
	}
}

func TestTheWatchdogHearsNothingFromADaemonThatHangs(t *testing.T) {
	d := newDesk(t, "")
	d.begin()
	d.current()[0].started = time.Now()
	stuck := time.Now().Add(-2 * clockLimit)
	d.beat.Store(&stuck)
	go func() { _ = d.ping(t.Context(), time.Millisecond) }()
	d.until("say what hangs", func() bool { return strings.Contains(d.log.String(), `part="the clock"`) })
	if len(d.told) > 0 {
		t.Errorf("the service manager was told %q", <-d.told)
	}
	d.beats()
	d.hear("WATCHDOG=1")
}

func TestALetterThatNeverEndsIsNoticed(t *testing.T) {
	wait := make(chan struct{})
	d := newDesk(t, "")
	d.smtp.Script(mailtest.SMTPFault{At: mailtest.AtBody, Wait: wait})
	defer close(wait)
	d.run()
	d.receive(1)
	l := d.current()[0]
	d.until("hand over a letter", func() bool { return !l.send.Status().Busy.IsZero() })
	busy := l.send.Status().Busy
	at := busy.Add(l.letter + time.Second)
	d.beat.Store(&at)
	if got := d.hung(at); got != "sending for mailbox cafcass" && !strings.HasPrefix(got, "reading") {
		t.Errorf("got %q", got)
	}
}

// TestTheDaemonEndsWhileALetterIsSent: a server may take ten minutes to answer,
// and the daemon's end does not wait for it. Whether the letter arrived is not
// known.
func TestTheDaemonEndsWhileALetterIsSent(t *testing.T) {
	wait := make(chan struct{})
	d := newDesk(t, "")
	t.Cleanup(func() { close(wait) })
	d.lastWord = time.Millisecond
	cfg, err := d.load()
	if err != nil {
		t.Fatal(err)
	}
	if d.lanes, err = d.newLanes(cfg); err != nil {
		t.Fatal(err)
	}
	d.smtp.Script(mailtest.SMTPFault{At: mailtest.AtBody, Wait: wait})
	d.run()
	d.receive(1)
	d.until("hand over a letter", func() bool { return len(d.smtp.Mails()) > 0 })
	d.stop()
	if l := d.letters(intake.ForAcknowledgement); len(l) != 1 || l[0].State != intake.LetterInDoubt {
		t.Errorf("%+v: want one letter, in doubt", l)
	}
}

func TestStatusSaysWhatIsKnown(t *testing.T) {
	d := newDesk(t, "")
	d.run()
	ref := d.receive(1)
	d.until("acknowledge "+ref, func() bool { return d.view(ref).AcknowledgedAt != nil })
	d.until("see the trouble with the mailbox", func() bool { return d.current()[0].watch.Status().LastError != "" })
	s, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := s.Mailboxes[0]
	if !s.Running || m.LastSend == nil || m.LastPoll != nil || m.Connected || m.Trouble == "" || m.SMTPCertificate == nil {
		t.Errorf("mailbox %+v", m)
	}
	if s.Cases.Open != 1 || s.Disk.Total == 0 || s.Holidays.Through != deadlines.NewDay(2028, 12, 31) {
		t.Errorf("status %+v", s)
	}
	d.stop()
	off, err := Offline(t.Context(), d.Engine, d.Store, friday)
	if err != nil {
		t.Fatal(err)
	}
	if off.Running || off.Well || off.Alarms[0].ID != "daemon" || off.Mailboxes[0].LastSend == nil {
		t.Errorf("without a daemon: %+v", off)
	}
}

func TestAnAlarmReachesStaffFromARunningDaemon(t *testing.T) {
	d := newDesk(t, "alarms: {holiday_days: 1000}\n")
	d.run()
	d.until("mail the alarm", func() bool { return d.mailed("ALARM") != "" })
	if d.cared.Load() == nil {
		t.Error("nobody would notice that it looks no more")
	}
	d.lookAgain()
	d.hear("1 alarm")
	d.lookAgain()
	d.hear("1 alarm")
	if n := len(d.letters(intake.ForAlarm)); n != 1 {
		t.Errorf("%d mails about one event", n)
	}
}

func TestMetrics(t *testing.T) {
	d := newDesk(t, "")
	d.run()
	d.receive(1)
	w := httptest.NewRecorder()
	d.metricsHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`requestd_build_info{version=`, `requestd_cases{state="open"} 1`, `requestd_messages_total{decision="acknowledge"} 1`,
		`requestd_letters{state="held"} 0`, `requestd_oldest_unsent_seconds`, `requestd_quarantined 0`,
		`requestd_connected{mailbox="cafcass"} 0`, "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in\n%s", want, w.Body.String())
		}
	}
}

func TestFetchingHolidays(t *testing.T) {
	answer, status := "", http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer s.Close()
	d := newDesk(t, "")
	for name, c := range map[string]struct {
		answer string
		status int
		says   string // "" if it is accepted
	}{
		"a sound list": {holidayList("2026-12-07"), http.StatusOK, ""},
		"no list":      {"<html>", http.StatusOK, "stays as it was"},
		"an error":     {holidayList("2026-12-08"), http.StatusInternalServerError, "500"},
		"too long":     {holidayList("2026-12-08") + strings.Repeat(" ", 1<<20), http.StatusOK, "max_bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, status = c.answer, c.status
			was := d.Engine.Cases.Calendar()
			err := d.fetchHolidays(t.Context(), config.Holidays{URL: s.URL, Timeout: time.Minute, MaxBytes: 1 << 20})
			if c.says == "" {
				if at, e := d.Engine.Clock.HolidaysFetched(); err != nil || e != nil || at == nil {
					t.Errorf("got %v, %v, %v", err, at, e)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || d.Engine.Cases.Calendar() != was {
				t.Errorf("got %v, want one that says %q and the calendar as it was", err, c.says)
			}
		})
	}
}

func TestAServiceManagerThatCannotBeToldIsNoReasonToEnd(t *testing.T) {
	d := newDesk(t, "")
	told := d.Tell
	d.Tell = func(state string) error { return errors.Join(told(state), errors.New("no such socket")) }
	d.run()
	ref := d.receive(1)
	d.until("acknowledge "+ref, func() bool { return d.view(ref).AcknowledgedAt != nil })
}
