package register

import (
	"slices"

	"requestd/intake"
	"requestd/intake/casework"
)

// The words that filter lists.
var (
	caseStates = []intake.CaseState{
		intake.StateTriage, intake.StateOpen, intake.StateWaiting, intake.StateResponded,
		intake.StateClosed, intake.StateWithdrawn, intake.StateNotARequest,
	}
	caseKinds    = []intake.Kind{intake.FOI, intake.DSAR, intake.Review, intake.EIR, intake.Rights, intake.Other, intake.NotARequest}
	dispositions = []intake.Disposition{
		intake.DidAcknowledge, intake.DidTriage, intake.DidFollowup, intake.DidPass,
		intake.DidDuplicate, intake.DidIgnore, intake.DidBeforeStart, intake.DidUnreadable,
	}
	letterStates = []intake.LetterState{
		intake.LetterWaiting, intake.LetterSending, intake.LetterSent, intake.LetterInDoubt,
		intake.LetterHeld, intake.LetterFailed, intake.LetterBounced,
	}
)

// check refuses a word that does not exist: an empty list would look as if all
// were well.
func (f CaseFilter) check(rg *Register) error {
	if err := oneOf("state", f.State, caseStates); err != nil {
		return err
	}
	if err := oneOf("kind", f.Kind, caseKinds); err != nil {
		return err
	}
	if err := oneOf("outcome", f.Outcome, append(intake.AllOutcomes(), intake.Unspecified)); err != nil {
		return err
	}
	return rg.checkMailbox(f.Mailbox)
}

func (f MessageFilter) check(rg *Register) error {
	if err := oneOf("decision", f.Decision, dispositions); err != nil {
		return err
	}
	return rg.checkMailbox(f.Mailbox)
}

func (f LetterFilter) check(rg *Register) error {
	if err := oneOf("state", f.State, letterStates); err != nil {
		return err
	}
	return rg.checkMailbox(f.Mailbox)
}

func oneOf[T ~string](what string, got T, all []T) error {
	if got == "" || slices.Contains(all, got) {
		return nil
	}
	return casework.Field(what).Refuse("%s %q: want one of %v", what, got, all)
}

func (rg *Register) checkMailbox(name string) error {
	var names []string
	for _, b := range rg.cases.Settings().Mailboxes {
		names = append(names, b.Name)
	}
	return oneOf("mailbox", name, names)
}
