package engine

import (
	"fmt"

	"requestd/intake"
	"requestd/intake/config"
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
			e.append(tx, c, intake.Event{Actor: actorSelf, Name: intake.AckSent, Letter: l.ID})
			for _, p := range l.Promises {
				e.append(tx, c, intake.Event{Actor: actorSelf, Name: intake.Promised, Part: p.Part, Day: p.Day, Letter: l.ID})
			}
		case intake.LetterFailed:
			e.append(tx, c, intake.Event{Actor: actorSelf, Name: intake.AckFailed, Letter: l.ID})
		case intake.LetterHeld:
			e.append(tx, c, intake.Event{Actor: actorSelf, Name: intake.AckHeld, Letter: l.ID, Code: "unsent"})
		}
		if err := e.put(tx, c); err != nil {
			return err
		}
	}
	return e.unsent(tx, l, c, e.view(tx, c))
}

// unsent tells staff of a letter that will not arrive without them. Trouble
// with mail to staff themselves is not told by mail.
func (e *Engine) unsent(tx *store.Tx, l *intake.Letter, c *intake.Case, v *intake.View) error {
	if l.State == intake.LetterSent || l.State == intake.LetterWaiting {
		return nil
	}
	if !l.Purpose.Outside() || c == nil {
		e.log.Error("a mail to staff could not be sent: see requestd outbox", "letter", l.ID, "purpose", string(l.Purpose), "ref", l.Ref, "state", string(l.State), "response", intake.OneLine(l.Response, maxSubject))
		return nil
	}
	return e.tell(tx, l.Mailbox, v, note{
		purpose: intake.ForUnsent, kind: templates.Unsent, gets: config.GetsTriage, code: fmt.Sprintf("%d/%s/%d", l.ID, l.State, l.Attempts),
		notice: templates.Notice{Case: caseNotice(v, c), Letter: outgoing(*l), Problem: l.Response, In: templates.Incoming{Address: l.To}},
	})
}
