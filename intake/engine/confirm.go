package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// confirm tells the mailbox's staff what an answer changed, with the dates
// before and after.
func (e *Engine) confirm(tx *store.Tx, o *order) error {
	c, err := tx.Case(o.ch.View.Ref)
	if err != nil {
		return err
	}
	v := o.ch.View
	n := note{
		purpose: intake.ForConfirmation, kind: templates.Confirmation, code: fmt.Sprintf("event-%d", o.ch.Event), cause: o.from,
		notice: templates.Notice{
			Case: caseNotice(v, c), Actor: o.from, Command: said(o), Changes: datesChanged(o.ch.Before, v), Due: v.RespondBy,
		},
	}
	if o.ch.Letter != 0 {
		l, err := tx.Letter(o.ch.Letter)
		if err != nil {
			return err
		}
		n.notice.Letter, n.notice.UndoUntil = outgoing(l), clock(l.Next)
	}
	for _, w := range append(stillHeld(v), o.ch.Warnings...) {
		if !slices.Contains(n.notice.Case.Warnings, w) {
			n.notice.Case.Warnings = append(n.notice.Case.Warnings, w)
		}
	}
	withoutLedger(&n.notice.Case)
	return e.tell(tx, c.Mailbox, v, n)
}

// stillHeld says what a decision did not release.
func stillHeld(v *intake.View) []string {
	if len(v.Ack.Held) == 0 || v.Doubt || !v.IsOpen() {
		return nil
	}
	return []string{"The acknowledgement still waits for a person (" + strings.Join(v.Ack.Held, ", ") + "). Look at what to check, then answer SEND."}
}

// said is what was written and how it was understood.
func said(o *order) string {
	full := o.cmd.Full()
	if strings.EqualFold(full, o.line) {
		return full
	}
	return intake.OneLine(o.line, 150) + " (read as: " + intake.OneLine(full, 120) + ")"
}

func clock(t time.Time) string { return t.In(deadlines.London()).Format("15:04") }

// datesChanged lists every date of a case before and after.
func datesChanged(before, after *intake.View) []templates.Change {
	if before == nil {
		before = &intake.View{}
	}
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
		if before.Doubt && i == 0 && len(before.Clocks) > 0 { // whatever it is, that was the date to keep
			was = before.Clocks[0]
			seen[was.Kind] = true
		}
		seen[k.Kind] = true
		add("reply by ("+kindName(k.Kind)+")", was.RespondBy, k.RespondBy)
		add("acknowledge as a complaint by", was.ComplaintAckBy, k.ComplaintAckBy)
	}
	for _, k := range before.Clocks {
		if !seen[k.Kind] {
			add("reply by ("+kindName(k.Kind)+")", k.RespondBy, 0)
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

func kindName(k intake.Kind) string {
	if k == intake.Review {
		return string(k)
	}
	return strings.ToUpper(string(k))
}

// tellConflict tells the second of two officers that the first was quicker.
func (e *Engine) tellConflict(tx *store.Tx, o *order, first intake.Event) error {
	v := e.view(tx, o.c)
	n := note{
		purpose: intake.ForRefusedChoice, kind: templates.Conflict, code: o.code(),
		notice: templates.Notice{
			Case: caseNotice(v, o.c), Actor: o.from, Earlier: person(first.Actor), Command: said(o),
			Changes: datesChanged(v, e.wouldBe(tx, o)), Due: v.RespondBy,
		},
	}
	withoutLedger(&n.notice.Case)
	return e.answerStaff(tx, o.reply, v, n)
}

// withoutLedger leaves out how dates were reached: mail about an answer is
// short, and the mails before it and the register have the ledger.
func withoutLedger(c *templates.Case) {
	for i := range c.Parts {
		c.Parts[i].Ledger = nil
	}
}

// refuseReply tells the sender of an answer why nothing changed, and what is
// possible.
func (e *Engine) refuseReply(tx *store.Tx, r *reply, c *intake.Case, problem, mend string) error {
	n := note{
		purpose: intake.ForRefusedChoice, kind: templates.RefusedChoice, code: r.code(),
		notice: templates.Notice{Command: intake.OneLine(r.line, 150), Problem: problem, Mend: mend},
	}
	var v *intake.View
	if c == nil && r.letter != nil && r.letter.Ref != "" && sameAddress(r.letter.To, r.from) {
		var err error
		if c, err = tx.Case(r.letter.Ref); err != nil {
			return err
		}
	}
	if c != nil {
		v = e.view(tx, c)
		n.notice.Case, n.notice.Due = caseNotice(v, c), v.RespondBy
		withoutLedger(&n.notice.Case)
	}
	return e.answerStaff(tx, r, v, n)
}

// code names the answer as an occurrence.
func (r *reply) code() string {
	p := r.it.place
	return fmt.Sprintf("%s-%d-%d", p.Folder, p.UIDValidity, p.UID)
}

// answerStaff mails one member of staff, unless there were too many such mails
// already.
func (e *Engine) answerStaff(tx *store.Tx, r *reply, v *intake.View, n note) error {
	ok, err := refusals.allows(tx, r.from)
	if err != nil {
		return err
	}
	if !ok {
		e.log.Warn("an answer of staff was not answered: too many in a short time", "mailbox", r.it.place.Mailbox)
		return nil
	}
	name := r.it.place.Mailbox
	if v != nil {
		name = v.Mailbox
	}
	return e.tellOne(tx, e.box(name), v, n, recipient{address: r.from})
}

// suspect raises the alarm about a mail that gives an order and may not: once
// a day for each of our mails that is abused.
func (e *Engine) suspect(tx *store.Tx, r *reply, problem string) error {
	m, l := r.it.msg, r.letter
	from := r.from
	if from == "" && len(m.From) > 0 {
		from = m.From[0].Addr
	}
	n := note{
		purpose: intake.ForAlarm, kind: templates.Spoof, gets: config.GetsAlarms, code: fmt.Sprintf("spoof/%d/%s", l.ID, today(tx)),
		notice: templates.Notice{
			Actor: from, Command: intake.OneLine(r.line, 150), Problem: problem,
			Mend: "Ask the colleague whether the mail is theirs. If it is not, tell the security team.",
			In:   templates.Incoming{Address: from, Subject: m.Subject, ReceivedOn: deadlines.DayOf(r.it.received), Text: m.Text},
		},
	}
	var v *intake.View
	if l.Ref != "" {
		c, err := tx.Case(l.Ref)
		if err != nil {
			return err
		}
		v = e.view(tx, c)
		n.notice.Case = templates.Case{Ref: c.Ref}
	}
	e.log.Warn("a mail that gives an order looks forged: nothing was changed", "mailbox", r.it.place.Mailbox, "ref", l.Ref)
	return e.tell(tx, l.Mailbox, v, n)
}
