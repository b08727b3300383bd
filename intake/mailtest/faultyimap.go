package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"requestd/intake/localca"
)

// IMAPFault is one way to fail at a command. If several match, the first
// counts. There is a healthy server behind the FaultyIMAP; a fault changes what
// part of its answer reaches the client, and when.
type IMAPFault struct {
	// Verb is the command: LOGIN, SELECT, UID FETCH, IDLE, or GREETING for what
	// the server says first. EXAMINE counts as SELECT.
	Verb string
	// If restricts it to commands that contain this text.
	If string
	// Skip lets the first ones pass; Times is how many then fail, 0 for all.
	Skip, Times int

	// Wait, if set, delays the answer until it is closed.
	Wait <-chan struct{}
	// Before and After run on either side of the healthy server's answer, so
	// that a colleague can do something to the mailbox in between.
	Before, After func()
	// Answer is sent instead of the healthy one, and the command is not passed on.
	// Lines end with \n; {tag} stands for the command's tag.
	Answer string
	// Alter changes the healthy answer, as it is on the wire.
	Alter func(answer string) string
	// Early is sent before the continuation that the client waits for, at IDLE
	// and APPEND.
	Early string
	// Drop ends the connection after the command was carried out, without an
	// answer.
	Drop bool
	// Cut ends the connection after so many bytes of the answer.
	Cut int
	// CutAfter ends it after this text, if the answer contains it.
	CutAfter string
	// Mute leaves the connection open and lets nothing more through: at IDLE from
	// the continuation on, else from the answer (or its Cut) on.
	Mute bool
	// Reset makes Drop and Cut an RST instead of an orderly end.
	Reset bool
}

// IMAPOptions of a FaultyIMAP.
type IMAPOptions struct {
	// Plain leaves TLS out.
	Plain bool
	// Backend is the address of a plain IMAP server behind this one, such as a
	// Dovecot's; empty: one in memory, with the users below.
	Backend string
	// Users of the server in memory; nil: governance and cymru.
	Users  []User
	Faults []IMAPFault
	Identity
}

// FaultyIMAP is an IMAP server on loopback that fails as it is told to.
type FaultyIMAP struct {
	Port   int
	CAFile string
	CA     *localca.CA

	opts     IMAPOptions
	backend  string
	memory   *imapmemserver.Server
	listener net.Listener
	wg       sync.WaitGroup
	closing  chan struct{}

	mu          sync.Mutex
	faults      []*armedIMAP
	conns       map[net.Conn]bool
	relays      map[*relay]bool
	dialled     int
	commands    []string
	uidValidity string
	capability  string
	boxes       map[string]*imapmemserver.User
}

type armedIMAP struct {
	IMAPFault
	met int
}

// StartIMAP starts a FaultyIMAP that ends with the test.
func StartIMAP(t T, opts IMAPOptions) *FaultyIMAP {
	t.Helper()
	s := &FaultyIMAP{opts: opts, backend: opts.Backend, conns: map[net.Conn]bool{},
		relays: map[*relay]bool{}, closing: make(chan struct{}), boxes: map[string]*imapmemserver.User{}}
	var config *tls.Config
	s.CA, s.CAFile, config = opts.make(t)
	if s.backend == "" {
		s.startMemory(t)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("opening a port for IMAP: %v", err)
	}
	s.listener, s.Port = l, l.Addr().(*net.TCPAddr).Port
	s.Script(opts.Faults...)
	s.wg.Go(func() { s.accept(config) })
	t.Cleanup(s.close)
	return s
}

// Script replaces all faults; counts start again.
func (s *FaultyIMAP) Script(faults ...IMAPFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	for _, f := range faults {
		s.faults = append(s.faults, &armedIMAP{IMAPFault: f})
	}
}

// SetUIDValidity makes every answer contain this UIDVALIDITY, which may be 0.
func (s *FaultyIMAP) SetUIDValidity(v uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uidValidity = fmt.Sprint(v)
}

// SetCapability replaces the capabilities in every answer, as with Exchange.
func (s *FaultyIMAP) SetCapability(caps string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capability = caps
}

// Commands returns the command lines received, without their tags and secrets.
func (s *FaultyIMAP) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Count returns how many commands with a verb were received.
func (s *FaultyIMAP) Count(verb string) int {
	n := 0
	for _, c := range s.Commands() {
		if verbOf(c) == verb {
			n++
		}
	}
	return n
}

// Connections counts the connections accepted so far.
func (s *FaultyIMAP) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialled
}

// Say sends a line to every client at once, asked or not: "* BYE going down".
func (s *FaultyIMAP) Say(line string) {
	s.mu.Lock()
	relays := slices.Collect(maps.Keys(s.relays))
	s.mu.Unlock()
	for _, r := range relays {
		r.mu.Lock()
		_ = r.write([]byte(line + "\r\n")) // the client may have gone
		r.mu.Unlock()
	}
}

// HangUp ends every open connection.
func (s *FaultyIMAP) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *FaultyIMAP) close() {
	close(s.closing)
	s.listener.Close()
	s.HangUp()
	s.wg.Wait()
}

func (s *FaultyIMAP) accept(config *tls.Config) {
	for {
		tcp, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.dialled++
		s.conns[tcp] = true
		s.mu.Unlock()
		conn := tcp
		if !s.opts.Plain {
			conn = tls.Server(tcp, config)
		}
		s.wg.Go(func() {
			s.relay(tcp, conn)
			s.mu.Lock()
			delete(s.conns, tcp)
			s.mu.Unlock()
		})
	}
}

// relay serves one client over its own connection to the backend.
func (s *FaultyIMAP) relay(tcp, conn net.Conn) {
	defer tcp.Close()
	back, err := net.Dial("tcp", s.backend)
	if err != nil {
		return
	}
	defer back.Close()
	r := newRelay(s, tcp, conn, back)
	s.mu.Lock()
	s.relays[r] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.relays, r)
	}()
	var both sync.WaitGroup
	both.Go(func() {
		r.fromClient()
		back.Close()
	})
	both.Go(func() {
		r.fromServer()
		tcp.Close()
	})
	both.Wait()
}

// fault notes a command and returns the fault that matches, if any.
func (s *FaultyIMAP) fault(command string) *IMAPFault {
	verb := verbOf(command)
	s.mu.Lock()
	defer s.mu.Unlock()
	if verb != greeting {
		s.commands = append(s.commands, withoutSecret(verb, command))
	}
	for _, f := range s.faults {
		if f.Verb != verb || !strings.Contains(command, f.If) {
			continue
		}
		f.met++
		if f.met > f.Skip && (f.Times == 0 || f.met <= f.Skip+f.Times) {
			return &f.IMAPFault
		}
	}
	return nil
}

var errEnded = errors.New("ended on purpose")
