package main

// switchPath is where the switch is compiled in; nothing is written there.
const switchPath = "requestd/cmd/mutants/switched"

// switchSource is the package that switches one mutant on and notes which
// mutants the tests run through.
const switchSource = `package switched

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"sync"
)

var (
	which, _ = strconv.Atoi(os.Getenv("MUTANT"))
	note     = os.Getenv("MUTANTS_REACHED")
	mu       sync.Mutex
	seen     = map[int]bool{}
)

func On(n int) bool {
	if note != "" {
		mu.Lock()
		defer mu.Unlock()
		if !seen[n] {
			seen[n] = true
			if f, err := os.OpenFile(note, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
				fmt.Fprintln(f, n)
				f.Close()
			}
		}
	}
	return n == which
}

func Not[B ~bool](n int, b B) B { return b != B(On(n)) }

type number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func Plus[T number](n int, a, b T) T {
	if On(n) {
		return a - b
	}
	return a + b
}

func Minus[T number](n int, a, b T) T {
	if On(n) {
		return a + b
	}
	return a - b
}

func Less[T cmp.Ordered](n int, a, b T) bool       { return a < b || a == b && On(n) }
func LessOrSame[T cmp.Ordered](n int, a, b T) bool { return a < b || a == b && !On(n) }
func More[T cmp.Ordered](n int, a, b T) bool       { return a > b || a == b && On(n) }
func MoreOrSame[T cmp.Ordered](n int, a, b T) bool { return a > b || a == b && !On(n) }
`
