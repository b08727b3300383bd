package casework

import "fmt"

// Field is the field of a command or a form that a refusal is about. Mail and
// the command line say it in words and can ignore it.
type Field string

// The fields that refusals may be about.
const (
	OnKind       Field = "kind"
	OnAlso       Field = "also"
	OnRight      Field = "right"
	OnPart       Field = "part"
	OnMailbox    Field = "mailbox"
	OnInto       Field = "into"   // the case into which another is merged
	OnSource     Field = "source" // how a request came
	OnReceived   Field = "received"
	OnDate       Field = "date" // of an event
	OnDue        Field = "due"
	OnEstimate   Field = "estimate"
	OnOutcome    Field = "outcome"
	OnExemptions Field = "exemptions"
	OnReason     Field = "reason"
	OnOfficer    Field = "officer"
	OnCover      Field = "cover"
	OnReference  Field = "reference" // the Commissioner's
	OnName       Field = "name"
	OnAddress    Field = "address"
	OnPostal     Field = "postal"
	OnLanguage   Field = "language"
	OnChild      Field = "child"
	OnWords      Field = "words" // of a letter that asks the requester something
	OnText       Field = "text"  // of a whole letter
	OnNote       Field = "note"
	OnVoid       Field = "void" // the event that is struck
)

// Refuse returns a Refusal about a field.
func (f Field) Refuse(format string, args ...any) error {
	return &Refusal{Says: fmt.Sprintf(format, args...), On: f}
}
