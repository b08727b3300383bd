package classify

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strings"

	"requestd/classify/linear"
)

//go:embed model.bin
var embeddedModel []byte

// Model is what was learned from labelled mail. It works in steps, each using
// what the one before found: what each sentence does, the same again with its
// neighbours known, what kind of mail that makes, and who may be in need.
type Model struct {
	speech  *linear.Table    // what a sentence does, from what is seen in it
	again   *linear.Weights  // the same, from the first look at the sentence and its neighbours
	words   *linear.Table    // the kind, from the words of the mail
	needs   *linear.Table    // the first marks, from the words of the mail
	checks  *linear.Table    // the other marks, from the words of the mail
	points  [2]*linear.Table // the kind, and the first marks, from the words of the sentences that do something
	kinds   *linear.Weights  // the kind, from all of the above and the signals
	marks   *linear.Weights  // the marks of need, from the same
	signals map[string]int32
	bounds  Bounds
}

// weights has a column for each kind.
type weights [nClasses]float64

// request returns how likely the mail is a request of any kind.
func (w *weights) request() float64 { return w[cFOI] + w[cDSAR] + w[cReview] }

// mark is something that readers of a mail must know besides its kind.
type mark uint8

// The marks in the order of the model's columns.
const (
	markDanger mark = iota // harm or a child in danger
	markHarm
	markChild
	markBreach
	markChildAsking
	markContactUnsafe
	markRights
	markLegal
	markForChild
	markRepresentative
	markIdentity
	markAuthority
	markHardCopy
	markEnvironmental
	markRegulator
	nMarks
)

// speeches are the probabilities of what a sentence does.
type speeches [nSpeech]float32

const (
	speechRows = 1 << 19
	wordRows   = 1 << 17
	fewRows    = 1 << 16
)

// Numbers of the features of the second look.
const (
	beside      = 5                          // the sentence itself, two before and two after it
	againMail   = beside * int(nSpeech)      // the maximum and the mean over the mail
	againPlace  = againMail + 2*int(nSpeech) // whether a neighbour is missing, and the place
	againAround = againPlace + 10
	nAgain      = againAround + maxAround
)

// Numbers of the features of kinds and marks, before those of the signals.
const (
	pooled      = 6 * int(nSpeech) // of each look: maximum, any, mean, first, last four, and maximum by order of magnitude
	ofKinds     = 2 * pooled
	ofMarks     = ofKinds + nClasses
	ofPoints    = ofMarks + int(nMarks)
	ofLength    = ofPoints + nPoints
	crossed     = ofLength + 1
	ofPairs     = crossed + crossedFacts*int(nSpeech)
	firstSignal = ofPairs + int(nSpeech)*int(nSpeech)
)

// crossedFacts is how many facts about the surroundings may change the meaning
// of what the sentences do: a sentence that asks means something else below our
// refusal than in a first letter. The facts about what is answered come first.
const crossedFacts = 12

func logOf(p float32) float32 { return float32(math.Log(float64(p) + 0.01)) }

// againFeatures lists what the second look at sentence i weighs.
func againFeatures(list []linear.Feature, first []speeches, i int, most, mean *speeches, s *signs) []linear.Feature {
	add := func(n int, v float32) { list = append(list, linear.Feature{Number: int32(n), Value: v}) }
	for d := -2; d <= 2; d++ {
		k := i + d
		if k < 0 || k >= len(first) {
			add(againPlace+d+2, 1)
			continue
		}
		for c, p := range first[k] {
			add((d+2)*int(nSpeech)+c, logOf(p)/2)
		}
	}
	for c := range most {
		add(againMail+c, logOf(most[c])/2)
		add(againMail+int(nSpeech)+c, mean[c]*2)
	}
	if s.text.sents[i].subject {
		add(againPlace+5, 1)
	}
	if s.text.sents[i].question {
		add(againPlace+6, 1)
	}
	for _, a := range s.ctx.aroundNumbers() {
		add(againAround+a, 0.5)
	}
	return list
}

// mostAndMean returns the maximum and the mean over all sentences.
func mostAndMean(p []speeches) (most, mean speeches) {
	for i := range p {
		for c, x := range p[i] {
			most[c] = max(most[c], x)
			mean[c] += x / float32(len(p))
		}
	}
	return most, mean
}

// together appends the results for the sentences together.
func together(list []linear.Feature, at int, p []speeches) []linear.Feature {
	most, mean := mostAndMean(p)
	var none, last speeches
	for c := range none {
		none[c] = 1
	}
	tail := p[max(0, len(p)-4):]
	for i := range p {
		for c, x := range p[i] {
			none[c] *= 1 - min(x, 0.999)
		}
	}
	for i := range tail {
		for c, x := range tail[i] {
			last[c] += x / float32(len(tail))
		}
	}
	for c := range most {
		first := float32(0)
		if len(p) > 0 {
			first = p[0][c]
		}
		for k, v := range [...]float32{most[c], 1 - none[c], mean[c], first, last[c], float32(math.Log(float64(most[c])+0.003)) / 4} {
			list = append(list, linear.Feature{Number: int32(at + k*int(nSpeech) + c), Value: 2 * v})
		}
	}
	return list
}

// mailFeatures lists the features that decide the kind and the marks.
func (m *Model) mailFeatures(list []linear.Feature, first, second []speeches, kinds, marks, points []float32, s *signs) []linear.Feature {
	list = together(list, 0, first)
	list = together(list, pooled, second)
	for c, p := range kinds {
		list = append(list, linear.Feature{Number: int32(ofKinds + c), Value: logOf(p) / 2})
	}
	for c, p := range marks {
		list = append(list, linear.Feature{Number: int32(ofMarks + c), Value: logOf(p) / 2})
	}
	for c, p := range points {
		list = append(list, linear.Feature{Number: int32(ofPoints + c), Value: logOf(p) / 2})
	}
	n := float32(math.Log(float64(len(first) + 1)))
	list = append(list, linear.Feature{Number: int32(ofLength), Value: n / 2})
	most, _ := mostAndMean(second)
	for _, fact := range s.ctx.aroundNumbers() {
		if fact >= crossedFacts {
			break
		}
		for c, p := range most {
			list = append(list, linear.Feature{Number: int32(crossed + fact*int(nSpeech) + c), Value: p})
		}
	}
	for a := range most {
		for b := range most[:a] {
			list = append(list, linear.Feature{Number: int32(ofPairs + a*int(nSpeech) + b), Value: most[a] * most[b]})
		}
	}
	for i := range s.feats {
		if k, ok := m.signals[s.feats[i].name]; ok {
			list = append(list, linear.Feature{Number: int32(firstSignal) + k, Value: 1})
		}
	}
	return list
}

// list returns every bound in the order in which the model stores them.
func (b *Bounds) list() []*float64 {
	list := []*float64{&b.Acknowledge, &b.Pass, &b.Machine}
	for k := range nMarks {
		list = append(list, &b.Marks[k], &b.Suspect[k], &b.Wary[k], &b.Quiet[k])
	}
	return list
}

// trailing counts the zeros below the lowest bit that is set.
func trailing(x uint64) int { return bits.TrailingZeros64(x) }

// modelHead begins the file of a model; another layout has another head.
const modelHead = "requestd model 4\n"

// Bytes returns the model in the form in which it is embedded.
func (m *Model) Bytes() []byte {
	b := []byte(modelHead)
	names := make([]string, len(m.signals))
	for n, i := range m.signals {
		names[i] = n
	}
	list := strings.Join(names, "\n")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(list)))
	b = append(b, list...)
	for _, x := range m.bounds.list() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*x))
	}
	for _, t := range []*linear.Table{m.speech, m.words, m.needs, m.checks, m.points[0], m.points[1]} {
		b = t.Append(b)
	}
	for _, w := range []*linear.Weights{m.again, m.kinds, m.marks} {
		b = w.Append(b)
	}
	return b
}

// readModel reads what Bytes wrote.
func readModel(data []byte) (*Model, error) {
	rest, ok := strings.CutPrefix(string(data[:min(len(data), len(modelHead))]), modelHead)
	if !ok || rest != "" || len(data) < len(modelHead)+4 {
		return nil, fmt.Errorf("the model is of another layout; run make train")
	}
	b := data[len(modelHead):]
	n := int(binary.LittleEndian.Uint32(b))
	m := &Model{signals: map[string]int32{}}
	if n < 0 || n > len(b)-4-len(m.bounds.list())*8 {
		return nil, fmt.Errorf("the model's names are cut off; run make train")
	}
	for i, name := range strings.Split(string(b[4:4+n]), "\n") {
		m.signals[name] = int32(i)
	}
	b = b[4+n:]
	for _, to := range m.bounds.list() {
		*to = math.Float64frombits(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	var err error
	for _, to := range []**linear.Table{&m.speech, &m.words, &m.needs, &m.checks, &m.points[0], &m.points[1]} {
		if *to, b, err = linear.ReadTable(b); err != nil {
			return nil, err
		}
	}
	for _, to := range []**linear.Weights{&m.again, &m.kinds, &m.marks} {
		if *to, b, err = linear.ReadWeights(b); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		w                 *linear.Weights
		features, classes int
	}{{m.again, nAgain, int(nSpeech)}, {m.kinds, firstSignal + len(m.signals), nClasses}, {m.marks, firstSignal + len(m.signals), int(nMarks)}} {
		if x.w.Classes != x.classes || len(x.w.Rows) != x.features*x.classes {
			return nil, fmt.Errorf("the model was trained for other features; run make train")
		}
	}
	return m, nil
}
