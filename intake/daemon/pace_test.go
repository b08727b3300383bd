package daemon

import (
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"testing"
)

// Garbage is collected sooner while somebody clicks, and as before once nobody
// has for a while; a lower setting is kept.
func TestGarbageIsCollectedSoonerWhileOfficersClick(t *testing.T) {
	first := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(first) })
	for _, x := range []struct{ usual, clicked int }{{400, clickPace}, {20, 20}, {-1, -1}} {
		debug.SetGCPercent(x.usual)
		var p pace
		h := p.paced(http.NotFoundHandler())
		now := func() int {
			was := debug.SetGCPercent(x.usual)
			debug.SetGCPercent(was)
			return was
		}
		for range 2 {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
			if got := now(); got != x.clicked {
				t.Errorf("of %d, it is %d after a click", x.usual, got)
			}
		}
		p.rest()
		if got := now(); got != x.clicked {
			t.Errorf("of %d, it is %d in the minute of a click", x.usual, got)
		}
		p.rest()
		if got := now(); got != x.usual {
			t.Errorf("of %d, it is %d a minute later", x.usual, got)
		}
	}
}
