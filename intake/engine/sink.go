package engine

import (
	"context"
	"errors"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

var _ mailbox.Sink = (*Engine)(nil)

// Mark returns how far a folder has been taken in.
func (e *Engine) Mark(_ context.Context, name, folder string) (mark mailbox.Mark, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if p, ok := tx.Position(name, folder); ok {
			mark = mailbox.Mark{UIDValidity: p.UIDValidity, Through: p.Through}
		}
		return nil
	})
	return mark, err
}

// Unhandled returns the UIDs for which no arrival was committed. Mail in the
// Sent folder is read once and leaves no arrival.
func (e *Engine) Unhandled(_ context.Context, at mailbox.Folder, seen []mailbox.Seen) (uids []uint32, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		p, _ := tx.Position(at.Mailbox, at.Folder)
		for _, s := range seen {
			if at.Role == mailbox.Sent {
				if p.UIDValidity != at.UIDValidity || s.UID > p.Through {
					uids = append(uids, s.UID)
				}
				continue
			}
			if !e.handled(tx, at, s) {
				uids = append(uids, s.UID)
			}
		}
		return nil
	})
	return uids, err
}

// handled reports whether the mail seen is the one registered for that UID: if
// a server used a UID twice the INTERNALDATE differs.
func (e *Engine) handled(tx *store.Tx, at mailbox.Folder, s mailbox.Seen) bool {
	id, ok := tx.ArrivalAt(intake.MailLocation{Mailbox: at.Mailbox, Folder: at.Folder, UIDValidity: at.UIDValidity, UID: s.UID})
	if !ok {
		return false
	}
	a, err := tx.Arrival(id)
	if err != nil {
		return false
	}
	return s.Received.IsZero() || a.Doubtful || a.Received.Equal(s.Received.UTC())
}

// CountAttempt counts an attempt on one UID.
func (e *Engine) CountAttempt(_ context.Context, at mailbox.Folder, uid uint32) (n int, err error) {
	err = e.update(at.Mailbox, func(tx *store.Tx) error {
		n = tx.CountAttempt(intake.MailLocation{Mailbox: at.Mailbox, Folder: at.Folder, UIDValidity: at.UIDValidity, UID: uid})
		return nil
	})
	return n, err
}

// Renumber forgets the UIDs of a folder. Its mails come again and are
// recognised by what they are.
func (e *Engine) Renumber(_ context.Context, at mailbox.Folder) error {
	e.log.Warn("the server numbered a folder anew: its mails are read once more, and nothing is answered twice",
		"mailbox", at.Mailbox, "folder", at.Folder, "uidvalidity", at.UIDValidity)
	return e.update(at.Mailbox, func(tx *store.Tx) error {
		if err := tx.ResetFolder(at.Mailbox, at.Folder); err != nil {
			return err
		}
		return tx.SetPosition(at.Mailbox, at.Folder, intake.Position{UIDValidity: at.UIDValidity})
	})
}

// ErrElsewhere is returned when another daemon now works on the mailbox.
var ErrElsewhere = errors.New("another daemon watches the mailbox now")

// update records something about mail of a mailbox, if this daemon still may.
func (e *Engine) update(name string, f func(*store.Tx) error) error {
	return e.store.Update(func(tx *store.Tx) error {
		if err := e.may(tx, name); err != nil {
			return err
		}
		return f(tx)
	})
}

func (e *Engine) may(tx *store.Tx, name string) error {
	if e.StillOurs != nil && !e.StillOurs(tx, name) {
		return ErrElsewhere
	}
	return nil
}
