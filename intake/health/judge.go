package health

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake/config"
)

// Judge returns what is wrong with s by the thresholds t, the gravest first.
// stood reports whether an alarm was raised before and is not over: after a
// restart a mailbox has the whole threshold again to be read, unless its alarm
// had been raised already.
func Judge(s *Status, t config.Alarms, stood func(id string) bool) []Alarm {
	j := &judge{s: s, t: t, stood: stood, alarms: []Alarm{}}
	if !s.Running {
		j.add("daemon", "", Critical, "no daemon runs: no mail is read, acknowledged or reminded of",
			"systemctl start requestd; journalctl -u requestd says why it ended")
	}
	for i := range s.Mailboxes {
		j.mailbox(&s.Mailboxes[i])
	}
	j.letters()
	j.store()
	for _, x := range s.Secrets {
		j.secret(x)
	}
	j.holidays()
	slices.SortStableFunc(j.alarms, func(a, b Alarm) int { return rank(a) - rank(b) })
	return j.alarms
}

func rank(a Alarm) int {
	if a.Severity == Critical {
		return 0
	}
	return 1
}

type judge struct {
	s      *Status
	t      config.Alarms
	stood  func(string) bool
	alarms []Alarm
}

func (j *judge) add(id, mailbox string, sev Severity, problem, mend string) {
	j.alarms = append(j.alarms, Alarm{ID: id, Mailbox: mailbox, Severity: sev, Problem: problem, Mend: mend})
}

func (j *judge) mailbox(m *Mailbox) {
	if j.s.Running {
		j.polled(m)
	}
	if age, old := j.older(m.OldestUnsent, j.t.UnsentAge); old {
		j.add("unsent/"+m.Name, m.Name, Critical,
			fmt.Sprintf("a letter of the mailbox %s waits to be sent for %s%s", m.Name, span(age), because(m.SendTrouble)),
			"requestd check --connect says what is in the way; requestd outbox shows the letters")
	}
	for _, id := range m.Aside {
		j.add(fmt.Sprintf("letter/%d", id), m.Name, Critical, fmt.Sprintf("letter %d of the mailbox %s could not be dealt with and waits", id, m.Name),
			"requestd outbox shows it, journalctl -u requestd says why, and requestd verify what is wrong with the register")
	}
	if j.newest(m, func(m *Mailbox) (string, *time.Time, *time.Time) { return m.IMAPHost, m.IMAPCertificate, m.LastPoll }) {
		j.certificate("imap", m.Name, m.IMAPHost, m.IMAPCertificate)
	}
	if j.newest(m, func(m *Mailbox) (string, *time.Time, *time.Time) { return m.SMTPHost, m.SMTPCertificate, m.LastSend }) {
		j.certificate("smtp", m.Name, m.SMTPHost, m.SMTPCertificate)
	}
}

// newest reports whether no other mailbox has seen the certificate of the same
// server since: a mailbox that seldom sends may show an old certificate for
// weeks.
func (j *judge) newest(m *Mailbox, saw func(*Mailbox) (host string, ends, at *time.Time)) bool {
	host, _, at := saw(m)
	return !slices.ContainsFunc(j.s.Mailboxes, func(o Mailbox) bool {
		other, ends, since := saw(&o)
		return host != "" && other == host && ends != nil && since != nil && (at == nil || since.After(*at))
	})
}

func (j *judge) polled(m *Mailbox) {
	id, last := "poll/"+m.Name, m.LastPoll
	if m.Polling != nil && (last == nil || last.Before(*m.Polling) && !j.stood(id)) {
		last = m.Polling
	}
	age, old := j.older(last, j.t.PollAge)
	if !old {
		return
	}
	j.add(id, m.Name, Critical, fmt.Sprintf("the mailbox %s has not been read for %s%s", m.Name, span(age), because(m.Trouble)),
		"requestd check --connect says what is in the way; mail that came meanwhile is found once it is gone")
}

// older reports whether a moment is further back than a limit; a limit of 0
// switches it off.
func (j *judge) older(at *time.Time, limit time.Duration) (time.Duration, bool) {
	if at == nil || limit == 0 {
		return 0, false
	}
	age := j.s.At.Sub(*at)
	return age, age > limit
}

// certificate raises one alarm per certificate, whichever mailboxes and
// protocols show it: the same server with the same end is the same certificate.
func (j *judge) certificate(protocol, mailbox, host string, ends *time.Time) {
	if ends == nil || j.t.CertificateDays == 0 {
		return
	}
	host = cmp.Or(host, protocol+"/"+mailbox)
	id := "certificate/" + host
	if slices.ContainsFunc(j.alarms, func(a Alarm) bool { return a.ID == id }) {
		return
	}
	left := ends.Sub(j.s.At)
	if left > time.Duration(j.t.CertificateDays)*24*time.Hour {
		return
	}
	sev := Warning
	if left < 7*24*time.Hour {
		sev = Critical
	}
	j.add(id, mailbox, sev,
		fmt.Sprintf("the certificate of %s (%s server of %s) ends on %s", host, protocol, mailbox, deadlines.DayOf(*ends)),
		"have whoever runs the mail server renew it; then systemctl reload requestd: reading looks again at once, sending with its next letter")
}

func (j *judge) letters() {
	const (
		mend      = "look in requestd outbox for a loop; they go on by themselves once the count falls below sending.breaker"
		mendOfBox = "look in requestd outbox for a loop; they go on by themselves once the count falls below sending.breaker of the mailbox"
	)
	if j.s.Breaker {
		j.add("breaker", "", Critical, "too many letters went out in a short time: those to people outside wait", mend)
	}
	for i := range j.s.Mailboxes {
		if m := &j.s.Mailboxes[i]; m.Breaker {
			j.add("breaker/"+m.Name, m.Name, Critical, fmt.Sprintf("too many letters of the mailbox %s went out in a short time: those to people outside wait", m.Name), mendOfBox)
		}
	}
	if n := j.s.Letters.StaffFailed; n > 0 {
		j.add("staff-mail", "", Critical, fmt.Sprintf("%s to staff could not be sent, or came back, within the last week", Count(n, "mail", "mails")),
			"requestd outbox --state failed and --state bounced show which, and the server's answer; correct the address under staff and reload; where it was right, requestd outbox retry ID sends again what was refused")
	}
	if n := j.s.Cases.Unreadable; n > 0 {
		j.add("unreadable", "", Warning, fmt.Sprintf("%s could not be read and waits for a decision", Count(n, "mail", "mails")),
			"open it in the mailbox and decide: requestd list --state triage")
	}
}

func (j *judge) store() {
	if j.s.Replaced {
		j.add("store-replaced", "", Critical, "another file stands where the register's was, or none: what is recorded is lost when the daemon stops",
			"do not stop the daemon: requestd backup FILE copies the register as it is; then stop it, put that copy in place, and start it")
	}
	for _, d := range j.s.Damaged {
		j.add("record/"+d.Record, "", Critical, fmt.Sprintf("in the register %s %s; everything else goes on without it", d.Record, d.Why),
			"requestd verify says what else is wrong; the mail itself is in the mailbox; put the last good backup in place, as the administrator's guide says")
	}
	if j.s.Restored != nil {
		j.add("restored", "", Warning, "a copy of the register was put back: letters about mail from before that are held",
			"requestd restore --list shows them; record those that had gone (requestd acknowledge REF --by-hand DATE), then requestd restore --release")
	}
	j.backup()
	d := j.s.Disk
	if j.t.DiskFreePercent == 0 || d.Total == 0 {
		return
	}
	if percent := d.Free * 100 / d.Total; percent < uint64(j.t.DiskFreePercent) {
		j.add("disk", "", Critical, fmt.Sprintf("the disk of the register has %d %% left (%s)", percent, Bytes(d.Free)),
			"make room: when it is full nothing is registered or sent until there is room again")
	}
}

func (j *judge) backup() {
	if j.s.Database {
		return
	}
	last, never := j.s.Backup, j.s.Backup == nil
	if never {
		last = j.s.Since
	}
	age, old := j.older(last, j.t.BackupAge)
	switch {
	case !old:
	case never:
		j.add("backup", "", Warning, "the register was never copied", backupMend)
	default:
		j.add("backup", "", Warning, fmt.Sprintf("the register was last copied %s ago", span(age)), backupMend)
	}
}

const backupMend = "systemctl status requestd-backup.timer requestd-backup.service says why; where you copy it otherwise, with requestd backup"

func (j *judge) secret(x Expiry) {
	if j.t.SecretDays == 0 || x.Ends == 0 {
		return
	}
	left := int(x.Ends - deadlines.DayOf(j.s.At))
	if left > j.t.SecretDays {
		return
	}
	sev, says := Warning, fmt.Sprintf("the secret of oauth %s ends on %s", x.Name, x.Ends)
	if left < 0 {
		says = fmt.Sprintf("the secret of oauth %s ended on %s", x.Name, x.Ends)
	}
	if left < 7 {
		sev = Critical
	}
	j.add("secret/"+x.Name, "", sev, says,
		"make a new one at the provider, put it into its file, set secret_expires, and systemctl reload requestd")
}

func (j *judge) holidays() {
	h := j.s.Holidays
	if h.Trouble != "" {
		j.add("holidays-source", "", Warning, fmt.Sprintf("bank holidays could not be taken over: %s", h.Trouble),
			"the calendar stays as it was; mend holidays.file or holidays.url")
	}
	if j.t.HolidayDays == 0 || h.Through == 0 {
		return
	}
	if left := int(h.Through - deadlines.DayOf(j.s.At)); left <= j.t.HolidayDays {
		j.add("holidays", "", Warning, fmt.Sprintf("bank holidays are known only until %s: later dates rest on rules alone", h.Through),
			"put GOV.UK's newer bank-holidays.json into holidays.file and reload, or set holidays.url")
	}
}

func because(trouble string) string {
	if trouble == "" {
		return ""
	}
	return ": " + trouble
}

// Count says how many of something there are.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// span writes a duration in its largest fitting unit.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return Count(int(d/time.Second), "second", "seconds")
	case d < 2*time.Hour:
		return Count(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return Count(int(d/time.Hour), "hour", "hours")
	}
	return Count(int(d/(24*time.Hour)), "day", "days")
}

// Bytes writes a size for people.
func Bytes(n uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
