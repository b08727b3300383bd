package register

import (
	"sync"
	"time"

	"requestd/deadlines"
	"requestd/intake/health"
	"requestd/intake/rules"
	"requestd/store"
)

// census is the last count of the open cases. The daemon asks for it every
// minute, and a register may hold a hundred thousand of them.
type census struct {
	mu    sync.Mutex
	of    counted
	at    time.Time
	took  time.Duration
	cases health.Cases
}

// counted is everything that a count depends on: while none of it changes, the
// count does not change.
type counted struct {
	version uint64
	day     deadlines.Day
	cal     *deadlines.Calendar
	rules   *rules.Rules
}

const (
	cheapCount = 20 * time.Millisecond
	countShare = 100 // an expensive count is used for this many times as long as it took
)

// census returns the count of the open cases. A large register that changes is
// counted so rarely that counting takes a hundredth of the processor's time.
func (rg *Register) census(tx *store.Tx) (health.Cases, error) {
	c := &rg.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	of := counted{tx.Version(), tx.Today(), rg.cases.Calendar(), rg.cases.Rules()}
	age := tx.Now().Sub(c.at)
	if of == c.of || of.day == c.of.day && c.took > cheapCount && age >= 0 && age < countShare*c.took {
		return c.cases, nil
	}
	begun := time.Now()
	var cases health.Cases
	if err := rg.countCases(tx, &cases); err != nil {
		return cases, err
	}
	c.of, c.at, c.took, c.cases = of, tx.Now(), time.Since(begun), cases
	return cases, nil
}
