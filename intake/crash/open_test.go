package crash

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"requestd/store"
)

// A run of hours must not end because its database was once too slow to answer.
func TestARegisterThatCannotBeOpenedYetIsTriedAgain(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		what       string
		err        error
		times      int // how often the error comes
		want       error
		said, most int
	}{
		{"a database that answers late", store.ErrUnreachable, 3, nil, 3, 4},
		{"a file that somebody holds", store.ErrLocked, 2, nil, 2, 3},
		{"a database that never answers", store.ErrUnreachable, 1 << 30, store.ErrUnreachable, 1, 1 << 30},
		{"what is no register", store.ErrDamaged, 1, store.ErrDamaged, 0, 1},
		{"what has another reason", refused, 1, refused, 0, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			said, tries, begun := 0, 0, time.Now()
			r := &run{ctx: t.Context(), Options: Options{Say: func(string, ...any) { said++ }}}
			_, err := r.patiently(func() (*store.DB, error) {
				time.Sleep(5 * time.Second) // how long one connection is waited for
				if tries++; tries <= c.times {
					return nil, fmt.Errorf("open the register: %w", c.err)
				}
				return nil, nil
			})
			if !errors.Is(err, c.want) || said < c.said || tries > c.most {
				t.Errorf("%s: opened %d times, told %d times: %v; want %v", c.what, tries, said, err, c.want)
			}
			if took := time.Since(begun); took > openWithin+time.Minute {
				t.Errorf("%s: it was given up after %s", c.what, took)
			}
		})
	}
}
