package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// TakeIn takes in a batch of mails from one folder. It first reads those that
// Read has not read; then one transaction records arrivals, cases, letters and
// mail to staff. After the commit it logs the mails and wakes the send loops.
func (e *Engine) TakeIn(ctx context.Context, at mailbox.Folder, batch []mailbox.Fetched, through uint32) error {
	items, err := e.readAll(at, batch)
	if err != nil {
		return err
	}
	taken, err := e.commit(at, items, through)
	if mailsFault(err) && len(items) > 0 && ctx.Err() == nil {
		taken, err = e.commitEach(at, items, through)
	}
	if err != nil {
		return fmt.Errorf("register mail of %s/%s: %w", at.Mailbox, at.Folder, err)
	}
	for _, o := range taken {
		e.taken.count(o.decision)
		e.log.Info("mail taken in", "mailbox", at.Mailbox, "folder", at.Folder, "uid", o.uid,
			"message", o.id, "decision", string(o.decision), "kind", string(o.kind), "ref", o.ref)
	}
	e.Cases.WakeSenders()
	return nil
}

// commit registers mails in one transaction, which also records that everything
// up to through is handled.
func (e *Engine) commit(at mailbox.Folder, items []*item, through uint32) (taken []outcome, err error) {
	err = e.store.Update(func(tx *store.Tx) error {
		taken = taken[:0]
		e.coming(tx, items)
		if err := e.may(tx, at.Mailbox); err != nil {
			return err
		}
		for i := range items {
			o, err := e.takeSafely(tx, items[i])
			if err != nil {
				return fmt.Errorf("mail with UID %d: %w", items[i].place.UID, err)
			}
			taken = append(taken, o)
		}
		if p, _ := tx.Position(at.Mailbox, at.Folder); p.UIDValidity == at.UIDValidity && p.Through >= through {
			return nil
		}
		return tx.SetPosition(at.Mailbox, at.Folder, intake.Position{UIDValidity: at.UIDValidity, Through: through})
	})
	return taken, err
}

// coming reads at once what will be looked up about each of these mails.
func (e *Engine) coming(tx *store.Tx, items []*item) {
	for _, it := range items {
		if it.Message == nil {
			continue
		}
		m := it.Message
		tx.PrefetchMail(m.MessageID, m.Fingerprint[:], m.Author().Addr, e.Cases.Rules().Box(it.place.Mailbox).Reference)
	}
	for _, it := range items {
		tx.PrefetchPlace(it.place)
	}
}

// commitEach registers the mails of a failed batch one by one, so that a mail
// which cannot be registered as it was read stops no other: it becomes a case
// for a person instead. If even that fails, it is the register's fault and not
// the mail's, and is tried again later.
func (e *Engine) commitEach(at mailbox.Folder, items []*item, through uint32) (taken []outcome, err error) {
	for i, it := range items {
		mark := it.place.UID
		if i == len(items)-1 {
			mark = through
		}
		o, err := e.commit(at, items[i:i+1], mark)
		if mailsFault(err) {
			e.log.Error("a mail could not be registered as it was read and becomes a case for a person",
				"mailbox", at.Mailbox, "folder", at.Folder, "uid", it.place.UID, "error", err)
			it.Unreadable, it.Thread = "it could not be registered as it was read", intake.Thread{}
			e.classify(it)
			o, err = e.commit(at, items[i:i+1], mark)
		}
		if mailsFault(err) { // what was read of it is the trouble: its place and date are left
			it.Message, it.Kept = &intake.Message{}, nil
			o, err = e.commit(at, items[i:i+1], mark)
		}
		if err != nil {
			return taken, err
		}
		taken = append(taken, o...)
	}
	return taken, nil
}

// mailsFault reports whether an error may come of the mail itself: the disk, the
// way to a database and another daemon are no mail's fault.
func mailsFault(err error) bool {
	return err != nil && !store.DiskFault(err) && !errors.Is(err, ErrElsewhere)
}

// takeSafely is take, where a defect of the program over one mail is that
// mail's error and not the end of the daemon.
func (e *Engine) takeSafely(tx *store.Tx, it *item) (o outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a defect of the program: %v\n%s", p, debug.Stack())
		}
	}()
	return e.take(tx, it)
}
