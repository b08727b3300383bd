package classify

import (
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
)

// In a thread less is required of mail that plainly continues a request: it
// goes to its case, where staff see it.
const (
	littleRequest   = 0.25 // thanks and withdrawals are a request with at most this probability
	hardlyRequest   = 0.1  // questions about progress are a request with at most this probability
	enoughForAnswer = 0.6  // the thing that we asked for is of its kind with at least this probability
	plainWords      = 5    // a mail with fewer own words that is probably no request is none
)

// Classify reads one mail. th is what the register knows about the case to
// which it seems to belong; it is empty without a register. mailbox is the name
// of the mailbox in which the mail came.
func (c *Classifier) Classify(m *intake.Message, th intake.Thread, mailbox string) intake.Reading {
	own := m.WithoutQuote()
	r := c.read(own, th, mailbox)
	if own != m { // nothing may be lost because an unmarked part was separated
		if all := c.read(m, th, mailbox); wantsMore(&all, &r) {
			letter, _, _ := strings.Cut(strings.TrimSpace(m.Text[m.QuoteAt:]), "\n")
			all.Evidence = append(all.Evidence, intake.Evidence{Signal: "may be a letter to the sender", Quote: clip(letter, 120)})
			return all
		}
	}
	return r
}

// wantsMore reports whether a person must look at a mail if the one reading is
// right, but need not, or for a lesser reason, if the other is.
func wantsMore(all, own *intake.Reading) bool {
	asked := func(r *intake.Reading) bool { return r.Decision == intake.Acknowledge || r.Decision == intake.Triage }
	return asked(all) && !asked(own) ||
		slices.ContainsFunc(all.Hold, func(why string) bool { return !slices.Contains(own.Hold, why) })
}

// read reads a mail, taking all of Text for the sender's words.
func (c *Classifier) read(m *intake.Message, th intake.Thread, mailbox string) intake.Reading {
	mc := machineSigns(m, &c.ours)
	s := c.signs(m, th, mailbox)
	defer c.release(s)
	s.weigh(c)
	r := intake.Reading{Language: s.lang, Also: []intake.Kind{}, Right: []string{}, Hold: []string{}, Flags: []string{}, Refs: s.ctx.refs, Forward: s.words.forward}
	s.readFaults(m, &r)

	if v := s.byMachine(m, &mc); v != notMachine {
		s.machineReading(v, &mc, &r)
		return r
	}
	s.personReading(m, th, &mc, &r, c)
	return r
}

// byWhom says what follows from the signs of a machine.
type byWhom int

const (
	notMachine byWhom = iota
	machineMade
	machinePortal // a notice that somebody's message is waiting elsewhere
	machineWorded // by its words alone
	machineNod    // a reaction: somebody pressed a button under our letter
)

// byMachine weighs the signs of a machine against the words. A mail that a
// program made at a named person's wish is that person's mail; a notice of a
// secure message is a machine's, but a person must open the message.
func (s *signs) byMachine(m *intake.Message, mc *machine) byWhom {
	switch {
	case mc.bounce || mc.broken:
		return machineMade
	case s.any("portal") && (len(mc.hard)+len(mc.marks) > 0 || mc.noreply || s.any("auto-text")) && !s.any("phish-hard"), s.waits(m):
		return machinePortal
	case reaction(m):
		return machineNod
	case len(mc.hard) > 0:
		return machineMade
	case len(mc.marks) > 0 && (m.Form != nil && m.Form.Addr != "" || mc.passedOn() && s.best != cAuto || s.requestLike(m, mc) || s.asks && s.onBehalf(m)):
		mc.soften()
		return notMachine
	case len(mc.marks) > 0, mc.noreply && s.ctx.words == 0 && !s.asks && !s.any("own", "sar-words"):
		return machineMade
	case s.best == cAuto && s.p[cAuto] >= s.model.bounds.Machine && s.p.request() <= s.model.bounds.Pass:
		if mc.noreply {
			return machineMade
		}
		return machineWorded
	}
	return notMachine
}

// requestLike reports whether the words are a request's, whatever the header
// says. If the sender accepts no replies they must plainly ask, or be a form's.
func (s *signs) requestLike(m *intake.Message, mc *machine) bool {
	request := s.best == cFOI || s.best == cDSAR || s.best == cReview
	return request && (m.Form != nil || !mc.noreply) || s.asksPlainly && s.best != cAuto
}

// onBehalf reports whether a service forwards a named person's request.
func (s *signs) onBehalf(m *intake.Message) bool {
	return s.p.request() > s.p[cOther] && s.any("client", "form-relay") && s.any("own", "records", "count", "policy")
}

// relay reports whether the mail is a form that somebody filled in.
func (s *signs) relay() bool {
	return s.any("form-relay") && s.any("own", "sar-words", "count", "policy", "records")
}

func (s *signs) machineReading(v byWhom, mc *machine, r *intake.Reading) {
	r.Automated = true
	r.Kind, r.Decision, r.Confidence = intake.Automated, intake.Ignore, 0.99
	r.Evidence = append(r.Evidence, mc.hard...)
	r.Evidence = append(r.Evidence, mc.marks...)
	r.Evidence = append(r.Evidence, mc.soft...)
	if len(mc.hard)+len(mc.marks) == 0 {
		r.Confidence = s.p[cAuto]
		r.Evidence = append(r.Evidence, s.evidence(cAuto)...)
	}
	switch v {
	case machinePortal:
		r.Decision = intake.Triage
		r.Evidence = append(r.Evidence, s.tagEvidence("a message waits elsewhere for a person to open it", "portal"))
	case machineWorded: // no header says so: a person sees it in the daily list
		r.Decision, r.Followup = intake.Pass, s.threaded()
	case machineNod:
		r.Kind, r.Decision, r.Followup, r.Automated = intake.Other, intake.Pass, true, false
		r.Seems = "reaction"
	}
	if mc.bounce {
		r.Seems = "bounce"
	}
	r.Why = why(r)
}

// personReading decides about a person's mail.
func (s *signs) personReading(m *intake.Message, th intake.Thread, mc *machine, r *intake.Reading, c *Classifier) {
	p := s.p
	best := s.best
	if best == cAuto { // words that a program might write, but no more than that
		p[cAuto] = 0
		best = top(p)
		r.Evidence = append(r.Evidence, s.evidence(cAuto)...)
	}
	best, both := s.firstPart(best)
	if s.ctx.words < plainWords && !s.ctx.attached && p[best] < 0.5 {
		best = cOther
	}
	r.Kind, r.Confidence = classes[best], s.p[best]
	if both && best != cOther { // the letter mentions both
		r.Confidence = s.p[cFOI] + s.p[cDSAR]
	}
	request := s.p.request()
	r.Evidence = append(r.Evidence, s.evidence(best)...)
	r.Followup = s.threaded()
	r.Seems = s.seems(best)
	s.parts(r)
	c.danger(s, r)
	s.attention(r)
	s.flags(m, r)

	switch b := s.model.bounds; {
	case r.Followup && !s.halfSuspected() && (r.Seems == "thanks" || r.Seems == "withdrawal") && !s.thanksBut() && request < littleRequest:
		r.Decision = intake.Pass
	case r.Followup && !s.halfSuspected() && r.Seems == "chaser" && request < hardlyRequest:
		r.Decision = intake.Pass
	case r.Followup && !s.halfSuspected() && r.Kind != intake.Review && s.answersUs(r.Seems) && s.answersOurs() && r.Confidence >= enoughForAnswer:
		r.Decision = intake.Pass
	case r.Kind == intake.Other && (request > b.Pass || s.unread(m) || s.halfSuspected()):
		r.Decision = intake.Triage
	case r.Kind == intake.Other:
		r.Decision = intake.Pass
	case r.Confidence < b.Acknowledge || s.wary() || m.QuoteAt > 0: // nobody knows who wrote the words of an unmarked letter
		r.Decision = intake.Triage
	default:
		r.Decision = intake.Acknowledge
	}
	if s.best == cAuto && r.Attention == "" && r.Urgent == "" {
		// These are most likely a program's words, but no header says so: the next
		// most likely kind decides what is done.
		r.Kind, r.Of, r.Also, r.Confidence = intake.Automated, "", []intake.Kind{}, s.p[cAuto]
	}
	c.onCase(s, th, r)
	c.route(m, s, r)
	s.rights(r)
	c.holds(m, mc, s, r)
	r.Neutral = s.neutral(mc, r)
	r.Why = why(r)
}

// neutral reports whether a letter that names no kind and no date may be sent
// if nobody decides in time: only the kind is in doubt, and nothing suggests
// danger, a machine or a forged sender.
func (s *signs) neutral(mc *machine, r *intake.Reading) bool {
	return r.Decision == intake.Triage && len(r.Hold) == 0 && r.Urgent == "" && !r.Automated && s.quiet() &&
		!slices.Contains(r.Flags, flagChild) && !slices.Contains(r.Flags, flagUnsafe) &&
		len(mc.hard)+len(mc.marks)+len(mc.soft) == 0 && !mc.noreply && !mc.suppress && s.p[cAuto] < 0.1 &&
		s.words.forward == nil && !(s.ctx.site && r.Kind != intake.FOI)
}

// unread reports whether there may be a request that could not be read: the
// mail refers to an attachment whose text is not available, or is broken and
// has hardly any text.
func (s *signs) unread(m *intake.Message) bool {
	if len(m.Faults) > 0 && s.ctx.words < 5 {
		return true
	}
	return s.ctx.attached && m.Attached == "" && len(m.Attachments) > 0 && (s.ctx.letters || s.ctx.papers) && !s.threaded() &&
		!s.any("court", "court-sure", "job", "business", "press", "legal", "agency", "rights", "thanks", "file-this", "complaint", "enquiry", "regulator")
}

// holds lists every reason why an acknowledgement waits for a person. A held
// mail is always triage, with its kind kept.
func (c *Classifier) holds(m *intake.Message, mc *machine, s *signs, r *intake.Reading) {
	hold := func(reason string) { r.Hold = append(r.Hold, reason) }
	asked := r.Decision != intake.Pass
	if r.Urgent != "" {
		hold(holds.Danger)
	}
	if slices.Contains(r.Flags, flagChild) {
		hold(holds.Child)
	}
	if slices.Contains(r.Flags, flagUnsafe) {
		hold(holds.ContactUnsafe)
		r.Evidence = append([]intake.Evidence{{Signal: "danger: " + flagUnsafe, Quote: s.worst()}}, r.Evidence...)
	}
	if (r.Attention == "regulator" || r.Attention == "legal") && r.Decision == intake.Acknowledge {
		hold(r.Attention)
	}
	if name, value := c.spoofed(m, s.mailbox); name != "" {
		if asked {
			hold(name)
		}
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: name, Quote: value, Points: 0})
	}
	if asked && len(mc.soft) > 0 && !s.relayed(m, mc) {
		hold(holds.Machine)
		r.Evidence = append(r.Evidence, mc.soft...)
	}
	if asked && isRequest(r.Kind) && s.saysAutomatic(m.Subject) && len(mc.soft) == 0 && !s.relay() {
		hold(holds.Machine)
		r.Evidence = append(r.Evidence, s.tagEvidence("says that it is automatic", "auto-sure"))
	}
	if asked && mc.suppress {
		hold(holds.NoReplies)
	}
	if asked && s.ctx.site && r.Kind == intake.DSAR {
		hold(holds.Published)
	}
	if asked && s.words.forward != nil && isRequest(r.Kind) {
		hold(holds.Forwarded)
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: "forwarded by a colleague", Quote: s.words.forward.From.Addr})
	}
	r.Noted = asked && s.ctx.staff && s.words.forward == nil && !s.any("own")
	if len(r.Hold) > 0 {
		r.Decision = intake.Triage
	}
}

// saysAutomatic reports whether the mail calls itself automatic. A question
// about such mail, or a heading above one, does not count.
func (s *signs) saysAutomatic(subject string) bool {
	t := s.lex.known
	auto := s.lex.tags["auto-sure"]
	for i := range s.text.sents {
		st := &s.text.sents[i]
		switch g := st.tags; {
		case !g.has(auto), !st.subject && !st.focus, g.has(t.ask) && (g.has(t.policy) || g.has(t.count)):
		case !st.subject, !repliedSubject(subject) && !s.asksPlainly:
			return true
		}
	}
	return false
}

// relayed reports whether a form or a service speaks for somebody to whom an
// answer can be sent.
func (s *signs) relayed(m *intake.Message, mc *machine) bool {
	return mc.noreply && len(m.ReplyTo) > 0 && m.ReplyTo[0].Addr != "" && len(m.From) > 0 && m.ReplyTo[0].Addr != m.From[0].Addr && len(mc.soft) == 1
}

func isRequest(k intake.Kind) bool {
	return k == intake.FOI || k == intake.DSAR || k == intake.Review
}

func top(p weights) int {
	best := 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	return best
}

// readFaults adds what could not be read to the evidence.
func (s *signs) readFaults(m *intake.Message, r *intake.Reading) {
	r.Evidence = []intake.Evidence{}
	for i, f := range m.Faults {
		if i == 5 {
			break
		}
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: "could not be read", Quote: clip(f, 120)})
	}
}
