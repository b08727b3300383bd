package replies

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/officer"
	"requestd/store"
)

// order is a command, and what is known about it until its act is done.
type order struct {
	*reply
	by casework.By
	c  *intake.Case // the case of the answered mail; nil if that mail is about none
	ch *casework.Change
}

// refused returns a Refusal in words for a person who answers mail.
func refused(problem, mend string) error { return &casework.Refusal{Says: problem, Mend: mend} }

// execute carries out a command with the powers of the command line, and tells
// staff. A command that cannot be carried out changes nothing, and its sender
// is told why.
func (rs *Replies) execute(tx *store.Tx, r *reply, a *intake.Arrival) error {
	o := &order{reply: r, by: casework.By{
		Principal: rs.principal(r),
		UndoWait:  rs.cases.Settings().Replies.UndoWait,
	}}
	ref := r.letter.Ref
	if named := r.cmd.Case; named != "" && store.NormalRef(named) != store.NormalRef(ref) {
		if r.cmd.Act == officer.Undo {
			return rs.refuseReply(tx, r, nil, "UNDO takes back what the mail that you answer tells of.", "Answer the mail DONE of that decision.")
		}
		ref = named
	}
	if ref != "" {
		c, err := rs.caseNamed(tx, o, ref) // the answered mail's case may belong to another mailbox by now
		if problem, mend, ok := refusalOf(err); ok {
			a.Why = "an answer of staff that was refused"
			return rs.refuseReply(tx, r, nil, problem, mend)
		}
		if err != nil {
			return err
		}
		o.c = c
		if ev, ok := o.overtaken(); ok {
			a.Why = "an answer of staff that came after another decision"
			return rs.tellConflict(tx, o, ev)
		}
	}
	if wants, err := rs.wantsSecond(tx, o); err != nil {
		return err
	} else if wants {
		a.Why = "an officer's proposal of where letters go, which a second officer has to confirm"
		return rs.propose(tx, o)
	}
	err := rs.act(tx, o)
	if problem, mend, ok := refusalOf(err); ok {
		a.Why = "an answer of staff that was refused"
		return rs.refuseReply(tx, r, o.c, problem, mend)
	}
	if err != nil {
		return err
	}
	a.Why, a.Seems, a.Ref = "an officer's decision: "+o.cmd.Full(), intake.SeemsDecision, o.ch.View.Ref
	tx.AfterCommit(func() {
		rs.log.Info("case changed by mail", "ref", o.ch.View.Ref, "act", string(o.cmd.Act), "event", o.ch.Event, "state", string(o.ch.View.State))
	})
	return rs.confirm(tx, o)
}

const askAdministrator = "Where that does not help, ask the administrator."

func refusalOf(err error) (problem, mend string, ok bool) {
	var refusal *casework.Refusal
	var forbidden *casework.Forbidden
	switch {
	case errors.As(err, &forbidden):
		return "You are not among the staff of mailbox " + forbidden.Mailbox + ".", "Ask the administrator to name you under staff.", true
	case errors.As(err, &refusal) && refusal.Mend != "":
		return refusal.Says, refusal.Mend, true
	case errors.As(err, &refusal):
		return refusal.Says, askAdministrator, true
	case errors.Is(err, store.ErrNotFound):
		return "There is no such case or mail.", "Check the reference or number, and write it again.", true
	}
	return "", "", false
}

// act finds the act that a command names and its case, and does it.
func (rs *Replies) act(tx *store.Tx, o *order) error {
	switch {
	case o.cmd.Act == officer.Open:
		return rs.openByMail(tx, o)
	case o.cmd.Act == officer.Register:
		return rs.registerByMail(tx, o)
	case o.cmd.Act == officer.Attach && (o.cmd.Mail != 0 || o.c == nil):
		return rs.attachByMail(tx, o)
	case o.c == nil:
		return refused("The mail that you answered is about no single case.", "Answer a mail of the case itself.")
	case o.c.Erased():
		return refused("The case was erased.", "Nothing can be done about it any more.")
	case o.cmd.Act == officer.Attach || o.cmd.Act == officer.Merge:
		return rs.mergeByMail(tx, o)
	}
	act, err := rs.actOf(tx, o)
	if err != nil {
		return err
	}
	return rs.do(tx, o, o.c, act)
}

func (rs *Replies) do(tx *store.Tx, o *order, c *intake.Case, act casework.Act) (err error) {
	o.ch, err = rs.cases.DoIn(tx, o.by, c, act)
	return err
}

// actOf returns the act that a command names on the answered mail's own case.
func (rs *Replies) actOf(tx *store.Tx, o *order) (casework.Act, error) {
	v := rs.cases.View(tx, o.c)
	switch o.cmd.Act {
	case officer.Decide:
		in := kindInput(o.cmd)
		if v.Decided && v.Kind == in.Kind && sameParts(v, in) {
			return casework.Act{}, refused("That is how the case stands already.", "Nothing needs to be done.")
		}
		return casework.Decide(in), nil
	case officer.Send:
		if id, err := rs.draftMeant(tx, o, v); id != 0 || err != nil {
			return casework.SendDraft(id, o.cmd.Texts...), err
		}
		switch texts := len(o.cmd.Texts); {
		case texts > 0 && v.Kind == intake.NotARequest:
			return casework.Act{}, refused("The case is no request, and the letter that says so takes no words by mail.", "Answer SEND alone to let it go as it is written.")
		case texts > 1:
			return casework.Act{}, refused("The acknowledgement has no gaps.", "Write the whole of it between one BEGIN and one END, or answer SEND alone.")
		}
		return casework.Acknowledge(casework.AckInput{Text: strings.Join(o.cmd.Texts, "")}), rs.canSend(tx, o.c, v)
	case officer.Hold:
		return casework.Hold(), nil
	case officer.Mine:
		return casework.Claim(), nil
	case officer.Correct:
		return casework.Record(casework.RecordInput{Event: intake.Corrected, Date: tx.Today(), Correction: casework.Correction{
			Name: o.cmd.Person.Name, Address: o.cmd.Person.Addr, Language: o.cmd.Language, Child: o.cmd.Child,
		}}), nil
	case officer.Undo: // the answered confirmation names the decision
		return casework.Undo(int(numberIn(o.letter, "event-"))), nil
	}
	return rs.recordByMail(tx, o, v)
}

// kindInput returns what a command says about kinds. What a review is about can
// only be said if the review comes first.
func kindInput(cmd officer.Command) casework.KindInput {
	in := casework.KindInput{Kind: cmd.Kind, Of: cmd.Of, Also: slices.Clone(cmd.Also), Right: cmd.Right}
	if i := slices.Index(in.Also, intake.Review); i >= 0 {
		in.Kind, in.Also[i] = in.Also[i], in.Kind
	}
	return in
}

func sameParts(v *intake.View, in casework.KindInput) bool {
	return slices.Equal(v.Also, in.Also) && (v.Of == in.Of || v.Kind != intake.Review) &&
		!v.RightWaits() && (len(in.Right) == 0 || slices.Equal(v.Right, in.Right))
}

// recordByMail records an event, dated on the day of the mail unless the
// command names another.
func (rs *Replies) recordByMail(tx *store.Tx, o *order, v *intake.View) (casework.Act, error) {
	in := casework.RecordInput{
		Event: o.cmd.Event, Date: o.cmd.Date, Part: o.cmd.Part, Outcome: o.cmd.Outcome, Reason: o.cmd.Reason, Void: o.cmd.Void, Note: o.cmd.Note,
		Exemptions: o.cmd.Exemptions,
	}
	in.Date = cmp.Or(in.Date, min(deadlines.DayOf(o.Received), tx.Today()))
	o.cmd.Date = in.Date
	switch {
	case in.Date > tx.Today():
		return casework.Act{}, refused(fmt.Sprintf("%s lies ahead: only what has happened is recorded.", in.Date.Long()), "Write it on the day, or give the right date.")
	case in.Event == intake.Void && !strikable(o.c, in.Void):
		return casework.Act{}, refused(fmt.Sprintf("There is no event %d on this case that could be struck.", in.Void),
			"SHOW "+v.Ref+" gives the numbers, under WHAT WAS DONE SO FAR.")
	case in.Event == intake.Void && rs.cases.LetterPending(tx, o.c, in.Void):
		return casework.Act{}, refused("That decision set off a letter which has not gone yet.", "Answer UNDO to the mail DONE that tells of the decision: that stops the letter too.")
	case in.MissesPart(v):
		en, _ := officer.Command{Act: officer.Record, Event: in.Event, Part: v.Parts()[0], Date: in.Date}.Words()
		return casework.Act{}, refused("The case has several parts.", "Say which, such as "+en+".")
	case in.Part != "" && !slices.Contains(v.Parts(), in.Part):
		cmd := o.cmd
		cmd.Part = ""
		if parts := v.Parts(); len(parts) > 1 {
			cmd.Part = parts[0]
		}
		en, _ := cmd.Words()
		return casework.Act{}, refused("The case has no part "+in.Part.Short()+".", "Write the part that it has, or none where it is but one, such as "+en+".")
	case in.Event != intake.ReceivedOn && in.Event != intake.Note && in.Event != intake.Void && in.Date < v.ReceivedOn:
		return casework.Act{}, refused(fmt.Sprintf("%s is before the request was received on %s.", in.Date.Long(), v.ReceivedOn.Long()),
			"Give a later date, or correct the receipt first: RECEIVED and its date.")
	}
	return casework.Record(in), otherOutcome(v, in)
}

// strikable reports whether a case has an event with that number that people
// can strike.
func strikable(c *intake.Case, n int) bool {
	return slices.ContainsFunc(c.Live(), func(ev intake.Event) bool { return ev.N == n && casework.Strikable(ev) })
}

// otherOutcome refuses an outcome that the answered case cannot have, and lists
// those that it can.
func otherOutcome(v *intake.View, in casework.RecordInput) error {
	for _, k := range v.Clocks {
		list := intake.OutcomesOf(k.Kind, k.Of)
		if in.Event == intake.Responded && in.Outcome != "" && !v.Doubt && (in.Part == "" || in.Part == k.Kind) && !slices.Contains(list, in.Outcome) {
			words := officer.OutcomeWords(list...)
			return refused(fmt.Sprintf("%s is no outcome of this kind of request (%s).", officer.OutcomeWords(in.Outcome), k.Kind.Short()),
				"Write one of these behind RESPONDED: "+words+".")
		}
	}
	return nil
}

// draftMeant returns the draft that SEND releases: the one that is named, or
// the one that the answered mail is about, or else the only one if no
// acknowledgement is owed. It returns 0 if the acknowledgement is meant.
func (rs *Replies) draftMeant(tx *store.Tx, o *order, v *intake.View) (uint64, error) {
	if o.cmd.Mail != 0 {
		return o.cmd.Mail, nil
	}
	if id := rs.cases.DraftOf(tx, o.c, int(numberIn(o.letter, "event-"))); id != 0 {
		return id, nil
	}
	drafts := rs.cases.Drafts(tx, o.c)
	switch {
	case v.Ack.At.IsZero() || len(drafts) == 0:
		return 0, nil
	case len(drafts) > 1:
		var each []string
		for _, l := range drafts {
			each = append(each, fmt.Sprintf("letter %d %s", l.ID, casework.StepWords(l.Purpose)))
		}
		return 0, refused("Several letters are drafted: "+strings.Join(each, "; ")+".", fmt.Sprintf("Write which, such as SEND %d.", drafts[0].ID))
	}
	return drafts[0].ID, nil
}

// canSend refuses if the acknowledgement cannot be released by mail. One that a
// server refused cannot, since its address or account must be mended first.
func (rs *Replies) canSend(tx *store.Tx, c *intake.Case, v *intake.View) error {
	if l, ok := rs.cases.AckLetter(tx, c); ok {
		switch {
		case l.State == intake.LetterWaiting && l.Doubts == 0:
			return refused("The letter goes out at "+clock(l.Next)+" in any case.", "Nothing needs to be done.")
		case l.State == intake.LetterSent && !v.Ack.Bounced:
			return refused("The acknowledgement has gone out.", "Nothing needs to be done.")
		case l.Attempts > 0 && !l.Stopped():
			return refused("The letter was tried already, and its state is: "+string(l.State)+".",
				"Ask the administrator to look at the outbox, or acknowledge in another way and answer ACKNOWLEDGED with the date.")
		}
	}
	if v.Doubt {
		return refused("It is not decided yet what the mail is.", "Say what it is, such as FOI or DSAR: that sends the letter.")
	}
	return nil
}

// openByMail makes a case of a mail that was passed. Its acknowledgement waits
// like every letter caused by a decision by mail.
func (rs *Replies) openByMail(tx *store.Tx, o *order) error {
	id, err := rs.mailOf(tx, o)
	if err != nil {
		return err
	}
	o.ch, err = rs.cases.OpenIn(tx, o.by, casework.OpenInput{Message: id, KindInput: kindInput(o.cmd)})
	return err
}

// registerByMail opens a case for a request that did not come by mail. Its
// acknowledgement goes to the address that the officer gives, and waits like
// every letter caused by a decision by mail.
func (rs *Replies) registerByMail(tx *store.Tx, o *order) (err error) {
	box := o.letter.Mailbox
	if name := o.cmd.Box; name != "" {
		box = name
	}
	if !slices.Contains(o.by.Mailboxes, box) {
		return refused(fmt.Sprintf("You are not among the staff of a mailbox %q.", intake.OneLine(box, 30)), "Name one of yours: "+strings.Join(o.by.Mailboxes, ", ")+".")
	}
	how := o.cmd.Source
	if how == "" {
		return refused("It is not said how the request came.", "Add BY TELEPHONE, BY POST or IN PERSON.")
	}
	in := casework.OpenInput{Mailbox: box, KindInput: kindInput(o.cmd), Received: o.cmd.Date, Source: how, Requester: o.cmd.Person, Postal: o.cmd.Postal,
		Subject: map[string]string{"telephone": "By telephone", "post": "By post", "in-person": "In person"}[how]}
	in.Received = cmp.Or(in.Received, min(deadlines.DayOf(o.Received), tx.Today()))
	o.cmd.Date = in.Received
	o.ch, err = rs.cases.OpenIn(tx, o.by, in)
	return err
}

// mailOf returns the mail that a command names, or the one that was answered.
func (rs *Replies) mailOf(tx *store.Tx, o *order) (uint64, error) {
	id := o.cmd.Mail
	if id == 0 {
		id = numberIn(o.letter, "mail-")
	}
	if id == 0 {
		return 0, refused("It is not certain which mail is meant.", "Write its number, as in the list: OPEN 12 FOI.")
	}
	a, err := tx.Arrival(id)
	if err == nil && o.by.May(casework.ToRead, a.Mailbox) != nil || errors.Is(err, store.ErrNotFound) {
		return 0, refused(fmt.Sprintf("There is no mail %d in this mailbox.", id), "Write the number as the list gives it.")
	}
	if err == nil && a.Ref != "" {
		return 0, refused(fmt.Sprintf("Mail %d belongs to case %s already.", id, a.Ref), "Answer a mail of that case.")
	}
	return id, err
}

func (rs *Replies) attachByMail(tx *store.Tx, o *order) error {
	id, err := rs.mailOf(tx, o)
	if err != nil {
		return err
	}
	into, err := rs.otherCase(tx, o)
	if err != nil {
		return err
	}
	return rs.do(tx, o, into, casework.Attach(id))
}

// mergeByMail merges the answered mail's case into another.
func (rs *Replies) mergeByMail(tx *store.Tx, o *order) error {
	into, err := rs.otherCase(tx, o)
	if err != nil {
		return err
	}
	if into.Ref == o.c.Ref {
		return refused("That is the same case.", "Write the other case's reference.")
	}
	return rs.do(tx, o, into, casework.Merge(o.c.Ref, 0))
}

func (rs *Replies) otherCase(tx *store.Tx, o *order) (*intake.Case, error) {
	return rs.caseNamed(tx, o, o.cmd.Ref)
}

// caseNamed returns the case with the reference that an officer wrote.
func (rs *Replies) caseNamed(tx *store.Tx, o *order, ref string) (*intake.Case, error) {
	c, err := tx.Case(ref)
	if err == nil && o.by.May(casework.ToRead, c.Mailbox) != nil || errors.Is(err, store.ErrNotFound) {
		return nil, refused(fmt.Sprintf("There is no case %s in this mailbox.", intake.OneLine(ref, 30)), "Check the reference, and write it again.")
	}
	return c, err
}

// numberIn returns the number after a word in a letter to staff.
func numberIn(l *intake.Letter, word string) uint64 {
	for part := range strings.SplitSeq(l.Key, "/") {
		if s, ok := strings.CutPrefix(part, word); ok {
			n, err := strconv.ParseUint(s, 10, 64)
			if err == nil {
				return n
			}
		}
	}
	return 0
}
