package store

// sums counts what was found in each index on the way from the records to it.
// An index in which there is no more than that holds nothing that points
// elsewhere, and need not be looked at entry by entry.
type sums struct {
	places, twins, threads, keys int     // numbers under a key
	due, wake, people, next      int     // keys
	found, states                int     // the same
	listed                       int     // messages that their case lists
	erasedMessages               numbers // in twins under a hash that cannot be computed any more
	erasedLetters                numbers // the same in keys
}

// numbers is a set of those that were given one after another.
type numbers []uint64

// add leaves out a number far beyond the last: a damaged one must not cost
// its size in memory.
func (s *numbers) add(n uint64) {
	word := n / 64
	if word > uint64(len(*s))+1<<10 {
		return
	}
	for uint64(len(*s)) <= word {
		*s = append(*s, 0)
	}
	(*s)[word] |= 1 << (n % 64)
}

func (s numbers) has(n uint64) bool { return n/64 < uint64(len(s)) && s[n/64]&(1<<(n%64)) != 0 }

// inIndex is want for what must be in an index, and counts it there.
func (v *verifier) inIndex(sum *int, ok bool, where, format string, args ...any) {
	v.want(ok, where, format, args...)
	if ok {
		*sum++
	}
}
