// Package health says in what state the daemon and its register are: what is
// known, and what is wrong. It reads nothing itself; others fill in a Status,
// and Judge returns the alarms.
package health

import (
	"time"

	"requestd/deadlines"
)

// Severity says how soon somebody must look.
type Severity string

// Critical stops the service to requesters; a warning will do so if nobody
// acts.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
)

// Alarm is one thing that is wrong.
type Alarm struct {
	ID       string     `json:"id"`      // such as "poll/cafcass"; the same as long as the alarm lasts
	Mailbox  string     `json:"mailbox"` // "" if it concerns all
	Severity Severity   `json:"severity"`
	Problem  string     `json:"problem"` // what is wrong
	Mend     string     `json:"mend"`    // what to do
	Since    *time.Time `json:"since"`   // when the daemon noticed; null if it has not yet
}

// Status is everything that is known. Its JSON form is what requestd status
// --json prints.
type Status struct {
	At        time.Time  `json:"at"`
	Well      bool       `json:"well"`
	Running   bool       `json:"running"` // false if no daemon runs and only the store was read
	Version   string     `json:"version"`
	Started   *time.Time `json:"started"`
	Alarms    []Alarm    `json:"alarms"`
	Mailboxes []Mailbox  `json:"mailboxes"`
	Register
	Secrets  []Expiry `json:"secrets"`
	Holidays Holidays `json:"holidays"`
	Disk     Disk     `json:"disk"`
	Breaker  bool     `json:"breaker"` // too many letters went out: letters to people outside wait
}

// Mailbox is how well reading and sending of one mailbox work.
type Mailbox struct {
	Name            string     `json:"name"`
	LastPoll        *time.Time `json:"last_poll"` // when every folder was last read to its end
	LastSend        *time.Time `json:"last_send"` // when a mail was last accepted
	Connected       bool       `json:"connected"`
	Trouble         string     `json:"trouble"` // why it cannot be read; "" if it can
	NextTry         *time.Time `json:"next_try"`
	SendTrouble     string     `json:"send_trouble"` // why nothing can be sent
	SendPaused      *time.Time `json:"send_paused"`  // until when nothing is tried
	Read            int64      `json:"read"`         // mails since the daemon started
	Server          string     `json:"server"`
	IMAPCertificate *time.Time `json:"imap_certificate"` // when it expires; null without TLS
	SMTPCertificate *time.Time `json:"smtp_certificate"`
	IMAPHost        string     `json:"-"` // the host of that certificate
	SMTPHost        string     `json:"-"`
	OldestUnsent    *time.Time `json:"oldest_unsent"`          // since when the oldest letter that is due has waited
	Aside           []uint64   `json:"aside"`                  // letters that could not be handled, and are left out for a while
	Polling         *time.Time `json:"-"`                      // since when a daemon has tried to read it
	Breaker         bool       `json:"breaker,omitempty"`      // too many of its letters went out, by its own limit
	WatchedFrom     string     `json:"watched_from,omitempty"` // the machine, if several daemons share the work
}

// Register is what the store says.
type Register struct {
	Letters      Letters    `json:"letters"`
	Cases        Cases      `json:"cases"`
	OldestUnsent *time.Time `json:"oldest_unsent"`
	Backup       *time.Time `json:"backup"`   // when the register was last copied
	Database     bool       `json:"database"` // the register is in one, which is copied by its own means
	Since        *time.Time `json:"since"`    // when a daemon first used the register; null for never
	Restored     *time.Time `json:"restored"` // when a copy was restored; null once its letters were let go
	Retention    Retention  `json:"retention"`
	Welsh        string     `json:"welsh"`    // why the Welsh of letters is not yet approved; "" if it is
	Damaged      []Damage   `json:"damaged"`  // records that cannot be read
	Replaced     bool       `json:"replaced"` // store.path names another file than the open one
}

// Damage is a record of the register that cannot be read.
type Damage struct {
	Record string `json:"record"` // such as "case CAF26-00017"
	Why    string `json:"why"`
}

// Letters counts what is in the outbox.
type Letters struct {
	Waiting     int `json:"waiting"`
	Sending     int `json:"sending"`
	InDoubt     int `json:"in_doubt"`
	Held        int `json:"held"`
	Failed      int `json:"failed"`       // refused for good
	StaffFailed int `json:"staff_failed"` // to staff, refused or returned within the last week, whose address still gets mail
}

// Cases counts what is open.
type Cases struct {
	Triage       int        `json:"triage"`
	OldestTriage *time.Time `json:"oldest_triage"` // when the oldest of them was registered
	Open         int        `json:"open"`
	Waiting      int        `json:"waiting"`
	Overdue      int        `json:"overdue"`
	Unreadable   int        `json:"unreadable"` // of triage: mail that could not be read and that nobody has decided about
}

// Retention is what the configured periods allow to be erased.
type Retention struct {
	Looked deadlines.Day `json:"looked"` // when this was last worked out; null for never
	Cases  int           `json:"cases"`
	Mails  int           `json:"mails"`
}

// Expiry is a secret and the day on which it expires.
type Expiry struct {
	Name string        `json:"name"`
	Ends deadlines.Day `json:"ends"`
}

// Holidays is how far the bank holidays are known.
type Holidays struct {
	Through deadlines.Day `json:"through"` // for later dates only the rules are known
	Fetched *time.Time    `json:"fetched"` // when holidays.url last gave a sound list
	Trouble string        `json:"trouble"` // why the file or the address could not be used
}

// Disk is the file system of the store.
type Disk struct {
	Free  uint64 `json:"free"`  // bytes that the daemon may still use
	Total uint64 `json:"total"` // bytes; 0 if it could not be read
	Store int64  `json:"store"` // bytes of the store's file
}
