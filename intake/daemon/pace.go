package daemon

import (
	"net/http"
	"runtime/debug"
	"sync"
)

// clickPace is how much garbage may exist while officers click, in percent of
// the live memory.
const clickPace = 25

// pace makes garbage be collected sooner while the page is in use. Otherwise it
// is collected late, which makes a backlog quick; but officers click all day.
type pace struct {
	mu      sync.Mutex
	clicked bool // since the daemon last checked itself
	quick   bool
	usual   int // the percentage otherwise
}

// click notes a request.
func (p *pace) click() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clicked = true; p.quick {
		return
	}
	p.quick, p.usual = true, debug.SetGCPercent(clickPace)
	if p.usual < clickPace { // GOGC sets less, or switches collection off
		debug.SetGCPercent(p.usual)
	}
}

// rest returns to the usual pace if nobody clicked since it was last called.
func (p *pace) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quick && !p.clicked {
		debug.SetGCPercent(p.usual)
		p.quick = false
	}
	p.clicked = false
}

// paced notes each request to a handler.
func (p *pace) paced(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.click()
		h.ServeHTTP(w, r)
	})
}
