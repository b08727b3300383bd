package classify

import "requestd/intake"

// sureAnew is the probability with which a mail on an open request must ask for
// something new to count as that.
const sureAnew = 0.85

// onCase compares the reading with what the register knows. A mail from a
// case's own requester, on a case that is still being worked on, continues that
// case unless it clearly asks for something new. There is no answer yet that it
// could dispute, and a complaint about delay before the due date is a chaser.
func (c *Classifier) onCase(s *signs, th intake.Thread, r *intake.Reading) {
	if th.Ref == "" || !th.KnownFrom || th.Responded || r.Urgent != "" {
		return
	}
	switch th.State {
	case intake.StateOpen, intake.StateWaiting, intake.StateTriage:
	default:
		return
	}
	anew := (r.Kind == intake.FOI || r.Kind == intake.DSAR) && (r.Kind != th.Kind || s.any("new-ask")) && r.Confidence >= sureAnew
	late := r.Kind == intake.Review && th.Overdue
	if anew || late || r.Kind == intake.Other && r.Attention != "" {
		return
	}
	if r.Kind == intake.Review {
		r.Seems = "chaser"
	}
	r.Followup, r.Decision = true, intake.Pass
	r.Evidence = append(r.Evidence, intake.Evidence{Signal: "from the requester of a case that is open", Quote: th.Ref})
}
