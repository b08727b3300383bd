package crash

import (
	"slices"
	"syscall"
	"time"

	"requestd/store"
)

// stallAmidLetters stalls a daemon while mail is registered and letters go out.
func (s *several) stallAmidLetters(i int) {
	s.mail(4 * len(s.boxes))
	s.moment(10 + s.rng.IntN(40))
	s.stall(i)
}

// handOver stops a daemon as an administrator does. A daemon that has ended has
// given up its tasks: nobody need wait until it is taken for dead.
func (s *several) handOver(i int) {
	s.until("both daemons share the work, and nobody who is dead has any of it", func(tx *store.Tx) bool {
		return len(slices.Collect(tx.FactNames(mates))) == len(s.daemons) && len(workers(tx)) == len(s.daemons)
	})
	s.end(i, syscall.SIGTERM)
	s.look(func(tx *store.Tx) {
		left, work := slices.Collect(tx.FactNames(mates)), workers(tx)
		if len(left) > 1 || len(work) > 1 || len(work) == 1 && !slices.Contains(left, mates+work[0]) {
			s.violate("a daemon that was stopped gave its work up to nobody: there are %v, and %v have work", left, work)
		}
	})
	s.mail(len(s.boxes))
	s.taken()
	s.launch(i)
}

// Facts of the register, named as in intake/daemon: who is at work, and who
// does which task.
const (
	mates = "daemon/"
	tasks = "worked-from/"
)

// workers are the daemons that have a task.
func workers(tx *store.Tx) (list []string) {
	for name := range tx.FactNames(tasks) {
		if who, ok := store.Fact[string](tx, name); ok && !slices.Contains(list, who) {
			list = append(list, who)
		}
	}
	return list
}

// until waits until a condition holds, which must be soon.
func (s *several) until(what string, is func(*store.Tx) bool) {
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for end := time.Now().Add(time.Minute); ; {
		so := false
		s.look(func(tx *store.Tx) { so = is(tx) })
		if so {
			return
		}
		select {
		case <-every.C:
		case <-s.ctx.Done():
		}
		if s.ctx.Err() != nil || time.Now().After(end) {
			s.violate("it did not come about that %s", what)
			return
		}
	}
}
