package page

import "testing"

// AtATime has readings of so many cases recorded at a time, as long as a test runs.
func AtATime(t *testing.T, n int) {
	was := atATime
	atATime = n
	t.Cleanup(func() { atATime = was })
}

// Compressed is the handler that compresses what another answers.
var Compressed = compressed
