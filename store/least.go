package store

import (
	"bytes"
	"slices"
)

// least gathers the first keys after a given one, out of many in any order, as
// many as there is room for.
type least struct {
	after []byte // nil if there is no given key
	below []byte // there is no room for keys from here on; nil while there is
	left  bool   // whether there are keys from below on
	bytes []byte // the gathered keys, one after another
	at    []uint64
}

// lengthBits is how many bits hold a key's length, next to its position in
// bytes.
const lengthBits = 20

func newLeast(after []byte, room int) *least {
	return &least{after: after, bytes: make([]byte, 0, room)}
}

func (l *least) key(at uint64) []byte {
	from := at >> lengthBits
	return l.bytes[from : from+at&(1<<lengthBits-1)]
}

func (l *least) add(k []byte) {
	switch {
	case l.after != nil && bytes.Compare(k, l.after) <= 0:
		return
	case l.below != nil && bytes.Compare(k, l.below) >= 0:
		l.left = true
		return
	}
	if len(l.bytes)+len(k) > cap(l.bytes) && len(l.at) > 1 {
		if l.halve(); bytes.Compare(k, l.below) >= 0 {
			return
		}
	}
	l.at = append(l.at, uint64(len(l.bytes))<<lengthBits|uint64(len(k)))
	l.bytes = append(l.bytes, k...)
}

// halve makes room by dropping the greater half of the keys. The bytes of the
// others move down, in the order in which they lie.
func (l *least) halve() {
	l.sort()
	keep := len(l.at) / 2
	l.below, l.left = bytes.Clone(l.key(l.at[keep])), true
	l.at = l.at[:keep]
	slices.Sort(l.at)
	end := 0
	for i, at := range l.at {
		n := copy(l.bytes[end:], l.key(at))
		l.at[i] = uint64(end)<<lengthBits | uint64(n)
		end += n
	}
	l.bytes = l.bytes[:end]
}

// sort puts the keys in order.
func (l *least) sort() {
	slices.SortFunc(l.at, func(a, b uint64) int { return bytes.Compare(l.key(a), l.key(b)) })
}
