package engine

import (
	"fmt"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// note is one piece of news for the staff of a mailbox.
type note struct {
	purpose  intake.Purpose
	kind     templates.NoticeKind
	gets     string // what a member of staff must have asked for
	code     string // names the occurrence; the same one is never mailed twice
	escalate bool   // goes to escalate_to as well
	cause    string // who sent the mail that set it off; "" where none did
	notice   templates.Notice
}

// tell puts news of a case into the outbox, one mail for each member of staff
// who is to have it. Of each occurrence it goes out once.
func (e *Engine) tell(tx *store.Tx, mailbox string, v *intake.View, n note) error {
	box := e.box(mailbox)
	for _, to := range e.staff(mailbox, v, n) {
		if err := e.tellOne(tx, box, v, n, to); err != nil {
			return err
		}
	}
	return nil
}

// sender is the address from which a mail came, "" where it names none or is
// perhaps forged: nobody's mail may keep news from somebody else.
func sender(it *item) string {
	if len(it.msg.From) == 0 || slices.Contains(it.reading.Hold, "spoofed") || slices.Contains(it.reading.Hold, "spam") {
		return ""
	}
	return it.msg.From[0].Addr
}

// recipient is one address that news goes to.
type recipient struct {
	address   string
	escalated bool
}

// staff are the people who get news of a kind. News that nobody asked for
// goes to everybody of the mailbox: nothing may stay unseen.
func (e *Engine) staff(mailbox string, v *intake.View, n note) []recipient {
	var to, all []recipient
	add := func(list []recipient, r recipient) []recipient {
		if r.address == "" || slices.ContainsFunc(list, func(o recipient) bool { return sameAddress(o.address, r.address) }) {
			return list
		}
		return append(list, r)
	}
	for _, s := range e.Settings().Staff {
		if mailbox != "" && !slices.Contains(s.Mailboxes, mailbox) {
			continue
		}
		all = add(all, recipient{address: s.Address})
		if n.escalate {
			all = add(all, recipient{s.EscalateTo, true})
		}
		if !slices.Contains(s.Gets, n.gets) || !handles(s, v) {
			continue
		}
		to = add(to, recipient{address: s.Address})
		if n.escalate {
			to = add(to, recipient{s.EscalateTo, true})
		}
	}
	if len(to) == 0 && n.purpose != intake.ForDigest && n.purpose != intake.ForCopy {
		return all
	}
	return to
}

// handles reports whether a member of staff deals with the kind of a case.
// What is in doubt, or no request, concerns everybody.
func handles(s config.Staff, v *intake.View) bool {
	if v == nil || v.Doubt || len(v.Parts()) == 0 {
		return true
	}
	return slices.ContainsFunc(v.Parts(), func(k intake.Kind) bool { return slices.Contains(s.Kinds, string(k)) })
}

func (e *Engine) tellOne(tx *store.Tx, box *config.Mailbox, v *intake.View, n note, to recipient) error {
	ref := "-"
	if v != nil {
		ref = v.Ref
	}
	l := &intake.Letter{
		Key: fmt.Sprintf("%s/%s/%s/%s", ref, n.purpose, n.code, strings.ToLower(to.address)), Mailbox: box.Name,
		Purpose: n.purpose, To: to.address,
	}
	if v != nil {
		l.Ref = v.Ref
	}
	if hasLetter(tx, l.Key) {
		return nil
	}
	notice := n.notice
	notice.Kind, notice.Today, notice.Body, notice.Escalated = n.kind, today(tx), box.Body, to.escalated
	if err := e.offer(tx, &notice, box, l, n); err != nil {
		return err
	}
	if err := e.draft(tx, l, box, notice); err != nil {
		return err
	}
	if sameAddress(n.cause, to.address) && n.purpose != intake.ForUrgent {
		if err := e.holdAnswer(tx, l); err != nil {
			return err
		}
	}
	_, err := tx.Enqueue(l)
	return err
}

func hasLetter(tx *store.Tx, key string) bool {
	_, ok := tx.LetterByKey(key)
	return ok
}

// threadRoot is the id that all staff mail of a case refers to, so that mail
// programs show one conversation. No mail has it.
func threadRoot(ref, from string) string {
	return "case." + strings.ToLower(ref) + "@" + domainOf(from)
}

// caseNotice is what staff see of a case.
func caseNotice(v *intake.View, c *intake.Case) templates.Case {
	t := templates.Case{
		Ref: v.Ref, State: string(v.State), Kind: string(v.Kind), Of: string(v.Of), Language: v.Language,
		ReplyLanguage: v.ReplyLanguage, ReceivedOn: v.ReceivedOn, AcknowledgeBy: v.AcknowledgeBy,
		AcknowledgedOn: deadlines.DayOf(v.Ack.At), Promised: v.Promised, Flags: v.Flags, Hold: v.Ack.Held,
		Urgent: v.Urgent, Attention: v.Opening.Attend, Warnings: v.Warnings,
	}
	for _, k := range v.Clocks {
		t.Parts = append(t.Parts, part(k))
	}
	for _, ev := range c.Person().Evidence {
		t.Evidence = append(t.Evidence, templates.Evidence{Signal: ev.Signal, Quote: ev.Quote, Points: ev.Points})
	}
	for _, ev := range c.Events[1:] {
		if !c.Struck(ev.N) && ev.Code != consequence && ev.Name != intake.Promised { // its day lies ahead, among those that are due
			t.History = append(t.History, templates.Entry{On: ev.Day, What: numbered(ev), By: ev.Actor})
		}
	}
	return t
}

// numbered is an event in words, with its number where it can be struck.
func numbered(ev intake.Event) string {
	if ev.Name.Recordable() || ev.Name == intake.Reclassified {
		return fmt.Sprintf("%s [event %d]", describe(ev), ev.N)
	}
	return describe(ev)
}

// describe puts an event into words for staff mail.
func describe(ev intake.Event) string {
	switch {
	case ev.Name == intake.Note && ev.Code == mineCode:
		return "works on it"
	case ev.Name == intake.DecisionUndone:
		return fmt.Sprintf("undone: event %d", ev.Refers)
	}
	s := strings.ReplaceAll(string(ev.Name), "-", " ")
	for _, detail := range []string{string(ev.Part), string(ev.Kind), ev.Outcome, ev.Reason, ev.Ref, ev.Code} {
		if detail != "" {
			s += " " + detail
		}
	}
	if ev.Name == intake.Note && ev.Personal != nil {
		s += ": " + intake.OneLine(ev.Personal.Text, maxSubject)
	}
	return s
}

// incoming is what staff see of the mail that news is about.
func incoming(it *item, a *intake.Arrival) templates.Incoming {
	m := it.msg
	in := templates.Incoming{
		ID: fmt.Sprint(a.ID), Name: a.From.Name, Address: a.From.Addr, Subject: a.Subject,
		ReceivedOn: deadlines.DayOf(it.received), Seems: it.reading.Seems, Verified: it.thread.KnownFrom,
		Text: templates.Shown(m.Text), Attachments: a.Attachments, Faults: m.Faults,
	}
	if it.unreadable != "" {
		in.Faults = append(slices.Clone(m.Faults), it.unreadable)
	}
	if f := it.reading.Forward; f != nil {
		in.By, in.Name, in.Address, in.Subject, in.Text = a.From.Addr, f.From.Name, f.From.Addr, f.Subject, templates.Shown(f.Text)
	}
	if strings.TrimSpace(in.Text) == "" {
		in.Text = templates.Shown(m.Attached)
	}
	return in
}

func (e *Engine) tellOpened(tx *store.Tx, c *intake.Case, v *intake.View, it *item, a *intake.Arrival) error {
	n := note{code: "opened", cause: sender(it), notice: templates.Notice{Case: caseNotice(v, c), In: incoming(it, a)}}
	n.notice.Case.Why, n.notice.Case.Hold, n.notice.Due = it.reading.Why, v.Ack.Held, v.RespondBy
	switch {
	case v.Urgent != "":
		n.purpose, n.kind, n.gets = intake.ForUrgent, templates.Urgent, config.GetsUrgent
	case v.Opening.Source == "forward":
		n.purpose, n.kind, n.gets = intake.ForTriage, templates.Forwarded, config.GetsTriage
		n.notice.Due = v.AcknowledgeBy
	case v.State == intake.StateTriage && v.Doubt:
		n.purpose, n.kind, n.gets = intake.ForTriage, templates.Triage, config.GetsTriage
	case v.State == intake.StateTriage:
		n.purpose, n.kind, n.gets = intake.ForHeld, templates.Held, config.GetsTriage
		n.notice.Due = v.AcknowledgeBy
	default:
		n.purpose, n.kind, n.gets = intake.ForCopy, templates.Copy, config.GetsCopies
	}
	if err := e.tell(tx, c.Mailbox, v, n); err != nil {
		return err
	}
	if it.reading.Forward != nil {
		return e.receipt(tx, c, v, it)
	}
	return nil
}

// receipt tells the colleague who passed a request on that it is registered.
// It is not the acknowledgement.
func (e *Engine) receipt(tx *store.Tx, c *intake.Case, v *intake.View, it *item) error {
	if slices.Contains(it.reading.Hold, "spoofed") || slices.Contains(it.reading.Hold, "spam") {
		return nil // who forged the colleague's name is told nothing
	}
	to := it.reading.Forward.By.Addr
	if !mailable(to) || e.own(to) || len(v.Parts()) == 0 {
		return nil
	}
	text, err := e.rules.Load().Letters.Letter(e.letterText(c, v, intake.ForReceipt, templates.Corrected{}))
	if err != nil {
		return err
	}
	l := &intake.Letter{Key: c.Ref + "/" + string(intake.ForReceipt), Ref: c.Ref, Mailbox: c.Mailbox, Purpose: intake.ForReceipt, To: to}
	head := compose.Head{InReplyTo: it.msg.MessageID, Automatic: "auto-replied"}
	if err := e.freeze(tx, l, e.box(c.Mailbox), head, text); err != nil {
		return err
	}
	if l.State == intake.LetterWaiting {
		if err := e.holdAnswer(tx, l); err != nil {
			return err
		}
	}
	_, err = tx.Enqueue(l)
	return err
}

func (e *Engine) tellFollowup(tx *store.Tx, c *intake.Case, it *item, a *intake.Arrival) error {
	v := e.view(tx, c)
	n := note{
		purpose: intake.ForFollowup, kind: templates.Followup, gets: config.GetsTriage, code: fmt.Sprintf("mail-%d", a.ID), cause: sender(it),
		notice: templates.Notice{Case: caseNotice(v, c), In: incoming(it, a), Due: v.RespondBy},
	}
	return e.tell(tx, c.Mailbox, v, n)
}

func (e *Engine) tellAttention(tx *store.Tx, it *item, a *intake.Arrival) error {
	n := note{
		purpose: intake.ForAttention, kind: templates.Attention, gets: config.GetsTriage, code: fmt.Sprintf("mail-%d", a.ID), cause: sender(it),
		notice: templates.Notice{In: incoming(it, a), Case: templates.Case{Attention: a.Attention, Why: a.Why}},
	}
	return e.tell(tx, it.place.Mailbox, nil, n)
}

func (e *Engine) tellReplySeen(tx *store.Tx, c *intake.Case, it *item) error {
	v := e.view(tx, c)
	n := note{
		purpose: intake.ForReplySeen, kind: templates.ReplySeen, gets: config.GetsTriage,
		code: fmt.Sprintf("uid-%d-%d", it.place.UIDValidity, it.place.UID),
		notice: templates.Notice{
			Case: caseNotice(v, c),
			In:   templates.Incoming{Subject: it.msg.Subject, ReceivedOn: deadlines.DayOf(it.received)},
		},
	}
	return e.tell(tx, c.Mailbox, v, n)
}
