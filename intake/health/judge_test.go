package health_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake/config"
	"requestd/intake/health"
)

var (
	now    = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	limits = config.Alarms{
		PollAge: 15 * time.Minute, UnsentAge: time.Hour, DiskFreePercent: 10, CertificateDays: 21, SecretDays: 30, HolidayDays: 180, BackupAge: 36 * time.Hour,
	}
)

func ago(d time.Duration) *time.Time { t := now.Add(-d); return &t }

// well returns a status with nothing wrong.
func well() *health.Status {
	return &health.Status{
		At: now, Running: true,
		Mailboxes: []health.Mailbox{{Name: "cafcass", LastPoll: ago(time.Minute), Polling: ago(time.Hour)}},
		Holidays:  health.Holidays{Through: deadlines.NewDay(2028, 12, 31)},
		Disk:      health.Disk{Free: 50, Total: 100},
	}
}

func TestWhatIsAnAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*health.Status)
		want   string // id, severity and a word of the problem; "" for no alarm
	}{
		"all is well":                  {func(*health.Status) {}, ""},
		"no daemon":                    {func(s *health.Status) { s.Running = false }, "daemon critical no daemon runs"},
		"not read for too long":        {func(s *health.Status) { s.Mailboxes[0].LastPoll = ago(16 * time.Minute) }, "poll/cafcass critical for 16 minutes"},
		"never read, started just now": {func(s *health.Status) { m := &s.Mailboxes[0]; m.LastPoll, m.Polling = nil, ago(time.Minute) }, ""},
		"never read, started long ago": {func(s *health.Status) { s.Mailboxes[0].LastPoll = nil }, "poll/cafcass critical for 60 minutes"},
		"read before, started just now": {func(s *health.Status) {
			m := &s.Mailboxes[0]
			m.LastPoll, m.Polling = ago(72*time.Hour), ago(time.Minute)
		}, ""},
		"the reason is told":               {func(s *health.Status) { m := &s.Mailboxes[0]; m.LastPoll, m.Trouble = ago(time.Hour), "wrong password" }, "poll/cafcass critical wrong password"},
		"a letter waits an hour":           {func(s *health.Status) { s.Mailboxes[0].OldestUnsent = ago(time.Hour) }, ""},
		"a letter waits too long":          {func(s *health.Status) { s.Mailboxes[0].OldestUnsent = ago(3 * time.Hour) }, "unsent/cafcass critical for 3 hours"},
		"the certificate holds":            {func(s *health.Status) { s.Mailboxes[0].IMAPCertificate = ago(-22 * 24 * time.Hour) }, ""},
		"the certificate ends in weeks":    {func(s *health.Status) { s.Mailboxes[0].IMAPCertificate = ago(-20 * 24 * time.Hour) }, "certificate/imap/cafcass warning 2026-12-10"},
		"the certificate ends in days":     {func(s *health.Status) { s.Mailboxes[0].SMTPCertificate = ago(-2 * 24 * time.Hour) }, "certificate/smtp/cafcass critical 2026-11-22"},
		"the secret holds":                 {secret(2026, 12, 21), ""},
		"the secret ends in weeks":         {secret(2026, 12, 20), "secret/entra warning ends on 2026-12-20"},
		"the secret has ended":             {secret(2026, 11, 19), "secret/entra critical ended on 2026-11-19"},
		"holiday data ends in half a year": {func(s *health.Status) { s.Holidays.Through = deadlines.NewDay(2027, 5, 19) }, "holidays warning until 2027-05-19"},
		"holidays could not be read":       {func(s *health.Status) { s.Holidays.Trouble = "no division scotland" }, "holidays-source warning scotland"},
		"the disk is nearly full":          {func(s *health.Status) { s.Disk.Free = 9 }, "disk critical 9 %"},
		"the disk could not be asked":      {func(s *health.Status) { s.Disk = health.Disk{} }, ""},
		"the breaker is open":              {func(s *health.Status) { s.Breaker = true }, "breaker critical too many"},
		"a mailbox's own breaker is open":  {func(s *health.Status) { s.Mailboxes[0].Breaker = true }, "breaker/cafcass critical of the mailbox cafcass"},
		"staff cannot be reached":          {func(s *health.Status) { s.Letters.StaffFailed = 1 }, "staff-mail critical 1 mail to staff"},
		"a mail could not be read":         {func(s *health.Status) { s.Cases.Unreadable = 2 }, "unreadable warning 2 mails"},
		"a record cannot be read": {func(s *health.Status) {
			s.Damaged = []health.Damage{{Record: "case CAF26-00017", Why: "cannot be read: word 999"}}
		}, "record/case CAF26-00017 critical word 999"},
		"another file in its place":  {func(s *health.Status) { s.Replaced = true }, "store-replaced critical another file"},
		"a letter that was left out": {func(s *health.Status) { s.Mailboxes[0].Aside = []uint64{7} }, "letter/7 critical letter 7"},
		"a certificate that mailboxes share": {func(s *health.Status) {
			m := &s.Mailboxes[0]
			m.IMAPHost, m.SMTPHost, m.IMAPCertificate, m.SMTPCertificate = "mx.example.org", "mx.example.org", ago(-20*24*time.Hour), ago(-20*24*time.Hour)
			s.Mailboxes = append(s.Mailboxes, *m)
		}, "certificate/mx.example.org warning 2026-12-10"},
		"a renewed certificate that one mailbox has not seen yet": {func(s *health.Status) {
			m := &s.Mailboxes[0]
			m.SMTPHost, m.SMTPCertificate, m.LastSend = "mx.example.org", ago(-2*24*time.Hour), ago(30*24*time.Hour)
			fresh := *m
			fresh.Name, fresh.SMTPCertificate, fresh.LastSend = "cymru", ago(-90*24*time.Hour), ago(time.Hour)
			s.Mailboxes = append(s.Mailboxes, fresh)
		}, ""},
		"a backup of yesterday":           {func(s *health.Status) { s.Since, s.Backup = ago(9999*time.Hour), ago(24*time.Hour) }, ""},
		"no backup for two days":          {func(s *health.Status) { s.Since, s.Backup = ago(9999*time.Hour), ago(49*time.Hour) }, "backup warning last copied 2 days ago"},
		"never a backup, since yesterday": {func(s *health.Status) { s.Since = ago(24 * time.Hour) }, ""},
		"never a backup, since two days":  {func(s *health.Status) { s.Since = ago(49 * time.Hour) }, "backup warning never copied"},
		"in a database, never a copy":     {func(s *health.Status) { s.Since, s.Database = ago(49*time.Hour), true }, ""},
		"a copy was put back":             {func(s *health.Status) { s.Restored = ago(time.Hour) }, "restored warning put back"},
		"held letters are staff's matter": {func(s *health.Status) { s.Letters.Held, s.Letters.InDoubt = 3, 1 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := well()
			c.change(s)
			got := health.Judge(s, limits, func(string) bool { return false })
			if c.want == "" {
				if len(got) > 0 {
					t.Fatalf("got %+v", got)
				}
				return
			}
			id, rest, _ := strings.Cut(c.want, " critical ")
			severity, word := "critical", rest
			if rest == "" {
				id, word, _ = strings.Cut(c.want, " warning ")
				severity = "warning"
			}
			if len(got) != 1 || got[0].ID != id || string(got[0].Severity) != severity || !strings.Contains(got[0].Problem, word) || got[0].Mend == "" {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}

func secret(y, m, d int) func(*health.Status) {
	return func(s *health.Status) {
		s.Secrets = []health.Expiry{{Name: "entra", Ends: deadlines.NewDay(y, time.Month(m), d)}}
	}
}

func TestASilentMailboxIsNoNewEventAfterARestart(t *testing.T) {
	s := well()
	s.Mailboxes[0].LastPoll, s.Mailboxes[0].Polling = ago(time.Hour), ago(time.Second)
	if got := health.Judge(s, limits, func(id string) bool { return id == "poll/cafcass" }); len(got) != 1 {
		t.Errorf("got %+v, want the alarm to stand on", got)
	}
}

func TestZeroSwitchesAThresholdOff(t *testing.T) {
	s := well()
	m := &s.Mailboxes[0]
	m.LastPoll, m.OldestUnsent, m.IMAPCertificate = ago(9999*time.Hour), ago(9999*time.Hour), ago(time.Hour)
	m.Polling = m.LastPoll
	secret(2020, 1, 1)(s)
	s.Disk.Free, s.Holidays.Through = 0, deadlines.NewDay(2020, 1, 1)
	if got := health.Judge(s, config.Alarms{}, func(string) bool { return false }); len(got) > 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTheGravestComesFirst(t *testing.T) {
	s := well()
	s.Cases.Unreadable, s.Disk.Free = 1, 0
	var ids []string
	for _, a := range health.Judge(s, limits, func(string) bool { return false }) {
		ids = append(ids, a.ID)
	}
	if want := []string{"disk", "unreadable"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}
