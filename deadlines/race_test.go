//go:build race

package deadlines

import "flag"

// With the race detector each day and draw would take ten times as long, and
// show only what make test has shown: a few are enough to show whether two at
// once interfere.
func init() {
	thinned = 29 // so that each day of the week has its turn
	if err := flag.Set("rapid.checks", "10"); err != nil {
		panic(err)
	}
}
