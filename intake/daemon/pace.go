package daemon

import (
	"net/http"
	"runtime/debug"
	"sync"
)

// clickPace is how much garbage may lie about while officers click, in
// hundredths of what lives.
const clickPace = 25

// pace has garbage collected sooner while the page is in use. Elsewhere it may
// lie for long, which makes a backlog quick; officers click all day.
type pace struct {
	mu      sync.Mutex
	clicked bool // since the daemon last looked after itself
	quick   bool
	usual   int // where it is quick: what holds otherwise
}

// click notes that somebody asks for something.
func (p *pace) click() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clicked = true; p.quick {
		return
	}
	p.quick, p.usual = true, debug.SetGCPercent(clickPace)
	if p.usual < clickPace { // GOGC asks for less, or for none
		debug.SetGCPercent(p.usual)
	}
}

// rest returns to the usual pace where nobody clicked since it was last called.
func (p *pace) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quick && !p.clicked {
		debug.SetGCPercent(p.usual)
		p.quick = false
	}
	p.clicked = false
}

// paced notes each click.
func (p *pace) paced(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.click()
		h.ServeHTTP(w, r)
	})
}
