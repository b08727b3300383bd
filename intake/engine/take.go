package engine

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/clock"
	"requestd/intake/holds"
	"requestd/intake/mailbox"
	"requestd/intake/replies"
	"requestd/store"
)

// outcome says what became of one mail, for the log.
type outcome struct {
	uid      uint32
	id       uint64
	decision intake.Disposition
	kind     intake.Kind
	ref      string
}

// take registers one mail: its arrival and all that follows from it, in one
// transaction with the rest of its batch.
func (e *Engine) take(tx *store.Tx, it *item) (outcome, error) {
	if done, err := e.known(tx, it); done.uid != 0 || err != nil {
		return done, err
	}
	if it.role == mailbox.Sent {
		return e.takeSent(tx, it)
	}
	a := newArrival(tx, it)
	if first, ok, err := e.twin(tx, it, a); ok || err != nil {
		if err != nil {
			return outcome{}, err
		}
		return e.takeTwin(tx, it, a, first)
	}
	if box := e.Cases.Rules().Box(it.place.Mailbox); deadlines.DayOf(it.received) < box.Since {
		return e.takeBeforeStart(tx, it, a)
	}
	if it.Unreadable == "" {
		if o, done, err := e.takeReply(tx, it, a); done || err != nil {
			return o, err
		}
	}
	if err := e.rethread(tx, it, a); err != nil {
		return outcome{}, err
	}
	switch r := &it.Reading; {
	case it.Unreadable != "":
		return e.openCase(tx, it, a, intake.DidUnreadable)
	case r.Decision == intake.Ignore:
		return e.takeMachine(tx, it, a)
	case r.Decision == intake.Pass && r.Followup && it.Thread.Ref != "":
		return e.takeFollowup(tx, it, a)
	case r.Decision == intake.Pass:
		return e.takePassed(tx, it, a)
	case r.Decision == intake.Acknowledge && it.role != mailbox.Junk:
		return e.openCase(tx, it, a, intake.DidAcknowledge)
	default:
		return e.openCase(tx, it, a, intake.DidTriage)
	}
}

// takeReply registers a reply of staff to one of our mails, after carrying it
// out or refusing it.
func (e *Engine) takeReply(tx *store.Tx, it *item, a *intake.Arrival) (outcome, bool, error) {
	m := replies.Mail{Message: it.Message, Place: it.place, Received: it.received, Inbox: it.role == mailbox.Inbox}
	taken, err := e.replies.Take(tx, m, a)
	if !taken || err != nil {
		return outcome{}, false, err
	}
	d := intake.DidPass
	if a.Ref != "" {
		d = intake.DidFollowup
	}
	o, err := e.register(tx, it, a, d)
	if err != nil {
		return o, true, err
	}
	return o, true, e.list(tx, a)
}

// known says whether a mail is registered already. If the server used its UID
// for another mail before, the UID is freed for this one.
func (e *Engine) known(tx *store.Tx, it *item) (outcome, error) {
	id, ok := tx.ArrivalAt(it.place)
	if !ok {
		return outcome{}, nil
	}
	a, err := tx.Arrival(id)
	if errors.Is(err, store.ErrUnreadable) { // it was registered, and nothing more is known
		return outcome{uid: it.place.UID, id: id}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	if sameMail(&a, it) {
		return outcome{uid: it.place.UID, id: id, decision: a.Decision, kind: a.Kind, ref: a.Ref}, nil
	}
	tx.AfterCommit(func() {
		e.log.Warn("the server used a UID for a second mail: both are kept", "mailbox", it.place.Mailbox, "folder", it.place.Folder, "uid", it.place.UID, "earlier", id)
	})
	return outcome{}, tx.FreeLocation(it.place)
}

// sameMail reports whether the mail registered for a place is the one that is
// there now. A different date of receipt settles most cases. If a server reuses
// its UIDs within a second, or returns no date, the mail itself is compared.
// Its fingerprint alone is not enough: it covers only the fetched part of the
// mail, which may be more another time.
func sameMail(a *intake.Arrival, it *item) bool {
	switch dated := !a.Doubtful && !it.doubtful; {
	case dated && !a.Received.Equal(it.received):
		return false
	case a.Decision == intake.DidUnreadable || it.Unreadable != "":
		return true // on one of the two occasions it could not be read
	case dated && a.MessageID == it.Message.MessageID && a.MessageID != "":
		return true
	case dated && a.MessageID == "" && a.From == (intake.Address{}):
		return true // of a mail that could not be read, and was a copy or came before the start, only the date is known
	}
	return bytes.Equal(a.Fingerprint, it.Message.Fingerprint[:]) || bytes.Equal(a.Fingerprint, arrivedFingerprint(it))
}

// rethread looks for the mail's case again: an earlier mail of the same batch
// may have opened it.
func (e *Engine) rethread(tx *store.Tx, it *item, a *intake.Arrival) error {
	if it.Unreadable != "" {
		return nil
	}
	t, err := e.thread(tx, it)
	if err != nil || t == it.Thread {
		return err
	}
	it.Thread = t
	e.classify(it)
	a.Kind, a.Language, a.Why, a.Seems = it.Reading.Kind, it.Reading.Language, it.Reading.Why, it.Reading.Seems
	return nil
}

func newArrival(tx *store.Tx, it *item) *intake.Arrival {
	m, r := it.Message, &it.Reading
	a := &intake.Arrival{
		MailLocation: it.place, MessageID: m.MessageID, Subject: intake.OneLine(m.Subject, intake.MaxSubject),
		Received: it.received, Sent: m.Date.UTC(), Registered: tx.Now(), Size: it.size, Doubtful: it.doubtful,
		Fingerprint: m.Fingerprint[:], Kind: r.Kind, Language: r.Language, Why: r.Why, Seems: r.Seems,
		Attention: r.Attention, Urgent: r.Urgent,
	}
	if m.Date.IsZero() {
		a.Sent = m.Date
	}
	if it.Unreadable != "" || nameless(m) {
		a.Fingerprint = arrivedFingerprint(it)
	}
	a.From = intake.Address{Name: intake.OneLine(m.Author().Name, intake.MaxName), Addr: m.Author().Addr}
	for _, at := range m.Attachments {
		a.Attachments = append(a.Attachments, at.Name)
	}
	return a
}

// nameless reports whether a mail has neither Message-ID nor date. Scanners and
// web forms write such mails, with the same words around each letter that they
// enclose.
func nameless(m *intake.Message) bool { return m.MessageID == "" && m.Date.IsZero() }

// arrivedFingerprint recognises a mail when its folder gets new UIDs, if its
// words do not distinguish it from others or it could not be fetched: by its
// fingerprint, date of receipt and size.
func arrivedFingerprint(it *item) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %d %d", it.Message.Fingerprint, it.received.UnixNano(), it.size))
	return sum[:]
}

func (e *Engine) register(tx *store.Tx, it *item, a *intake.Arrival, d intake.Disposition) (outcome, error) {
	a.Decision = d
	if err := tx.AddArrival(a); err != nil {
		return outcome{}, err
	}
	if d != intake.DidDuplicate && it.Unreadable == "" {
		if err := tx.KeepText(a, it.kept().Text); err != nil {
			return outcome{}, err
		}
	}
	return outcome{uid: it.place.UID, id: a.ID, decision: d, kind: a.Kind, ref: a.Ref}, nil
}

// twin finds the registered mail of which this one is a further copy. A mail
// that was registered as older than the start of its own mailbox does not count
// for a mailbox that started earlier.
func (e *Engine) twin(tx *store.Tx, it *item, a *intake.Arrival) (uint64, bool, error) {
	id, ok := tx.Twin(it.Message.MessageID, a.Fingerprint)
	before := !ok && nameless(it.Message) // registered by a version that compared such mails only by their words
	if before {
		id, ok = tx.Twin("", it.Message.Fingerprint[:])
	}
	if !ok {
		return 0, false, nil
	}
	first, err := tx.Arrival(id)
	if err != nil || before && !first.Received.Equal(it.received) {
		return 0, false, err
	}
	old := deadlines.DayOf(it.received) < e.Cases.Rules().Box(it.place.Mailbox).Since
	return id, first.Decision != intake.DidBeforeStart || old, nil
}

// takeTwin registers a further copy of a mail: there is one case with several
// arrivals and one acknowledgement.
func (e *Engine) takeTwin(tx *store.Tx, it *item, a *intake.Arrival, twin uint64) (outcome, error) {
	first, err := tx.Arrival(twin)
	if err != nil {
		return outcome{}, err
	}
	a.Twin, a.Ref, a.Kind = twin, first.Ref, first.Kind
	a.Why = "a further copy of a mail that is registered already"
	o, err := e.register(tx, it, a, intake.DidDuplicate)
	if err != nil || a.Ref == "" {
		return o, err
	}
	c, err := tx.Case(a.Ref)
	if err != nil {
		return o, err
	}
	c.Messages = append(c.Messages, a.ID)
	v := e.Cases.View(tx, c)
	why, err := casework.StaysHeld(tx, c, v)
	if err != nil {
		return o, err
	}
	if it.role == mailbox.Inbox && v.State == intake.StateTriage && slices.Equal(v.Ack.Held, []string{holds.Junk}) && why == "" {
		if _, err := e.Cases.Release(tx, c, intake.ActorSelf); err != nil { // it was held only because the filter had taken it
			return o, err
		}
	}
	return o, e.Cases.Put(tx, c)
}

// takeBeforeStart registers mail from before the daemon's first day. It opens
// no case and is never answered; what may still be within a statutory period is
// listed to staff once.
func (e *Engine) takeBeforeStart(tx *store.Tx, it *item, a *intake.Arrival) (outcome, error) {
	o, err := e.register(tx, it, a, intake.DidBeforeStart)
	if err != nil || it.Reading.Decision == intake.Ignore || it.Reading.Decision == intake.Pass {
		return o, err
	}
	if due := e.lastDue(tx, it); due < tx.Today() {
		return o, nil
	}
	return o, clock.NoteBeforeStart(tx, a)
}

// takeMachine registers a machine's mail. It is never answered and changes no
// case; a bounce of our own letter is recorded on that letter.
func (e *Engine) takeMachine(tx *store.Tx, it *item, a *intake.Arrival) (outcome, error) {
	a.Ref = it.Thread.Ref
	l, found := e.bounced(tx, it)
	ours := found && believed(l, it.Message.Report)
	switch {
	case ours:
		a.Ref, a.Why, a.Seems = l.Ref, "our own letter came back", intake.SeemsReturned
	case found:
		a.Ref, a.Why = l.Ref, "a report about our own letter that cannot be true of it, or names another recipient: nothing was changed"
		if l.Purpose.Outside() && l.Attempts > 0 {
			a.Seems = intake.SeemsReturned
		}
	}
	o, err := e.register(tx, it, a, intake.DidIgnore)
	if err != nil {
		return o, err
	}
	if err := e.list(tx, a); err != nil {
		return o, err
	}
	if ours {
		return o, e.letterBounced(tx, l, it, a)
	}
	return o, nil
}

// list adds a registered mail to those of its case, if it has one.
func (e *Engine) list(tx *store.Tx, a *intake.Arrival) error {
	if a.Ref == "" {
		return nil
	}
	c, err := tx.Case(a.Ref)
	if err != nil {
		return err
	}
	c.Messages = append(c.Messages, a.ID)
	return e.Cases.Put(tx, c)
}

// takeFollowup attaches a mail to its case. It changes no clock. Staff are
// shown it, with what it seems to be, in the next list, or at once if it may
// have its own deadline.
func (e *Engine) takeFollowup(tx *store.Tx, it *item, a *intake.Arrival) (outcome, error) {
	a.Ref = it.Thread.Ref
	o, err := e.register(tx, it, a, intake.DidFollowup)
	if err != nil {
		return o, err
	}
	c, err := tx.Case(a.Ref)
	if err != nil {
		return o, err
	}
	name := intake.MailAttached
	if !it.Thread.KnownFrom {
		name = intake.UnverifiedReply
	}
	c.Messages = append(c.Messages, a.ID)
	e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: name, Day: deadlines.DayOf(it.received), Message: a.ID, Code: it.Reading.Seems})
	if err := e.Cases.Put(tx, c); err != nil {
		return o, err
	}
	if it.Reading.Attention == "" {
		return o, nil
	}
	return o, e.tellFollowup(tx, c, it, a)
}

// takePassed registers a person's mail that is surely no request. It is listed
// in the digest; a mail with its own deadline is shown to staff at once.
func (e *Engine) takePassed(tx *store.Tx, it *item, a *intake.Arrival) (outcome, error) {
	o, err := e.register(tx, it, a, intake.DidPass)
	if err != nil || it.Reading.Attention == "" {
		return o, err
	}
	return o, e.tellAttention(tx, it, a)
}

// takeSent looks for a colleague's own reply on a case. The next list offers it
// to staff as an answer; it is never recorded as one by itself.
func (e *Engine) takeSent(tx *store.Tx, it *item) (outcome, error) {
	o := outcome{uid: it.place.UID, kind: intake.Other}
	box := e.Cases.Rules().Box(it.place.Mailbox)
	if it.Unreadable != "" || it.Thread.Ref == "" || tx.OwnMessageID(it.Message.MessageID) || deadlines.DayOf(it.received) < box.Since {
		return o, nil
	}
	c, err := tx.Case(it.Thread.Ref)
	if err != nil {
		return o, err
	}
	o.ref = c.Ref
	day := deadlines.DayOf(it.received)
	is := replyName(tx, it)
	for _, ev := range c.Events {
		if ev.Name == intake.ReplySeen && (ev.Code == is || ev.Code == it.Message.MessageID && ev.Code != "") {
			return o, nil
		}
	}
	e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.ReplySeen, Day: day, Code: is})
	return o, e.Cases.Put(tx, c)
}

// replyName identifies a colleague's reply without naming anybody: an event
// outlives erasing, and a Message-ID may tell who wrote it.
func replyName(tx *store.Tx, it *item) string {
	if it.Message.MessageID == "" {
		return tx.Pseudonym(fmt.Sprintf("%x", it.Message.Fingerprint))
	}
	return tx.Pseudonym(it.Message.MessageID)
}

// lastDue returns the last of the dates by which a mail from before the start
// could have to be answered: until it has passed the mail still matters.
func (e *Engine) lastDue(tx *store.Tx, it *item) deadlines.Day {
	var latest deadlines.Day
	for _, kind := range []intake.Kind{intake.FOI, intake.DSAR} {
		r, err := e.Cases.Calendar().Compute(deadlines.Request{Kind: string(kind), Received: deadlines.DayOf(it.received)}, e.Cases.Rules().House(it.place.Mailbox))
		if err == nil {
			latest = max(latest, r.RespondBy)
		}
	}
	return latest
}
