package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/officer"
	"requestd/store"
)

// order is a command on its way to the act that it names.
type order struct {
	*reply
	by By
	c  *intake.Case // of the mail that is answered; nil where that is about no case
	ch Change
}

// refusedMail is a Refusal in words for a person who answers mail.
func refusedMail(problem, mend string) error { return &mailRefusal{problem, mend} }

type mailRefusal struct{ problem, mend string }

func (r *mailRefusal) Error() string { return r.problem }

// obey carries a command out with the powers of the command line, and tells
// staff. What cannot be done changes nothing and is answered.
func (e *Engine) obey(tx *store.Tx, r *reply, a *intake.Arrival) error {
	o := &order{reply: r, by: By{Actor: mailActor + strings.ToLower(r.from), Wait: e.Settings().Replies.UndoWait}, ch: Change{Warnings: []string{}}}
	if r.letter.Ref != "" {
		c, err := tx.Case(r.letter.Ref)
		if err != nil {
			return err
		}
		o.c = c
		if ev, ok := e.overtaken(o); ok {
			a.Why = "an answer of staff that came after another decision"
			return e.tellConflict(tx, o, ev)
		}
	}
	err := e.carryOut(tx, o)
	if problem, mend, ok := refusalOf(err); ok {
		a.Why = "an answer of staff that was refused"
		return e.refuseReply(tx, r, o.c, problem, mend)
	}
	if err != nil {
		return err
	}
	a.Why, a.Seems, a.Ref = "an officer's decision: "+o.cmd.Full(), decisionSeems, o.ch.View.Ref
	e.log.Info("case changed by mail", "ref", o.ch.View.Ref, "act", string(o.cmd.Act), "event", o.ch.Event, "state", string(o.ch.View.State))
	return e.confirm(tx, o)
}

// mailActor begins the actor of what was decided by mail.
const mailActor = "mail:"

func refusalOf(err error) (problem, mend string, ok bool) {
	var own *mailRefusal
	var refusal *Refusal
	switch {
	case errors.As(err, &own):
		return own.problem, own.mend, true
	case errors.As(err, &refusal):
		return refusal.Says, "Where that does not help, ask the administrator.", true
	case errors.Is(err, store.ErrNotFound):
		return "There is no such case or mail.", "Check the reference or number, and write it again.", true
	}
	return "", "", false
}

func (e *Engine) carryOut(tx *store.Tx, o *order) error {
	switch {
	case o.cmd.Act == officer.Open:
		return e.openByMail(tx, o)
	case o.cmd.Act == officer.Attach && (o.cmd.Mail != 0 || o.c == nil):
		return e.attachByMail(tx, o)
	case o.c == nil:
		return refusedMail("The mail that you answered is about no single case.", "Answer a mail of the case itself.")
	case o.c.Erased():
		return refusedMail("The case was erased.", "Nothing can be done about it any more.")
	case o.cmd.Act == officer.Attach || o.cmd.Act == officer.Merge:
		return e.mergeByMail(tx, o)
	case o.cmd.Act == officer.Undo:
		return e.undo(tx, o)
	}
	return e.actOn(tx, o.c, &o.ch, func(tx *store.Tx, c *intake.Case, ch *Change) error { return e.change(tx, c, ch, o) })
}

// change is everything that concerns the answered mail's own case alone.
func (e *Engine) change(tx *store.Tx, c *intake.Case, ch *Change, o *order) error {
	v := ch.Before
	switch o.cmd.Act {
	case officer.Decide:
		in := kindInput(o.cmd)
		if v.Decided && v.Kind == in.Kind && sameParts(v, in) {
			return refusedMail("That is how the case stands already.", "Nothing needs to be done.")
		}
		if err := in.check(); err != nil {
			return err
		}
		return e.reclassify(tx, c, ch, o.by, in)
	case officer.Send:
		return e.sendByMail(tx, c, ch, o.by)
	case officer.Hold:
		return e.holdByMail(tx, c, o.by)
	case officer.Mine:
		e.append(tx, c, intake.Event{Actor: o.by.Actor, Name: intake.Note, Code: mineCode})
		return nil
	}
	return e.recordByMail(tx, c, ch, o)
}

// kindInput is what a command says about kinds. Of what a review is can only be
// said where the review comes first.
func kindInput(cmd officer.Command) KindInput {
	in := KindInput{Kind: cmd.Kind, Of: cmd.Of, Also: slices.Clone(cmd.Also)}
	if i := slices.Index(in.Also, intake.Review); i >= 0 {
		in.Kind, in.Also[i] = in.Also[i], in.Kind
	}
	return in
}

// mineCode marks the note that says who works on a case.
const mineCode = "mine"

func sameParts(v *intake.View, in KindInput) bool {
	return slices.Equal(v.Also, nonNil(in.Also)) && (v.Of == in.Of || v.Kind != intake.Review)
}

// recordByMail records an event, dated on the day of the mail unless it says
// another.
func (e *Engine) recordByMail(tx *store.Tx, c *intake.Case, ch *Change, o *order) error {
	in := RecordInput{
		Event: o.cmd.Event, Date: o.cmd.Date, Part: o.cmd.Part, Outcome: o.cmd.Outcome, Reason: o.cmd.Reason, Void: o.cmd.Void, Note: o.cmd.Note,
	}
	if in.Date == 0 {
		in.Date = min(deadlines.DayOf(o.received), today(tx))
	}
	o.cmd.Date = in.Date
	v := ch.Before
	switch {
	case in.Date > today(tx):
		return refusedMail(fmt.Sprintf("%s lies ahead: only what has happened is recorded.", in.Date.Long()), "Write it on the day, or give the right date.")
	case in.Event == intake.Void && e.setOffLetter(tx, c, in.Void):
		return refusedMail("That decision set off a letter which has not gone yet.", "Answer UNDO to the mail DONE that tells of the decision: that stops the letter too.")
	case in.Part == "" && len(v.Parts()) > 1 && e.sensiblePart(v, in) != nil:
		en, _ := officer.Command{Act: officer.Record, Event: in.Event, Part: v.Parts()[0], Date: in.Date}.Words()
		return refusedMail("The case has several parts.", "Say which, such as "+en+".")
	case in.Event != intake.ReceivedOn && in.Event != intake.Note && in.Event != intake.Void && in.Date < v.ReceivedOn:
		return refusedMail(fmt.Sprintf("%s is before the request was received on %s.", in.Date.Long(), v.ReceivedOn.Long()),
			"Give a later date, or correct the receipt first: RECEIVED and its date.")
	}
	return e.record(tx, c, ch, o.by, in)
}

// setOffLetter reports whether a letter that an event set off still waits.
func (e *Engine) setOffLetter(tx *store.Tx, c *intake.Case, n int) bool {
	if n < 2 || n > len(c.Events) || lastOf(c, n) == n {
		return false
	}
	l, ok := e.ackLetter(tx, c)
	return ok && l.State == intake.LetterWaiting
}

// sendByMail releases the acknowledgement. One that a server refused cannot be
// let go from here, since its address or account wants mending.
func (e *Engine) sendByMail(tx *store.Tx, c *intake.Case, ch *Change, by By) error {
	if l, ok := e.ackLetter(tx, c); ok {
		switch {
		case l.State == intake.LetterWaiting && l.Attempts == 0:
			return refusedMail("The letter goes out at "+clock(l.Next)+" in any case.", "Nothing needs to be done.")
		case l.State == intake.LetterSent && !ch.Before.Ack.Bounced:
			return refusedMail("The acknowledgement has gone out.", "Nothing needs to be done.")
		case l.Attempts > 0:
			return refusedMail("The letter was tried already, and its state is: "+string(l.State)+".",
				"Ask the administrator to look at the outbox, or acknowledge in another way and answer ACKNOWLEDGED with the date.")
		}
	}
	if ch.Before.Doubt {
		return refusedMail("It is not decided yet what the mail is.", "Say what it is, such as FOI or DSAR: that sends the letter.")
	}
	return e.acknowledge(tx, c, ch, by, AckInput{})
}

func (e *Engine) holdByMail(tx *store.Tx, c *intake.Case, by By) error {
	l, ok := e.ackLetter(tx, c)
	switch {
	case !ok || l.State == intake.LetterFailed && l.Attempts == 0:
		return refusedMail("There is no letter that could be held.", "Nothing goes out before you decide.")
	case l.State == intake.LetterHeld:
		return refusedMail("The letter is held already.", "Nothing needs to be done: it goes out when you answer SEND.")
	case l.State != intake.LetterWaiting || l.Attempts > 0:
		return refusedMail("It is too late: the letter's state is "+string(l.State)+".", "The administrator can send a correction.")
	}
	l.State, l.Response = intake.LetterHeld, "held by "+by.Actor
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AckHeld, Letter: l.ID, Code: "by-hand"})
	return nil
}

// openByMail makes a case of a mail that was passed. Its acknowledgement waits
// as every letter does that a decision by mail sets off.
func (e *Engine) openByMail(tx *store.Tx, o *order) error {
	id, err := e.mailOf(tx, o)
	if err != nil {
		return err
	}
	in := OpenInput{Message: id, KindInput: kindInput(o.cmd)}
	if err := e.open(tx, o.by, in, &o.ch); err != nil {
		return err
	}
	o.ch.Event = 1
	c, err := tx.Case(o.ch.View.Ref)
	if err != nil {
		return err
	}
	if l, ok := e.ackLetter(tx, c); ok && l.State == intake.LetterWaiting {
		l.Next = tx.Now().Add(o.by.Wait)
		o.ch.Letter = l.ID
		return tx.PutLetter(l)
	}
	return nil
}

// mailOf is the mail that a command names, or the one that was answered.
func (e *Engine) mailOf(tx *store.Tx, o *order) (uint64, error) {
	id := o.cmd.Mail
	if id == 0 {
		id = numberIn(aboutOf(o.letter), "mail-")
	}
	if id == 0 {
		return 0, refusedMail("It is not certain which mail is meant.", "Write its number, as in the list: OPEN 12 FOI.")
	}
	a, err := tx.Arrival(id)
	if err == nil && a.Mailbox != o.letter.Mailbox && !e.staffOf(a.Mailbox, o.from) || errors.Is(err, store.ErrNotFound) {
		return 0, refusedMail(fmt.Sprintf("There is no mail %d in this mailbox.", id), "Write the number as the list gives it.")
	}
	if err == nil && a.Ref != "" {
		return 0, refusedMail(fmt.Sprintf("Mail %d belongs to case %s already.", id, a.Ref), "Answer a mail of that case.")
	}
	return id, err
}

func (e *Engine) attachByMail(tx *store.Tx, o *order) error {
	id, err := e.mailOf(tx, o)
	if err != nil {
		return err
	}
	into, err := e.otherCase(tx, o)
	if err != nil {
		return err
	}
	return e.actOn(tx, into, &o.ch, func(tx *store.Tx, c *intake.Case, _ *Change) error { return e.attach(tx, c, o.by, id) })
}

// mergeByMail ends the answered mail's case in another.
func (e *Engine) mergeByMail(tx *store.Tx, o *order) error {
	into, err := e.otherCase(tx, o)
	if err != nil {
		return err
	}
	if into.Ref == o.c.Ref {
		return refusedMail("That is the same case.", "Write the other case's reference.")
	}
	return e.actOn(tx, into, &o.ch, func(tx *store.Tx, c *intake.Case, ch *Change) error { return e.merge(tx, c, ch, o.by, o.c.Ref) })
}

func (e *Engine) otherCase(tx *store.Tx, o *order) (*intake.Case, error) {
	c, err := tx.Case(o.cmd.Ref)
	if err == nil && !e.staffOf(c.Mailbox, o.from) || errors.Is(err, store.ErrNotFound) {
		return nil, refusedMail(fmt.Sprintf("There is no case %s in this mailbox.", intake.OneLine(o.cmd.Ref, 30)), "Check the reference, and write it again.")
	}
	return c, err
}

// aboutOf is what a letter to staff was about: its purpose and occurrence,
// without case and recipient.
func aboutOf(l *intake.Letter) string {
	_, s, _ := strings.Cut(l.Key, "/")
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[:i]
	}
	return s
}

// numberIn reads the number behind a word of what a letter was about.
func numberIn(about, word string) uint64 {
	for _, part := range strings.Split(about, "/") {
		if s, ok := strings.CutPrefix(part, word); ok {
			n, err := strconv.ParseUint(s, 10, 64)
			if err == nil {
				return n
			}
		}
	}
	return 0
}
