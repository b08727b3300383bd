package intake

import "testing"

// A history in words contains no code.
func TestAHistoryHasWords(t *testing.T) {
	for want, e := range map[string]Event{
		"acknowledgement held: not decided yet, writing there may put the sender in danger": {Name: AckHeld, Code: JoinCodes([]string{AckUndecided, "contact-unsafe"})},
		"kind decided: review FOI":                        {Name: Reclassified, Kind: Review, Of: FOI},
		"kind decided: not a request":                     {Name: Reclassified, Kind: NotARequest},
		"responded DSAR cost limit s12":                   {Name: Responded, Part: DSAR, Outcome: "cost-limit", Exemptions: []string{"s12"}},
		"withdrawn":                                       {Name: Withdrawn},
		"event 7 struck":                                  {Name: Void, Refers: 7},
		"undone: event 4":                                 {Name: DecisionUndone, Refers: 4},
		"letter drafted: a question to the requester":     {Name: StepDrafted, Code: string(ForAskClarification)},
		"works on it":                                     {Name: Note, Code: CodeMine},
		"the Commissioner decided complaint upheld: IC-1": {Name: CommissionerDecided, Outcome: "complaint-upheld", Personal: &Personal{Theirs: "IC-1"}},
		"acknowledgement in the outbox":                   {Name: AckQueued},
		"date of receipt corrected":                       {Name: ReceivedOn},
	} {
		if got := e.InWords(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
