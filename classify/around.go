package classify

// maxAround is the most facts that can be known about a mail's surroundings.
const maxAround = 24

// aroundFacts returns what is known besides the words, in fixed order: first,
// what the mail answers.
func (x *mailContext) aroundFacts() [maxAround]bool {
	return [maxAround]bool{
		x.letter.answer, x.letter.clarify, x.letter.identity, x.letter.ack, x.letter.ours, x.reply,
		x.letter.personal, x.letter.general, x.casework, x.refSubject, x.refText, x.known,
		x.papers, x.letters, x.attached, x.named, x.staff, x.site,
		x.role != "", x.words < 12, x.words < 40, x.words > 250, x.thread != "", x.quoted != "",
	}
}

// aroundNumbers lists the facts that hold.
func (x *mailContext) aroundNumbers() []int {
	if x.numbers == nil {
		x.numbers = []int{}
		for i, is := range x.aroundFacts() {
			if is {
				x.numbers = append(x.numbers, i)
			}
		}
	}
	return x.numbers
}

// around appends the facts that hold to the things seen.
func (x *mailContext) around(list []uint32) []uint32 {
	for _, i := range x.aroundNumbers() {
		list = append(list, mix(seenAround, uint32(i)))
	}
	return list
}
