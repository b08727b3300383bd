package postgres

import (
	"iter"
	"slices"
	"sort"
)

func (x *tx) First(name, start []byte) []byte {
	for k := range x.From(name, start, func([]byte) bool { return true }) {
		return k
	}
	return nil
}

func (x *tx) From(name, start []byte, belongs func([]byte) bool) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		t, next, size := x.table(name), string(start), firstPage
		var p page
		i := 0
		s := span{start: next, end: next}
		defer func() { t.walked(s) }()
		for x.err == nil {
			x.settle(name)
			for ; i < len(p.keys) && p.keys[i] < next; i++ {
			}
			if i == len(p.keys) && !(p.last && p.start <= next) {
				var ok bool
				from := next
				if len(p.keys) > 0 {
					from = max(p.end, next)
				}
				if p, ok = x.readPage(name, from, size); !ok {
					return
				}
				size = min(8*size, fullPage)
				i = sort.SearchStrings(p.keys, from)
				if i == len(p.keys) && !p.last {
					continue
				}
			}
			var key string
			var value []byte
			stored := i < len(p.keys)
			if stored {
				key = p.keys[i]
			}
			if w := sort.SearchStrings(t.order, next); w < len(t.order) && (!stored || t.order[w] <= key) {
				key = t.order[w]
				value = t.written[key]
			} else if !stored {
				s.open = true
				return
			} else {
				value = p.entries[i].value
			}
			if value != nil && !belongs([]byte(key)) {
				s.end = key
				return
			}
			if stored && p.keys[i] == key {
				s.versions = append(s.versions, p.entries[i].version)
			}
			next = key + "\x00"
			s.end = next
			if value != nil && !yield([]byte(key), value) { // nil means deleted
				return
			}
		}
	}
}

func (x *tx) Back(name, before []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		t, end, open := x.table(name), string(before), before == nil
		s := span{start: end, end: end, open: open}
		defer func() {
			slices.Reverse(s.versions)
			t.walked(s)
		}()
		for size := firstPage; ; size = min(8*size, fullPage) {
			p, ok := x.readBack(name, end, open, size)
			for i := 0; ok; {
				x.settle(name)
				for i < len(p.keys) && !open && p.keys[i] >= end {
					i++
				}
				w := len(t.order)
				if !open {
					w = sort.SearchStrings(t.order, end)
				}
				stored := i < len(p.keys)
				if !stored && len(p.keys) == size {
					break // more of them come before the next written key
				}
				var value []byte
				switch {
				case w > 0 && (!stored || t.order[w-1] >= p.keys[i]):
					end = t.order[w-1]
					value = t.written[end]
				case stored:
					end, value = p.keys[i], p.entries[i].value
				default:
					s.start = ""
					return
				}
				if stored && p.keys[i] == end {
					s.versions = append(s.versions, p.entries[i].version)
				}
				s.start, open = end, false
				if value != nil && !yield([]byte(end), value) {
					return
				}
			}
			if !ok {
				return
			}
		}
	}
}
