package engine

import (
	"maps"
	"sync"

	"requestd/intake"
)

// tally counts what was decided about mail since the engine was made.
type tally struct {
	mu sync.Mutex
	n  map[intake.Disposition]int64
}

func (t *tally) count(d intake.Disposition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[intake.Disposition]int64{}
	}
	t.n[d]++
}

// Taken counts the mail taken in since the engine was made, by what was decided
// about it.
func (e *Engine) Taken() map[intake.Disposition]int64 {
	e.taken.mu.Lock()
	defer e.taken.mu.Unlock()
	return maps.Clone(e.taken.n)
}
