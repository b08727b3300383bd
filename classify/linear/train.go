// Package linear is the statistical core of the classifier: linear models over
// features that are numbers, fitted by gradient descent. The same examples in
// the same order make the same model, to the bit.
package linear

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
)

// Feature is one thing seen in an example: its number, and how much of it.
type Feature struct {
	Number int32
	Value  float32
}

// Example is one thing to learn from.
type Example struct {
	Features []Feature
	Class    int       // if exactly one class is right: which
	Marks    []float32 // if marks are independent: 1 if a mark holds, 0 if not, below 0 if unknown
	Weight   float32   // how much it counts
}

// Fit says how a model is fitted.
type Fit struct {
	Features, Classes int
	Rounds            int     // passes over the examples
	Step              float64 // of the first move of each weight
	Pull              float64 // towards zero: a fraction of each weight in each round
	Marks             bool    // the classes do not exclude each other
}

// Weights has a row of Classes weights for each feature, and a row for none.
type Weights struct {
	Classes int
	Rows    []float32 // Features rows, one after another
	Bias    []float32
}

// Train fits weights to the examples by stochastic gradient descent, each
// weight with its own step (AdaGrad: Duchi, Hazan and Singer, 2011). The order
// of the examples is shuffled from a fixed seed.
func Train(examples []Example, f Fit) *Weights {
	w := &Weights{Classes: f.Classes, Rows: make([]float32, f.Features*f.Classes), Bias: make([]float32, f.Classes)}
	sums, biasSums := make([]float32, len(w.Rows)), make([]float32, f.Classes)
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	chance := rand.New(rand.NewPCG(1, uint64(len(examples))))
	p := make([]float32, f.Classes)
	late := f.Rounds / 2 // from this round on the weights are averaged, which is more accurate than the last ones
	mean := make([]float32, len(w.Rows))
	for round := range f.Rounds {
		chance.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		step := float32(f.Step * (1 - 0.9*float64(round)/float64(f.Rounds)))
		pull := float32(f.Pull)
		for _, i := range order {
			e := &examples[i]
			w.Score(e.Features, p)
			if f.Marks {
				marksError(p, e)
			} else {
				Softmax(p)
				p[e.Class]--
			}
			for c := range p {
				g := p[c] * e.Weight
				p[c] = g
				biasSums[c] += g * g
				w.Bias[c] -= step * g / (sqrt(biasSums[c]) + 1e-6)
			}
			for _, ft := range e.Features {
				at := int(ft.Number) * f.Classes
				row, sum := w.Rows[at:at+f.Classes], sums[at:at+f.Classes]
				for c, g := range p {
					g = g*ft.Value + pull*row[c]
					if g == 0 {
						continue
					}
					sum[c] += g * g
					row[c] -= step * g / (sqrt(sum[c]) + 1e-6)
				}
			}
		}
		if round >= late {
			for i, x := range w.Rows {
				mean[i] += x / float32(f.Rounds-late)
			}
		}
	}
	w.Rows = mean
	return w
}

// marksError turns scores into the errors of independent marks.
func marksError(p []float32, e *Example) {
	for c := range p {
		if e.Marks[c] < 0 {
			p[c] = 0
			continue
		}
		p[c] = Logistic(p[c]) - e.Marks[c]
	}
}

// Score adds the weights of the features to p, which has a place for each
// class.
func (w *Weights) Score(features []Feature, p []float32) {
	copy(p, w.Bias)
	for _, ft := range features {
		at := int(ft.Number) * w.Classes
		for c, x := range w.Rows[at : at+w.Classes] {
			p[c] += ft.Value * x
		}
	}
}

// Softmax turns scores into probabilities that add up to one.
func Softmax(p []float32) {
	top := p[0]
	for _, x := range p {
		top = max(top, x)
	}
	sum := float32(0)
	for c, x := range p {
		p[c] = float32(math.Exp(float64(x - top)))
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// Logistic turns a score into the probability of a mark.
func Logistic(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// Append appends the weights to b.
func (w *Weights) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w.Rows)))
	b = append(b, byte(w.Classes))
	for _, list := range [][]float32{w.Bias, w.Rows} {
		for _, x := range list {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	return b
}

// ReadWeights reads what Append wrote, and returns what follows it.
func ReadWeights(b []byte) (*Weights, []byte, error) {
	if len(b) < 5 {
		return nil, nil, fmt.Errorf("weights: %d bytes are no head of them", len(b))
	}
	n, w := int(binary.LittleEndian.Uint32(b)), &Weights{Classes: int(b[4])}
	b = b[5:]
	if w.Classes == 0 || n%w.Classes != 0 || len(b)/4 < n+w.Classes {
		return nil, nil, fmt.Errorf("weights: %d of %d classes in %d bytes", n, w.Classes, len(b))
	}
	w.Bias, w.Rows = make([]float32, w.Classes), make([]float32, n)
	for _, list := range [][]float32{w.Bias, w.Rows} {
		for i := range list {
			list[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[4*len(list):]
	}
	return w, b, nil
}
