package classify

import "requestd/intake"

// danger looks for a person or a child at risk now, and for data that reached
// the wrong hands. A word of violence alone is no danger: stories of the past,
// allegations and questions about policy are full of them. So the words must
// stand in one sentence or its neighbours with words of the present, and not
// with words of the past.
func (c *Classifier) danger(s *signs, r *intake.Reading) {
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
