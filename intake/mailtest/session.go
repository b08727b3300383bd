package mailtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// sessions keeps one IMAP session for each user, with which the test itself
// looks into a mailbox. They are Dovecot's imap program run by hand and already
// signed in, so they work whatever mechanisms the servers offer.
type sessions struct {
	mu   sync.Mutex
	open map[string]*session
}

type session struct {
	mu     sync.Mutex
	client *imapclient.Client
	conn   net.Conn
	cmd    *exec.Cmd
}

// with runs f on the user's session, which f has to itself.
func (s *Servers) with(name string, f func(*imapclient.Client) error) error {
	s.sessions.mu.Lock()
	se := s.sessions.open[name]
	if se == nil || se.ended() {
		var err error
		if se, err = s.openSession(name); err != nil {
			s.sessions.mu.Unlock()
			return fmt.Errorf("opening the mailbox of %s: %w", name, err)
		}
		if s.sessions.open == nil {
			s.sessions.open = map[string]*session{}
		}
		s.sessions.open[name] = se
	}
	s.sessions.mu.Unlock()
	se.mu.Lock()
	defer se.mu.Unlock()
	return f(se.client)
}

func (s *Servers) openSession(name string) (*session, error) {
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer inRead.Close()
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, inWrite.Close())
	}
	defer outWrite.Close()
	ours := &pipeConn{r: outRead, w: inWrite}
	log, err := os.OpenFile(s.path("dovecot.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	defer log.Close()
	cmd := exec.Command(imapProgram, "-c", s.path("dovecot.conf"), "-u", name)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = inRead, outWrite, log
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	se := &session{client: imapclient.New(ours, nil), conn: ours, cmd: cmd}
	if err := se.client.WaitGreeting(); err != nil {
		se.close()
		return nil, err
	}
	return se, nil
}

func (se *session) ended() bool {
	select {
	case <-se.client.Closed():
		return true
	default:
		return false
	}
}

// close ends the imap program by closing its only connection.
func (se *session) close() {
	se.conn.Close()
	_ = se.cmd.Wait() // it says "disconnected" by its exit code
}

func (x *sessions) closeAll() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, se := range x.open {
		se.close()
	}
	x.open = nil
}

// pipeConn is a connection over two pipes, which the imap program needs if it
// is started by hand.
type pipeConn struct {
	r, w *os.File
	net.Conn
}

func (p *pipeConn) Read(b []byte) (int, error)  { return p.r.Read(b) }
func (p *pipeConn) Write(b []byte) (int, error) { return p.w.Write(b) }
func (p *pipeConn) Close() error                { return errors.Join(p.r.Close(), p.w.Close()) }
func (p *pipeConn) SetDeadline(t time.Time) error {
	return errors.Join(p.r.SetDeadline(t), p.w.SetDeadline(t))
}
func (p *pipeConn) SetReadDeadline(t time.Time) error  { return p.r.SetReadDeadline(t) }
func (p *pipeConn) SetWriteDeadline(t time.Time) error { return p.w.SetWriteDeadline(t) }
