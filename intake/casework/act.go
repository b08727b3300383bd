package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"requestd/intake"
	"requestd/store"
)

// Refusal is the error of an act that the state of the case, or what was
// entered, does not allow. Nothing was changed.
type Refusal struct {
	Says string // why it is not allowed
	Mend string // what to do instead, if Says does not say it
	On   Field  // the field of the command that it is about, if it is about one
}

func (r *Refusal) Error() string { return r.Says }

func refuse(format string, args ...any) error { return &Refusal{Says: fmt.Sprintf(format, args...)} }

// By is who acts. SeenEvents is how many events the case had when they looked
// at it (0: not said). UndoWait is how long a letter that the act releases is
// kept back so that it can still be stopped.
type By struct {
	Principal
	SeenEvents int
	UndoWait   time.Duration
}

// ByAdministrator returns somebody who may do everything, such as a user of the
// control socket.
func ByAdministrator(actor string) By {
	return By{Principal: Principal{Actor: actor, Role: Administrator}}
}

// Act is one thing done to a case. Functions such as Record, Decide or
// SendDraft make one; Do and DoIn carry it out.
type Act struct {
	name ActName
	do   func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error
}

// Change is what an act did: the case after it and before it.
type Change struct {
	Before         *intake.View `json:"-"`
	View           *intake.View `json:"case"`
	Event          int          `json:"event"` // the number of the event recorded, 0 when none was
	Warnings       []string     `json:"warnings"`
	Letter         uint64       `json:"letter"` // a letter that the act put into the outbox, or released
	Draft          uint64       `json:"draft"`  // a letter that the act drafted and nobody has released yet
	OtherRequester bool         `json:"-"`      // the merged cases came from different people
}

func (ch *Change) warn(format string, args ...any) {
	ch.Warnings = append(ch.Warnings, fmt.Sprintf(format, args...))
}

// Do carries out an act on one case in its own transaction, and wakes the
// outbox after the commit. An act that is refused returns a *Refusal, a
// *Forbidden or an *Overtaken.
func (cs *Cases) Do(_ context.Context, by By, ref string, act Act) (*Change, error) {
	var ch *Change
	err := cs.store.Update(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		ch, err = cs.DoIn(tx, by, c, act)
		return err
	})
	if err != nil {
		return nil, err
	}
	cs.log.Info("case changed", "ref", ch.View.Ref, "actor", by.Actor, "event", ch.Event, "state", string(ch.View.State), "respond_by", ch.View.RespondBy.String())
	cs.WakeSenders()
	return ch, nil
}

// DoIn is Do within a transaction. An act refuses before it writes anything, so
// that the transaction may go on.
func (cs *Cases) DoIn(tx *store.Tx, by By, c *intake.Case, act Act) (*Change, error) {
	if err := authorize(by, act.name, c); err != nil {
		return nil, err
	}
	ch := &Change{Warnings: []string{}, Before: cs.View(tx, c)}
	before := len(c.Events)
	ack, _ := cs.AckLetter(tx, c)
	if err := act.do(cs, tx, c, ch, by); err != nil {
		return nil, err
	}
	if len(c.Events) > before && ch.Event == 0 {
		ch.Event = c.Events[before].N
	}
	c.Mailbox = c.Home() // the act may have corrected it, or struck a correction
	if err := cs.refresh(tx, c, ch); err != nil {
		return nil, err
	}
	cs.warnOfLostText(tx, c, ch, ack.Edited)
	if err := cs.Put(tx, c); err != nil {
		return nil, err
	}
	ch.View = cs.View(tx, c)
	for _, w := range ch.View.Warnings {
		if !slices.Contains(ch.Before.Warnings, w) && !slices.Contains(ch.Warnings, w) {
			ch.Warnings = append(ch.Warnings, w)
		}
	}
	return ch, nil
}
