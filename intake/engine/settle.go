package engine

import (
	"fmt"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// LetterSettled records on the case what became of a letter, in the
// transaction in which the outbox records it.
func (e *Engine) LetterSettled(tx *store.Tx, l *intake.Letter) error {
	if l.Ref == "" {
		return e.unsent(tx, l, nil, nil)
	}
	c, err := tx.Case(l.Ref)
	if err != nil {
		return err
	}
	if l.Purpose.Outside() {
		switch l.State {
		case intake.LetterSent:
			e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckSent, Letter: l.ID})
			for _, p := range l.Promises {
				e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.Promised, Part: p.Part, Day: p.Day, Letter: l.ID})
			}
		case intake.LetterFailed:
			e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckFailed, Letter: l.ID})
		case intake.LetterHeld:
			e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckHeld, Letter: l.ID, Code: "unsent"})
		}
		if err := e.Cases.Put(tx, c); err != nil {
			return err
		}
	}
	return e.unsent(tx, l, c, e.Cases.View(tx, c))
}

// unsent tells staff of a letter that will not arrive without them. Trouble
// with mail to staff themselves is not told by mail.
func (e *Engine) unsent(tx *store.Tx, l *intake.Letter, c *intake.Case, v *intake.View) error {
	if l.State == intake.LetterSent || l.State == intake.LetterWaiting {
		return nil
	}
	if !l.Purpose.Outside() || c == nil {
		e.log.Error("a mail to staff could not be sent: see requestd outbox", "letter", l.ID, "purpose", string(l.Purpose), "ref", l.Ref, "state", string(l.State), "response", intake.OneLine(l.Response, intake.MaxSubject))
		return nil
	}
	return e.Notices.Tell(tx, l.Mailbox, v, notices.News{
		Purpose: intake.ForUnsent, Kind: templates.Unsent, Gets: config.GetsTriage, Code: fmt.Sprintf("%d/%s/%d", l.ID, l.State, l.Attempts),
		Notice: templates.Notice{Case: notices.CaseOf(v, c), Letter: notices.LetterOf(*l), Problem: l.Response, In: templates.Incoming{Address: l.To}},
	})
}
