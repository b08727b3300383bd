package classify

import (
	"requestd/intake"
)

// Thresholds of the decision, on the model's probabilities.
const (
	sureEnough    = 0.62 // a request of this kind: acknowledge it
	machineEnough = 0.75 // words alone show a program
	surelyNone    = 0.55 // no request: pass it
)

// Classify reads one mail. th is what the register knows of the case to which
// it seems to belong; it is empty where there is no register. mailbox is the
// name of the mailbox in which the mail came.
func (c *Classifier) Classify(m *intake.Message, th intake.Thread, mailbox string) intake.Reading {
	mc := machineSigns(m, &c.ours)
	s := c.signs(m, th, mailbox)
	grams := s.grams(c.model, false, nil)
	p := softmax(c.model.score(s.feats, grams))
	r := intake.Reading{Language: s.lang, Also: []intake.Kind{}, Hold: []string{}, Flags: []string{}, Evidence: []intake.Evidence{}, Refs: s.ctx.refs}
	best := 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	r.Kind, r.Confidence = classes[best], p[best]
	if len(mc.hard) > 0 && !c.person(m, s) {
		r.Kind, r.Automated, r.Confidence = intake.Automated, true, 0.99
		r.Decision = intake.Ignore
		r.Evidence = mc.hard
		return r
	}
	r.Followup = s.threaded()
	switch r.Kind {
	case intake.Automated:
		r.Automated = true
		r.Decision = intake.Ignore
	case intake.Other:
		r.Decision = intake.Pass
	default:
		r.Decision = intake.Acknowledge
		if r.Confidence < sureEnough {
			r.Decision = intake.Triage
		}
	}
	return r
}

func (c *Classifier) person(m *intake.Message, s *signs) bool { return false }
