package store

// sums counts what was found in each index on the way from the records to it.
// An index with no more entries than that holds none that points elsewhere, and
// need not be checked entry by entry.
type sums struct {
	places, twins, threads, keys int     // numbers under a key
	due, wake, people, next      int     // keys
	found, states                int     // the same
	listed                       int     // messages that their case lists
	erasedMessages               numbers // in twins under a hash that can no longer be computed
	erasedLetters                numbers // the same in keys
}

// numbers is a set of numbers that were assigned one after another.
type numbers []uint64

// add ignores a number far beyond the last: a damaged one must not allocate
// memory of its size.
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

// inIndex is want for something that must be in an index, and counts it there.
func (v *verifier) inIndex(sum *int, ok bool, where, format string, args ...any) {
	v.want(ok, where, format, args...)
	if ok {
		*sum++
	}
}
