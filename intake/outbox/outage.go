package outbox

import (
	"time"

	"requestd/intake"
	"requestd/store"
)

// outage is a time in which nothing could be sent for a mailbox: from the first
// attempt that found its server unreachable or its account at fault, to the
// first that found both well again.
type outage struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"` // zero while it lasts
}

const (
	outagePrefix = "outages/"
	// mostOutages is how many are remembered. A letter that has waited through
	// more is held earlier.
	mostOutages = 200
)

// usable reports whether server and account worked in an attempt, whatever
// became of the letter.
func (r Result) usable() bool { return r.Used && r.Outcome != AccountFault }

// mark records whether the mailbox can send, if an attempt changes that.
func (l *Loop) mark(tx *store.Tx, r Result) error {
	if r.Outcome == MaybeAccount { // it says nothing either way
		return nil
	}
	list, _ := store.Fact[[]outage](tx, outagePrefix+l.Mailbox)
	n := len(list)
	last := n > 0 && list[n-1].To.IsZero()
	switch now := tx.Now(); {
	case r.usable() && last:
		list[n-1].To = now
	case !r.usable() && last && list[n-1].From.After(now): // written by a clock that ran ahead
		list[n-1].From = now
	case !r.usable() && !last:
		list = append(list, outage{From: now})
	default:
		return nil
	}
	return tx.SetFact(outagePrefix+l.Mailbox, list[max(0, len(list)-mostOutages):])
}

// waited is how long a letter has waited since it was written or a person let
// it go, without the time in which no letter of its mailbox could go.
func waited(tx *store.Tx, letter *intake.Letter) time.Duration {
	since, now := letter.Created, tx.Now()
	if letter.Released.After(since) {
		since = letter.Released
	}
	list, _ := store.Fact[[]outage](tx, outagePrefix+letter.Mailbox)
	d := now.Sub(since)
	for _, o := range list {
		from, to := o.From, o.To
		if from.Before(since) {
			from = since
		}
		if to.IsZero() || to.After(now) {
			to = now
		}
		d -= max(0, to.Sub(from))
	}
	return d
}
