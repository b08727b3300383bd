package casework

import (
	"fmt"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// Merge closes case ref and moves its mail and history into the case that is
// acted on. If both hold the same kind of request the earlier date of receipt
// is kept; another kind becomes a part with its own date. events is how many
// events of ref the actor had seen; 0: not said.
func Merge(ref string, events int) Act {
	return Act{ToMerge, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		old, err := tx.Case(ref)
		if err != nil {
			return err
		}
		ending := by
		ending.SeenEvents = events
		if err := authorize(ending, ToMerge, old); err != nil {
			return err
		}
		return cs.merge(tx, c, ch, by, old)
	}}
}

// merge closes old and merges it into c. What the requester was told, asked and
// sent on old now counts for c.
func (cs *Cases) merge(tx *store.Tx, c *intake.Case, ch *Change, by By, old *intake.Case) error {
	if old.Erased() || c.Erased() {
		return OnInto.Refuse("case %s cannot be merged into %s: what named a person was erased from one of them", old.Ref, c.Ref)
	}
	if old.Ref == c.Ref || old.MergedInto() != "" || c.MergedInto() != "" {
		return OnInto.Refuse("case %s cannot be merged into %s: they are the same, or one was merged before", old.Ref, c.Ref)
	}
	was := cs.View(tx, old)
	if err := cs.undecided(tx, c, old, ch.Before, was); err != nil {
		return err
	}
	if !samePerson(was.Requester, ch.Before.Requester) {
		ch.OtherRequester = true
		ch.warn("the two cases name different requesters: %s ends in %s, and only the requester of %s is written to", old.Ref, c.Ref, c.Ref)
	}
	if old.Mailbox != c.Mailbox {
		ch.warn("the two cases are of different mailboxes: %s ends with %s's", old.Ref, c.Mailbox)
	}
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Merged, Ref: old.Ref, Messages: slices.Clone(old.Messages)})
	if was.ReceivedOn < ch.Before.ReceivedOn && len(bringsParts(ch.Before, was)) == 0 {
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.ReceivedOn, Day: was.ReceivedOn, Ref: old.Ref})
		ch.warn("the date of receipt is now %s, that of %s", was.ReceivedOn, old.Ref)
	}
	cs.mergeParts(tx, c, ch, by, old, was)
	if err := cs.mergeAck(tx, c, old, ch, by, was); err != nil {
		return err
	}
	if err := mergeMail(tx, c, old); err != nil {
		return err
	}
	if err := cs.withdrawLetter(tx, old, "merged into "+c.Ref); err != nil {
		return err
	}
	cs.Append(tx, old, intake.Event{Actor: by.Actor, Name: intake.MergedInto, Ref: c.Ref})
	if err := cs.refresh(tx, old, ch); err != nil {
		return err
	}
	return cs.Put(tx, old)
}

// undecided refuses a merge while it is not known whether a letter was sent, if
// that decides who is acknowledged by which letter: else both could be sent.
func (cs *Cases) undecided(tx *store.Tx, c, old *intake.Case, v, was *intake.View) error {
	for _, x := range []struct {
		c     *intake.Case
		other *intake.View
	}{{old, v}, {c, was}} {
		for _, key := range []string{acknowledgementKey(x.c), neutralKey(x.c.Ref)} {
			l, ok := tx.LetterByKey(key)
			unknown := ok && (l.State == intake.LetterSending || l.State == intake.LetterInDoubt || l.State == intake.LetterWaiting && l.Doubts > 0)
			if unknown && (x.c == old || !x.other.Ack.At.IsZero()) {
				return &Refusal{Says: fmt.Sprintf("case %s cannot be merged into %s yet: whether letter %d of %s has arrived is not known (%s)", old.Ref, c.Ref, l.ID, x.c.Ref, l.State),
					Mend: "It is settled within the hour, as a rule: merge them then.", On: OnInto}
			}
		}
	}
	return nil
}

// mergeParts adds the kinds that the surviving case did not have, each with the
// events that move its clock. For a kind that both had, the surviving case's
// own events count.
func (cs *Cases) mergeParts(tx *store.Tx, c *intake.Case, ch *Change, by By, old *intake.Case, was *intake.View) {
	more := bringsParts(ch.Before, was)
	if len(more) > 0 {
		to := intake.Event{Actor: by.Actor, Name: intake.Reclassified, Ref: old.Ref, Kind: ch.Before.Kind, Of: ch.Before.Of, Also: slices.Concat(ch.Before.Also, more)}
		if !to.Kind.HasClock() {
			to.Kind, to.Also = more[0], more[1:]
		}
		if slices.Contains(more, intake.Review) {
			to.Of = was.Of
		}
		to.Right = ch.Before.Right
		if slices.Contains(more, intake.Rights) {
			to.Right = was.Right
		}
		if ch.Before.RightWaits() || was.RightWaits() {
			to.Code = intake.CodeWaits
		}
		cs.Append(tx, c, to)
		for _, k := range was.Clocks {
			if slices.Contains(more, k.Kind) {
				cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.ReceivedOn, Part: k.Kind, Day: k.ReceivedOn, Ref: old.Ref})
			}
		}
		ch.warn("%s brought a part of its own: %v; see whether the acknowledgement that went out named it", old.Ref, more)
	}
	left := 0
	for _, ev := range old.Live() {
		if !ev.Name.MovesClock() {
			continue
		}
		part := ev.Part
		if part == "" && len(was.Parts()) == 1 {
			part = was.Parts()[0]
		}
		if !slices.Contains(more, part) {
			left++
			continue
		}
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: ev.Name, Day: ev.Day, Part: part, Outcome: ev.Outcome, Reason: ev.Reason, Ref: old.Ref})
	}
	if left > 0 {
		ch.warn("%d events of %s were left on it: record on %s those that still count", left, old.Ref, c.Ref)
	}
}

// bringsParts lists the kinds that a case brings to the one it is merged into.
// Each is a request of its own and keeps its own receipt.
func bringsParts(into, was *intake.View) (more []intake.Kind) {
	for _, k := range was.Parts() {
		if !slices.Contains(into.Parts(), k) && was.Decided {
			more = append(more, k)
		}
	}
	return more
}

// mergeAck records on c that the requester was acknowledged on old, and what
// was promised: nobody is acknowledged twice.
func (cs *Cases) mergeAck(tx *store.Tx, c, old *intake.Case, ch *Change, by By, was *intake.View) error {
	if was.Ack.At.IsZero() || !ch.Before.Ack.At.IsZero() {
		return nil
	}
	if _, neutrally := cs.onlyNeutrally(tx, old, was); neutrally && !ch.Before.Doubt {
		return nil // the letter of c states the dates, which the one of old did not
	}
	if err := cs.withdrawLetter(tx, c, was.Ref+" was acknowledged"); err != nil {
		return err
	}
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Acknowledged, Day: deadlines.DayOf(was.Ack.At), Ref: was.Ref})
	for _, k := range was.Clocks {
		if k.Promised != 0 {
			cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Promised, Part: k.Kind, Day: k.Promised, Ref: was.Ref})
		}
	}
	return nil
}

// mergeMail moves the mail of a case that is merged into another.
func mergeMail(tx *store.Tx, c, old *intake.Case) error {
	for _, id := range old.Messages {
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		a.Ref = c.Ref
		if !strings.Contains(a.Why, "merged") {
			a.Why += "; " + old.Ref + " was merged into " + c.Ref
		}
		if err := tx.PutArrival(a); err != nil {
			return err
		}
	}
	c.Messages, old.Messages = append(c.Messages, old.Messages...), nil
	return nil
}

// samePerson compares the addresses; if neither case has one, the names.
func samePerson(a, b intake.Address) bool {
	if a.Addr == "" && b.Addr == "" {
		return a.Name != "" && strings.EqualFold(a.Name, b.Name)
	}
	return intake.SameAddress(a.Addr, b.Addr)
}
