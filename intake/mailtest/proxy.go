package mailtest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy passes TCP connections on to a server and counts the bytes. With a
// delay it imitates a long line: every byte arrives that much later in either
// direction, however many are under way, so the round trip grows by twice the
// delay.
type Proxy struct {
	Port int // on loopback

	target   string
	delay    time.Duration
	listener net.Listener
	wg       sync.WaitGroup

	dialled, up, down atomic.Int64

	mu      sync.Mutex
	conns   map[net.Conn]bool
	stuck   chan struct{} // closed while bytes may pass
	release func()        // closes it
}

// StartProxy puts a proxy in front of a server on a loopback port until the
// test ends.
func StartProxy(t T, port int, delay time.Duration) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("opening a port for the proxy: %v", err)
	}
	p := &Proxy{Port: l.Addr().(*net.TCPAddr).Port, target: loopback(port), delay: delay, listener: l,
		conns: map[net.Conn]bool{}}
	p.Hold()()
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		l.Close()
		p.HangUp()
		p.wg.Wait()
	})
	return p
}

// Connections counts the connections so far.
func (p *Proxy) Connections() int64 { return p.dialled.Load() }

// Up counts the bytes from clients so far.
func (p *Proxy) Up() int64 { return p.up.Load() }

// Down counts the bytes from the server so far.
func (p *Proxy) Down() int64 { return p.down.Load() }

// Hold silently lets nothing through until release is called: a line that is
// dead without either end knowing.
func (p *Proxy) Hold() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stuck := make(chan struct{})
	p.stuck, p.release = stuck, sync.OnceFunc(func() { close(stuck) })
	return p.release
}

// HangUp ends every open connection.
func (p *Proxy) HangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release()
	for c := range p.conns {
		c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.dialled.Add(1)
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		p.wg.Go(func() { p.pass(client, server, &p.up) })
		p.wg.Go(func() { p.pass(server, client, &p.down) })
	}
}

// chunk is what was read at once and when it may be sent on.
type chunk struct {
	data []byte
	due  time.Time
}

// pass copies one direction until either side ends. It goes on reading while
// earlier bytes wait for their time.
func (p *Proxy) pass(from, to net.Conn, count *atomic.Int64) {
	chunks := make(chan chunk, 1024)
	p.wg.Go(func() {
		defer close(chunks)
		for {
			buf := make([]byte, 64<<10)
			n, err := from.Read(buf)
			if n > 0 {
				count.Add(int64(n))
				chunks <- chunk{buf[:n], time.Now().Add(p.delay)}
			}
			if err != nil {
				return
			}
		}
	})
	p.send(chunks, to)
	from.Close()
	to.Close()
	p.mu.Lock()
	delete(p.conns, from)
	p.mu.Unlock()
	for range chunks { // lets the reader end
	}
}

func (p *Proxy) send(chunks <-chan chunk, to io.Writer) {
	for c := range chunks {
		if wait := time.Until(c.due); wait > 0 {
			<-time.After(wait)
		}
		p.mu.Lock()
		stuck := p.stuck
		p.mu.Unlock()
		<-stuck
		if _, err := to.Write(c.data); err != nil {
			return
		}
	}
}
