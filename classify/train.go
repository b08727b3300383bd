package classify

import (
	"math"
	"sort"

	"requestd/intake"
)

// Example is a labelled mail to train from.
type Example struct {
	Message *intake.Message
	Thread  intake.Thread
	Mailbox string
	Kind    intake.Kind
	Weight  float64 // how much it counts; 0 stands for 1
}

// sample is an example as the trainer sees it.
type sample struct {
	feats  []int
	grams  []int
	value  float64
	class  int
	weight float64
}

// trainer holds the features of all examples by number.
type trainer struct {
	names   []string
	index   map[string]int
	wording []bool
	prior   []weights
	samples []sample
}

// Train fits a multinomial logistic regression to the examples. The weights
// of rules are drawn to the points that the rules were given, those of
// wordings to nothing, so that a rare wording says little. The result does
// not depend on chance: the same examples give the same model.
func Train(c *Classifier, examples []Example) *Model {
	t := trainer{index: map[string]int{}}
	priors := map[string]weights{}
	for _, cb := range combos {
		var w weights
		w[cb.class] = cb.points
		priors[cb.name] = w
	}
	for _, d := range derived {
		var w weights
		w[d.class] = d.points
		priors[d.name] = w
	}
	count := map[string]int{}
	type raw struct {
		s     *signs
		grams []string
		e     Example
	}
	raws := make([]raw, 0, len(examples))
	for _, e := range examples {
		s := c.signs(e.Message, e.Thread, e.Mailbox)
		g := s.allWordings()
		for _, wording := range g {
			count[wording]++
		}
		raws = append(raws, raw{s, g, e})
	}
	for _, r := range raws {
		sm := sample{class: classOf(r.e.Kind), weight: r.e.Weight, value: gramValue(len(r.grams))}
		if sm.weight == 0 {
			sm.weight = 1
		}
		for _, f := range r.s.feats {
			sm.feats = append(sm.feats, t.number(f.name, false, priors))
		}
		for _, g := range r.grams {
			if count[g] >= 3 {
				sm.grams = append(sm.grams, t.number(wordingPrefix+g, true, priors))
			}
		}
		sort.Ints(sm.feats)
		sort.Ints(sm.grams)
		t.samples = append(t.samples, sm)
	}
	return t.fit()
}

func classOf(k intake.Kind) int {
	for c, x := range classes {
		if x == k {
			return c
		}
	}
	return cOther
}

func (t *trainer) number(name string, wording bool, priors map[string]weights) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	i := len(t.names)
	t.index[name] = i
	t.names = append(t.names, name)
	t.wording = append(t.wording, wording)
	t.prior = append(t.prior, priors[name])
	return i
}

// Strength of the pull towards the prior weights, and the descent.
const (
	pullRule    = 0.5
	pullWording = 0.6
	rounds      = 300
	step        = 0.3
)

// fit descends along the gradient, each weight with its own step (AdaGrad).
func (t *trainer) fit() *Model {
	n := len(t.names)
	w := make([]weights, n)
	copy(w, t.prior)
	grad := make([]weights, n)
	sum := make([]weights, n)
	var bias, biasGrad, biasSum weights
	for range rounds {
		for i := range grad {
			pull := pullRule
			if t.wording[i] {
				pull = pullWording
			}
			for c := range grad[i] {
				grad[i][c] = pull * (w[i][c] - t.prior[i][c])
			}
		}
		biasGrad = weights{}
		for i := range t.samples {
			t.push(&t.samples[i], w, bias, grad, &biasGrad)
		}
		for i := range w {
			descend(&w[i], &grad[i], &sum[i])
		}
		descend(&bias, &biasGrad, &biasSum)
	}
	m := newModel()
	m.bias = bias
	for i, name := range t.names {
		m.put(name, &w[i])
	}
	return m
}

func descend(w, grad, sum *weights) {
	for c := range w {
		sum[c] += grad[c] * grad[c]
		if sum[c] > 0 {
			w[c] -= step * grad[c] / math.Sqrt(sum[c])
		}
	}
}

// push adds a sample's part of the gradient.
func (t *trainer) push(s *sample, w []weights, bias weights, grad []weights, biasGrad *weights) {
	z := bias
	for _, f := range s.feats {
		for c := range z {
			z[c] += w[f][c]
		}
	}
	for _, g := range s.grams {
		for c := range z {
			z[c] += s.value * w[g][c]
		}
	}
	p := softmax(z)
	p[s.class]--
	for c := range p {
		p[c] *= s.weight
	}
	for _, f := range s.feats {
		for c := range p {
			grad[f][c] += p[c]
		}
	}
	for _, g := range s.grams {
		for c := range p {
			grad[g][c] += s.value * p[c]
		}
	}
	for c := range p {
		biasGrad[c] += p[c]
	}
}
