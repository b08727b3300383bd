package crash

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"requestd/intake"
	"requestd/store"
)

// check checks the whole store as the kill left it, before anything has
// repaired it.
func (r *run) check() {
	if r.url != "" {
		r.checkDatabase()
		return
	}
	findings, err := store.VerifyFile(r.ctx, r.store, nil)
	r.tally.Checks++
	if err != nil {
		if r.tally.Cases == 0 && len(r.mails) < 20 && strings.Contains(err.Error(), "no such file") {
			return // killed before it had created its store
		}
		r.violate("the store cannot be checked: %v", err)
		return
	}
	for _, f := range findings {
		r.violate("the store: %s", f)
	}
	r.look(func(tx *store.Tx) { r.once(tx) })
}

// openWithin is how long opening the register may take: the machine may be
// busy.
const openWithin = 5 * time.Minute

func (r *run) open() (*store.DB, error) {
	return r.patiently(func() (*store.DB, error) {
		if r.url != "" {
			return store.OpenURL(r.url, "", false, store.Options{ReadOnly: true})
		}
		return store.Open(r.store, store.Options{ReadOnly: true})
	})
}

// patiently opens a register. Where its database did not answer in time or
// another process held its file, it says so and tries again.
func (r *run) patiently(open func() (*store.DB, error)) (*store.DB, error) {
	for begun := time.Now(); ; {
		db, err := open()
		if !errors.Is(err, store.ErrUnreachable) && !errors.Is(err, store.ErrLocked) {
			return db, err
		}
		if took := time.Since(begun); took >= openWithin {
			return nil, fmt.Errorf("given up after %s: %w", took.Round(time.Second), err)
		}
		r.Say("the register cannot be opened yet, which is tried again: %v", err)
		select {
		case <-time.After(time.Second):
		case <-r.ctx.Done():
			return nil, errors.Join(err, r.ctx.Err())
		}
	}
}

// checkDatabase is check for a database, which daemons may be using.
func (r *run) checkDatabase() {
	db, err := r.open()
	r.must("open the register", err)
	findings, err := db.Verify(r.ctx, nil)
	r.must("verify the register", errors.Join(err, db.Close()))
	r.tally.Checks++
	for _, f := range findings {
		r.violate("the register: %s", f)
	}
	r.look(func(tx *store.Tx) { r.once(tx) })
}

func (r *run) look(f func(*store.Tx)) {
	db, err := r.open()
	r.must("open the store", err)
	r.must("read the store", db.View(func(tx *store.Tx) error { f(tx); return nil }))
	r.must("close the store", db.Close())
}

// once checks that no mail has two cases and no case two acknowledgements.
func (r *run) once(tx *store.Tx) {
	cases := map[string]string{}
	for a := range tx.Arrivals(store.ArrivalFilter{}) {
		if ref, ok := cases[a.MessageID]; ok && ref != a.Ref {
			r.violate("mail %s is in case %s and in case %s", a.MessageID, ref, a.Ref)
		}
		if cases[a.MessageID] = a.Ref; a.Ref == "" {
			r.violate("mail %s has no case; it was decided %s", a.MessageID, a.Decision)
		}
	}
	n := 0
	acks := map[string]int{}
	for l := range tx.Letters(store.LetterFilter{Purpose: intake.ForAcknowledgement}) {
		if acks[l.Ref]++; acks[l.Ref] > 1 {
			r.violate("case %s has two acknowledgements", l.Ref)
		}
		if l.State == intake.LetterSending {
			n++
		}
	}
	if n > 0 {
		r.tally.Sending++
	}
	r.tally.Cases = len(acks)
}

// whereabouts says where a mail is and what the register has about it.
func (r *run) whereabouts(m sent) string {
	said := fmt.Sprintf("it was put into %s as UID %d (copied: %t)", m.box, m.uid, m.copied)
	for _, b := range r.boxes {
		for _, is := range r.servers.Messages(b.Name, "INBOX") {
			if bytes.Contains(is.Raw, []byte("<"+m.id+">")) {
				said += fmt.Sprintf("; it lies in %s as UID %d", b.Name, is.UID)
			}
		}
	}
	r.look(func(tx *store.Tx) {
		mark, _ := tx.Position(m.box, "INBOX")
		said += fmt.Sprintf("; the register has read up to %d", mark.Through)
		for a := range tx.Arrivals(store.ArrivalFilter{}) {
			if a.MessageID == m.id || a.MailLocation.Mailbox == m.box && a.MailLocation.UID == m.uid {
				said += fmt.Sprintf("; message %d is %+v, %s, %s", a.ID, a.MailLocation, a.Decision, a.MessageID)
			}
		}
	})
	return said
}

// idle reports whether nothing waits to be sent or checked.
func (r *run) idle() bool {
	idle := true
	r.look(func(tx *store.Tx) { _, waits := tx.NextLetter(); idle = !waits })
	if !idle {
		select {
		case <-time.After(500 * time.Millisecond): // a letter in doubt has to wait a while
		case <-r.ctx.Done():
		}
	}
	return idle
}

// delivered compares what reached the requesters with what they asked: nobody
// has two different acknowledgements, and nobody has one more than twice. With
// all, everybody must have one.
func (r *run) delivered(all bool) {
	type got struct {
		id     string
		raw    []byte
		copies int
	}
	by := map[string]*got{}
	r.tally.Acks, r.tally.Repeats = 0, 0
	for _, d := range r.servers.Deliveries() {
		if d.To == "" || strings.HasSuffix(d.To, "@staff.example.org") {
			continue
		}
		g := by[d.To]
		if g == nil {
			by[d.To] = &got{d.MessageID(), d.Raw, 1}
			r.tally.Acks++
			continue
		}
		r.tally.Repeats++
		if g.copies++; g.copies > 2 || !bytes.Equal(g.raw, d.Raw) {
			r.violate("%s has copy %d of %s, and it is %s", d.To, g.copies, g.id, d.MessageID())
		}
	}
	if !all {
		return
	}
	held := r.doubts()
	for _, m := range r.mails {
		if by[m.from] == nil && !held[m.from] {
			r.violate("%s was never acknowledged: %s", m.from, r.whereabouts(m))
		}
	}
	if r.tally.Cases != len(r.mails) {
		r.violate("%d mails gave %d cases", len(r.mails), r.tally.Cases)
	}
}

// doubts checks that whoever got a letter twice got it after doubt. It returns
// the addresses whose letter was in doubt twice: a person decides about those.
func (r *run) doubts() map[string]bool {
	held := map[string]bool{}
	r.look(func(tx *store.Tx) {
		doubted := 0
		for l := range tx.Letters(store.LetterFilter{Purpose: intake.ForAcknowledgement}) {
			if l.State == intake.LetterHeld && l.Doubts == 2 {
				held[l.To] = true
			} else if l.State != intake.LetterSent {
				r.violate("the acknowledgement of %s is %s: %s", l.Ref, l.State, l.Response)
			}
			if l.Doubts > 0 {
				doubted++
			}
		}
		if r.tally.Repeats > doubted {
			r.violate("%d letters came twice, and only %d were in doubt", r.tally.Repeats, doubted)
		}
	})
	r.tally.Held = len(held)
	return held
}
