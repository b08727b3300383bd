package store

import (
	"bytes"
	"slices"
)

// least gathers of many keys the first behind one, as many as there is room for.
type least struct {
	after []byte // nil for all
	below []byte // there is no room from here on; nil while there is
	left  bool   // whether there are keys from there on
	bytes []byte // of those gathered, one behind another
	at    []uint64
}

// lengthBits is the room for a key's length beside the place where it begins.
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

// halve makes room by giving up the last half. What stays moves down in the order
// in which it lies.
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
