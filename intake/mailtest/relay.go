package mailtest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// greeting stands as the verb for what a server says first.
const greeting = "GREETING"

// relay is one client's connection through a FaultyIMAP. Commands wait in a
// queue for their answers, which come in the same order.
type relay struct {
	server *FaultyIMAP
	tcp    net.Conn // the client's connection, below TLS
	client net.Conn
	back   net.Conn

	mu      sync.Mutex // guards the queue and writing to the client
	queue   []*command
	muted   bool
	partial bytes.Buffer // the answer so far of the first command, where it has a fault
}

// command is a command that is not answered yet.
type command struct {
	tag, verb string
	fault     *IMAPFault
}

func newRelay(s *FaultyIMAP, tcp, client, back net.Conn) *relay {
	hello := &command{verb: greeting, fault: s.fault(greeting)}
	return &relay{server: s, tcp: tcp, client: client, back: back, queue: []*command{hello}}
}

// fromClient passes commands on, as far as their faults allow.
func (r *relay) fromClient() {
	in := bufio.NewReader(r.client)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		if !r.continues(line) {
			tag, text, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
			c := &command{tag: tag, verb: verbOf(text), fault: r.server.fault(text)}
			if r.enqueue(c) != nil {
				return
			}
			if c.fault != nil && c.fault.Answer != "" {
				continue
			}
		}
		for err == nil { // the line, and every literal in it with what follows
			if _, err = r.back.Write(line); err != nil {
				return
			}
			n, literal := literalSize(line)
			if !literal {
				break
			}
			if _, err = io.CopyN(r.back, in, n); err == nil {
				line, err = in.ReadBytes('\n')
			}
		}
	}
}

// continues reports whether a line from the client is no command of its own:
// the end of IDLE, or an answer within AUTHENTICATE.
func (r *relay) continues(line []byte) bool {
	if strings.EqualFold(strings.TrimSpace(string(line)), "DONE") {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue) > 0 && r.queue[len(r.queue)-1].verb == "AUTHENTICATE"
}

func (r *relay) enqueue(c *command) error {
	if c.fault != nil && c.fault.Before != nil {
		c.fault.Before()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, c)
	return r.sendOwn()
}

// sendOwn sends the answers that need no server, if it is their turn.
func (r *relay) sendOwn() error {
	for len(r.queue) > 0 {
		c := r.queue[0]
		if c.fault == nil || c.fault.Answer == "" || c.verb == greeting {
			return nil
		}
		r.queue = r.queue[1:]
		if err := r.deliver(c, nil); err != nil {
			return err
		}
	}
	return nil
}

// fromServer passes answers on, as far as their faults allow.
func (r *relay) fromServer() {
	in := bufio.NewReader(r.back)
	for {
		unit, err := readUnit(in)
		if err == nil {
			err = r.take(unit)
		}
		if err != nil {
			return
		}
	}
}

// take handles one response of the server: a line with its literals.
func (r *relay) take(unit []byte) error {
	unit = r.server.rewrite(unit)
	r.mu.Lock()
	defer r.mu.Unlock()
	var c *command
	if len(r.queue) > 0 {
		c = r.queue[0]
	}
	last := c != nil && (c.verb == greeting || bytes.HasPrefix(unit, []byte(c.tag+" ")))
	if last {
		r.queue = slices.Delete(r.queue, 0, 1)
	}
	switch {
	case c == nil || c.fault == nil:
		if err := r.write(unit); err != nil {
			return err
		}
	case c.verb == "IDLE" && unit[0] == '+' && c.fault.Mute:
		err := r.write(unit)
		r.muted = true
		return err
	case !last && unit[0] == '+':
		if c.fault.Drop {
			return r.end(c.fault.Reset)
		}
		if c.fault.Early != "" {
			unit = append([]byte(c.fault.Early+"\r\n"), unit...)
		}
		return r.write(unit)
	default:
		r.partial.Write(unit)
		if !last {
			return nil
		}
		if c.fault.After != nil {
			c.fault.After()
		}
		answer := bytes.Clone(r.partial.Bytes())
		r.partial.Reset()
		if err := r.deliver(c, answer); err != nil {
			return err
		}
	}
	return r.sendOwn()
}

// deliver sends the client a faulty answer. It is called with r.mu held.
func (r *relay) deliver(c *command, answer []byte) error {
	f := c.fault
	if f.Wait != nil {
		select {
		case <-f.Wait:
		case <-r.server.closing:
			return errEnded
		}
	}
	if f.Answer != "" {
		text := strings.TrimSuffix(strings.ReplaceAll(f.Answer, "{tag}", c.tag), "\n")
		answer = []byte(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n")
	}
	if f.Alter != nil {
		answer = []byte(f.Alter(string(answer)))
	}
	if f.Drop {
		return r.end(f.Reset)
	}
	cut := f.Cut
	if at := bytes.Index(answer, []byte(f.CutAfter)); f.CutAfter != "" && at >= 0 {
		cut = at + len(f.CutAfter)
	}
	if cut > 0 {
		if err := r.write(answer[:min(cut, len(answer))]); err != nil {
			return err
		}
		if !f.Mute {
			return r.end(f.Reset)
		}
		answer = nil
	}
	if f.Mute {
		r.muted = true
	}
	return r.write(answer)
}

func (r *relay) write(b []byte) error {
	if r.muted || len(b) == 0 {
		return nil
	}
	_, err := r.client.Write(b)
	return err
}

func (r *relay) end(reset bool) error {
	if tcp, ok := r.tcp.(*net.TCPConn); ok && reset {
		if err := tcp.SetLinger(0); err != nil { // closing then sends RST
			return err
		}
		r.tcp.Close()
	} else {
		r.client.Close()
	}
	return errEnded
}

var (
	uidValidityText = regexp.MustCompile(`UIDVALIDITY \d+`)
	capabilityText  = regexp.MustCompile(`CAPABILITY [^\]\r\n]*`)
)

// rewrite applies what was set for all answers; literals are unchanged.
func (s *FaultyIMAP) rewrite(unit []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, literal := firstLiteral(unit); literal {
		return unit
	}
	if s.uidValidity != "" {
		unit = uidValidityText.ReplaceAll(unit, []byte("UIDVALIDITY "+s.uidValidity))
	}
	if s.capability != "" {
		unit = capabilityText.ReplaceAll(unit, []byte("CAPABILITY "+s.capability))
	}
	return unit
}
