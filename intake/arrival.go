// Package intake holds the domain: a mail as it was read (Message, Reading),
// its entry in the register (Arrival), a case as a list of events (Case, Event)
// and what follows from them (View), and letters (Letter). It does no input or
// output.
package intake

import "time"

// Disposition says what became of a mail that came in. It is not an officer's
// decision.
type Disposition string

// The dispositions, as requestd messages prints them.
const (
	DidAcknowledge Disposition = "acknowledge"
	DidTriage      Disposition = "triage"
	DidFollowup    Disposition = "followup"
	DidPass        Disposition = "pass"
	DidDuplicate   Disposition = "duplicate"
	DidIgnore      Disposition = "ignore"
	DidBeforeStart Disposition = "before-start"
	DidUnreadable  Disposition = "unreadable" // always has a case
)

// The values of Arrival.Seems that are about our own letters.
const (
	SeemsDecision = "decision" // an officer's answer that was carried out
	SeemsAnswer   = "answer"   // an officer's answer that changed nothing, and was answered
	SeemsReturned = "returned" // a report on a letter that came back
)

// How much is kept of a mail's head, in runes.
const (
	MaxSubject = 200
	MaxName    = 100
)

// MailLocation is where a mail is on its server, which also identifies it there
// (RFC 3501 section 2.3.1.1).
type MailLocation struct {
	Mailbox     string `json:"mailbox"`
	Folder      string `json:"folder"`
	UIDValidity uint32 `json:"uidvalidity"`
	UID         uint32 `json:"uid"`
}

// Arrival is what the register keeps of one message in one mailbox. The message
// itself stays in the mailbox, which is the record.
type Arrival struct {
	ID uint64 `json:"id"` // assigned by the store, from 1
	MailLocation
	MessageID   string      `json:"message_id"`
	From        Address     `json:"from"`
	Subject     string      `json:"subject"`
	Received    time.Time   `json:"received"`           // INTERNALDATE
	Sent        time.Time   `json:"sent,omitzero"`      // the sender's Date header
	Registered  time.Time   `json:"registered"`         // when the daemon took it in
	Size        int64       `json:"size,omitempty"`     // RFC822.SIZE
	Doubtful    bool        `json:"doubtful,omitempty"` // the server sent no usable INTERNALDATE: Received is when it was taken in
	Fingerprint []byte      `json:"fingerprint,omitempty"`
	Decision    Disposition `json:"decision"`
	Kind        Kind        `json:"kind"`
	Language    string      `json:"language,omitempty"` // the language of the mail: en, cy or bi
	Why         string      `json:"why"`
	Ref         string      `json:"ref"`
	Seems       string      `json:"seems,omitempty"`     // of a follow-up: what it looks like
	Attention   string      `json:"attention,omitempty"` // of a passed mail that staff must see at once
	Urgent      string      `json:"urgent,omitempty"`
	Twin        uint64      `json:"twin,omitempty"` // of a duplicate: the arrival that it repeats
	Attachments []string    `json:"attachments,omitempty"`
}

// Position is how far a folder has been taken in: every UID up to Through has
// been handled.
type Position struct {
	UIDValidity uint32 `json:"uidvalidity"`
	Through     uint32 `json:"through"`
}
