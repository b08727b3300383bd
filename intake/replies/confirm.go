package replies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/intake/holds"
	"requestd/intake/notices"
	"requestd/intake/officer"
	"requestd/store"
	"requestd/templates"
)

// confirm tells the sender of an answer what it changed, with the dates before
// and after. Their colleagues find it in the next list.
func (rs *Replies) confirm(tx *store.Tx, o *order) error {
	c, err := tx.Case(o.ch.View.Ref)
	if err != nil {
		return err
	}
	v := o.ch.View
	n := notices.News{
		Purpose: intake.ForConfirmation, Kind: templates.Confirmation, Code: fmt.Sprintf("event-%d", o.ch.Event), Cause: o.from,
		Notice: templates.Notice{
			Case: notices.CaseOf(v, c), Actor: o.from, Command: said(o), Changes: moved(datesChanged(o.ch.Before, v)), Due: v.RespondBy,
		},
	}
	if o.ch.Letter != 0 {
		l, err := tx.Letter(o.ch.Letter)
		if err != nil {
			return err
		}
		n.Notice.Letter, n.Notice.UndoUntil = notices.LetterOf(l), clock(l.Next)
		if len(l.Raw) > 0 {
			if _, n.Notice.Letter.Text, err = compose.Text(l.Raw); err != nil {
				return err
			}
		}
	}
	if o.ch.Draft != 0 {
		if err := rs.showDraft(tx, o.ch.Draft, &n.Notice); err != nil {
			return err
		}
	}
	for _, w := range append(stillHeld(v), o.ch.Warnings...) {
		if !slices.Contains(n.Notice.Case.Warnings, w) {
			n.Notice.Case.Warnings = append(n.Notice.Case.Warnings, w)
		}
	}
	notices.WithoutLedger(&n.Notice.Case)
	return rs.notices.NotifyOne(tx, c.Mailbox, v, n, o.from)
}

// stillHeld says what a decision did not release.
func stillHeld(v *intake.View) []string {
	if len(v.Ack.Held) == 0 || v.Doubt || !v.IsOpen() {
		return nil
	}
	if slices.Contains(v.Ack.Held, holds.NoAddress) {
		return nil // there is a separate warning: SEND would not help
	}
	return []string{"The acknowledgement still waits for a person (" + holds.List(v.Ack.Held) + "). Look at what to check, then answer SEND."}
}

// said returns what was written and how it was understood.
func said(o *order) string {
	full := o.cmd.Full()
	if strings.EqualFold(full, o.line) {
		return full
	}
	return intake.OneLine(o.line, 150) + " (read as: " + intake.OneLine(full, 120) + ")"
}

// showDraft adds a draft to a mail, with what has still to be filled in.
func (rs *Replies) showDraft(tx *store.Tx, id uint64, n *templates.Notice) error {
	l, err := tx.Letter(id)
	if err != nil {
		return err
	}
	if _, n.Draft, err = compose.Text(l.Raw); err != nil {
		return err
	}
	n.Gaps = casework.Gaps(n.Draft)
	return nil
}

// showOnly shows the letter of a case that SEND would release: the held
// acknowledgement, or else the draft if there is exactly one.
func (rs *Replies) showOnly(tx *store.Tx, c *intake.Case, n *templates.Notice) (err error) {
	if n.Draft, err = rs.cases.HeldText(tx, c); n.Draft != "" || err != nil {
		n.DraftAck = err == nil
		return err
	}
	if drafts := rs.cases.Drafts(tx, c); len(drafts) == 1 {
		return rs.showDraft(tx, drafts[0].ID, n)
	}
	return nil
}

// moved returns all dates if one has changed, else none.
func moved(all []templates.Change) []templates.Change {
	if slices.ContainsFunc(all, func(c templates.Change) bool { return c.Before != c.After }) {
		return all
	}
	return nil
}

func clock(t time.Time) string { return t.In(deadlines.London()).Format("15:04") }

// datesChanged lists every date of a case before and after.
func datesChanged(before, after *intake.View) []templates.Change {
	before = cmp.Or(before, &intake.View{})
	var list []templates.Change
	add := func(what string, was, is deadlines.Day) {
		if was != 0 || is != 0 {
			list = append(list, templates.Change{What: what, Before: was, After: is})
		}
	}
	if before.ReceivedOn != after.ReceivedOn {
		add("received", before.ReceivedOn, after.ReceivedOn)
	}
	if after.AcknowledgedAt == nil {
		add("acknowledge by", before.AcknowledgeBy, after.AcknowledgeBy)
	}
	seen := map[intake.Kind]bool{}
	for i, k := range after.Clocks {
		was := clockOf(before, k.Kind)
		if before.Doubt && i == 0 && len(before.Clocks) > 0 { // whatever the kind, that was the date to keep
			was = before.Clocks[0]
			seen[was.Kind] = true
		}
		seen[k.Kind] = true
		add("reply by ("+k.Kind.Short()+")", was.RespondBy, k.RespondBy)
		add("acknowledge as a complaint by", was.ComplaintAckBy, k.ComplaintAckBy)
	}
	for _, k := range before.Clocks {
		if !seen[k.Kind] {
			add("reply by ("+k.Kind.Short()+")", k.RespondBy, 0)
		}
	}
	return list
}

func clockOf(v *intake.View, part intake.Kind) intake.Clock {
	for _, k := range v.Clocks {
		if k.Kind == part {
			return k
		}
	}
	return intake.Clock{}
}

// tellConflict tells the second of two officers that the first was quicker.
func (rs *Replies) tellConflict(tx *store.Tx, o *order, first intake.Event) error {
	v := rs.cases.View(tx, o.c)
	n := notices.News{
		Purpose: intake.ForRefusedChoice, Kind: templates.Conflict, Code: o.code(),
		Notice: templates.Notice{
			Case: notices.CaseOf(v, o.c), Actor: o.from, Earlier: intake.ActorName(first.Actor), Command: said(o),
			Changes: datesChanged(v, rs.wouldBe(tx, o)), Due: v.RespondBy,
		},
	}
	notices.WithoutLedger(&n.Notice.Case)
	return rs.answer(tx, o.reply, v, n)
}

// refuseReply tells the sender of an answer why nothing changed, and what they
// can do.
func (rs *Replies) refuseReply(tx *store.Tx, r *reply, c *intake.Case, problem, mend string) error {
	n := notices.News{
		Purpose: intake.ForRefusedChoice, Kind: templates.RefusedChoice, Code: r.code(),
		Notice: templates.Notice{Command: intake.OneLine(r.line, 150), Problem: problem, Mend: mend},
	}
	var v *intake.View
	if c == nil && r.letter != nil && r.letter.Ref != "" && intake.SameAddress(r.letter.To, r.from) {
		var err error
		if c, err = tx.Case(r.letter.Ref); err != nil {
			return err
		}
	}
	if c != nil && rs.principal(r).May(casework.ToRead, c.Mailbox) == nil {
		v = rs.cases.View(tx, c)
		n.Notice.Case, n.Notice.Due = notices.CaseOf(v, c), v.Due()
		notices.WithoutLedger(&n.Notice.Case)
		if r.cmd.Act == officer.Send {
			if err := rs.showOnly(tx, c, &n.Notice); err != nil {
				return err
			}
			if n.Notice.Draft != "" && mend == askAdministrator {
				n.Notice.Mend = "Below stand the letter and how it is given its words."
			}
		}
	}
	return rs.answer(tx, r, v, n)
}

// nearest adds to the advice about a line what was understood of it, and the
// nearest correct form.
func nearest(r *reply, mend string) string {
	understood, form := officer.Near(r.line, deadlines.DayOf(r.Received))
	switch {
	case understood != "":
		return fmt.Sprintf("Understood was %q, and the rest not. If that is what you mean, answer with these words alone. %s", understood, mend)
	case form != "" && !r.commandLike(): // otherwise it begins correctly, and mend says how to go on
		return fmt.Sprintf("The nearest right form is %q. %s", form, mend)
	}
	return mend
}

// code returns the code of the answer, as of an occurrence.
func (r *reply) code() string {
	p := r.Place
	return fmt.Sprintf("%s-%d-%d", p.Folder, p.UIDValidity, p.UID)
}

// answer mails the sender of an answer, unless too many such mails were sent
// already.
func (rs *Replies) answer(tx *store.Tx, r *reply, v *intake.View, n notices.News) error {
	name := r.Place.Mailbox
	if v != nil {
		name = v.Mailbox
	}
	sent, err := rs.notices.Answer(tx, name, v, n, r.from)
	if err == nil && !sent {
		tx.AfterCommit(func() {
			rs.log.Warn("an answer of staff was not answered: too many in a short time", "mailbox", r.Place.Mailbox)
		})
	}
	return err
}

// suspect raises an alarm about a mail that gives an order and may not: once a
// day for each of our mails that is abused.
func (rs *Replies) suspect(tx *store.Tx, r *reply, problem string) error {
	m, l := r.Message, r.letter
	from := cmp.Or(r.from, m.Author().Addr)
	n := notices.News{
		Purpose: intake.ForAlarm, Kind: templates.Spoof, Subscription: config.GetsAlarms, Code: fmt.Sprintf("spoof/%d/%s", l.ID, tx.Today()),
		Notice: templates.Notice{
			Actor: from, Command: intake.OneLine(r.line, 150), Problem: problem,
			Mend: "Ask the colleague whether the mail is theirs. If it is not, tell the security team.",
			In:   templates.Incoming{Address: from, Subject: m.Subject, ReceivedOn: deadlines.DayOf(r.Received), Text: m.Text},
		},
	}
	var v *intake.View
	if l.Ref != "" {
		c, err := tx.Case(l.Ref)
		if err != nil {
			return err
		}
		v = rs.cases.View(tx, c)
		n.Notice.Case = templates.Case{Ref: c.Ref}
	}
	tx.AfterCommit(func() {
		rs.log.Warn("a mail that gives an order looks forged: nothing was changed", "mailbox", r.Place.Mailbox, "ref", l.Ref)
	})
	return rs.notices.Notify(tx, l.Mailbox, v, n)
}
