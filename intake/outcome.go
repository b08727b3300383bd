package intake

import "slices"

// Outcomes of an answer by regime, as the Cabinet Office's statistics and the
// s.45 Code count them. The outcome of a review always says what was upheld:
// the decision (FOI, EIR reg 11) or the complaint (DPA 2018 s.164A).
var (
	outcomesOf = map[Kind][]string{
		FOI:    {"granted", "part", "refused", "not-held", "cost-limit", "vexatious", "repeated", "advice"},
		EIR:    {"granted", "part", "refused", "not-held", "manifestly-unreasonable", "advice"},
		DSAR:   {"granted", "part", "refused", "not-held", "manifestly-unfounded", "excessive"},
		Rights: {"complied", "part", "refused", "manifestly-unfounded", "excessive"},
	}
	outcomesOfReviews    = []string{"decision-upheld", "decision-part-upheld", "decision-overturned"}
	outcomesOfComplaints = []string{"complaint-upheld", "complaint-part-upheld", "complaint-not-upheld"}
	// formerOutcomes do not say what was upheld. They are still read.
	formerOutcomes = []string{"upheld", "part-upheld", "not-upheld"}
)

// Unspecified is shown for an outcome that was recorded before it had to say
// whether the decision or the complaint was upheld.
const Unspecified = "unspecified"

// OutcomesOf lists the possible outcomes of a request of that kind; for a
// review of something unknown, those of decisions and of complaints.
func OutcomesOf(kind, of Kind) []string {
	if kind != Review {
		return outcomesOf[kind]
	}
	switch of {
	case FOI, EIR:
		return outcomesOfReviews
	case DSAR, Rights:
		return outcomesOfComplaints
	}
	return slices.Concat(outcomesOfReviews, outcomesOfComplaints)
}

// OutcomesOfComplaints lists how a complaint can end, also one to the
// Commissioner.
func OutcomesOfComplaints() []string { return slices.Clone(outcomesOfComplaints) }

// AllOutcomes lists every outcome once.
func AllOutcomes() (all []string) {
	for _, list := range [][]string{outcomesOf[FOI], outcomesOf[EIR], outcomesOf[DSAR], outcomesOf[Rights], outcomesOfReviews, outcomesOfComplaints} {
		for _, o := range list {
			if !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	return all
}

// shownOutcome returns an outcome as people see it.
func shownOutcome(s string) string {
	if slices.Contains(formerOutcomes, s) {
		return Unspecified
	}
	return s
}
