package deadlines

// State is where a request stands.
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

// Question is one that the requester has not answered yet.
type Question struct {
	Event Event  // as it was asked
	Await string // the event that answers it
}

// Result is every date of a request. A zero Day is no date: of RespondBy and
// the notice dates while the clock does not run, of ComplaintAcknowledgeBy
// where no such duty exists.
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
}
