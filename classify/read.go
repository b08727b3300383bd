package classify

import "requestd/classify/linear"

// sentenceReading is the model's result for a mail: for each sentence, and for
// the mail as a whole.
type sentenceReading struct {
	first, second []speeches
	kinds         weights
	marks         [nMarks]float32
	features      []linear.Feature
}

// read lets the model read the mail.
func (m *Model) read(s *signs, r *sentenceReading) {
	v := &s.view
	r.first, r.second = r.first[:0], r.second[:0]
	for i := range s.text.sents {
		var sums linear.Sums
		v.buf = v.all(v.buf[:0], s, i)
		m.speech.Add(&sums, v.buf)
		var p speeches
		m.speech.Scores(&sums, p[:])
		linear.Softmax(p[:])
		r.first = append(r.first, p)
	}
	most, mean := mostAndMean(r.first)
	for i := range r.first {
		r.features = againFeatures(r.features[:0], r.first, i, &most, &mean, s)
		var p speeches
		m.again.Score(r.features, p[:])
		linear.Softmax(p[:])
		r.second = append(r.second, p)
	}
	var kinds [nClasses]float32
	var words, needs, checks linear.Sums
	v.buf = v.bag(v.buf[:0], s)
	m.words.Add(&words, v.buf)
	m.needs.Add(&needs, v.buf)
	m.checks.Add(&checks, v.buf)
	m.words.Scores(&words, kinds[:])
	linear.Softmax(kinds[:])
	m.needs.Scores(&needs, r.marks[:linear.Columns])
	m.checks.Scores(&checks, r.marks[linear.Columns:])
	for c := range r.marks {
		r.marks[c] = linear.Logistic(r.marks[c])
	}
	var points [nPoints]float32
	v.buf = v.pointed(v.buf[:0], s, r.second)
	pointedAt(m.points, v.buf, &points)
	r.features = m.mailFeatures(r.features[:0], r.first, r.second, kinds[:], r.marks[:], points[:], s)
	m.kinds.Score(r.features, kinds[:])
	for c, x := range kinds {
		r.kinds[c] = float64(x)
	}
	m.marks.Score(r.features, r.marks[:])
	for c := range r.marks {
		r.marks[c] = linear.Logistic(r.marks[c])
	}
}
