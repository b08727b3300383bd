package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/outbox"
	"requestd/store"
)

// Restored says whether a copy was restored, and which letters are held for
// that reason: each may have been sent since the copy was made.
type Restored struct {
	At      *time.Time `json:"at"`    // null if none was, or its letters were released
	Knows   *time.Time `json:"knows"` // when the last mail in the copy was registered
	By      string     `json:"by"`
	Letters []Letter   `json:"letters"`
	// Unread are the mailboxes that were not read to their end since: which
	// letters will be held about their mail is not known yet.
	Unread []string `json:"unread"`
}

func (a *API) restored(r *http.Request) (Restored, error) {
	out := Restored{Letters: []Letter{}, Unread: []string{}}
	err := a.Store.View(func(tx *store.Tx) error {
		if r, ok := outbox.RestoredFrom(tx); ok {
			out.At, out.Knows, out.By = moment(r.At), moment(r.LastMail), r.By
		}
		for l := range outbox.HeldByRestore(tx) {
			out.Letters = append(out.Letters, letter(l))
		}
		return nil
	})
	if err != nil || out.At == nil || a.Status == nil {
		return out, err
	}
	s, err := a.Status(r.Context())
	if err != nil {
		return out, err
	}
	for _, m := range s.Mailboxes {
		if m.LastPoll == nil || m.LastPoll.Before(*out.At) {
			out.Unread = append(out.Unread, m.Name)
		}
	}
	return out, nil
}

// Released is what became of the letters that were held after a restore.
type Released struct {
	Letters []Letter `json:"letters"`
	Kept    []string `json:"kept"` // why the others are not sent: most of them were acknowledged meanwhile
}

// errUnread is why letters are not released: only when the mail that came in
// after the copy was made has been read again is it known which of them may
// have been sent.
var errUnread = errors.New("not read to its end since the copy was put back")

// Release says whether letters are released although mailboxes were not read
// since. That is right if nothing was sent after the copy was made.
type Release struct {
	Unread bool `json:"unread"`
}

func (a *API) release(r *http.Request) (Released, error) {
	out := Released{Letters: []Letter{}, Kept: []string{}}
	in, err := decode[Release](r)
	if err != nil {
		return out, err
	}
	stands, err := a.restored(r)
	if err != nil {
		return out, err
	}
	if len(stands.Unread) > 0 && !in.Unread {
		return out, fmt.Errorf("mailbox %s was %w: start the daemon, wait until requestd restore --list no longer names it, and look at the letters then; "+
			"where nothing was sent since the copy was made, as when the register moved, requestd restore --release --unread", strings.Join(stands.Unread, ", "), errUnread)
	}
	var held []intake.Letter
	err = a.Store.Update(func(tx *store.Tx) error {
		held = held[:0]
		for l := range outbox.HeldByRestore(tx) {
			held = append(held, l)
		}
		return outbox.EndRestoreHold(tx)
	})
	if err != nil {
		return out, err
	}
	for _, l := range held {
		freed, err := a.Engine.Cases.ReleaseLetter(r.Context(), casework.By{Principal: who(r)}, l.ID)
		var refused *casework.Refusal
		switch {
		case errors.As(err, &refused):
			out.Kept = append(out.Kept, err.Error())
		case err != nil:
			return out, err
		default:
			out.Letters = append(out.Letters, letter(freed))
		}
	}
	return out, nil
}
