package simulate

import (
	"slices"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// meanwhile lets others act while a send loop is between two of its
// transactions: at the server, or searching the Sent folder. Somebody holds or
// releases a letter or records something, or mail is read, perhaps a bounce.
// The machine is not killed meanwhile.
func (w *world) meanwhile() {
	if w.dead != "" || w.busy || !w.chance(12) {
		return
	}
	fuse, jump, kills := w.fuse, w.jump, w.kills
	w.fuse, w.jump, w.kills, w.busy = 0, 0, false, true
	defer func() { w.fuse, w.jump, w.kills, w.busy = fuse, jump, kills, false }()
	w.report.Meanwhile++
	switch {
	case w.chance(3):
		w.outbox()
	case w.chance(2):
		w.act()
	default:
		w.drop()
		b := pick(w, w.boxes)
		if err := b.poll(w.ctx); err != nil {
			w.fail("read %s: %v", b.cfg.Name, err)
		}
		w.meet()
	}
}

// heldBack notes that a person held a letter, which must not be sent from now
// on.
func (w *world) heldBack(l intake.Letter) {
	if l.MessageID != "" {
		w.held[l.MessageID] = true
	}
}

// freedAgain notes that a person released a letter.
func (w *world) freedAgain(messageID string) {
	delete(w.held, messageID)
	delete(w.post.refused, messageID)
}

// erasedSince reports whether it may no longer be known what a mail answers.
func (w *world) erasedSince(m *letterIn) bool {
	f := w.cases[reference.FindString(string(m.raw))]
	if f == nil {
		return true
	}
	erased := false
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(f.ref)
		erased = err != nil || c.Erased()
		return nil //nolint:nilerr // a case that is not there is not known
	})
	return erased
}

// withdrawnGoes reports whether the first copy of an acknowledgement is sent
// although its case was withdrawn before.
func (w *world) withdrawnGoes(messageID string) (goes bool) {
	w.view(func(tx *store.Tx) error {
		l, ok := tx.LetterByMessageID(messageID)
		f := w.cases[l.Ref]
		goes = ok && f != nil && l.Purpose == intake.ForAcknowledgement && l.Doubts == 0 && f.withdrawn()
		return nil
	})
	return goes
}

// withdrawn reports whether the whole of a case was withdrawn, and nothing has
// reopened it.
func (f *file) withdrawn() (is bool) {
	for _, x := range f.live() {
		switch x.name {
		case intake.Withdrawn:
			is = is || x.part == ""
		case intake.Reopened, intake.Reclassified, intake.Void:
			is = false
		}
	}
	return is
}

// changeOfMind is a requester who withdraws a request that nobody has
// acknowledged yet, or an officer who finds that it came a day earlier.
func (w *world) changeOfMind() {
	for _, ref := range slices.Backward(w.refs[max(0, len(w.refs)-8):]) {
		if f := w.cases[ref]; len(w.waiting(f)) > 0 {
			in := casework.RecordInput{Event: intake.Withdrawn, Date: max(w.today(), f.received)}
			if w.chance(2) {
				in = casework.RecordInput{Event: intake.ReceivedOn, Date: f.received - 1}
			}
			w.enter(f, in)
			return
		}
	}
}
