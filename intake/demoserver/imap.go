// Package demoserver has a small IMAP server and an SMTP receiver for the
// demonstration: both in memory, on loopback, with TLS and a sign-in. What is
// sent to them stays there.
package demoserver

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"requestd/intake/localca"
)

// User may sign in to both servers.
type User struct{ Name, Password string }

// IMAP is a running IMAP server; each user has an INBOX, Sent and Junk.
type IMAP struct {
	// Port is the loopback port, with TLS from the first byte.
	Port int

	server *imapserver.Server
	users  map[string]*imapmemserver.User
	done   chan struct{}
}

// StartIMAP serves an empty mailbox for each user until Close. Its certificate
// is from ca, for localhost and 127.0.0.1.
func StartIMAP(ca *localca.CA, users ...User) (*IMAP, error) {
	config, err := serverTLS(ca)
	if err != nil {
		return nil, err
	}
	s := &IMAP{users: map[string]*imapmemserver.User{}, done: make(chan struct{})}
	memory := imapmemserver.New()
	for _, u := range users {
		box := imapmemserver.NewUser(u.Name, u.Password)
		for _, folder := range []string{"INBOX", "Sent", "Junk"} {
			if err := box.Create(folder, nil); err != nil {
				return nil, fmt.Errorf("making %s of %s: %w", folder, u.Name, err)
			}
		}
		memory.AddUser(box)
		s.users[u.Name] = box
	}
	s.server = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
		Logger:       silent,
		InsecureAuth: true, // the listener below has already done TLS
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for IMAP: %w", err)
	}
	s.Port = portOf(l)
	go func() {
		defer close(s.done)
		_ = s.server.Serve(tls.NewListener(l, config)) // ends with Close
	}()
	return s, nil
}

// Append puts a mail into a user's INBOX with this date of receipt.
func (s *IMAP) Append(user string, raw []byte, received time.Time) error {
	box := s.users[user]
	if box == nil {
		return fmt.Errorf("no mailbox %q", user)
	}
	_, err := box.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: received})
	if err != nil {
		return fmt.Errorf("appending to the mailbox %q: %w", user, err)
	}
	return nil
}

// Close ends every session.
func (s *IMAP) Close() error {
	err := s.server.Close()
	<-s.done
	return ignore(err, net.ErrClosed)
}

// literal is a mail as the memory server wants it.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// silent drops what the servers log about connections that end early.
var silent = log.New(io.Discard, "", 0)

func serverTLS(ca *localca.CA) (*tls.Config, error) {
	pair, err := ca.Issue(localca.Leaf{})
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair.TLS}, MinVersion: tls.VersionTLS12}, nil
}

func portOf(l net.Listener) int {
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr.Port
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
