package classify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
)

// weigh scores the mail.
func (s *signs) weigh(c *Classifier) {
	c.model.read(s, &s.reading)
	w := s.reading.kinds
	for i, cs := range c.custom {
		if s.customFired(i, cs) {
			w[classOf(cs.Kind)] += cs.Points
		}
	}
	s.p = softmax(w)
	s.best = top(s.p)
}

// softmax turns scores into probabilities.
func softmax(w weights) weights {
	top := w[0]
	for _, x := range w {
		top = math.Max(top, x)
	}
	sum := 0.0
	for c, x := range w {
		w[c] = math.Exp(x - top)
		sum += w[c]
	}
	for c := range w {
		w[c] /= sum
	}
	return w
}

// customFired reports whether an administrator's signal matches the mail.
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

// mostSignals is how many signals a reader has time for.
const mostSignals = 8

// speaksFor lists which sentences are evidence for a kind.
var speaksFor = [nClasses][]speech{cFOI: {asksInfo}, cDSAR: {asksOwn}, cReview: {disputes}, cOther: {asksElse, pursues, tells}, cAuto: {program}}

// evidence lists the sentences that are evidence for a kind, the surest first:
// each is quoted, with what it was read as, and how surely, in points out of
// ten.
func (s *signs) evidence(class int) []intake.Evidence {
	type shown struct {
		sent int
		as   speech
		p    float32
	}
	var found []shown
	for i, p := range s.reading.second {
		for rank, as := range speaksFor[class] {
			// A sentence that tells nothing is shown only for want of something better.
			if least := [...]float32{0.25, 0.25, 0.6}[rank]; p[as] >= least {
				found = append(found, shown{i, as, p[as]})
				break
			}
		}
	}
	slices.SortStableFunc(found, func(a, b shown) int {
		if (a.as == tells) != (b.as == tells) {
			return cmp.Compare(btoi(a.as == tells), btoi(b.as == tells))
		}
		return cmp.Compare(b.p, a.p)
	})
	var list []intake.Evidence
	for _, f := range found[:min(len(found), 3)] {
		list = append(list, intake.Evidence{Signal: speechNames[f.as], Quote: s.text.quote(s.text.sents[f.sent].span), Points: math.Round(float64(f.p)*100) / 10})
	}
	for i, cs := range s.custom {
		if classOf(cs.Kind) == class && s.customFired(i, cs) {
			list = append(list, intake.Evidence{Signal: cs.Name, Quote: s.text.quote(s.saidBy(s.lex.tags[customTag(i)])), Points: cs.Points})
		}
	}
	for _, f := range s.feats {
		if len(list) == mostSignals {
			break
		}
		if q := s.text.quote(s.shownBy(f)); q != "" && s.model.lift(f.name, class) > 0.3 {
			list = append(list, intake.Evidence{Signal: f.name, Quote: q, Points: math.Round(s.model.lift(f.name, class)*100) / 100})
		}
	}
	return list
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lift returns by how much a signal raises one class above the mean of the
// others.
func (m *Model) lift(signal string, class int) float64 {
	n, ok := m.signals[signal]
	if !ok {
		return 0
	}
	row := m.kinds.Rows[(firstSignal+int(n))*nClasses:][:nClasses]
	others := 0.0
	for c, x := range row {
		if c != class {
			others += float64(x)
		}
	}
	return float64(row[class]) - others/(nClasses-1)
}

// tagEvidence returns the words of a tag as a signal.
func (s *signs) tagEvidence(signal string, tags ...string) intake.Evidence {
	for _, n := range tags {
		if q := s.text.quote(s.saidBy(s.lex.tags[n])); q != "" {
			return intake.Evidence{Signal: signal, Quote: q}
		}
	}
	return intake.Evidence{Signal: signal}
}

// why returns the decision in one line.
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
		fmt.Fprintf(&b, "; held: %s", holds.List(r.Hold))
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
