package engine

import (
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
)

// RecordOutcome records on the case what became of an attempt to send a letter:
// sent, failed, held, or to be tried again. For mail to staff, or a letter
// without a case, it only logs trouble. It runs in the outbox's transaction.
func (e *Engine) RecordOutcome(tx *store.Tx, l *intake.Letter) error {
	if l.Ref == "" || !l.Purpose.Outside() {
		e.unsent(tx, l)
		return nil
	}
	c, err := tx.Case(l.Ref)
	if err != nil {
		return err
	}
	switch l.State {
	case intake.LetterSent:
		e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: l.Purpose.Event(intake.AckSent), Letter: l.ID, Code: codeOf(l)})
		for _, p := range l.Promises {
			e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.Promised, Part: p.Part, Day: p.Day, Letter: l.ID})
		}
	case intake.LetterFailed:
		e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: l.Purpose.Event(intake.AckFailed), Letter: l.ID, Code: codeOf(l)})
	case intake.LetterWaiting:
		return e.Cases.Refresh(tx, c)
	case intake.LetterHeld:
		e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: l.Purpose.Event(intake.AckHeld), Letter: l.ID, Code: holds.Unsent})
	}
	return e.Cases.Put(tx, c)
}

// codeOf returns the code of a letter of the next steps in its case's history.
func codeOf(l *intake.Letter) string {
	if l.Purpose.NextStep() {
		return string(l.Purpose)
	}
	return ""
}

// unsent logs trouble with mail to staff, since no mail can tell staff of it. A
// letter to somebody outside is shown in the next list.
func (e *Engine) unsent(tx *store.Tx, l *intake.Letter) {
	if l.State == intake.LetterSent || l.State == intake.LetterWaiting {
		return
	}
	tx.AfterCommit(func() {
		e.log.Error("a mail to staff could not be sent: see requestd outbox", "letter", l.ID, "purpose", string(l.Purpose), "ref", l.Ref, "state", string(l.State), "response", intake.OneLine(l.Response, intake.MaxSubject))
	})
}
