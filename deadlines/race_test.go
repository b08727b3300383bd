//go:build race

package deadlines

import "flag"

// Under the race detector each day and draw would take ten times as long, and
// shows what make test has shown: a few show whether two at once get in each
// other's way.
func init() {
	thinned = 29 // so that each day of the week has its turn
	if err := flag.Set("rapid.checks", "10"); err != nil {
		panic(err)
	}
}
