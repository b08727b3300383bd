package classify

// MacroF1 returns the mean of the F1 of every class that occurs.
func MacroF1(count [][]int) (mean float64, each []float64) {
	n := 0
	for k := range count {
		tp, fp, fn := count[k][k], 0, 0
		for j := range count {
			if j != k {
				fn += count[k][j]
				fp += count[j][k]
			}
		}
		f := 0.0
		if tp+fn > 0 {
			f = 2 * float64(tp) / float64(2*tp+fp+fn)
			mean += f
			n++
		}
		each = append(each, f)
	}
	return mean / float64(max(1, n)), each
}

// Share returns a fraction of the labelled mail, one in so many, or all mails
// with that fraction of their labelled sentences; and how many mails and
// sentences it has.
func (p *Prepared) Share(one int, ofSentences bool) (part *Prepared, mails, sentences int) {
	part = &Prepared{signals: p.signals}
	for i := range p.apart {
		if i%one == 0 {
			part.apart = append(part.apart, p.apart[i])
		}
	}
	for i := range p.mails {
		m := p.mails[i]
		if i%one != 0 && !ofSentences {
			continue
		}
		if ofSentences && i%one != 0 {
			m.labelled = make([]bool, len(m.labelled))
		}
		for _, is := range m.labelled {
			if is {
				sentences++
			}
		}
		part.mails = append(part.mails, m)
	}
	return part, len(part.mails), sentences + len(part.apart)
}
