package deadlines

import "slices"

// The kinds of request and what a review may be about.
const (
	KindFOI    = "foi"
	KindDSAR   = "dsar"
	KindReview = "review"
	KindEIR    = "eir"     // Environmental Information Regulations 2004
	KindRights = "rights"  // UK GDPR Art 16, 17, 18, 20 or 21
	OfUnknown  = "unknown" // of a review whose subject is not known
)

var (
	kinds   = []string{KindFOI, KindDSAR, KindReview, KindEIR, KindRights}
	subject = []string{KindFOI, KindDSAR, KindEIR, KindRights, OfUnknown} // of a review
)

// Complaint reports whether a review of that is a data-protection complaint
// (DPA s.164A), or may be one because its subject is not known.
func Complaint(of string) bool { return of != KindFOI && of != KindEIR }

// The events of a request that move a date or a state, and two that do not.
const (
	ClarificationRequested = "clarification-requested"
	ClarificationReceived  = "clarification-received"
	IdentityRequested      = "identity-requested"
	IdentityReceived       = "identity-received"
	AuthorityRequested     = "authority-requested"
	AuthorityReceived      = "authority-received"
	FeeRequested           = "fee-requested"
	FeeReceived            = "fee-received"
	Extended               = "extended"
	Responded              = "responded"
	Closed                 = "closed"
	Withdrawn              = "withdrawn"
	Reopened               = "reopened"
	Received               = "received" // corrects the date of receipt
	Acknowledged           = "acknowledged"
	Note                   = "note"
)

var eventNames = [...]string{
	ClarificationRequested, ClarificationReceived, IdentityRequested, IdentityReceived,
	AuthorityRequested, AuthorityReceived, FeeRequested, FeeReceived, Extended,
	Responded, Closed, Withdrawn, Reopened, Received, Acknowledged, Note,
}

// EventNames lists every event that Compute and Check know.
func EventNames() []string { return slices.Clone(eventNames[:]) }

// Event is something that happened to a request on a London day.
type Event struct {
	Name string `json:"name"`
	Date Day    `json:"date"`
}

// Request is the facts from which all dates follow. Events are in the order in
// which they were entered; the caller leaves out struck ones. The order matters
// only between several corrections of the receipt and between two endings on
// one day: then the later entry counts.
type Request struct {
	Kind     string  `json:"kind"` // foi, dsar, review, eir or rights
	Of       string  `json:"of"`   // of a review: foi (also when empty), dsar, eir, rights or unknown
	Received Day     `json:"received"`
	Events   []Event `json:"events"`
}

// receipt returns the day of receipt as last corrected.
func (r Request) receipt() Day {
	day := r.Received
	for _, e := range r.Events {
		if e.Name == Received && inRange(e.Date) {
			day = e.Date
		}
	}
	return day
}

// Rules is what each mailbox may decide for itself.
type Rules struct {
	AckDays     int    // working days from receipt to the acknowledgement
	AckCalendar Region // whose working days are counted
	// ReviewDays is the house's target for the outcome of a data-protection
	// complaint, in working days; DPA s.164A sets none.
	ReviewDays     int
	ReviewCalendar Region
}

// DefaultRules returns three working days to acknowledge and twenty for the
// outcome of a data-protection complaint, both of England and Wales.
func DefaultRules() Rules {
	return Rules{AckDays: 3, AckCalendar: EnglandAndWales, ReviewDays: 20, ReviewCalendar: EnglandAndWales}
}

// inRange reports whether a date is within the years of the calendar.
func inRange(d Day) bool { return d >= firstDay && d <= lastDay }
