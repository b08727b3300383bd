package admin

import (
	"errors"
	"net/http"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/outbox"
	"requestd/store"
)

// Restored tells of a copy that was put back, and which letters are held for
// it: each may have gone since the copy was made.
type Restored struct {
	At      *time.Time `json:"at"`    // null where none was, or its letters were let go
	Knows   *time.Time `json:"knows"` // when the last mail in the copy was registered
	By      string     `json:"by"`
	Letters []Letter   `json:"letters"`
}

func (a *API) restored(*http.Request) (Restored, error) {
	out := Restored{Letters: []Letter{}}
	err := a.Store.View(func(tx *store.Tx) error {
		if r, ok := outbox.RestoredFrom(tx); ok {
			out.At, out.Knows, out.By = moment(r.At), moment(r.Knows), r.By
		}
		for l := range outbox.HeldByRestore(tx) {
			out.Letters = append(out.Letters, letter(l))
		}
		return nil
	})
	return out, err
}

// Released is what became of the letters that were held for a restore.
type Released struct {
	Letters []Letter `json:"letters"`
	Kept    []string `json:"kept"` // why the others do not go: most of them were acknowledged meanwhile
}

func (a *API) release(r *http.Request) (Released, error) {
	out := Released{Letters: []Letter{}, Kept: []string{}}
	var held []intake.Letter
	err := a.Store.Update(func(tx *store.Tx) error {
		held = held[:0]
		for l := range outbox.HeldByRestore(tx) {
			held = append(held, l)
		}
		return outbox.Release(tx)
	})
	if err != nil {
		return out, err
	}
	for _, l := range held {
		freed, err := a.Engine.Cases.RetryLetter(r.Context(), casework.By{Principal: who(r)}, l.ID)
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
