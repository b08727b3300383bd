package intake

import (
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake/holds"
)

// EventName says what happened on a case.
type EventName string

// Events that people record, by the names that users and scripts rely on.
const (
	ClarificationRequested EventName = "clarification-requested"
	ClarificationReceived  EventName = "clarification-received"
	IdentityRequested      EventName = "identity-requested"
	IdentityReceived       EventName = "identity-received"
	AuthorityRequested     EventName = "authority-requested"
	AuthorityReceived      EventName = "authority-received"
	FeeRequested           EventName = "fee-requested"
	FeeReceived            EventName = "fee-received"
	Extended               EventName = "extended"
	Acknowledged           EventName = "acknowledged" // by hand
	Responded              EventName = "responded"
	Closed                 EventName = "closed"
	Withdrawn              EventName = "withdrawn"
	Reopened               EventName = "reopened"
	ReceivedOn             EventName = "received" // corrects the date of receipt
	Void                   EventName = "void"     // strikes event Refers, which stays visible
	Note                   EventName = "note"
	Corrected              EventName = "corrected" // name, addresses, language or body as corrected, in full
	Assigned               EventName = "assigned"  // Officer is in charge, Cover is the deputy
	// The Commissioner (FOIA s.50, DPA 2018 s.165): they told us of a complaint
	// and want our answer by Due; we answered; they decided.
	CommissionerNotified EventName = "commissioner-notified"
	CommissionerAnswered EventName = "commissioner-answered"
	CommissionerDecided  EventName = "commissioner-decided"
)

// Events that record what the daemon does or is told to do.
const (
	Opened          EventName = "opened"                   // the first of every case
	MailAttached    EventName = "mail-attached"            // a further mail belongs to the case
	Reclassified    EventName = "reclassified"             // a person's decision on the kind
	AckQueued       EventName = "acknowledgement-queued"   // is in the outbox
	AckHeld         EventName = "acknowledgement-held"     // waits for a person; Code says why
	AckReleased     EventName = "acknowledgement-released" // a person let it go
	AckSent         EventName = "acknowledgement-sent"     // accepted by the mail server
	AckBounced      EventName = "acknowledgement-bounced"  // came back, and no longer counts as made
	AckFailed       EventName = "acknowledgement-failed"   // refused for good
	Promised        EventName = "promised"                 // Day was told to the requester for Part
	Redated         EventName = "redated"                  // holidays changed: the date Before became Day
	MergedInto      EventName = "merged-into"              // this case was merged into Ref
	Merged          EventName = "merged"                   // Ref was merged into this case
	Linked          EventName = "linked"                   // a review and the case that it is about, each to the other
	TakenOver       EventName = "taken-over"               // a case that ran before the daemon did
	ReplySeen       EventName = "reply-seen"               // a colleague's own reply is in the Sent folder
	ReminderQueued  EventName = "reminded"                 // Code names the reminder
	Erased          EventName = "erased"                   // personal parts were removed
	DecisionUndone  EventName = "undone"                   // a person took back event Refers
	UnverifiedReply EventName = "unverified-mail"          // names this case, but comes from a stranger
	AddressGiven    EventName = "address-given"            // a person said where letters go
	// Of a letter of the next steps, whose purpose is the Code: Refers is the
	// event that caused it, Part the part it is about.
	StepDrafted  EventName = "letter-drafted"
	StepEdited   EventName = "letter-edited"
	StepReleased EventName = "letter-released" // by a person
	StepHeld     EventName = "letter-held"
	StepSent     EventName = "letter-sent"
	StepFailed   EventName = "letter-failed"
	StepBounced  EventName = "letter-bounced"
)

// Event is one fact in a case's history. Events are appended and never
// changed; erasing removes Personal and leaves Digest, so that the chain of
// hashes still verifies.
type Event struct {
	N       int           `json:"n"`     // position in the history, from 1
	At      time.Time     `json:"at"`    // when it was recorded
	Actor   string        `json:"actor"` // who recorded it: "requestd", "local:USER", "mail:ADDRESS", "page:ADDRESS"
	Name    EventName     `json:"event"`
	Day     deadlines.Day `json:"date"`              // the London day on which it happened
	Before  deadlines.Day `json:"before,omitzero"`   // of redated: the date that it replaces
	Part    Kind          `json:"part,omitempty"`    // of a hybrid: the part it concerns; "" is all
	Outcome string        `json:"outcome,omitempty"` // of responded and commissioner-decided
	Reason  string        `json:"reason,omitempty"`  // of closed
	Kind    Kind          `json:"kind,omitempty"`    // of opened and reclassified
	Of      Kind          `json:"of,omitempty"`
	Also    []Kind        `json:"also,omitempty"`
	Right   []string      `json:"right,omitempty"`   // of a rights part: which rights, of RightNames
	Refers  int           `json:"refers,omitempty"`  // the event that is struck or undone
	Ref     string        `json:"ref,omitempty"`     // another case
	Message uint64        `json:"message,omitempty"` // a mail of the register
	// Messages is set on merged: the mails that came with the other case.
	Messages []uint64 `json:"messages,omitempty"`
	Letter   uint64   `json:"letter,omitempty"` // a letter of the outbox
	Code     string   `json:"code,omitempty"`   // machine-readable detail, never personal

	Exemptions []string      `json:"exemptions,omitempty"`     // of responded and extended, as Exemption returns them
	Officer    string        `json:"officer,omitempty"`        // of assigned: who is in charge; of responded: who decided
	Cover      string        `json:"cover,omitempty"`          // of assigned: the deputy
	Due        deadlines.Day `json:"due,omitzero"`             // of commissioner-notified
	Language   string        `json:"language,omitempty"`       // of corrected
	Reply      string        `json:"reply_language,omitempty"` // of corrected
	Mailbox    string        `json:"mailbox,omitempty"`        // of corrected: the mailbox to which the case belongs
	Child      string        `json:"child,omitempty"`          // of corrected: yes or no, whether a child asks

	Opening  *Opening  `json:"opening,omitempty"` // of opened only
	Personal *Personal `json:"personal,omitempty"`

	Digest []byte `json:"digest,omitempty"` // salted digest of Personal, which outlives it
	Chain  []byte `json:"chain,omitempty"`  // hash over the Chain of the event before, this one's public part and Digest
}

// Opening holds the facts with which a case began, without the personal ones.
type Opening struct {
	Mailbox  string    `json:"mailbox"`
	Received time.Time `json:"received"` // INTERNALDATE of the first arrival, or noon of a day that a person entered
	Source   string    `json:"source"`   // mail, forward, post, telephone, in-person, colleague, taken-over
	Language string    `json:"language,omitempty"`
	Reply    string    `json:"reply_language,omitempty"` // language of letters: en or cy-en
	Triage   bool      `json:"triage,omitempty"`         // a person must decide before anything goes out
	Doubt    bool      `json:"doubt,omitempty"`          // the kind itself is in doubt
	Hold     []string  `json:"hold,omitempty"`           // why the acknowledgement is held
	Urgent   string    `json:"urgent,omitempty"`
	Attend   string    `json:"attention,omitempty"`
	Flags    []string  `json:"flags,omitempty"`
	Verified bool      `json:"verified,omitempty"` // the mail server vouches for the sender
	Neutral  bool      `json:"neutral,omitempty"`  // it may get a neutral acknowledgement if nobody decides in time
}

// Personal is the part of an event that names or describes a person. Erase
// removes it.
type Personal struct {
	Salt       []byte     `json:"salt"`
	Requester  Address    `json:"requester,omitzero"`
	ReplyTo    string     `json:"reply_to,omitempty"` // where letters to the requester go
	Subject    string     `json:"subject,omitempty"`
	MessageID  string     `json:"message_id,omitempty"` // of the mail to which letters are a reply
	Refs       []string   `json:"references,omitempty"`
	Text       string     `json:"text,omitempty"`   // a note, an excerpt, or the reason of an extension
	Postal     string     `json:"postal,omitempty"` // the requester's postal address
	Theirs     string     `json:"theirs,omitempty"` // the Commissioner's reference; of opened, that of the requester or whoever writes for them
	Evidence   []Evidence `json:"evidence,omitempty"`
	TextDigest []byte     `json:"words,omitempty"` // of a mail: a digest of its subject and text, to recognise one that is sent twice
}

// splitCodes reads a list of codes as JoinCodes writes it.
func splitCodes(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// JoinCodes joins codes, such as reasons to hold, into one public detail.
func JoinCodes(codes []string) string { return strings.Join(codes, ",") }

// AckWithdrawn is the code of an AckHeld event that took an unsent letter out
// of the outbox.
const AckWithdrawn = holds.Withdrawn

// AckUndecided is the code of an AckHeld event on a case whose kind is in
// doubt: no letter is sent before a person decides.
const AckUndecided = holds.Undecided

// Other codes of events.
const (
	CodeMine      = "mine"        // of a note: its author works on the case
	CodeUndoneToo = "consequence" // of undone: the event followed from the decision that was undone
	CodeWaits     = "waits"       // of reclassified: its rights part still waits for a person
)

// recordable are the events that people record, in the order of the guide.
var recordable = []EventName{
	ClarificationRequested, ClarificationReceived, IdentityRequested, IdentityReceived, AuthorityRequested,
	AuthorityReceived, FeeRequested, FeeReceived, Extended, Acknowledged, Responded, Closed, Withdrawn, Reopened,
	ReceivedOn, Void, Note, Corrected, Assigned, CommissionerNotified, CommissionerAnswered, CommissionerDecided,
}

// Recordable reports whether people may record events of this name.
func (n EventName) Recordable() bool { return slices.Contains(recordable, n) }

// RecordableNames lists the events that people record.
func RecordableNames() []string {
	var names []string
	for _, n := range recordable {
		names = append(names, string(n))
	}
	return names
}
