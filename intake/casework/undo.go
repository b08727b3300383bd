package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
)

// Undo takes back a decision with everything that followed from it, and its
// letter if that has not been sent. first is the number of the decision's first
// event; 0 means the actor's own last decision.
func Undo(first int) Act {
	return Act{ToUndo, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		return cs.undo(tx, c, ch, by, first)
	}}
}

func (cs *Cases) undo(tx *store.Tx, c *intake.Case, ch *Change, by By, first int) error {
	first = cmp.Or(first, lastDecision(c, by.Actor))
	if first <= 0 || first > len(c.Events) {
		return &Refusal{Says: "There is no decision of yours that could be undone.", Mend: "Answer the mail DONE that tells of the decision."}
	}
	head := c.Events[first-1]
	switch {
	case first == 1:
		return cs.unopen(tx, c, ch, by)
	case head.Name == intake.DecisionUndone:
		return &Refusal{Says: "What was undone stays undone.", Mend: "Decide anew."}
	case c.Struck(first):
		return &Refusal{Says: "That decision was undone already.", Mend: "Nothing needs to be done."}
	}
	last := lastOf(c, first)
	if ev, ok := since(c, last); ok {
		return &Refusal{Says: fmt.Sprintf("Since then %s has recorded: %s.", intake.ActorName(ev.Actor), ev.InWords()),
			Mend: fmt.Sprintf("Undo that first, or answer VOID %d, which strikes this one event.", first)}
	}
	if err := notGone(tx, c, first, last); err != nil {
		return err
	}
	var parted *intake.Case // the case that was merged, if a merger is undone
	if head.Name == intake.Merged {
		var err error
		if parted, err = tx.Case(head.Ref); err != nil {
			return err
		}
		if err := by.May(ToUndo, parted.Mailbox); err != nil {
			return err
		}
	}
	ch.Event = len(c.Events) + 1
	from := first
	if before := c.Events[first-2]; withdrawn(&before) && before.At.Equal(head.At) {
		from--
	}
	for n := last; n >= from; n-- {
		ev := intake.Event{Actor: by.Actor, Name: intake.DecisionUndone, Refers: n}
		if n != first {
			ev.Code = intake.CodeUndoneToo
		}
		cs.Append(tx, c, ev)
	}
	if parted != nil {
		if err := cs.unmerge(tx, c, by, parted, head.Messages); err != nil {
			return err
		}
	}
	return cs.restoreLetter(tx, c, by.Actor)
}

// lastDecision returns the actor's last decision on a case that is not undone;
// 0 if somebody else has decided something since.
func lastDecision(c *intake.Case, actor string) int {
	for n := len(c.Events); n > 1; n-- {
		ev := c.Events[n-1]
		if c.Struck(n) || !intake.IsPerson(ev.Actor) || ev.Name == intake.DecisionUndone || follows(c, n) {
			continue
		}
		if ev.Actor == actor {
			return n
		}
		if ev.Name != intake.Note {
			return 0
		}
	}
	return 0
}

// follows reports whether event n was caused by the one before it.
func follows(c *intake.Case, n int) bool {
	ev, before := c.Events[n-1], c.Events[n-2]
	if withdrawn(&ev) && ev.At.Equal(before.At) {
		return true
	}
	if ev.Actor != before.Actor || !ev.At.Equal(before.At) {
		return false
	}
	switch ev.Name {
	case intake.AckQueued, intake.Promised:
		return true
	case intake.AckReleased:
		return before.Name == intake.Reclassified
	}
	return ev.Ref != "" && ev.Ref == before.Ref && ev.Name != intake.Merged // an event that a merged case brought
}

// withdrawn reports whether an event says that a letter was taken out of the
// outbox because of a decision.
func withdrawn(ev *intake.Event) bool {
	return ev.Name == intake.AckHeld && ev.Code == intake.AckWithdrawn
}

// lastOf returns the last event that the decision at first caused.
func lastOf(c *intake.Case, first int) int {
	last := first
	for last < len(c.Events) && follows(c, last+1) {
		last++
	}
	return last
}

// since returns what a person has recorded after event n, if anything; notes do
// not count.
func since(c *intake.Case, n int) (intake.Event, bool) {
	for _, ev := range c.Live() {
		if ev.N > n && intake.IsPerson(ev.Actor) && ev.Name != intake.Note && ev.Name != intake.DecisionUndone {
			return ev, true
		}
	}
	return intake.Event{}, false
}

// notGone refuses if the letter of a decision has been sent.
func notGone(tx *store.Tx, c *intake.Case, first, last int) error {
	for n := first; n <= last; n++ {
		ev := c.Events[n-1]
		if ev.Name != intake.AckQueued && ev.Name != intake.StepReleased {
			continue
		}
		if l, err := tx.Letter(ev.Letter); err != nil {
			return err
		} else if beyondRecall(l) {
			return &Refusal{Says: "It is too late: the letter to the requester has gone.",
				Mend: "Decide anew with the right words, and ask the administrator to send a correction."}
		}
	}
	return nil
}

// beyondRecall reports whether a letter can no longer be taken back: it was
// sent or may have been, or a server refused it for good.
func beyondRecall(l intake.Letter) bool {
	return l.MayHaveGone() || l.State == intake.LetterFailed && !l.Stopped()
}

// restoreLetter makes the outbox agree with a case on which a decision was
// undone.
func (cs *Cases) restoreLetter(tx *store.Tx, c *intake.Case, actor string) error {
	if err := cs.refreshNeutral(tx, c, cs.View(tx, c), nil); err != nil {
		return err
	}
	v := cs.View(tx, c)
	l, ok := cs.AckLetter(tx, c)
	if !ok || beyondRecall(l) {
		return nil
	}
	switch {
	case v.Ack.Queued && v.Ack.Letter == l.ID:
		l.State, l.Next, l.Settled, l.Response = intake.LetterWaiting, tx.Now(), time.Time{}, ""
	case v.Doubt || !v.Ack.At.IsZero():
		l.State, l.Settled, l.Response = intake.LetterFailed, tx.Now(), intake.NotSent+"the decision was undone by "+actor
	case len(v.Ack.Held) > 0: // for the reasons before the decision
		l.State, l.Settled, l.Response = intake.LetterHeld, time.Time{}, holds.Response(v.Ack.Held...)
	default:
		l.State, l.Settled, l.Response = intake.LetterHeld, time.Time{}, holds.ResponseInWords("the decision was undone by %s", actor)
	}
	return tx.PutLetter(l)
}

// unmerge makes old, which was merged into c, a case of its own again, with its
// mail.
func (cs *Cases) unmerge(tx *store.Tx, c *intake.Case, by By, old *intake.Case, brought []uint64) error {
	for n := len(old.Events); n > 0; n-- {
		if ev := old.Events[n-1]; ev.Name == intake.MergedInto && !old.Struck(n) {
			cs.Append(tx, old, intake.Event{Actor: by.Actor, Name: intake.DecisionUndone, Refers: n})
			break
		}
	}
	if err := unmergeMail(tx, c, old, brought); err != nil {
		return err
	}
	if err := cs.restoreLetter(tx, old, by.Actor); err != nil {
		return err
	}
	return cs.Refresh(tx, old)
}

// unmergeMail returns its mail to a case: the mail that it brought or, of a
// merge recorded before events listed the mail, each mail that names the case.
func unmergeMail(tx *store.Tx, c, old *intake.Case, brought []uint64) error {
	var kept []uint64
	for _, id := range c.Messages {
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		why, says := strings.CutSuffix(a.Why, "; "+old.Ref+" was merged into "+c.Ref)
		if !slices.Contains(brought, id) && !(says && len(brought) == 0) {
			kept = append(kept, id)
			continue
		}
		a.Ref, a.Why = old.Ref, why
		if err := tx.PutArrival(a); err != nil {
			return err
		}
		old.Messages = append(old.Messages, id)
	}
	c.Messages = kept
	return nil
}

// unopen ends a case that was opened by mistake. Its reference is not used
// again.
func (cs *Cases) unopen(tx *store.Tx, c *intake.Case, ch *Change, by By) error {
	if l, ok := cs.AckLetter(tx, c); ok && beyondRecall(l) {
		return &Refusal{Says: "It is too late: the letter to the requester has gone.", Mend: "Answer NOT A REQUEST, and ask the administrator to send a correction."}
	}
	if ev, ok := since(c, 1); ok && ev.Name != intake.AckQueued && ev.Name != intake.AckHeld {
		return &Refusal{Says: fmt.Sprintf("Since then %s has recorded: %s.", intake.ActorName(ev.Actor), ev.InWords()), Mend: "Answer NOT A REQUEST where it is none."}
	}
	return cs.reclassify(tx, c, ch, by, KindInput{Kind: intake.NotARequest})
}

// LetterPending reports whether the acknowledgement that event n caused has not
// been sent yet.
func (cs *Cases) LetterPending(tx *store.Tx, c *intake.Case, n int) bool {
	if n < 2 || n > len(c.Events) || lastOf(c, n) == n {
		return false
	}
	l, ok := cs.AckLetter(tx, c)
	return ok && l.State == intake.LetterWaiting
}
