package intake

import (
	"slices"
	"testing"
)

// TestExemptions: what is in the Acts is accepted in any usual spelling, and
// what is not in them is refused.
func TestExemptions(t *testing.T) {
	for _, c := range []struct {
		kind, of Kind
		in, want string // "" is refused
	}{
		{FOI, "", "40(2)", "40(2)"}, {FOI, "", "s.31", "31"}, {FOI, "", "section 35(1)(a)", "35(1)(a)"}, {FOI, "", "36(2)(b)(ii)", "36(2)(b)(ii)"},
		{FOI, "", "22a", "22A"}, {FOI, "", "12", "12"}, {FOI, "", "14(2)", "14(2)"}, {FOI, "", "31(1)(g)", "31(1)(g)"}, {FOI, "", "40(5B)(a)(i)", "40(5B)(a)(i)"},
		{FOI, "", "45", ""}, {FOI, "", "25", ""}, {FOI, "", "40(9)", ""}, {FOI, "", "31(1)(z)", ""}, {FOI, "", "12(4)(b)", ""}, {FOI, "", "sch 2 para 16", ""}, {FOI, "", "", ""},
		{EIR, "", "12(4)(b)", "12(4)(b)"}, {EIR, "", "reg 12(5)(g)", "12(5)(g)"}, {EIR, "", "12(3)", "12(3)"}, {EIR, "", "13", "13"},
		{FOI, "", "31(2)(c)", "31(2)(c)"}, {FOI, "", "37(1)(aa)", "37(1)(aa)"}, {FOI, "", "37(1)(ae)", ""}, {FOI, "", "37(1)(c)", ""}, {FOI, "", "27(4)(a)", "27(4)(a)"},
		{FOI, "", "23(2)", ""}, {FOI, "", "31(2)(k)", ""}, {FOI, "", "42(1)(a)", ""}, {FOI, "", "40(2)(a)", "40(2)(a)"}, {FOI, "", "44(1)(a)", "44(1)(a)"}, {FOI, "", "30(2)(a)(iii)", "30(2)(a)(iii)"},
		{EIR, "", "12(6)", "12(6)"}, {EIR, "", "13(5B)(a)", "13(5B)(a)"}, {EIR, "", "12(9)", ""}, {EIR, "", "13(2)", ""},
		{EIR, "", "12(5)(h)", ""}, {EIR, "", "12(4)(f)", ""}, {EIR, "", "12", ""}, {EIR, "", "43", ""},
		{DSAR, "", "sch 2 para 16", "sch 2 para 16"}, {DSAR, "", "Schedule 3, paragraph 11", "sch 3 para 11"}, {DSAR, "", "sch 3 para 8", ""},
		{DSAR, "", "sch 2 para 18", ""}, {DSAR, "", "sch 2 para 6", ""}, {DSAR, "", "sch 4 para 3", "sch 4 para 3"}, {DSAR, "", "sch 4 para 1", ""}, {DSAR, "", "Sch.2/19", "sch 2 para 19"},
		{DSAR, "", "sch 2 para 40", ""}, {DSAR, "", "sch 5 para 2", ""}, {DSAR, "", "40(2)", ""}, {Rights, "", "sch 2 para 2", "sch 2 para 2"},
		{Review, FOI, "40(2)", "40(2)"}, {Review, DSAR, "40(2)", ""}, {Review, Unknown, "40(2)", ""},
	} {
		got, err := Exemption(c.kind, c.of, c.in)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s %s %q: %q, %v; want %q", c.kind, c.of, c.in, got, err, c.want)
		}
	}
}

// TestOutcomesSayWhatWasUpheld: for a review the decision, for a complaint the
// complaint, and never one for the other.
func TestOutcomesSayWhatWasUpheld(t *testing.T) {
	for _, of := range []Kind{FOI, EIR} {
		if !slices.Equal(OutcomesOf(Review, of), outcomesOfReviews) {
			t.Errorf("review of %s: %v", of, OutcomesOf(Review, of))
		}
	}
	for _, of := range []Kind{DSAR, Rights} {
		if !slices.Equal(OutcomesOf(Review, of), outcomesOfComplaints) {
			t.Errorf("review of %s: %v", of, OutcomesOf(Review, of))
		}
	}
	if shownOutcome("upheld") != Unspecified || shownOutcome("decision-upheld") != "decision-upheld" {
		t.Error("what was recorded as upheld has to be shown as unspecified, and nothing else")
	}
}
