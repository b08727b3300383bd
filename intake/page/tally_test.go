package page

import "testing"

// TestOneCountingKeepsNoOtherWaiting: while figures are counted only those who
// want the same figures wait.
func TestOneCountingKeepsNoOtherWaiting(t *testing.T) {
	var all tally
	counting := all.figure("2026Q3")
	counting.mu.Lock()
	if all.figure("2026Q3").mu.TryLock() {
		t.Error("the same figures are counted twice at once")
	}
	if !all.figure("2026Q4").mu.TryLock() {
		t.Error("other figures wait for these")
	}
	for range 2 * mostKept {
		all.figure(string(rune('a' + len(all.kept))))
	}
	if n := len(all.kept); n > mostKept {
		t.Errorf("%d figures are kept", n)
	}
}
