package classify

import "requestd/intake"

// danger finds mail in which somebody may be in danger, by what is said
// outright and by what was learned from mail that hints at it.
//
// What is said outright is a person or a child at risk now, and for data that reached
// the wrong hands. A word of violence alone is no danger: stories of the past,
// allegations and questions about policy are full of them. So the words must
// stand in one sentence or its neighbours with words of the present, and not
// with words of the past.
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

// halfSuspected tells whether somebody may be in danger, a child may be writing
// or a letter may do harm, though not so surely that it is said: such mail is
// never passed.
func (s *signs) halfSuspected() bool { return s.anyNeed(&s.model.bounds.Suspect) }

// wary tells whether less than that speaks for it, and still too much for a
// letter that nobody has seen.
func (s *signs) wary() bool { return s.anyNeed(&s.model.bounds.Wary) }

// anyNeed tells whether danger, a child who writes or an unsafe address is at
// least so likely.
func (s *signs) anyNeed(from *[nMarks]float64) bool {
	for _, m := range []mark{markDanger, markChildAsking, markContactUnsafe} {
		if float64(s.reading.marks[m]) >= from[m] {
			return true
		}
	}
	return false
}

// quiet tells whether nothing speaks of danger, of a child who writes, or of
// somebody to whom a letter may do harm.
func (s *signs) quiet() bool {
	return !s.anyNeed(&s.model.bounds.Quiet)
}

// leastHint is from where a sentence is shown as one that hints at danger.
const leastHint = 0.25

// worst is the sentence that most hints at danger, "" where none does by itself.
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

// dangerSaid looks for danger that is said outright.
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
