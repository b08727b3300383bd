package classify

import "requestd/intake"

// danger finds mail in which somebody may be in danger, by what it says
// outright and by what was learned from mail that hints at danger.
//
// Danger said outright is a person or a child at risk now, or data that reached
// the wrong hands. A word of violence alone is no danger: stories of the past,
// allegations and questions about policy are full of such words. So the words
// must be in the same sentence as words of the present, or next to it, and
// without words of the past.
func (c *Classifier) danger(s *signs, r *intake.Reading) {
	if c.dangerSaid(s, r); r.Urgent != "" {
		return
	}
	var urgent string
	switch m := &s.reading.marks; {
	case s.marked(markDanger) && m[markHarm] >= m[markChild]:
		urgent = "harm"
	case s.marked(markDanger):
		urgent = "child"
	case s.marked(markBreach):
		urgent = "breach"
	default:
		return
	}
	r.Urgent = urgent
	r.Evidence = append([]intake.Evidence{{Signal: "danger: " + urgent, Quote: s.worst()}}, r.Evidence...)
}

// halfSuspected reports whether somebody may be in danger, a child may be
// writing, or a letter may do harm, although not surely enough to say so: such
// mail is never passed.
func (s *signs) halfSuspected() bool { return s.anyNeed(&s.model.bounds.Suspect) }

// wary reports whether there is less evidence than that, but still too much to
// send a letter that nobody has seen.
func (s *signs) wary() bool { return s.anyNeed(&s.model.bounds.Wary) }

// anyNeed reports whether danger, a child who writes or an unsafe address is at
// least this likely.
func (s *signs) anyNeed(from *[nMarks]float64) bool {
	for _, m := range []mark{markDanger, markChildAsking, markContactUnsafe} {
		if float64(s.reading.marks[m]) >= from[m] {
			return true
		}
	}
	return false
}

// quiet reports whether nothing suggests danger, a child who writes, or
// somebody to whom a letter may do harm.
func (s *signs) quiet() bool {
	return !s.anyNeed(&s.model.bounds.Quiet)
}

// leastHint is the probability from which a sentence is shown as hinting at
// danger.
const leastHint = 0.25

// worst returns the sentence that most hints at danger; "" if none does by
// itself.
func (s *signs) worst() string {
	at, most := -1, float32(leastHint)
	for i, p := range s.reading.second {
		if p[danger] > most {
			at, most = i, p[danger]
		}
	}
	if at < 0 {
		return ""
	}
	return s.text.quote(s.text.sents[at].span)
}

// dangerSaid looks for danger that is mentioned outright.
func (c *Classifier) dangerSaid(s *signs, r *intake.Reading) {
	t := c.lex.known
	for i := range s.text.sents {
		g := s.text.sents[i].tags
		near := g
		if i > 0 {
			near.join(s.text.sents[i-1].tags)
		}
		if i+1 < len(s.text.sents) {
			near.join(s.text.sents[i+1].tags)
		}
		if g.has(t.past) || near.has(t.count) || near.has(t.policy) {
			continue
		}
		urgent := ""
		switch {
		case g.has(t.harmSure):
			urgent = "harm"
		case g.has(t.harm) && near.has(t.now) && len(s.text.sents) < 30:
			urgent = "harm"
		case g.has(t.childSure) && near.has(t.kin) && (near.has(t.now) || !isRequest(r.Kind)), g.has(t.childRisk) && near.has(t.now) && len(s.text.sents) < 20 && !isRequest(r.Kind):
			urgent = "child"
		case g.has(t.breach) && !g.has(t.ask):
			urgent = "breach"
		}
		if urgent == "" {
			continue
		}
		st := &s.text.sents[i]
		r.Urgent = urgent
		r.Evidence = append([]intake.Evidence{{Signal: "danger: " + urgent, Quote: s.text.quote(st.span)}}, r.Evidence...)
		return
	}
}
