package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"requestd/intake"
	"requestd/intake/health"
	"requestd/store"
)

// Facts about the state of the daemon, some of them by mailbox.
const (
	lastPrefix   = "last/"
	backupKey    = "backup"
	retentionKey = "retention"
)

// LastContact says when the servers of a mailbox were last used successfully.
type LastContact struct {
	Poll       time.Time   `json:"poll,omitzero"`
	Send       time.Time   `json:"send,omitzero"`
	IMAPEnds   time.Time   `json:"imap_ends,omitzero"` // of the certificate last seen
	SMTPEnds   time.Time   `json:"smtp_ends,omitzero"`
	Connection *Connection `json:"seen,omitempty"`
}

// Connection is the state of a mailbox's servers as seen by the daemon that
// works on the mailbox, for other daemons that share the work.
type Connection struct {
	Host        string    `json:"host"`
	Since       time.Time `json:"since"` // when it began
	Connected   bool      `json:"connected,omitempty"`
	Trouble     string    `json:"trouble,omitempty"`
	NextTry     time.Time `json:"next_try,omitzero"`
	Server      string    `json:"server,omitempty"`
	SendTrouble string    `json:"send_trouble,omitempty"`
	SendPaused  time.Time `json:"send_paused,omitzero"`
	Aside       []uint64  `json:"aside,omitempty"`
	Breaker     bool      `json:"breaker,omitempty"`
}

// KeepLastContact records when the servers of mailboxes were last used, for a
// daemon that starts later, for daemons on other machines, and for a status
// without a daemon.
func (rg *Register) KeepLastContact(last map[string]LastContact) error {
	err := rg.store.Update(func(tx *store.Tx) error {
		for name, l := range last {
			if err := tx.SetFact(lastPrefix+name, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record when mailboxes were last read: %w", err)
	}
	return nil
}

// LastContactOf is what KeepLastContact recorded of a mailbox.
func LastContactOf(tx *store.Tx, mailbox string) LastContact {
	l, _ := store.Fact[LastContact](tx, lastPrefix+mailbox)
	return l
}

// LastContacts returns what KeepLastContact recorded of every configured
// mailbox.
func (rg *Register) LastContacts() (map[string]LastContact, error) {
	last := map[string]LastContact{}
	err := rg.store.View(func(tx *store.Tx) error {
		for _, box := range rg.cases.Settings().Mailboxes {
			last[box.Name] = LastContactOf(tx, box.Name)
		}
		return nil
	})
	return last, err
}

// BackedUp records that a copy of the register was made.
func (rg *Register) BackedUp() error {
	err := rg.store.Update(func(tx *store.Tx) error { return tx.SetFact(backupKey, tx.Now()) })
	if err != nil {
		return fmt.Errorf("record the backup: %w", err)
	}
	return nil
}

// Retention is what was last found to be kept for its period.
func Retention(tx *store.Tx) health.Retention {
	r, _ := store.Fact[health.Retention](tx, retentionKey)
	return r
}

// KeepRetention records what was found to be past its retention period.
func KeepRetention(tx *store.Tx, r health.Retention) error { return tx.SetFact(retentionKey, r) }

// Standing returns the part of the status that follows from the register alone.
// Its cost depends on the numbers of open cases and of unsent letters.
func (rg *Register) Standing(_ context.Context) (s health.Register, oldest map[string]time.Time, err error) {
	oldest = map[string]time.Time{}
	err = rg.store.View(func(tx *store.Tx) error {
		s = health.Register{}
		staff := &staffMail{rg: rg, tx: tx}
		if s.Letters.StaffFailed, err = staff.returned(); err != nil {
			return err
		}
		for l := range tx.Letters(store.LetterFilter{Unsent: true}) {
			countLetter(&s.Letters, &l, staff)
			if at := unsentSince(&l, tx.Now()); !at.IsZero() {
				oldest[l.Mailbox] = earlier(oldest[l.Mailbox], at)
			}
		}
		for _, at := range oldest {
			s.OldestUnsent = earliest(s.OldestUnsent, at)
		}
		if s.Cases, err = rg.census(tx); err != nil {
			return err
		}
		if backup, ok := store.Fact[time.Time](tx, backupKey); ok {
			s.Backup = &backup
		}
		if texts := rg.cases.Rules().Letters; texts != nil {
			s.Welsh, _ = rg.cases.Settings().Welsh.Wanting(texts.WelshTexts())
		}
		s.Retention = Retention(tx)
		return nil
	})
	if err != nil {
		return s, nil, fmt.Errorf("look how the register stands: %w", err)
	}
	return s, oldest, nil
}

func countLetter(n *health.Letters, l *intake.Letter, staff *staffMail) {
	switch l.State {
	case intake.LetterWaiting:
		n.Waiting++
	case intake.LetterSending:
		n.Sending++
	case intake.LetterInDoubt:
		n.InDoubt++
	case intake.LetterHeld:
		n.Held++
	case intake.LetterFailed:
		if l.Stopped() {
			return // no server refused it
		}
		n.Failed++
		if staff.refused(l) {
			n.StaffFailed++
		}
	}
}

// unsentSince returns since when a letter should have been sent: when it was
// written, or the time before which it was not to be sent. A letter that waits
// for a person, or is in doubt, is not late.
func unsentSince(l *intake.Letter, now time.Time) time.Time {
	switch {
	case l.State != intake.LetterWaiting && l.State != intake.LetterSending:
		return time.Time{}
	case l.Attempts > 0:
		return l.Created
	case l.Next.After(now):
		return time.Time{}
	case l.Next.After(l.Created):
		return l.Next
	}
	return l.Created
}

func (rg *Register) countCases(tx *store.Tx, n *health.Cases) error {
	for _, d := range rg.open(tx) {
		if !d.IsOpen() {
			continue // the Commissioner waits for us
		}
		switch d.State {
		case intake.StateTriage:
			n.Triage++
			n.OldestTriage = earliest(n.OldestTriage, d.Opened)
			if d.first == 0 {
				break
			}
			a, err := tx.Arrival(d.first)
			if errors.Is(err, store.ErrUnreadable) {
				break
			}
			if err != nil {
				return err
			}
			if a.Decision == intake.DidUnreadable {
				n.Unreadable++
			}
		case intake.StateWaiting:
			n.Waiting++
		default:
			n.Open++
		}
		if d.Overdue {
			n.Overdue++
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func earliest(a *time.Time, b time.Time) *time.Time {
	if a != nil && !b.Before(*a) {
		return a
	}
	return &b
}
