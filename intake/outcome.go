package intake

import "slices"

// Outcomes of an answer by regime, as the Cabinet Office's statistics and the
// s.45 Code count them; of a review, what was upheld is always said: the
// decision (FOI, EIR reg 11) or the complaint (DPA 2018 s.164A).
var (
	outcomesOf = map[Kind][]string{
		FOI:    {"granted", "part", "refused", "not-held", "cost-limit", "vexatious", "repeated", "advice"},
		EIR:    {"granted", "part", "refused", "not-held", "manifestly-unreasonable", "advice"},
		DSAR:   {"granted", "part", "refused", "not-held", "manifestly-unfounded", "excessive"},
		Rights: {"complied", "part", "refused", "manifestly-unfounded", "excessive"},
	}
	outcomesOfReviews    = []string{"decision-upheld", "decision-part-upheld", "decision-overturned"}
	outcomesOfComplaints = []string{"complaint-upheld", "complaint-part-upheld", "complaint-not-upheld"}
	// formerOutcomes did not say what was upheld. They are read as they are.
	formerOutcomes = []string{"upheld", "part-upheld", "not-upheld"}
)

// Unspecified is how an outcome is shown that was recorded before it had to be
// said whether the decision or the complaint was upheld.
const Unspecified = "unspecified"

// OutcomesOf lists what an answer to a request of that kind can be; of a review
// of something unknown both lists.
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

// OutcomesOfComplaints lists how a complaint can end, the Commissioner's too.
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

// shownOutcome is an outcome as people are shown it.
func shownOutcome(s string) string {
	if slices.Contains(formerOutcomes, s) {
		return Unspecified
	}
	return s
}
