package intake

import (
	"strings"
	"time"
)

// Kind says to which regime a mail or a case belongs.
type Kind string

// The kinds. NotARequest is only a person's decision on a case, never a
// reading.
const (
	FOI         Kind = "foi"
	DSAR        Kind = "dsar"
	Review      Kind = "review"
	Rights      Kind = "rights"    // exercises a right of UK GDPR Articles 16 to 21, and asks for nothing else
	Other       Kind = "other"     // a person's mail that is none of these
	Automated   Kind = "automated" // made by a machine
	EIR         Kind = "eir"       // environmental information
	Unknown     Kind = "unknown"   // of a review whose subject is not known
	NotARequest Kind = "not-a-request"
)

// RightNames are the rights of UK GDPR Articles 17, 16, 18, 20 and 21 that a
// request of the kind rights exercises, one or several.
var RightNames = []string{"erasure", "rectification", "restriction", "portability", "objection"}

// Short returns the kind as staff write it: FOI, DSAR, EIR, review, rights.
func (k Kind) Short() string {
	if k == Review || k == Rights {
		return string(k)
	}
	return strings.ToUpper(string(k))
}

// Verdict is what the classifier proposes to do with a mail.
type Verdict string

// The verdicts.
const (
	Acknowledge Verdict = "acknowledge" // open a case and acknowledge it
	Triage      Verdict = "triage"      // open a case provisionally and ask staff
	Pass        Verdict = "pass"        // surely none of these: staff see it in the digest
	Ignore      Verdict = "ignore"      // a machine's mail: recorded, never answered
)

// Evidence is one signal that was found: its name, the words in which it was
// found, and its points for the kind that it speaks for.
type Evidence struct {
	Signal string  `json:"signal"`
	Quote  string  `json:"quote"`
	Points float64 `json:"points"`
}

// Reading is how a mail was classified, and why. Its JSON form is that of
// requestd classify --json, less the file.
type Reading struct {
	Kind       Kind       `json:"kind"`
	Of         Kind       `json:"of"`    // of a review: foi, dsar, eir, rights or unknown
	Right      []string   `json:"right"` // of rights: erasure, rectification, restriction, portability, objection
	Also       []Kind     `json:"also"`
	Decision   Verdict    `json:"decision"`
	Language   string     `json:"language"` // en, cy, or bi for both
	Confidence float64    `json:"confidence"`
	Automated  bool       `json:"automated"`
	Followup   bool       `json:"followup"`
	Hold       []string   `json:"hold"`      // why an acknowledgement is held
	Urgent     string     `json:"urgent"`    // harm, child, breach or ""
	Attention  string     `json:"attention"` // rights, regulator, legal or ""
	Flags      []string   `json:"flags"`
	Neutral    bool       `json:"neutral"` // may get a letter that names no kind if nobody decides in time
	Evidence   []Evidence `json:"evidence"`

	// Seems says what a follow-up looks like: addendum, clarification,
	// identity, authority, chaser, thanks, withdrawal, bounce … or "".
	Seems string `json:"-"`
	// Why is the decision in one line, for messages and staff mail.
	Why string `json:"-"`
	// Refs are the case references found in the subject and the text, as written
	// there.
	Refs []string `json:"-"`
	// Forward is the inner mail if a colleague forwarded one, else nil.
	Forward *Forward `json:"-"`
	// Noted says that the mail is a colleague's note of what somebody else asked,
	// say by telephone: no mail is forwarded and the colleague asks for nothing.
	Noted bool `json:"-"`
}

// Filled replaces nil lists by empty ones, as the classifier makes them. Empty
// lists become nil on the way between processes, but the JSON form must have
// them as [].
func (r *Reading) Filled() *Reading {
	r.Also, r.Hold, r.Flags, r.Evidence = NonNil(r.Also), NonNil(r.Hold), NonNil(r.Flags), NonNil(r.Evidence)
	return r
}

// NonNil returns the list, which in JSON is [] if it is empty, and never null.
func NonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Forward says whose request a colleague forwarded, and when it first came to
// the body (FOIA s.10(6): the authority receives it, not one mailbox).
type Forward struct {
	By       Address   // the colleague
	From     Address   // the requester; Addr is "" if the block has none
	Received time.Time // when the inner mail was sent to the colleague; zero where unreadable
	Subject  string
	Text     string // the inner mail's own text
}

// Thread is what the register knows about the case to which a mail seems to
// belong. The case was found by the mail's Message-IDs, an address token or a
// reference.
type Thread struct {
	Ref       string // "" when the mail belongs to no known case
	How       string // message-id, references, token, subject, text
	Kind      Kind
	Of        Kind
	State     CaseState
	Responded bool // an answer was recorded on it
	KnownFrom bool // the sender is the case's requester or representative
	Overdue   bool // its answer is late by the register's dates
}

// CaseState is the state of a case, which Case.ViewAt derives from the events.
type CaseState string

// The states of a case.
const (
	StateTriage      CaseState = "triage"
	StateOpen        CaseState = "open"
	StateWaiting     CaseState = "waiting"
	StateResponded   CaseState = "responded"
	StateClosed      CaseState = "closed"
	StateWithdrawn   CaseState = "withdrawn"
	StateNotARequest CaseState = "not-a-request"
)
