package classify

import "requestd/intake"

// parts finds the further kinds in a mail, and of what a review is.
func (s *signs) parts(r *intake.Reading) {
	if r.Kind == intake.Review {
		r.Of = s.reviewOf()
	}
	own, general := s.asksOwn >= 0, s.asksGeneral >= 0
	switch r.Kind {
	case intake.DSAR:
		if general && s.generalApart() {
			r.Also = append(r.Also, intake.FOI)
			r.Evidence = append(r.Evidence, s.sentenceEvidence("a further part asks for recorded information", s.asksGeneral))
		}
	case intake.FOI:
		if own && s.ownApart() {
			r.Also = append(r.Also, intake.DSAR)
			r.Evidence = append(r.Evidence, s.sentenceEvidence("a further part asks for own data", s.asksOwn))
		}
	case intake.Review:
		if k := s.newPart(); k != "" {
			r.Also = append(r.Also, k)
			r.Evidence = append(r.Evidence, s.tagEvidence("a further part asks anew", "new-ask"))
		}
	}
	if isRequest(r.Kind) && s.any("complaint-own") && len(r.Also) == 0 && r.Kind != intake.Review {
		r.Also = append(r.Also, intake.Other)
	}
	if r.Kind == intake.Review && s.any("complaint-own") && s.any("complaint") && len(r.Also) == 0 {
		r.Also = append(r.Also, intake.Other)
	}
}

// firstPart names the kind of a mail that plainly asks both for own data and
// for recorded information: the kind of most of its questions, else of the
// first. The other becomes its further part.
func (s *signs) firstPart(best int) int {
	if best != cFOI && best != cDSAR || !s.asksBoth() {
		return best
	}
	own, general := 0, 0
	t := s.lex.known
	for i := range s.text.sents {
		switch g := s.text.sents[i].tags; {
		case !g.has(t.ask) || g.has(t.noRequest) || g.has(t.noOwn):
		case g.has(t.own) || g.has(t.child) && g.has(t.records):
			own++
		case g.has(t.count) || g.has(t.policy) || g.has(t.spend):
			general++
		}
	}
	switch {
	case own > general, own == general && s.asksOwn < s.asksGeneral:
		return cDSAR
	}
	return cFOI
}

// asksBoth tells whether some sentences plainly ask for own data and others
// for recorded information.
func (s *signs) asksBoth() bool {
	return s.asksOwn >= 0 && s.asksGeneral >= 0 && s.generalApart() && s.ownApart()
}

func (s *signs) sentenceEvidence(signal string, i int) intake.Evidence {
	st := &s.text.sents[i]
	return intake.Evidence{Signal: signal, Quote: s.text.quote(st.span)}
}

// generalApart tells whether the sentence that asks for recorded information
// is one of its own, and names figures, money or rules.
func (s *signs) generalApart() bool {
	t := s.lex.known
	for i := range s.text.sents {
		st := &s.text.sents[i]
		g := st.tags
		if st.subject || !g.has(t.ask) || g.has(t.own) || g.has(t.child) || g.has(t.client) || g.has(t.noRequest) || g.has(t.noOwn) || g.has(t.fileThis) {
			continue
		}
		if (st.explicit || st.item || g.has(t.askCount)) && (g.has(t.count) || g.has(t.spend) || g.has(t.policy) && st.to-st.from < 60) {
			s.asksGeneral = i
			return true
		}
	}
	return false
}

func (s *signs) ownApart() bool { return !s.text.sents[s.asksOwn].subject }

// locateAsks finds the sentences that plainly ask for own data and for recorded
// information.
func (s *signs) locateAsks() {
	s.asksOwn, s.asksGeneral, s.asksNamed = -1, -1, -1
	t := s.lex.known
	for i := range s.text.sents {
		g := s.text.sents[i].tags
		if !g.has(t.ask) || g.has(t.noOwn) || g.has(t.noRequest) || g.has(t.fileThis) || g.has(t.sales) {
			continue
		}
		if g.has(t.howTo) && !g.has(t.own) && !g.has(t.child) {
			continue // how one would ask, not what for
		}
		if st := &s.text.sents[i]; st.explicit && (g.has(t.foiWords) || g.has(t.sarWords)) && s.asksNamed < 0 && !s.ourHeading(i) {
			s.asksNamed = i
		}
		own := g.has(t.own) || g.has(t.child) && g.has(t.records)
		general := s.text.sents[i].to-s.text.sents[i].from < 90 && g.has(t.count) || g.has(t.policy) || g.has(t.spend) || g.has(t.env)
		if own && s.asksOwn < 0 && !s.ourHeading(i) {
			s.asksOwn = i
		}
		if general && !own && s.asksGeneral < 0 && !s.ourHeading(i) {
			s.asksGeneral = i
		}
	}
}

// ourHeading tells whether a sentence is the heading that we gave the thread.
func (s *signs) ourHeading(i int) bool { return s.text.sents[i].subject && s.ctx.reply }

// newPart tells whether a review comes with a new request.
func (s *signs) newPart() intake.Kind {
	t := s.lex.known
	for i := range s.text.sents {
		g := s.text.sents[i].tags
		if !g.has(t.newAsk) || !g.has(t.ask) {
			continue
		}
		switch {
		case g.has(t.own):
			return intake.DSAR
		case g.has(t.count), g.has(t.policy), g.has(t.spend):
			return intake.FOI
		}
	}
	return ""
}

// reviewOf decides of what kind the disputed answer was: by the reference and
// the quoted letter, else by what the mail speaks of.
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
			foi++ // these are given to both, but to more of one
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
