package deadlines

// State is the state of a request.
type State string

// The states. A waiting one is named by the first of clarification, identity,
// authority and fee that is still awaited.
const (
	StateRunning   State = "running"
	StateResponded State = "responded"
	StateClosed    State = "closed"
	StateWithdrawn State = "withdrawn"
	stateWaiting         = "waiting-for-"
)

// The waiting states.
const (
	StateWaitingForClarification State = stateWaiting + State(clarification)
	StateWaitingForIdentity      State = stateWaiting + State(identity)
	StateWaitingForAuthority     State = stateWaiting + State(authority)
	StateWaitingForFee           State = stateWaiting + State(fee)
)

// Waiting reports whether an answer of the requester is awaited.
func (s State) Waiting() bool {
	return len(s) > len(stateWaiting) && s[:len(stateWaiting)] == stateWaiting
}

// Ended reports whether the request was responded to, closed or withdrawn.
func (s State) Ended() bool {
	return s == StateResponded || s == StateClosed || s == StateWithdrawn
}

// Question is a question that the requester has not answered yet.
type Question struct {
	Event Event  // as it was asked
	Await string // the event that answers it
}

// Result is every date of a request. A zero Day is no date: RespondBy and the
// notice dates are zero while the clock does not run, ComplaintAcknowledgeBy if
// there is no such duty.
type Result struct {
	Kind                   string
	Of                     string // of a review, never empty there
	Received               Day    // as corrected
	AcknowledgeBy          Day
	ComplaintAcknowledgeBy Day // DPA s.164A
	RespondBy              Day
	State                  State
	Ledger                 []Step
	Warnings               []string

	// ExtensionNoticeBy is the last day for the notice of an extension, and
	// ExtensionNoticeSafe the last working day of England and Wales that
	// meets it. Neither exists for a review.
	ExtensionNoticeBy   Day
	ExtensionNoticeSafe Day

	Region        Region     // whose working days RespondBy is counted or rolled on
	Start         Day        // the day from which RespondBy is counted, itself day 0
	PausedSince   Day        // when the oldest question that stops the clock was asked
	Open          []Question // questions that stop the clock, in the order of the states
	Extended      bool       // an extension was recorded and counts
	LongerReading Day        // the statute's longer reading of a DSAR's pauses, else 0

	// FirstDue is the reply-by date that passed before an event of a later day
	// moved it; 0 if none was moved.
	FirstDue Day
	// LawfulBy is the last lawful day of what is still owed: of two readings of
	// the statute the longer, and never a house target or a promise. It is 0 while
	// no clock of law runs.
	LawfulBy Day
	// Breached is the first lawful day known to have passed without an answer;
	// nothing that happens later removes it.
	Breached Day
	Answered Day // the first answer; reopening does not take it back
	Ended    Day // when it was responded to, closed or withdrawn; 0 while it is open
	// NewWorkBy is the house's target for what was reopened after an answer,
	// for which no statute sets a date.
	NewWorkBy Day
}

// LateSince returns the day after the last lawful day if that passed without an
// answer, as of today; 0 if the request was never late.
func (r *Result) LateSince(today Day) Day {
	switch {
	case r.Breached != 0:
		return r.Breached + 1
	case r.LawfulBy != 0 && today > r.LawfulBy:
		return r.LawfulBy + 1
	}
	return 0
}

// DaysLate returns how many calendar days after the last lawful day the answer
// came, or the end if there was none, or today.
func (r *Result) DaysLate(today Day) int {
	since := r.LateSince(today)
	switch {
	case since == 0:
		return 0
	case r.Answered != 0:
		today = r.Answered
	case r.Ended != 0:
		today = r.Ended
	}
	return max(0, int(today-since)+1)
}
