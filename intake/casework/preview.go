package casework

import (
	"context"
	"errors"

	"requestd/intake"
	"requestd/store"
)

// Previewed is what Do would change.
type Previewed struct {
	Change
	// Letters are the letters to the requester that Do would write, rewrite,
	// release or stop, with their bytes if they have any.
	Letters []intake.Letter
}

var errPreviewed = errors.New("this was a preview")

// Preview reports what Do would do, without doing it. It refuses whenever Do
// would.
func (cs *Cases) Preview(_ context.Context, by By, ref string, act Act) (*Previewed, error) {
	var p *Previewed
	err := cs.store.Update(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		before := map[uint64]intake.Letter{}
		for _, l := range tx.LettersOf(c.Ref) {
			before[l.ID] = l
		}
		ch, err := cs.DoIn(tx, by, c, act)
		if err != nil {
			return err
		}
		p = &Previewed{Change: *ch}
		for _, l := range tx.LettersOf(c.Ref) {
			was, known := before[l.ID]
			if !l.Purpose.Outside() || known && was.State == l.State && string(was.Hash) == string(l.Hash) {
				continue
			}
			if l, err = tx.Letter(l.ID); err != nil {
				return err
			}
			p.Letters = append(p.Letters, l)
		}
		return errPreviewed
	})
	if err != errPreviewed { //nolint:errorlint // joined with another it is a failure
		return nil, err
	}
	return p, nil
}
