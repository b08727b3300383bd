package config

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"requestd/store/postgres"
)

// The calendars on which an acknowledgement's days can be counted.
const (
	CalendarEnglandWales  = "england-and-wales"
	CalendarUnitedKingdom = "united-kingdom"
)

const day = 24 * time.Hour

var (
	staffKinds = []string{"foi", "dsar", "review", "eir", "rights"}
	staffGets  = []string{GetsTriage, GetsCopies, GetsReminders, GetsDigest, GetsUrgent, GetsOverdue, GetsAlarms}
)

func (k *checker) validateStore(s *Store) {
	if s.URL == "" {
		k.need("store.path", string(s.Path), "name the file of the register, such as /var/lib/requestd/requestd.db")
		if s.Password.Path != "" {
			k.add("store.password_file", "is not used with store.path", "take it out, or name the database in store.url")
		}
		return
	}
	if s.Path != "" {
		k.add("store.path", "stands beside store.url", "keep the one in which the register lies, and move it with requestd move")
	}
	if _, err := postgres.Parse(s.URL, ""); err != nil {
		k.add("store.url", err.Error(), "write postgres://USER@HOST/DATABASE?sslmode=verify-full, and the password into store.password_file")
	}
}

// validate checks every value once all are read.
func (k *checker) validate(c *Config) {
	k.validateStore(&c.Store)
	k.span("store.wait", c.Store.Wait, 0, time.Minute)
	k.need("control.socket", string(c.Control.Socket), "name the socket, such as /run/requestd/control.sock")
	k.socket("control.socket", c.Control.Socket)
	k.socket("control.status_socket", c.Control.StatusSocket)
	if c.Control.StatusSocket != "" && c.Control.StatusSocket == c.Control.Socket {
		k.add("control.status_socket", "is the control socket itself", "name another path: it serves the status and nothing else")
	}
	if !c.borrowed {
		k.validateSMTP("smtp", &c.SMTP, c)
	}
	k.validateOAuth(c)
	k.validateSending(&c.Sending)
	k.validateStaff(c)
	k.validateMailboxes(c)
	k.validateSchedule(c)
	k.validateRegulator("regulator", &c.Regulator)
	if w := c.Welsh; w != (Welsh{}) {
		k.need("welsh.approved_by", w.ApprovedBy, "write the name of who approved the Welsh, or take welsh out")
		k.need("welsh.texts", w.Texts, "write what requestd check names the Welsh texts")
		if w.ApprovedOn.IsZero() {
			k.missing("welsh.approved_on", "write the day on which the Welsh was approved, such as 2026-11-01")
		}
	}
	k.validateHolidays(&c.Holidays)
	k.validateClassify(&c.Classify)
	k.validateLimits(&c.Limits)
	k.validateRest(c)
}

func (k *checker) socket(key string, p Path) {
	if len(p) > 107 {
		k.add(key, "the path is longer than the 107 bytes that a socket may have", "choose a shorter one")
	}
}

func (k *checker) validateSending(s *Sending) {
	k.waits("sending.retry", s.Retry, 48*time.Hour)
	k.waits("sending.in_doubt_wait", s.InDoubtWait, 24*time.Hour)
	k.span("sending.retry_every", s.RetryEvery, time.Second, day)
	k.span("sending.give_up", s.GiveUp, time.Second, 30*day)
	k.span("sending.account_pause", s.AccountPause, time.Second, day)
	k.between("sending.per_minute", s.PerMinute, 0, 10000)
	k.validateLimitsOf("sending", &OwnLimits{&s.PerAddress, &s.Breaker})
}

func (k *checker) validateLimitsOf(at string, l *OwnLimits) {
	if p := l.PerAddress; p != nil {
		k.between(at+".per_address.hour", p.Hour, 0, 10000)
		k.between(at+".per_address.day", p.Day, 0, 100000)
		if p.Hour > 0 && p.Day > 0 && p.Day < p.Hour {
			k.add(at+".per_address.day", fmt.Sprintf("%d a day is less than %d an hour", p.Day, p.Hour), "raise it, or lower "+at+".per_address.hour")
		}
	}
	if b := l.Breaker; b != nil {
		k.between(at+".breaker.count", b.Count, 0, 100000)
		k.span(at+".breaker.within", b.Within, time.Second, day)
	}
}

func (k *checker) waits(key string, list []time.Duration, longest time.Duration) {
	if len(list) == 0 {
		k.add(key, "names no wait", "write at least one, such as [1m]")
	}
	if len(list) > 100 {
		k.add(key, fmt.Sprintf("names %d waits", len(list)), "write at most 100")
	}
	for i, d := range list {
		k.span(fmt.Sprintf("%s[%d]", key, i), d, time.Millisecond, longest)
	}
}

func (k *checker) validateSchedule(c *Config) {
	r := &c.Reminders
	for i, n := range r.Before {
		at := fmt.Sprintf("reminders.before[%d]", i)
		k.between(at, n, 0, 60)
		if slices.Contains(r.Before[:i], n) {
			k.add(at, fmt.Sprintf("%d stands in the list twice", n), "take one out")
		}
	}
	k.between("reminders.ack_before", r.AckBefore, 0, 30)
	k.between("reminders.recall_every", r.RecallEvery, 0, 250)
	k.between("reminders.suggest_close", r.SuggestClose, 0, 1000)
	k.between("reminders.triage_after", r.TriageAfter, 0, 60)
	k.spanOrOff("reminders.urgent_after", r.UrgentAfter, time.Minute, 7*day)
	k.span("replies.undo_wait", c.Replies.UndoWait, 0, day)
	k.oneOf("digest.new_cases", c.Digest.NewCases, NewAtOnce, NewInList)
	k.between("replies.token_days", c.Replies.TokenDays, 1, 366)
}

func (k *checker) validateRegulator(key string, r *Regulator) {
	k.need(key+".name", r.Name, "name the regulator")
	if r.Email != "" {
		k.address(key+".email", r.Email)
	}
	for name, u := range map[string]string{"website": r.Website, "website_cy": r.WebsiteCy} {
		if u != "" {
			k.url(key+"."+name, u)
		}
	}
}

func (k *checker) validateHolidays(h *Holidays) {
	if h.URL != "" {
		k.url("holidays.url", h.URL)
	}
	k.span("holidays.every", h.Every, time.Second, 366*day)
	k.span("holidays.timeout", h.Timeout, time.Second, 10*time.Minute)
	k.between("holidays.max_bytes", h.MaxBytes, 1<<10, 64<<20)
}

func (k *checker) validateClassify(c *Classify) {
	names := uniq{k, "name", map[string]string{}}
	for i, s := range c.Signals {
		at := fmt.Sprintf("classify.signals[%d]", i)
		if k.need(at+".name", s.Name, "name the signal: it stands in the evidence") {
			names.add(at+".name", s.Name)
		}
		if k.need(at+".kind", s.Kind, "write the kind for which it speaks") {
			k.oneOf(at+".kind", s.Kind, "foi", "dsar", "review", "other", "automated")
		}
		if len(s.Phrases)+len(s.Senders) == 0 {
			k.missing(at+".phrases", "write phrases or senders")
		}
		for j, p := range s.Phrases {
			if strings.TrimSpace(p) == "" {
				k.add(fmt.Sprintf("%s.phrases[%d]", at, j), "is blank and would fire on every mail", "take it out")
			}
		}
		for j, a := range s.Senders {
			if !addressForm.MatchString(a) && !(strings.HasPrefix(a, "@") && domainForm.MatchString(a[1:])) {
				k.add(fmt.Sprintf("%s.senders[%d]", at, j), show(a)+" is no sender", "write an address, or a domain as @example.org")
			}
		}
		if s.Points == 0 || s.Points < -20 || s.Points > 20 {
			k.add(at+".points", fmt.Sprintf("%v is out of range", s.Points), "write a number from -20 to 20 that is not 0")
		}
	}
}

func (k *checker) validateLimits(l *Limits) {
	k.between("limits.fetch_bytes", l.FetchBytes, 64<<10, 256<<20)
}

func (k *checker) validateRest(c *Config) {
	k.oneOf("retention.erase", c.Retention.Erase, "preview", "automatic")
	a := &c.Alarms
	k.spanOrOff("alarms.poll_age", a.PollAge, time.Second, 7*day)
	k.spanOrOff("alarms.unsent_age", a.UnsentAge, time.Second, 7*day)
	k.between("alarms.disk_free_percent", a.DiskFreePercent, 0, 99)
	k.between("alarms.certificate_days", a.CertificateDays, 0, 366)
	k.between("alarms.secret_days", a.SecretDays, 0, 730)
	k.between("alarms.holiday_days", a.HolidayDays, 0, 3660)
	k.spanOrOff("alarms.backup_age", a.BackupAge, time.Minute, 366*day)
	if l := c.Metrics.Listen; l != "" {
		host, port, err := net.SplitHostPort(l)
		if err != nil || port == "" || !loopback(host) {
			k.add("metrics.listen", show(l)+" is no loopback address with a port", `write "127.0.0.1:9469", or "" for no metrics`)
		}
	}
	k.validateWeb(&c.Web)
	k.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.oneOf("log.format", c.Log.Format, "text", "json")
}
