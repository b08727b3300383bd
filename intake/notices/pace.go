package notices

import (
	"time"

	"requestd/intake"
	"requestd/store"
)

// pace limits how much mail of one sort may be sent to one address.
type pace struct {
	name      string // the name of the sort in the register
	hour, day int
}

var (
	// refusals are answers to a mail that changed nothing.
	refusals = pace{"refusals", 5, 15}
	// answers are receipts, confirmations and news that a colleague's own mail
	// causes to be sent to that colleague. A person needs few of these; a machine
	// in a colleague's name would be written to for ever.
	answers = pace{"answers", 30, 100}
	// urgent is news of danger caused by one sender that is sent before everything
	// else.
	urgent = pace{"urgent", 3, 6}
)

// allows reports whether one more mail may be sent to an address, and counts it
// if so.
func (p pace) allows(tx *store.Tx, address string) (bool, error) {
	hour, recent := p.spent(tx, address)
	if hour >= p.hour || len(recent) >= p.day {
		return false, nil
	}
	return true, tx.SetFact(p.key(tx, address), append(recent, tx.Now()))
}

func (p pace) key(tx *store.Tx, address string) string { return p.name + "/" + tx.Pseudonym(address) }

// spent is how much went within an hour, and when within a day.
func (p pace) spent(tx *store.Tx, address string) (hour int, day []time.Time) {
	sent, _ := store.Fact[[]time.Time](tx, p.key(tx, address))
	for _, at := range sent {
		if age := tx.Now().Sub(at).Abs(); age < 24*time.Hour { // times further away are from a wrong clock
			day = append(day, at)
			if age < time.Hour {
				hour++
			}
		}
	}
	return hour, day
}

// LimitAnswer holds a mail that the recipient's own mail caused if there were
// too many of them: a person releases it, or finds the loop.
func (ns *Notices) LimitAnswer(tx *store.Tx, l *intake.Letter) error {
	ok, err := answers.allows(tx, l.To)
	if ok || err != nil {
		return err
	}
	l.State, l.Next, l.Response = intake.LetterHeld, time.Time{}, "rate: too many answers to mail of this colleague, who may be a machine"
	tx.AfterCommit(func() {
		ns.log.Warn("an answer to a colleague's mail is held: too many in a short time; look in requestd outbox for a loop", "mailbox", l.Mailbox, "ref", l.Ref, "purpose", string(l.Purpose))
	})
	return nil
}
