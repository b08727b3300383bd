package classify

import "requestd/classify/linear"

// What a mail asks is in a few of its sentences. Their words, each joined with
// what its sentence does, say more about the kind and about who is in need than
// the words of the whole mail.

// nPoints is how many values they predict: the kind, and the first marks.
const nPoints = nClasses + linear.Columns

// pointed lists the words, pairs, concepts and tags of the sentences that do
// more than tell, each joined with what its sentence does.
func (v *view) pointed(list []uint32, s *signs, second []speeches) []uint32 {
	add := v.eachOnce(&list)
	for i := range s.text.sents {
		for _, does := range doings(&second[i]) {
			v.pointedIn(add, s.text, i, mix(seenPointed, uint32(does)))
		}
	}
	for _, a := range v.around {
		add(a)
	}
	return list
}

// doings returns the one or two things that a sentence most likely does besides
// telling, or none.
func doings(p *speeches) (list []speech) {
	const (
		surelyTells = 0.7
		hardly      = 0.15
	)
	var ranked [2]speech
	for c := speech(1); c < nSpeech; c++ {
		switch {
		case p[c] > p[ranked[0]]:
			ranked = [2]speech{c, ranked[0]}
		case p[c] > p[ranked[1]] || ranked[1] == ranked[0]:
			ranked[1] = c
		}
	}
	if ranked[0] == tells && p[tells] > surelyTells {
		return nil
	}
	for _, does := range ranked {
		if does != tells && p[does] >= hardly {
			list = append(list, does)
		}
	}
	return list
}

func (v *view) pointedIn(add func(uint32), t *text, i int, does uint32) {
	st := &t.sents[i]
	before, conc := uint32(edge), uint32(edge)
	for k := st.from; k < st.to; k++ {
		h := v.hashes[k]
		add(mix(does, h))
		add(mix(mix(does, before), h))
		before = h
		if c := uint32(t.toks[k].concept); c != 0 {
			add(mix(mix(does, seenConcept), c))
			add(mix(mix(mix(does, seenConceptGap), conc), c))
			conc = c
		}
	}
	for word, set := range st.tags {
		for ; set != 0; set &= set - 1 {
			add(mix(mix(does, seenTag), uint32(word<<6)+uint32(trailing(set))))
		}
	}
	for _, a := range v.around[:min(len(v.around), maxAroundCrossed)] {
		add(mix(does, a))
	}
}

// pointedAt scores what was pointed at.
func pointedAt(tables [2]*linear.Table, seen []uint32, p *[nPoints]float32) {
	for k, t := range tables {
		var sums linear.Sums
		t.Add(&sums, seen)
		if k == 0 {
			t.Scores(&sums, p[:nClasses])
			linear.Softmax(p[:nClasses])
			continue
		}
		t.Scores(&sums, p[nClasses:])
	}
	for c := nClasses; c < nPoints; c++ {
		p[c] = linear.Logistic(p[c])
	}
}

// trainPoints fits the tables to mails whose sentences were read by models that
// had not seen them: seen has what was pointed at in each.
func (p *Prepared) trainPoints(use []int, of func(int) bool, seen [][]uint32) [2]*linear.Table {
	var kinds, needs []linear.Example
	for _, i := range use {
		if !of(i) {
			continue
		}
		m := &p.mails[i]
		e := linear.Example{Features: hashed(seen[i], fewRows), Class: m.class, Marks: m.marks[:linear.Columns], Weight: m.weight}
		kinds = append(kinds, e)
		if m.marks[0] >= 0 {
			needs = append(needs, e)
		}
	}
	ofKinds, ofNeeds := fitWords, fitNeeds
	ofKinds.Features, ofNeeds.Features = fewRows, fewRows
	return [2]*linear.Table{linear.NewTable(linear.Train(withoutRare(kinds, fewRows), ofKinds)), linear.NewTable(linear.Train(withoutRare(needs, fewRows), ofNeeds))}
}
