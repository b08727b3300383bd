package engine

import (
	"fmt"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// incoming returns what staff see of the mail that they are told about.
func incoming(it *item, a *intake.Arrival) templates.Incoming {
	m := it.Message
	in := templates.Incoming{
		ID: fmt.Sprint(a.ID), Name: a.From.Name, Address: a.From.Addr, Subject: a.Subject,
		ReceivedOn: deadlines.DayOf(it.received), Seems: it.Reading.Seems, Verified: it.Thread.KnownFrom,
		Text: templates.Shown(m.Text), Attachments: a.Attachments, Faults: m.Faults,
	}
	if it.Unreadable != "" {
		in.Faults = append(slices.Clone(m.Faults), it.Unreadable)
	}
	if f := it.Reading.Forward; f != nil {
		in.By, in.Name, in.Address, in.Subject, in.Text = a.From.Addr, f.From.Name, f.From.Addr, f.Subject, templates.Shown(f.Text)
	}
	if strings.TrimSpace(in.Text) == "" {
		in.Text = templates.Shown(m.Attached)
	}
	return in
}

func (e *Engine) tellOpened(tx *store.Tx, c *intake.Case, v *intake.View, it *item, a *intake.Arrival) error {
	n := notices.News{Code: "opened", Cause: sender(it), Notice: templates.Notice{Case: notices.CaseOf(v, c), In: incoming(it, a)}}
	n.Notice.Case.Why, n.Notice.Case.Hold, n.Notice.Due = it.Reading.Why, v.Ack.Held, v.Due()
	switch {
	case v.Urgent != "":
		n.Purpose, n.Kind, n.Subscription, n.Escalate = intake.ForUrgent, templates.Urgent, config.GetsUrgent, true
	case v.Opening.Source == "forward":
		n.Purpose, n.Kind, n.Subscription = intake.ForTriage, templates.Forwarded, config.GetsTriage
		n.Notice.Due = v.AcknowledgeBy
	case v.State == intake.StateTriage && v.Doubt:
		n.Purpose, n.Kind, n.Subscription = intake.ForTriage, templates.Triage, config.GetsTriage
		n.Notice.Due = decideBy(v, tx.Today())
	case v.State == intake.StateTriage:
		n.Purpose, n.Kind, n.Subscription = intake.ForHeld, templates.Held, config.GetsTriage
		n.Notice.Due = v.AcknowledgeBy
	case v.RightWaits(): // it is acknowledged, but must be decided all the same
		n.Purpose, n.Kind, n.Subscription = intake.ForTriage, templates.Triage, config.GetsTriage
		n.Notice.Due = v.RightDue()
	default:
		n.Purpose, n.Kind, n.Subscription = intake.ForCopy, templates.Copy, config.GetsCopies
		notices.WithoutLedger(&n.Notice.Case)
	}
	if n.Purpose == intake.ForCopy && e.Cases.Settings().Digest.NewCases == config.NewInList {
		return nil // it is in the next list
	}
	if err := e.Notices.Notify(tx, c.Mailbox, v, n); err != nil {
		return err
	}
	if it.Reading.Forward != nil {
		return e.receipt(tx, c, v, it)
	}
	return nil
}

// decideBy returns the day by which it should be decided what a mail is: in
// time for its acknowledgement or, once that day has passed, for its answer.
func decideBy(v *intake.View, today deadlines.Day) deadlines.Day {
	if v.AcknowledgeBy >= today {
		return v.AcknowledgeBy
	}
	return v.Due()
}

// receipt tells the colleague who forwarded a request that it is registered. It
// is not the acknowledgement.
func (e *Engine) receipt(tx *store.Tx, c *intake.Case, v *intake.View, it *item) error {
	if slices.Contains(it.Reading.Hold, "spoofed") || slices.Contains(it.Reading.Hold, "spam") {
		return nil // somebody who forged the colleague's name is told nothing
	}
	to := it.Reading.Forward.By.Addr
	if !intake.Mailable(to) || e.Cases.Rules().Own(to) || len(v.Parts()) == 0 {
		return nil
	}
	text, err := e.Cases.Rules().Letters.Letter(e.Cases.LetterText(c, v, intake.ForReceipt, templates.Corrected{}))
	if err != nil {
		return err
	}
	l := &intake.Letter{Key: c.Ref + "/" + string(intake.ForReceipt), Ref: c.Ref, Mailbox: c.Mailbox, Purpose: intake.ForReceipt, To: to}
	head := compose.Head{InReplyTo: it.Message.MessageID, Automatic: "auto-replied"}
	if err := e.Cases.Freeze(tx, l, e.Cases.Rules().Box(c.Mailbox), head, text); err != nil {
		return err
	}
	if l.State == intake.LetterWaiting {
		if err := e.Notices.LimitAnswer(tx, l); err != nil {
			return err
		}
	}
	_, err = tx.Enqueue(l)
	return err
}

// tellFollowup shows staff a further mail that may have its own deadline.
func (e *Engine) tellFollowup(tx *store.Tx, c *intake.Case, it *item, a *intake.Arrival) error {
	v := e.Cases.View(tx, c)
	return e.Notices.Notify(tx, c.Mailbox, v, notices.News{
		Purpose: intake.ForFollowup, Kind: templates.Followup, Subscription: config.GetsTriage, Code: fmt.Sprintf("mail-%d", a.ID), Cause: sender(it), Escalate: true,
		Notice: templates.Notice{Case: notices.CaseOf(v, c), In: incoming(it, a), Due: v.RespondBy},
	})
}

func (e *Engine) tellAttention(tx *store.Tx, it *item, a *intake.Arrival) error {
	n := notices.News{
		Purpose: intake.ForAttention, Kind: templates.Attention, Subscription: config.GetsTriage, Code: fmt.Sprintf("mail-%d", a.ID), Cause: sender(it), Escalate: true,
		Notice: templates.Notice{In: incoming(it, a), Case: templates.Case{Attention: a.Attention, Why: a.Why}},
	}
	return e.Notices.Notify(tx, it.place.Mailbox, nil, n)
}

// sender returns the address from which a mail came; "" if it names none or may
// be forged, so that nobody's mail can delay news about somebody else.
func sender(it *item) string {
	if slices.Contains(it.Reading.Hold, "spoofed") || slices.Contains(it.Reading.Hold, "spam") {
		return ""
	}
	return it.Message.Author().Addr
}
