package classify

import (
	"slices"
	"sync"

	"requestd/classify/linear"
	"requestd/intake"
)

// Example is a labelled mail to train from.
type Example struct {
	Message *intake.Message
	Thread  intake.Thread
	Mailbox string
	Kind    intake.Kind
	Weight  float64 // how much it counts; 0 means 1
	Writer  string  // who wrote it: what is tested on a writer's mail is learned from the others'
	// Misleading says that it is from a set chosen to be taken for other kinds:
	// the model learns from it, but no inbox is like that set.
	Misleading bool
	// Sentences are the labelled sentences of the mail, in order, or none.
	Sentences []LabelledSentence
	// Marked says whether somebody looked for the marks below.
	Marked    bool
	Urgent    string
	Attention string
	Flags     []string
}

// LabelledSentence is a sentence and what it does, by its letter (N, O, G, R,
// X, P, M or D; see docs/reading.md).
type LabelledSentence struct {
	Letter byte
	Text   string
}

// Prepared is labelled mail with everything that is seen in it, ready to learn
// from any part of it.
type Prepared struct {
	mails   []prepared
	apart   []linear.Example // sentences without a mail
	signals map[string]int32
}

// prepared is one labelled mail as the trainer sees it.
type prepared struct {
	writer    string
	weight    float32
	class     int
	marks     []float32
	sentences []linear.Example // what is seen in each
	labelled  []bool
	words     linear.Example
	s         *signs // kept for the later steps

	misleading bool // of a misleading set
}

// Prepare prepares labelled mails, and sentences without a mail.
func Prepare(c *Classifier, examples []Example, apart []LabelledSentence) *Prepared {
	p := &Prepared{mails: make([]prepared, len(examples)), signals: map[string]int32{}}
	for i := range examples {
		p.mails[i] = prepare(c, &examples[i])
		for _, f := range p.mails[i].s.feats {
			if _, ok := p.signals[f.name]; !ok {
				p.signals[f.name] = int32(len(p.signals))
			}
		}
	}
	for _, l := range apart {
		m := &intake.Message{Text: l.Text}
		if subject, ok := cutSubject(l.Text); ok {
			m = &intake.Message{Subject: subject}
		}
		s := c.signs(m, intake.Thread{}, "")
		s.apart = true
		for i := range s.text.sents {
			p.apart = append(p.apart, linear.Example{Features: hashed(s.view.all(nil, s, i), speechRows), Class: speechOf(l.Letter), Weight: 1})
			break
		}
	}
	return p
}

func prepare(c *Classifier, e *Example) prepared {
	s := c.signs(e.Message.WithoutQuote(), e.Thread, e.Mailbox)
	m := prepared{writer: e.Writer, misleading: e.Misleading, weight: float32(e.Weight), class: classOf(e.Kind), s: s}
	if e.Weight == 0 {
		m.weight = 1
	}
	does := align(s.text, e.Sentences)
	for i := range s.text.sents {
		ex := linear.Example{Features: hashed(s.view.all(nil, s, i), speechRows), Weight: m.weight}
		if does[i] >= 0 {
			ex.Class = does[i]
		}
		if ex.Class == int(danger) {
			ex.Weight *= dangerWeight
		}
		m.sentences = append(m.sentences, ex)
		m.labelled = append(m.labelled, does[i] >= 0)
	}
	for range nMarks {
		m.marks = append(m.marks, -1)
	}
	if e.Marked {
		for k, is := range e.marks() {
			m.marks[k] = 0
			if is {
				m.marks[k] = 1
			}
		}
	}
	m.words = linear.Example{Features: hashed(s.view.bag(nil, s), wordRows), Class: m.class, Marks: m.marks, Weight: m.weight}
	return m
}

// marks returns the marks that people gave the mail.
func (e *Example) marks() (is [nMarks]bool) {
	flag := func(name string) bool { return slices.Contains(e.Flags, name) }
	is[markHarm], is[markChild], is[markBreach] = e.Urgent == "harm", e.Urgent == "child", e.Urgent == "breach"
	is[markDanger] = is[markHarm] || is[markChild]
	is[markChildAsking], is[markContactUnsafe] = flag(flagChild), flag(flagUnsafe)
	is[markRights], is[markLegal], is[markRegulator] = e.Attention == "rights", e.Attention == "legal", e.Attention == "regulator"
	is[markForChild], is[markRepresentative] = flag(flagForChild), flag(flagRepresentative)
	is[markIdentity], is[markAuthority] = flag(flagIdentity), flag(flagAuthority)
	is[markHardCopy], is[markEnvironmental] = flag(flagHardCopy), flag(flagEnvironmental)
	return is
}

// hashed turns things seen into features whose length together is one.
func hashed(seen []uint32, rows int) []linear.Feature {
	v := linear.LengthOne(len(seen))
	list := make([]linear.Feature, len(seen))
	for i, h := range seen {
		list[i] = linear.Feature{Number: int32(h & uint32(rows-1)), Value: v}
	}
	return list
}

func classOf(k intake.Kind) int {
	for c, x := range classes {
		if x == k {
			return c
		}
	}
	return cOther
}

// How the parts of the model are fitted; found by trying on writers left out.
var (
	fitSpeech = linear.Fit{Features: speechRows, Classes: int(nSpeech), Rounds: 5, Step: 0.5, Pull: 2e-6}
	fitAgain  = linear.Fit{Features: nAgain, Classes: int(nSpeech), Rounds: 6, Step: 0.03, Pull: 1e-6}
	fitWords  = linear.Fit{Features: wordRows, Classes: nClasses, Rounds: 12, Step: 0.5, Pull: 1e-5}
	fitNeeds  = linear.Fit{Features: wordRows, Classes: linear.Columns, Rounds: 12, Step: 0.5, Pull: 1e-5, Marks: true}
	fitKinds  = linear.Fit{Classes: nClasses, Rounds: 25, Step: 0.02, Pull: 2e-4}
	fitMarks  = linear.Fit{Classes: int(nMarks), Rounds: 25, Step: 0.05, Pull: 2e-4, Marks: true}
)

// dangerWeight is how much a sentence that hints at danger counts: few mails
// have one, and none must be missed.
const dangerWeight = 2

// innerParts is the number of parts into which the writers are divided, so that
// each step learns from what the one before it found in mail that it had not
// seen.
const innerParts = 3

// found is what the earlier steps found in one mail.
type found struct {
	first, second []speeches
	kinds         [nClasses]float32
	marks         [nMarks]float32
	points        [nPoints]float32
}

// Train fits a model to all mails except those of the writers left out. The
// same mails always make the same model.
func (p *Prepared) Train(leftOut func(writer string) bool) *Model {
	var use []int
	var writers []string
	for i := range p.mails {
		if w := p.mails[i].writer; leftOut == nil || !leftOut(w) {
			use = append(use, i)
			if !slices.Contains(writers, w) {
				writers = append(writers, w)
			}
		}
	}
	slices.Sort(writers)
	part := func(i int) int { return slices.Index(writers, p.mails[i].writer) % innerParts }
	// The last of these models learns from all parts and is the one that is kept.
	steps := make([]struct {
		speech, words, needs, checks *linear.Table
	}, innerParts+1)
	var wg sync.WaitGroup
	for k := range steps {
		of := func(i int) bool { return k == innerParts || part(i) != k }
		wg.Go(func() { steps[k].speech = linear.NewTable(linear.Train(p.speechExamples(use, of), fitSpeech)) })
		wg.Go(func() {
			words, needs, checks := p.wordExamples(use, of)
			steps[k].words = linear.NewTable(linear.Train(words, fitWords))
			steps[k].needs = linear.NewTable(linear.Train(needs, fitNeeds))
			fit := fitNeeds
			fit.Features, fit.Classes = fewRows, int(nMarks)-linear.Columns
			steps[k].checks = linear.NewTable(linear.Train(checks, fit))
		})
	}
	wg.Wait()
	finds := make([]found, len(p.mails))
	for _, i := range use {
		m, f, st := &p.mails[i], &finds[i], &steps[part(i)]
		f.first = make([]speeches, len(m.sentences))
		for k := range m.sentences {
			scoreTable(st.speech, m.sentences[k].Features, f.first[k][:])
			linear.Softmax(f.first[k][:])
		}
		scoreTable(st.words, m.words.Features, f.kinds[:])
		linear.Softmax(f.kinds[:])
		scoreTable(st.needs, m.words.Features, f.marks[:linear.Columns])
		scoreTable(st.checks, m.words.Features, f.marks[linear.Columns:])
		for c := range f.marks {
			f.marks[c] = linear.Logistic(f.marks[c])
		}
	}
	again := make([]*linear.Weights, innerParts+1)
	for k := range again {
		wg.Go(func() {
			again[k] = linear.Train(p.againExamples(use, finds, func(i int) bool { return k == innerParts || part(i) != k }), fitAgain)
		})
	}
	wg.Wait()
	for _, i := range use {
		m, f := &p.mails[i], &finds[i]
		most, mean := mostAndMean(f.first)
		f.second = make([]speeches, len(f.first))
		for k := range f.first {
			again[part(i)].Score(againFeatures(nil, f.first, k, &most, &mean, m.s), f.second[k][:])
			linear.Softmax(f.second[k][:])
		}
	}
	pointed := make([][]uint32, len(p.mails))
	for _, i := range use {
		s := p.mails[i].s
		v := view{hashes: s.view.hashes, around: s.view.around} // another model may be reading the mail
		pointed[i] = v.pointed(nil, s, finds[i].second)
	}
	points := make([][2]*linear.Table, innerParts+1)
	for k := range points {
		wg.Go(func() {
			points[k] = p.trainPoints(use, func(i int) bool { return k == innerParts || part(i) != k }, pointed)
		})
	}
	wg.Wait()
	for _, i := range use {
		pointedAt(points[part(i)], pointed[i], &finds[i].points)
	}
	model := &Model{points: points[innerParts], speech: steps[innerParts].speech, words: steps[innerParts].words, needs: steps[innerParts].needs, checks: steps[innerParts].checks,
		again: again[innerParts], signals: p.signals}
	var kinds, marks []linear.Example
	for _, i := range use {
		m, f := &p.mails[i], &finds[i]
		e := linear.Example{Features: model.mailFeatures(nil, f.first, f.second, f.kinds[:], f.marks[:], f.points[:], m.s), Class: m.class, Marks: m.marks, Weight: m.weight}
		kinds = append(kinds, e)
		if m.marks[0] >= 0 {
			marks = append(marks, e)
		}
	}
	kf, mf := fitKinds, fitMarks
	kf.Features, mf.Features = firstSignal+len(p.signals), firstSignal+len(p.signals)
	model.kinds, model.marks = linear.Train(kinds, kf), linear.Train(marks, mf)
	return model
}

// scoreTable scores features that were hashed for a table of this size.
func scoreTable(t *linear.Table, features []linear.Feature, p []float32) {
	var s linear.Sums
	hashes := make([]uint32, len(features))
	for i, f := range features {
		hashes[i] = uint32(f.Number)
	}
	t.Add(&s, hashes)
	t.Scores(&s, p)
}

func (p *Prepared) speechExamples(use []int, of func(int) bool) []linear.Example {
	list := slices.Clone(p.apart)
	for _, i := range use {
		if !of(i) {
			continue
		}
		for k, e := range p.mails[i].sentences {
			if p.mails[i].labelled[k] {
				list = append(list, e)
			}
		}
	}
	return withoutRare(list, speechRows)
}

// withoutRare leaves out what was seen in only one example: nothing general can
// be learned from it.
func withoutRare(list []linear.Example, rows int) []linear.Example {
	count := make([]uint8, rows)
	for i := range list {
		for _, f := range list[i].Features {
			n := f.Number & int32(rows-1)
			count[n] = min(count[n]+1, 2)
		}
	}
	for i := range list {
		kept := make([]linear.Feature, 0, len(list[i].Features))
		for _, f := range list[i].Features {
			if f.Number &= int32(rows - 1); count[f.Number] > 1 {
				kept = append(kept, f)
			}
		}
		list[i].Features = kept
	}
	return list
}

func (p *Prepared) againExamples(use []int, finds []found, of func(int) bool) []linear.Example {
	var list []linear.Example
	for _, i := range use {
		if !of(i) {
			continue
		}
		m, f := &p.mails[i], &finds[i]
		most, mean := mostAndMean(f.first)
		for k := range m.sentences {
			if m.labelled[k] {
				list = append(list, linear.Example{Features: againFeatures(nil, f.first, k, &most, &mean, m.s), Class: m.sentences[k].Class, Weight: m.weight})
			}
		}
	}
	return list
}

func (p *Prepared) wordExamples(use []int, of func(int) bool) (words, needs, checks []linear.Example) {
	for _, i := range use {
		if !of(i) {
			continue
		}
		e := p.mails[i].words
		words = append(words, e)
		if marks := e.Marks; marks[0] >= 0 {
			e.Marks = marks[:linear.Columns]
			needs = append(needs, e)
			e.Marks = marks[linear.Columns:]
			checks = append(checks, e)
		}
	}
	return withoutRare(words, wordRows), withoutRare(needs, wordRows), withoutRare(checks, fewRows)
}

func most(p []float32) int {
	best := 0
	for c := range p {
		if p[c] > p[best] {
			best = c
		}
	}
	return best
}
