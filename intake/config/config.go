// Package config reads requestd's configuration: one YAML file, with every
// mistake in it reported at once, each with its key and how to mend it. It is
// the only package that uses viper. A Config never contains secrets, only where
// they are read from.
package config

import (
	"fmt"
	"time"

	"requestd/deadlines"
)

// Config is a configuration that was read and found valid. It is not changed
// afterwards: a reload makes a new one. Every default is filled in, and every
// path is absolute or begins with $CREDENTIALS_DIRECTORY.
type Config struct {
	Store     Store     `mapstructure:"store"`
	Control   Control   `mapstructure:"control"`
	SMTP      SMTP      `mapstructure:"smtp"`
	OAuth     []OAuth   `mapstructure:"oauth"`
	Sending   Sending   `mapstructure:"sending"`
	Staff     []Staff   `mapstructure:"staff"`
	Mailboxes []Mailbox `mapstructure:"mailboxes"`
	Reminders Reminders `mapstructure:"reminders"`
	Digest    Digest    `mapstructure:"digest"`
	Replies   Replies   `mapstructure:"replies"`
	Regulator Regulator `mapstructure:"regulator"`
	Holidays  Holidays  `mapstructure:"holidays"`
	Classify  Classify  `mapstructure:"classify"`
	Templates Templates `mapstructure:"templates"`
	Welsh     Welsh     `mapstructure:"welsh"`
	Limits    Limits    `mapstructure:"limits"`
	Retention Retention `mapstructure:"retention"`
	Alarms    Alarms    `mapstructure:"alarms"`
	Metrics   Metrics   `mapstructure:"metrics"`
	Web       Web       `mapstructure:"web"`
	Log       Log       `mapstructure:"log"`

	source   string `mapstructure:"-"`
	borrowed bool   `mapstructure:"-"` // SMTP is the first mailbox's
}

// Source returns the name of the file that was read.
func (c *Config) Source() string { return c.source }

// Store says where the register is.
type Store struct {
	Path Path `mapstructure:"path"`
	// URL is the address of a PostgreSQL database, instead of Path.
	URL      string        `mapstructure:"url"`
	Password SecretFile    `mapstructure:"password_file"` // of the database's user, if it needs one
	Wait     time.Duration `mapstructure:"wait"`          // how long to wait for the lock of another process
	// Create makes a register when the daemon starts, if there is none and none
	// was known there.
	Create bool `mapstructure:"create"`
}

// Secret returns the password of the database's user; "" if none is configured.
func (s Store) Secret() (string, error) {
	if s.Password.IsZero() {
		return "", nil
	}
	p, err := s.Password.Read()
	if err != nil {
		return "", fmt.Errorf("store.password_file: %w", err)
	}
	return p.Reveal(), nil
}

// Control is the socket through which commands reach the daemon.
type Control struct {
	Socket Path   `mapstructure:"socket"`
	Group  string `mapstructure:"group"` // owns the socket, whose mode is 0660; "" leaves the daemon's own
	// StatusSocket serves only the status, for monitoring; "" for none.
	StatusSocket Path   `mapstructure:"status_socket"`
	StatusGroup  string `mapstructure:"status_group"` // owns that socket
}

// Sending says how letters are sent.
type Sending struct {
	Retry        []time.Duration `mapstructure:"retry"`         // waits after the first failures
	RetryEvery   time.Duration   `mapstructure:"retry_every"`   // every further wait
	GiveUp       time.Duration   `mapstructure:"give_up"`       // after which a letter is held
	InDoubtWait  []time.Duration `mapstructure:"in_doubt_wait"` // when to look for a mail in doubt
	AccountPause time.Duration   `mapstructure:"account_pause"` // pause after a refusal that means the account
	PerMinute    int             `mapstructure:"per_minute"`    // of one mailbox; 0 is no limit
	PerAddress   PerAddress      `mapstructure:"per_address"`
	Breaker      Breaker         `mapstructure:"breaker"`
}

// PerAddress limits the letters to one address outside; 0 is no limit.
type PerAddress struct {
	Hour int `mapstructure:"hour"`
	Day  int `mapstructure:"day"`
}

// Breaker stops the whole outbox when more than Count letters are sent within
// the given time; a Count of 0 switches it off.
type Breaker struct {
	Count  int           `mapstructure:"count"`
	Within time.Duration `mapstructure:"within"`
}

// What a member of staff can subscribe to; see Staff.Gets.
const (
	GetsTriage    = "triage"
	GetsCopies    = "copies"
	GetsReminders = "reminders"
	GetsDigest    = "digest"
	GetsUrgent    = "urgent"
	GetsOverdue   = "overdue"
	GetsAlarms    = "alarms"
)

// Staff is a person or a team that handles requests. After Load Mailboxes,
// Kinds and Gets are never empty: if one was left out it contains everything.
type Staff struct {
	Address    string   `mapstructure:"address"`
	Name       string   `mapstructure:"name"`
	Mailboxes  []string `mapstructure:"mailboxes"`
	Kinds      []string `mapstructure:"kinds"` // foi, dsar, review, eir, rights; see Handles
	Gets       []string `mapstructure:"gets"`
	EscalateTo string   `mapstructure:"escalate_to"` // "" for nobody
	Language   string   `mapstructure:"language"`    // of mail to them: en or cy
}

// Reminders is the schedule of mail to staff. Numbers of days are working days
// of the clock's own calendar.
type Reminders struct {
	At           TimeOfDay     `mapstructure:"at"`            // London time
	HalfTime     bool          `mapstructure:"half_time"`     // a reminder when half the time is gone
	Before       []int         `mapstructure:"before"`        // working days before the reply-by date; 0 is the day itself
	AckBefore    int           `mapstructure:"ack_before"`    // working days before acknowledge_by; 0 is the day itself
	Overdue      bool          `mapstructure:"overdue"`       // a reminder on each working day after the reply-by date
	RecallEvery  int           `mapstructure:"recall_every"`  // of a waiting case, working days; 0 switches it off
	SuggestClose int           `mapstructure:"suggest_close"` // working days of waiting; 0 never suggests it
	TriageAfter  int           `mapstructure:"triage_after"`  // working days until escalation; 0 never escalates
	UrgentAfter  time.Duration `mapstructure:"urgent_after"`  // until escalation; 0s never escalates
}

// Digest is the list that each member of staff gets on working mornings.
type Digest struct {
	At       TimeOfDay `mapstructure:"at"`
	Empty    bool      `mapstructure:"empty"`             // send it also if there is nothing to tell
	NewCases string    `mapstructure:"new_cases"`         // NewAtOnce or NewInList
	Names    bool      `mapstructure:"names_in_subjects"` // of requesters, in mail to staff
}

// When staff are told of a new case; see Digest.NewCases. They are always told
// of danger at once.
const (
	NewAtOnce = "at-once"
	NewInList = "in-list"
)

// Replies says how officers decide by answering the daemon's mail.
type Replies struct {
	UndoWait  time.Duration `mapstructure:"undo_wait"`  // how long a letter waits for UNDO
	TokenDays int           `mapstructure:"token_days"` // how long a token is valid
}

// Regulator is where a requester may complain.
type Regulator struct {
	Name      string `mapstructure:"name"`
	NameCy    string `mapstructure:"name_cy"`
	Address   string `mapstructure:"address"` // postal; may span lines
	Email     string `mapstructure:"email"`
	Phone     string `mapstructure:"phone"`
	PhoneCy   string `mapstructure:"phone_cy"` // for calls in Welsh
	Website   string `mapstructure:"website"`
	WebsiteCy string `mapstructure:"website_cy"`
}

// Holidays says where bank holidays come from besides the embedded data.
type Holidays struct {
	File     Path          `mapstructure:"file"` // GOV.UK's JSON format; "" for none
	URL      string        `mapstructure:"url"`  // fetched on a timer; "" for never
	Every    time.Duration `mapstructure:"every"`
	Timeout  time.Duration `mapstructure:"timeout"`
	MaxBytes int           `mapstructure:"max_bytes"`
}

// Classify is what an administrator adds to the classifier.
type Classify struct {
	Signals  []Signal `mapstructure:"signals"`
	OwnLists []string `mapstructure:"own_lists"` // List-Ids through which people write
}

// Signal is a signal that an administrator adds: it is found if any of its
// phrases is in the new text, or the mail is from any of its senders.
type Signal struct {
	Name    string   `mapstructure:"name"`
	Phrases []string `mapstructure:"phrases"`
	Senders []string `mapstructure:"senders"` // an address, or a domain as @example.org
	Kind    string   `mapstructure:"kind"`    // foi, dsar, review, other or automated
	Points  float64  `mapstructure:"points"`  // for the kind; below 0 against it
}

// Templates says where the body's own texts are.
type Templates struct {
	Dir Path `mapstructure:"dir"` // "" uses only the embedded ones
}

// Welsh says which version of the letters' Welsh was approved by somebody who
// reads it.
type Welsh struct {
	ApprovedBy string        `mapstructure:"approved_by"`
	ApprovedOn deadlines.Day `mapstructure:"approved_on"`
	Texts      string        `mapstructure:"texts"` // as requestd check names them
}

// Wanting says why the Welsh texts in force have still to be approved, and what
// to do; "" if they were approved.
func (w Welsh) Wanting(texts string) (says, mend string) {
	mend = fmt.Sprintf("have a Welsh reader read docs/welsh-review.md, mend what they find, and write welsh: {approved_by: NAME, approved_on: DATE, texts: %s}", texts)
	switch {
	case w.ApprovedBy == "":
		return fmt.Sprintf("nobody who reads Welsh has approved the Welsh of letters (texts %s)", texts), mend
	case w.Texts != texts:
		return fmt.Sprintf("the Welsh of letters (texts %s) has changed since %s approved it on %s", texts, w.ApprovedBy, w.ApprovedOn), mend
	}
	return "", ""
}

// Limits limit what is read of a mail. The limits that keep a hostile mail from
// costing more than another are the parser's own, and not configurable.
type Limits struct {
	FetchBytes int `mapstructure:"fetch_bytes"` // of one mail, from the server
}

// Retention says how long settled cases and mail are kept. An open case is
// never erased; a zero Period keeps for ever.
type Retention struct {
	Erase       string `mapstructure:"erase"` // preview: staff see what is due and erase it; automatic: it is erased without them
	FOI         Period `mapstructure:"foi"`
	DSAR        Period `mapstructure:"dsar"`
	Review      Period `mapstructure:"review"`
	EIR         Period `mapstructure:"eir"`
	Rights      Period `mapstructure:"rights"`
	Withdrawn   Period `mapstructure:"withdrawn"`
	Lapsed      Period `mapstructure:"lapsed"`
	Transferred Period `mapstructure:"transferred"`
	Duplicate   Period `mapstructure:"duplicate"`
	NotARequest Period `mapstructure:"not_a_request"`
	Passed      Period `mapstructure:"passed"`  // mail that opened no case
	Ignored     Period `mapstructure:"ignored"` // machines' mail
	Texts       Period `mapstructure:"texts"`   // the text of both, which is deleted whatever Erase says
}

// Alarms are the thresholds beyond which staff are told. Zero switches one off.
type Alarms struct {
	PollAge         time.Duration `mapstructure:"poll_age"`   // since the last good poll of a mailbox
	UnsentAge       time.Duration `mapstructure:"unsent_age"` // of the oldest letter that is due and unsent
	DiskFreePercent int           `mapstructure:"disk_free_percent"`
	CertificateDays int           `mapstructure:"certificate_days"` // before one expires
	SecretDays      int           `mapstructure:"secret_days"`      // before an oauth secret_expires
	HolidayDays     int           `mapstructure:"holiday_days"`     // before the holiday data ends
	BackupAge       time.Duration `mapstructure:"backup_age"`       // since the last backup
}

// Metrics serves Prometheus.
type Metrics struct {
	Listen string `mapstructure:"listen"` // a loopback host:port; "" is off
}

// Log says how the daemon logs to standard error.
type Log struct {
	Level  string `mapstructure:"level"`  // debug, info, warn, error
	Format string `mapstructure:"format"` // text, json
}
