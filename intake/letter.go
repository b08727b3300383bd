package intake

import (
	"strings"
	"time"

	"requestd/deadlines"
)

// Purpose says why a mail goes out.
type Purpose string

// Letters to people outside, each sent at most once unless a person says so.
const (
	ForAcknowledgement Purpose = "acknowledgement"
	ForCorrection      Purpose = "correction"
	ForNeutral         Purpose = "neutral"    // acknowledges a mail whose kind nobody has decided yet
	ForNoRequest       Purpose = "no-request" // follows a neutral one: the mail is not dealt with as a request
)

// Letters of the next steps: each is drafted when its reason is recorded, and
// sent once a person releases it.
const (
	ForAskClarification Purpose = "ask-clarification"
	ForAskIdentity      Purpose = "ask-identity" // asks for proof of identity and residence
	ForAskAuthority     Purpose = "ask-authority"
	ForNewDate          Purpose = "new-date"  // the date once what was asked for has come
	ForExtension        Purpose = "extension" // the extension and its reason
	ForNoAnswer         Purpose = "no-answer" // asks again
	ForOnItsWay         Purpose = "on-its-way"
)

// NextStep reports whether a letter of this purpose is a draft until a person
// releases it.
func (p Purpose) NextStep() bool {
	switch p {
	case ForAskClarification, ForAskIdentity, ForAskAuthority, ForNewDate, ForExtension, ForNoAnswer, ForOnItsWay:
		return true
	}
	return false
}

// Event turns the name of an event about an acknowledgement (AckSent, AckHeld
// …) into the one for a letter of this purpose (StepSent, StepHeld …).
func (p Purpose) Event(of EventName) EventName {
	if step := ofSteps[of]; step != "" && p.NextStep() {
		return step
	}
	return of
}

var ofSteps = map[EventName]EventName{AckReleased: StepReleased, AckHeld: StepHeld, AckSent: StepSent, AckFailed: StepFailed, AckBounced: StepBounced}

// Mail to staff.
const (
	ForReceipt       Purpose = "receipt" // to the colleague who forwarded a request
	ForTriage        Purpose = "triage"
	ForCopy          Purpose = "copy"
	ForHeld          Purpose = "held"
	ForFollowup      Purpose = "followup"
	ForUrgent        Purpose = "urgent"
	ForAttention     Purpose = "attention"
	ForReminder      Purpose = "reminder"
	ForOverdue       Purpose = "overdue"
	ForAckAtRisk     Purpose = "ack-at-risk"
	ForUndecided     Purpose = "undecided" // triage open for more than a working day
	ForRecall        Purpose = "recall"    // still waiting for the requester
	ForClosing       Purpose = "closing"   // closing is suggested, never done
	ForBounced       Purpose = "bounced"
	ForUnsent        Purpose = "unsent" // failed, held or in doubt
	ForReplySeen     Purpose = "reply-seen"
	ForDigest        Purpose = "digest"
	ForBeforeStart   Purpose = "before-start"
	ForHolidays      Purpose = "holidays"
	ForAlarm         Purpose = "alarm"
	ForConfirmation  Purpose = "confirmation"
	ForRefusedChoice Purpose = "refused-choice"
)

// Outside reports whether mail of this purpose goes to somebody who is not
// staff, and so counts towards the limits on automatic answers.
func (p Purpose) Outside() bool {
	switch p {
	case ForAcknowledgement, ForCorrection, ForNeutral, ForNoRequest:
		return true
	}
	return p.NextStep()
}

// LetterState says how far a letter has come.
type LetterState string

// The states of a letter.
const (
	LetterWaiting LetterState = "waiting" // is sent at Next
	LetterSending LetterState = "sending" // an attempt is recorded, its outcome is not yet
	LetterSent    LetterState = "sent"
	LetterInDoubt LetterState = "in-doubt" // sent or not: the server's answer never came
	LetterHeld    LetterState = "held"     // until a person releases it
	LetterFailed  LetterState = "failed"   // refused for good
	LetterBounced LetterState = "bounced"  // accepted, and later returned
)

// NotSent begins the response of a failed letter that no server refused: it was
// stopped because what it said was no longer true.
const NotSent = "not sent: "

// Letter is one mail to one recipient in the outbox. Its bytes are written once
// and are the same at every attempt; they are deleted once nothing can need
// them. Mail to staff may be in the outbox as a draft, without its bytes but
// with everything that they will say; the bytes are written before the first
// attempt.
type Letter struct {
	ID        uint64      `json:"id"`  // assigned by the store, from 1
	Key       string      `json:"key"` // case, purpose, occurrence and recipient: never twice
	Ref       string      `json:"ref"`
	Mailbox   string      `json:"mailbox"` // in whose name it is sent
	Purpose   Purpose     `json:"purpose"`
	From      string      `json:"from"` // envelope sender
	To        string      `json:"to"`
	MessageID string      `json:"message_id"`
	Raw       []byte      `json:"raw,omitempty"`
	Unwritten []byte      `json:"-"`              // of mail to staff whose Raw is not written yet: what it will say; else nil
	Hash      []byte      `json:"hash,omitempty"` // SHA-256 of Raw
	Created   time.Time   `json:"created"`
	Released  time.Time   `json:"freed,omitzero"` // when a person last released it
	State     LetterState `json:"state"`
	Next      time.Time   `json:"next,omitzero"` // when it is to be sent, or looked for in the Sent folder
	Attempts  int         `json:"attempts"`
	Looks     int         `json:"looks,omitempty"`   // times looked for in the Sent folder since doubt arose
	Doubts    int         `json:"doubts,omitempty"`  // times its outcome was unknown
	Settled   time.Time   `json:"settled,omitzero"`  // when sent, failed or bounced
	Response  string      `json:"response"`          // the server's last answer, or why it is held
	Promises  []Promise   `json:"promise,omitempty"` // dates that it states to the requester
	Order     Order       `json:"order,omitempty"`   // if not the order of its purpose
	Edited    bool        `json:"edited,omitempty"`  // a person wrote its text
}

// IsDraft reports whether the letter is one of the next steps that nobody has
// released yet.
func (l *Letter) IsDraft() bool {
	return l.Purpose.NextStep() && l.State == LetterHeld && l.Doubts == 0 && (l.Attempts == 0 || l.Released.IsZero())
}

// MayHaveGone reports whether a letter has reached somebody or may have. An
// attempt that the server refused, or that found no server, has reached nobody.
func (l *Letter) MayHaveGone() bool {
	switch l.State {
	case LetterSending, LetterSent, LetterInDoubt, LetterBounced:
		return true
	}
	return l.Doubts > 0
}

// Stopped reports whether a letter was taken out of the outbox before it could
// have been sent, without a server refusing it.
func (l *Letter) Stopped() bool {
	return l.State == LetterFailed && l.Doubts == 0 && (l.Attempts == 0 || strings.HasPrefix(l.Response, NotSent))
}

// Order says which of the letters that are due goes first. A mailbox sends so
// many a minute, and a flood of one sort must not keep the others waiting.
type Order uint8

// The orders; the first is sent first.
const (
	ByPurpose   Order = iota
	OrderUrgent       // news of danger to staff
	OrderPublic       // letters to people outside
	OrderStaff        // other mail to staff
)

// Rank returns the letter's order: its Order if set, else that of its purpose.
func (l *Letter) Rank() Order {
	switch {
	case l.Order != ByPurpose:
		return l.Order
	case l.Purpose == ForUrgent:
		return OrderUrgent
	case l.Purpose.Outside():
		return OrderPublic
	}
	return OrderStaff
}

// Promise is a date that a letter states to a requester for one part of a case.
type Promise struct {
	Part Kind          `json:"part"`
	Day  deadlines.Day `json:"day"`
}
