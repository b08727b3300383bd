package store

import (
	"bytes"
	"iter"
	"time"

	"requestd/intake"
)

// The keys in the index of letters that wait for their time begin with order
// and mailbox. So each such queue is sorted by time, and found without looking
// at the others.
const queueSize = 1 + boxSize // order, hash of the mailbox

func queueKey(order intake.Order, mailbox string) []byte {
	return append([]byte{byte(order)}, boxHash(mailbox)...)
}

func nextKey(l *intake.Letter) []byte {
	return append(queueKey(l.Rank(), l.Mailbox), timeKey(l.Next, idKey(l.ID))...)
}

// nextTime returns the time in such a key.
func nextTime(k []byte) time.Time { return keyTime(k[min(queueSize, len(k)):]) }

// queues iterates over the existing beginnings of keys.
func (tx *Tx) queues() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for start := []byte{}; start != nil; {
			k := tx.first(bNext, start)
			if len(k) < queueSize {
				return
			}
			q := append([]byte{}, k[:queueSize]...)
			start = after(q)
			if !yield(q) {
				return
			}
		}
	}
}

// after returns the first key after all that begin with prefix; nil for none.
func after(prefix []byte) []byte {
	next := append([]byte{}, prefix...)
	for i := len(next) - 1; i >= 0; i-- {
		if next[i]++; next[i] != 0 {
			return next[:i+1]
		}
	}
	return nil
}

// queuesOf iterates over the beginnings of keys of a mailbox's letters, in the
// order in which they are sent.
func (tx *Tx) queuesOf(mailbox string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		tx.PrefetchNext(mailbox)
		for order := intake.ByPurpose; order <= intake.OrderStaff && yield(queueKey(order, mailbox)); order++ {
		}
	}
}

// PrefetchNext announces that the next letter of a mailbox will be looked for.
func (tx *Tx) PrefetchNext(mailbox string) {
	for order := intake.ByPurpose; order <= intake.OrderStaff; order++ {
		tx.t.PrefetchFrom(bNext, queueKey(order, mailbox))
	}
}

// dueIn iterates over the numbers of the letters of a queue whose time has
// come, the earliest first.
func (tx *Tx) dueIn(queue []byte, now time.Time) iter.Seq[uint64] {
	due := func(k []byte) bool { return hasPrefix(queue)(k) && !nextTime(k).After(now) }
	return each(tx.from(bNext, queue, due), func(k, _ []byte) uint64 { return keyID(k) })
}

// NextDue returns, with its bytes, the letter of a mailbox that is next among
// those whose time has come: by its order, and within that the earliest. It
// leaves out letters for which skip returns true; a nil skip leaves out none.
func (tx *Tx) NextDue(now time.Time, mailbox string, skip func(*intake.Letter) bool) (intake.Letter, bool) {
	for q := range tx.queuesOf(mailbox) {
		for id := range tx.dueIn(q, now) {
			l, _, err := tx.letterAt(id)
			if err != nil {
				tx.passes(err)
				continue
			}
			if l.Mailbox != mailbox || skip != nil && skip(&l) {
				continue
			}
			l, err = tx.Letter(id)
			tx.fail(err)
			return l, err == nil
		}
	}
	return intake.Letter{}, false
}

// DueMailboxes returns a function that reports whether a letter of a mailbox is
// to be sent or looked for now. It reads only the beginnings of queues.
func (tx *Tx) DueMailboxes(now time.Time) func(mailbox string) bool {
	due := map[string]bool{}
	for q := range tx.queues() {
		if k := tx.first(bNext, q); k != nil && !nextTime(k).After(now) {
			due[string(q[1:])] = true
		}
	}
	return func(mailbox string) bool { return due[string(queueKey(0, mailbox)[1:])] }
}

// NextLetter returns when the next letter of all is to be sent or looked for.
func (tx *Tx) NextLetter() (next time.Time, ok bool) { return tx.nextLetter(tx.queues()) }

// NextLetterOf returns the same for the letters of one mailbox.
func (tx *Tx) NextLetterOf(mailbox string) (next time.Time, ok bool) {
	return tx.nextLetter(tx.queuesOf(mailbox))
}

func (tx *Tx) nextLetter(queues iter.Seq[[]byte]) (next time.Time, ok bool) {
	for q := range queues {
		for k := range tx.from(bNext, q, hasPrefix(q)) {
			if tx.lost(letterRecord(keyID(k))) {
				continue
			}
			if at := nextTime(k); !ok || at.Before(next) {
				next, ok = at, true
			}
			break
		}
	}
	return next, ok
}

// LettersAfter iterates over the letters of a mailbox that are to be sent or
// looked for after t, without their bytes.
func (tx *Tx) LettersAfter(t time.Time, mailbox string) iter.Seq[intake.Letter] {
	return func(yield func(intake.Letter) bool) {
		for q := range tx.queuesOf(mailbox) {
			for k := range tx.from(bNext, append(bytes.Clone(q), timeKey(t, nil)...), hasPrefix(q)) {
				if !nextTime(k).After(t) {
					continue
				}
				l, err := tx.letter(keyID(k))
				if err != nil {
					tx.passes(err)
					continue
				}
				if l.Mailbox == mailbox && !yield(l) {
					return
				}
			}
		}
	}
}

// resortNext sorts the index of schema 1, which was sorted by time alone, into
// today's order.
func (tx *Tx) resortNext() error {
	for k := range tx.from(bNext, nil, all) {
		tx.remove(bNext, k)
	}
	for l := range tx.Letters(LetterFilter{Unsent: true}) {
		if timed(l.State) {
			tx.put(bNext, nextKey(&l), none)
		}
	}
	return tx.err
}
