package engine

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/holds"
	"requestd/intake/mailbox"
	"requestd/store"
)

// openCase makes a case of a mail, with its acknowledgement in the outbox or
// the reasons why that waits for a person, and tells staff.
func (e *Engine) openCase(tx *store.Tx, it *item, a *intake.Arrival, d intake.Disposition) (outcome, error) {
	box := e.home(it)
	ref := tx.NewRef(box.Reference, tx.Today().Year())
	a.Ref = ref
	c := &intake.Case{Ref: ref, Mailbox: box.Name}
	opening, person := e.opening(it, d)
	var earlier []*intake.Case // by the same person
	if it.Reading.Kind.HasClock() {
		earlier = slices.Collect(tx.LastCasesOfEach(person.Requester.Addr, repeatAmong))
	}
	if it.Thread.Ref == "" && e.asksAgain(tx, earlier) {
		opening.Flags = append(slices.Clone(opening.Flags), flagRepeat)
	}
	c.Append(intake.Event{
		At: tx.Now(), Actor: intake.ActorSelf, Name: intake.Opened, Day: deadlines.DayOf(opening.Received),
		Kind: it.Reading.Kind, Of: it.Reading.Of, Also: it.Reading.Also, Right: it.Reading.Right, Opening: opening, Personal: person,
	}, e.Cases.Random(intake.SaltSize))
	c.Reminded = deadlines.DayOf(opening.Received).Time(0, 0).UTC()
	v := e.Cases.View(tx, c)
	why := e.whyHeld(tx, it, v, person.ReplyTo)
	if first := earlierCopy(it, person, earlier); first != "" {
		why = append(why, holds.Copy)
		person.Evidence = append([]intake.Evidence{{Signal: "looks like a copy", Quote: first}}, person.Evidence...)
	}
	if len(why) > 0 && (!opening.Triage || opening.Neutral) {
		if !opening.Triage {
			opening.Triage, opening.Hold = true, why
			d = intake.DidTriage
		}
		opening.Neutral = false // not only the kind speaks against a letter
		c = e.reopened(tx, c, opening, person, it)
		v = e.Cases.View(tx, c)
	}
	o, err := e.register(tx, it, a, d)
	if err != nil {
		return o, err
	}
	c.Messages = []uint64{a.ID}
	if err := e.link(tx, c, it); err != nil {
		return o, err
	}
	if err := e.Cases.QueueAck(tx, c, v, why); err != nil {
		return o, err
	}
	v = e.Cases.View(tx, c)
	if err := e.Cases.PutWithView(tx, c, v); err != nil {
		return o, err
	}
	return o, e.tellOpened(tx, c, v, it, a)
}

// reopened rewrites the opening once the register has shown why the
// acknowledgement must wait. The case is not stored yet.
func (e *Engine) reopened(tx *store.Tx, c *intake.Case, o *intake.Opening, p *intake.Personal, it *item) *intake.Case {
	n := &intake.Case{Ref: c.Ref, Mailbox: c.Mailbox, Reminded: c.Reminded}
	first := c.Events[0]
	first.Opening, first.Personal = o, p
	n.Append(first, e.Cases.Random(intake.SaltSize))
	return n
}

// opening collects the facts with which a case begins, separating those that
// name a person from the others.
func (e *Engine) opening(it *item, d intake.Disposition) (*intake.Opening, *intake.Personal) {
	r, m := &it.Reading, it.Message
	o := &intake.Opening{
		Mailbox: e.home(it).Name, Received: it.received, Source: "mail", Language: r.Language,
		Reply: e.Cases.Rules().ReplyLanguage(e.home(it).Name, r.Language), Hold: r.Hold, Urgent: r.Urgent,
		Attend: r.Attention, Flags: r.Flags,
	}
	o.Triage = d != intake.DidAcknowledge
	o.Doubt = o.Triage && (len(r.Hold) == 0 || !r.Kind.HasClock() || r.Kind == intake.Rights) // a person must confirm a right, whatever else holds it
	o.Neutral = r.Neutral && o.Doubt && len(r.Hold) == 0 && r.Forward == nil && it.role == mailbox.Inbox
	if it.role == mailbox.Junk && r.Decision == intake.Acknowledge {
		o.Hold, o.Doubt = []string{holds.Junk}, false
	}
	p := &intake.Personal{Subject: intake.OneLine(m.Subject, intake.MaxSubject), MessageID: m.MessageID, Evidence: evidence(r.Evidence), TextDigest: it.kept().Digest}
	p.Refs = m.References[max(0, len(m.References)-10):]
	if len(m.From) > 0 {
		p.Requester = intake.Address{Name: intake.OneLine(m.From[0].Name, intake.MaxName), Addr: m.From[0].Addr}
		p.ReplyTo = m.AnswerTo(e.Cases.Rules().Own).Addr
		o.Verified, _ = m.SenderProved(e.Cases.Rules().Box(it.place.Mailbox).Trust.Authserv)
		p.Theirs = it.kept().Theirs
	}
	if r.Noted && intake.SameAddress(p.ReplyTo, p.Requester.Addr) { // only the colleague knows whose request it is; a form on our site says it in Reply-To
		o.Source = "colleague"
		p.Requester, p.ReplyTo, p.MessageID, p.Refs = intake.Address{}, "", "", nil
	}
	if f := r.Forward; f != nil {
		o.Source, o.Verified, p.Theirs = "forward", false, ""
		p.Requester = intake.Address{Name: intake.OneLine(f.From.Name, intake.MaxName), Addr: f.From.Addr}
		p.ReplyTo, p.MessageID, p.Refs = f.From.Addr, "", nil
		if day := deadlines.DayOf(f.Received); day.Year() >= deadlines.FirstYear && !f.Received.After(it.received) {
			o.Received = f.Received.UTC()
		}
	}
	return o, p
}

const (
	maxEvidence = 12 // signals kept with a case
	maxQuote    = 160
)

func evidence(all []intake.Evidence) []intake.Evidence {
	var kept []intake.Evidence
	for _, ev := range all[:min(len(all), maxEvidence)] {
		ev.Quote = intake.OneLine(ev.Quote, maxQuote)
		kept = append(kept, ev)
	}
	return kept
}

// home returns the mailbox in whose name a mail is dealt with. A mail that was
// sent to several belongs to the one with the highest priority, then to one
// named before the copies, then to the first in the file. It does not matter
// which copy is read first.
func (e *Engine) home(it *item) *config.Mailbox {
	home, best := e.Cases.Rules().Box(it.place.Mailbox), -1
	if it.role != mailbox.Inbox || it.Reading.Forward != nil || !owns(home, it.Message.To) && !owns(home, it.Message.Cc) {
		return home // it is in this mailbox for a reason of its own
	}
	boxes := e.Cases.Settings().Mailboxes
	for i := range boxes {
		b := &boxes[i]
		rank := 2 * b.Priority
		switch {
		case owns(b, it.Message.To):
			rank++
		case !owns(b, it.Message.Cc):
			continue
		}
		if rank > best && deadlines.DayOf(it.received) >= b.Since {
			home, best = b, rank
		}
	}
	return home
}

func owns(b *config.Mailbox, list []intake.Address) bool {
	return slices.ContainsFunc(list, func(a intake.Address) bool { return b.Owns(a.Addr) })
}

// link links a review and the case that it is about.
func (e *Engine) link(tx *store.Tx, c *intake.Case, it *item) error {
	if it.Thread.Ref == "" {
		return nil
	}
	earlier, err := tx.Case(it.Thread.Ref)
	if err != nil {
		return err
	}
	e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.Linked, Ref: earlier.Ref})
	e.Cases.Append(tx, earlier, intake.Event{Actor: intake.ActorSelf, Name: intake.Linked, Ref: c.Ref})
	return e.Cases.Put(tx, earlier)
}
