package doctext

// Budget is what reading all documents of one mail may cost. Whatever a
// document uses again and again, the same stream, the same page, the same
// table, is paid for each time, so that no file can cost more, however it is
// made.
type Budget struct {
	scan  int // bytes that may still be looked at
	keep  int // bytes that may still be kept in memory
	visit int // values, elements and pages that may still be read
}

// NewBudget returns the budget for one mail: about a second of work and at most
// about 150 MB. Ordinary letters take a hundredth of it.
func NewBudget() *Budget {
	return &Budget{scan: 64 << 20, keep: 32 << 20, visit: 1_000_000}
}

// scanned pays for n bytes looked at and reports whether anything is left.
func (b *Budget) scanned(n int) bool {
	b.scan -= n
	return !b.spent()
}

// kept pays for n bytes kept.
func (b *Budget) kept(n int) bool {
	b.keep -= n
	return !b.spent()
}

// visited pays for one value.
func (b *Budget) visited() bool {
	b.visit--
	return !b.spent()
}

func (b *Budget) spent() bool { return b.scan < 0 || b.keep < 0 || b.visit < 0 }
