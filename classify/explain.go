package classify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"requestd/intake"
)

// weigh scores the mail.
func (s *signs) weigh(c *Classifier) {
	s.grammed = s.wordings(c.dict, s.grammed[:0])
	w := c.model.score(s.feats, s.grammed)
	for i, cs := range c.custom {
		if s.customFired(i, cs) {
			w[classOf(cs.Kind)] += cs.Points
		}
	}
	s.p = softmax(w)
	s.best = top(s.p)
}

// customFired tells whether an administrator's signal fits the mail.
func (s *signs) customFired(i int, cs CustomSignal) bool {
	if t, ok := s.lex.tags[customTag(i)]; ok && s.all.has(t) {
		return true
	}
	for _, sender := range cs.Senders {
		sender = strings.ToLower(sender)
		if s.ctx.from == sender || strings.HasPrefix(sender, "@") && strings.HasSuffix(s.ctx.from, sender) {
			return true
		}
	}
	return false
}

// Evidence below this many points is not worth a reader's time.
const (
	leastPoints = 0.3
	mostSignals = 8
)

// evidence lists what spoke for a kind: each signal with its words, and the
// points by which it raised the kind above the mean of the others. Only what
// is listed is quoted.
func (s *signs) evidence(class int) []intake.Evidence {
	type signal struct {
		name   string
		points float64
		words  span
	}
	var found []signal
	add := func(name string, points float64, words span) {
		if points >= leastPoints {
			found = append(found, signal{name, math.Round(points*100) / 100, words})
		}
	}
	for _, f := range s.feats {
		if f.row != nil {
			add(f.name, lift(f.row, class), s.shownBy(f))
		}
	}
	v := gramValue(len(s.grammed))
	for _, g := range s.grammed {
		add("wording", v*lift(g.row, class), g.words)
	}
	for i, cs := range s.custom {
		if classOf(cs.Kind) == class && s.customFired(i, cs) {
			add(cs.Name, cs.Points, s.saidBy(s.lex.tags[customTag(i)]))
		}
	}
	slices.SortStableFunc(found, func(a, b signal) int { return cmp.Compare(b.points, a.points) })
	var list []intake.Evidence
	for _, f := range found[:min(len(found), mostSignals)] {
		list = append(list, intake.Evidence{Signal: f.name, Quote: s.text.quote(f.words), Points: f.points})
	}
	return list
}

// lift is by how much weights raise one class above the mean of the others.
func lift(w *weights, class int) float64 {
	others := 0.0
	for c, x := range w {
		if c != class {
			others += x
		}
	}
	return w[class] - others/(nClasses-1)
}

// tagEvidence shows the words of a tag as a signal of its own.
func (s *signs) tagEvidence(signal string, tags ...string) intake.Evidence {
	for _, n := range tags {
		if q := s.text.quote(s.saidBy(s.lex.tags[n])); q != "" {
			return intake.Evidence{Signal: signal, Quote: q}
		}
	}
	return intake.Evidence{Signal: signal}
}

// why is the decision in one line.
func why(r *intake.Reading) string {
	var b strings.Builder
	switch {
	case r.Automated && r.Decision == intake.Ignore:
		b.WriteString("made by a machine")
	case r.Automated && r.Decision == intake.Pass:
		b.WriteString("by its words a machine's, though no header says so")
	case r.Automated:
		b.WriteString("a machine's notice that a person should open")
	case r.Kind == intake.Other && r.Seems != "":
		fmt.Fprintf(&b, "no request; seems %s", article(r.Seems))
	case r.Kind == intake.Other:
		b.WriteString("a person's mail that asks for no recorded information")
	case r.Followup && r.Decision == intake.Pass:
		fmt.Fprintf(&b, "goes on with a request (%s)", r.Kind)
		if r.Seems != "" {
			fmt.Fprintf(&b, ", seems %s", article(r.Seems))
		}
	case r.Kind == intake.Review && r.Of != "":
		fmt.Fprintf(&b, "asks for another look at an answer or a delay (%s)", r.Of)
	case r.Kind == intake.Review:
		b.WriteString("asks for another look at an answer or a delay")
	case r.Kind == intake.DSAR:
		b.WriteString("asks for somebody's own personal data")
	default:
		b.WriteString("asks for recorded information")
	}
	if len(r.Also) > 0 {
		fmt.Fprintf(&b, ", and holds a part for %s", r.Also[0])
	}
	switch {
	case len(r.Hold) > 0:
		fmt.Fprintf(&b, "; held: %s", strings.Join(r.Hold, ", "))
	case r.Decision == intake.Triage:
		fmt.Fprintf(&b, "; in doubt (%.0f %%)", 100*r.Confidence)
	}
	for _, e := range r.Evidence {
		if e.Quote != "" && e.Points > 0 {
			fmt.Fprintf(&b, "; %s: \u201c%s\u201d", e.Signal, clip(e.Quote, 60))
			break
		}
	}
	return b.String()
}

func article(s string) string {
	switch s {
	case "thanks", "identity", "authority":
		return s
	case "addendum", "answer":
		return "an " + s
	}
	return "a " + s
}
