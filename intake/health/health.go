// Package health says how the daemon and its register stand: what is known,
// and which of it is wrong. It reads nothing itself; others fill in a Status
// and Judge tells the alarms.
package health

import (
	"time"

	"requestd/deadlines"
)

// Severity tells how soon somebody must look.
type Severity string

// Critical stops the service to requesters; a warning will, if left alone.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
)

// Alarm is one thing that is wrong.
type Alarm struct {
	ID       string     `json:"id"`      // such as "poll/cafcass"; the same while it stands
	Mailbox  string     `json:"mailbox"` // "" when it concerns all
	Severity Severity   `json:"severity"`
	Problem  string     `json:"problem"` // what is wrong
	Mend     string     `json:"mend"`    // what to do
	Since    *time.Time `json:"since"`   // when the daemon noticed; null when it has not yet
}

// Status is the whole of it. Its JSON form is what requestd status --json
// prints.
type Status struct {
	At        time.Time  `json:"at"`
	Well      bool       `json:"well"`
	Running   bool       `json:"running"` // false where no daemon runs and the store alone was asked
	Version   string     `json:"version"`
	Started   *time.Time `json:"started"`
	Alarms    []Alarm    `json:"alarms"`
	Mailboxes []Mailbox  `json:"mailboxes"`
	Register
	Secrets  []Expiry `json:"secrets"`
	Holidays Holidays `json:"holidays"`
	Disk     Disk     `json:"disk"`
	Breaker  bool     `json:"breaker"` // too many letters went out: those to people outside wait
}

// Mailbox is how reading and sending of one mailbox stand.
type Mailbox struct {
	Name            string     `json:"name"`
	LastPoll        *time.Time `json:"last_poll"` // when every folder was last read to its end
	LastSend        *time.Time `json:"last_send"` // when a mail was last accepted
	Connected       bool       `json:"connected"`
	Trouble         string     `json:"trouble"` // why it cannot be read; "" when it can
	NextTry         *time.Time `json:"next_try"`
	SendTrouble     string     `json:"send_trouble"` // why nothing can be sent
	SendPaused      *time.Time `json:"send_paused"`  // until when nothing is tried
	Read            int64      `json:"read"`         // mails since the daemon started
	Server          string     `json:"server"`
	IMAPCertificate *time.Time `json:"imap_certificate"` // when it ends; null without TLS
	SMTPCertificate *time.Time `json:"smtp_certificate"`
	IMAPHost        string     `json:"-"` // whose certificate that is
	SMTPHost        string     `json:"-"`
	OldestUnsent    *time.Time `json:"oldest_unsent"`          // since when the oldest letter that is due waits
	Aside           []uint64   `json:"aside"`                  // letters that could not be dealt with, and are left out for a while
	Polling         *time.Time `json:"-"`                      // since when a daemon tries to read it
	Breaker         bool       `json:"breaker,omitempty"`      // too many of its letters went out, by a limit of its own
	WatchedFrom     string     `json:"watched_from,omitempty"` // the machine, where several daemons share the work
}

// Register is what the store tells.
type Register struct {
	Letters      Letters    `json:"letters"`
	Cases        Cases      `json:"cases"`
	OldestUnsent *time.Time `json:"oldest_unsent"`
	Backup       *time.Time `json:"backup"`   // when the register was last copied
	Database     bool       `json:"database"` // the register lies in one, which is copied by its own means
	Since        *time.Time `json:"since"`    // when a daemon first used the register; null for never
	Restored     *time.Time `json:"restored"` // when a copy was put back; null once its letters were let go
	Retention    Retention  `json:"retention"`
	Welsh        string     `json:"welsh"`    // why the Welsh of letters still wants approval; "" when it has it
	Damaged      []Damage   `json:"damaged"`  // records that cannot be read
	Replaced     bool       `json:"replaced"` // store.path names another file than the one that is open
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
	StaffFailed int `json:"staff_failed"` // to staff, refused or returned within the last week, whose address is still written to
}

// Cases counts what is open.
type Cases struct {
	Triage       int        `json:"triage"`
	OldestTriage *time.Time `json:"oldest_triage"` // when the oldest of them was registered
	Open         int        `json:"open"`
	Waiting      int        `json:"waiting"`
	Overdue      int        `json:"overdue"`
	Unreadable   int        `json:"unreadable"` // of triage: mail that could not be read, and nobody has decided
}

// Retention is what may be erased by the periods of the configuration.
type Retention struct {
	Looked deadlines.Day `json:"looked"` // when this was last worked out; null for never
	Cases  int           `json:"cases"`
	Mails  int           `json:"mails"`
}

// Expiry is a secret and the day on which it ends.
type Expiry struct {
	Name string        `json:"name"`
	Ends deadlines.Day `json:"ends"`
}

// Holidays is how far the bank holidays are known.
type Holidays struct {
	Through deadlines.Day `json:"through"` // later dates rest on the rules alone
	Fetched *time.Time    `json:"fetched"` // when holidays.url last gave a sound list
	Trouble string        `json:"trouble"` // why the file or the address could not be used
}

// Disk is the file system of the store.
type Disk struct {
	Free  uint64 `json:"free"`  // bytes that the daemon may still use
	Total uint64 `json:"total"` // bytes; 0 when it could not be asked
	Store int64  `json:"store"` // bytes of the store's file
}
