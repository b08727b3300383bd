package classify

import "requestd/intake"

// The probabilities with which a sentence must be read as asking for a mail to
// count as two requests (20 of the 1,272 mails kept apart do), or as a review
// with a new one (found on writers left out).
const (
	surelyBesides = 0.3
	surelyAnew    = 0.75
)

// parts finds the further kinds in a mail, and what a review is about.
func (s *signs) parts(r *intake.Reading) {
	if r.Kind == intake.Review {
		r.Of = s.reviewOf()
	}
	also := func(k intake.Kind, sentence int, signal string) {
		r.Also = append(r.Also, k)
		r.Evidence = append(r.Evidence, s.sentenceEvidence(signal, sentence))
	}
	own, general := s.asked(surelyBesides)
	switch {
	case r.Kind == intake.DSAR && own >= 0 && general >= 0:
		also(intake.FOI, general, "a further part asks for recorded information")
	case r.Kind == intake.FOI && own >= 0 && general >= 0:
		also(intake.DSAR, own, "a further part asks for own data")
	case r.Kind == intake.Review:
		switch own, general := s.asked(surelyAnew); {
		case own >= 0:
			also(intake.DSAR, own, "a further part asks anew")
		case general >= 0:
			also(intake.FOI, general, "a further part asks anew")
		}
	}
	if isRequest(r.Kind) && s.any("complaint-own") && len(r.Also) == 0 && r.Kind != intake.Review {
		r.Also = append(r.Also, intake.Other)
	}
	if r.Kind == intake.Review && s.any("complaint-own") && s.any("complaint") && len(r.Also) == 0 {
		r.Also = append(r.Also, intake.Other)
	}
}

// asked returns the first sentences, without the subject, that with at least
// this probability ask for own data and for recorded information; -1 if none
// does.
func (s *signs) asked(surely float32) (own, general int) {
	own, general = -1, -1
	for i, p := range s.reading.second {
		switch {
		case s.text.sents[i].subject:
		case p[asksOwn] >= surely && own < 0:
			own = i
		case p[asksInfo] >= surely && general < 0:
			general = i
		}
	}
	return own, general
}

// firstPart returns the kind of a mail that asks both for own data and for
// recorded information: the one that it asks for first. The other becomes its
// further part.
func (s *signs) firstPart(best int) (kind int, both bool) {
	own, general := s.asked(surelyBesides)
	switch {
	case best != cFOI && best != cDSAR, own < 0, general < 0:
		return best, false
	case own < general:
		return cDSAR, true
	}
	return cFOI, true
}

func (s *signs) sentenceEvidence(signal string, i int) intake.Evidence {
	st := &s.text.sents[i]
	return intake.Evidence{Signal: signal, Quote: s.text.quote(st.span)}
}

// notePlainAsks finds sentences that plainly ask, by the words of the lexicon.
func (s *signs) notePlainAsks() {
	s.asksPlainly, s.asksGeneral = false, false
	t := s.lex.known
	for i := range s.text.sents {
		st := &s.text.sents[i]
		g := st.tags
		switch {
		case !g.has(t.ask) || g.has(t.noOwn) || g.has(t.noRequest) || g.has(t.fileThis) || g.has(t.sales):
			continue
		case s.ourHeading(i), g.has(t.howTo) && !g.has(t.own) && !g.has(t.child): // it asks how to ask, and not for something
			continue
		}
		own := g.has(t.own) || g.has(t.child) && g.has(t.records)
		general := !own && (st.to-st.from < 90 && g.has(t.count) || g.has(t.policy) || g.has(t.spend) || g.has(t.env))
		s.asksGeneral = s.asksGeneral || general
		s.asksPlainly = s.asksPlainly || own || general || st.explicit && (g.has(t.foiWords) || g.has(t.sarWords))
	}
}

// ourHeading reports whether a sentence is the heading that we gave the thread.
func (s *signs) ourHeading(i int) bool { return s.text.sents[i].subject && s.ctx.reply }

// reviewOf decides what kind of answer is disputed: by the reference and the
// quoted letter, else by what the mail mentions.
func (s *signs) reviewOf() intake.Kind {
	if s.ctx.thread != "" {
		return s.ctx.thread
	}
	dsar, foi := 0, 0
	for _, r := range append(append([]string(nil), s.ctx.refs...), s.ctx.quotedRefs...) {
		switch r[0] | 0x20 {
		case 's', 'd':
			dsar += 8
		case 'f':
			foi += 8
		case 'c', 'g', 'a':
			foi++ // both kinds have these, but one has them more often
		}
	}
	if s.ctx.letter.personal {
		dsar += 4
	}
	if s.ctx.letter.general || s.ctx.site {
		foi += 6
	}
	for _, x := range []struct {
		tag       string
		foi, dsar int
	}{
		{"own", 0, 2}, {"child-data", 0, 2}, {"client", 0, 2}, {"pr", 0, 2}, {"foi-words", 2, 0}, {"exemption", 1, 0}, {"count", 1, 0},
		{"policy", 1, 0}, {"dsar-hints", 0, 1}, {"id-words", 0, 2}, {"spend", 2, 0}, {"env", 1, 0}, {"dp-words", 0, 3}, {"redacted", 0, 2}, {"foi-sections", 3, 0},
	} {
		if s.any(x.tag) {
			foi += 2 * x.foi
			dsar += 2 * x.dsar
		}
	}
	switch {
	case dsar > foi:
		return intake.DSAR
	case foi > 0:
		return intake.FOI
	}
	return intake.Unknown
}
