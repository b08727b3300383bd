package page

import "testing"

// AtATime makes readings be recorded for n cases at a time for the rest of a
// test.
func AtATime(t *testing.T, n int) {
	was := atATime
	atATime = n
	t.Cleanup(func() { atATime = was })
}

// Compressed wraps a handler so that its answers are compressed.
var Compressed = compressed
