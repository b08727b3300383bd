package classify

import (
	_ "embed"
	"strings"
)

// conceptList has the words of such mail, English and Welsh, each with what it
// is about: file and ffeil are RECORD, want and isio are WANT. Both languages
// share the concepts, so that what is learned in one helps in the other.
//
//go:embed concepts.tsv
var conceptList string

// concept is the number of what a word is about; 0 is nothing that matters.
type concept uint8

// concepts returns the concept of each folded word.
func concepts() map[string]concept {
	numbers := map[string]concept{}
	words := make(map[string]concept, 10_000)
	for line := range strings.Lines(conceptList) {
		word, names, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if !ok {
			continue
		}
		for name := range strings.SplitSeq(names, ",") {
			if name == "OTHER" || name == "NAME" || name == "FUNC" {
				continue
			}
			if numbers[name] == 0 {
				numbers[name] = concept(len(numbers) + 1)
			}
			if w := foldWord(word); words[w] == 0 {
				words[w] = numbers[name]
			}
			break
		}
	}
	return words
}
