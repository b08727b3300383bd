package classify

import (
	"strings"
	"unicode/utf8"
)

// align returns what each sentence of a text does, by the labels of its mail,
// or -1. The labelled sentences were divided in another way, so letters are
// compared: a sentence does what most of its letters do, and a part that asks
// counts for more than the narrative around it.
func align(t *text, labels []LabelledSentence) []int {
	var all strings.Builder
	var does []int8
	for _, l := range labels {
		subject, ok := cutSubject(l.Text)
		if !ok {
			subject = l.Text
		}
		letters := lettersOf(subject)
		all.WriteString(letters)
		for range len(letters) {
			does = append(does, int8(speechOf(l.Letter)))
		}
	}
	list := make([]int, len(t.sents))
	at := 0
	for i := range t.sents {
		list[i] = -1
		st := &t.sents[i]
		own := lettersOf(t.raw[t.toks[st.from].start:t.toks[st.to-1].end])
		if own == "" {
			continue
		}
		begin := own[:min(len(own), 60)]
		within := all.String()[at:]
		if len(begin) < 6 {
			within = within[:min(len(within), 200)]
		}
		k := strings.Index(within, begin)
		if k < 0 {
			continue
		}
		from := at + k
		to := min(from+len(own), len(does))
		var count [nSpeech]int
		for _, d := range does[from:to] {
			count[d]++
		}
		best := tells
		for d := range nSpeech {
			if d != tells && count[d] > count[best] || best == tells && d != tells && count[d]*5 >= 2*(to-from) {
				best = d
			}
		}
		list[i] = int(best)
		at = from + len(begin)
	}
	return list
}

// lettersOf folds a text and keeps only its letters and figures.
func lettersOf(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if f := foldRune(r); f > 0 {
			b = utf8.AppendRune(b, f)
		}
	}
	return string(b)
}

func cutSubject(s string) (string, bool) { return strings.CutPrefix(s, "SUBJ ") }

func speechOf(letter byte) int { return max(0, strings.IndexByte(SpeechLetters, letter)) }
