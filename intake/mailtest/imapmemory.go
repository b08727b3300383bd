package mailtest

import (
	"bytes"
	"io"
	"log"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// startMemory serves the users' mailboxes from memory, without faults.
func (s *FaultyIMAP) startMemory(t T) {
	t.Helper()
	s.memory = imapmemserver.New()
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return s.memory.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
		Logger:       log.New(io.Discard, "", 0),
		InsecureAuth: true,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("opening a port for IMAP: %v", err)
	}
	s.backend = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ends with Close
	}()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Logf("ending the server in memory: %v", err)
		}
		<-done
	})
	if s.opts.Users == nil {
		s.opts.Users = DefaultUsers()
	}
	for _, u := range s.opts.Users {
		s.Empty(u.Name)
	}
}

// Empty gives a user of the server in memory a new mailbox. Its UIDVALIDITY is
// 1 as before and its UIDs begin at 1 again, which no correct server does; with
// SetUIDValidity it becomes a correct new start.
func (s *FaultyIMAP) Empty(name string) {
	box := imapmemserver.NewUser(name, s.password(name))
	for _, folder := range []string{"INBOX", "Sent", "Junk"} {
		_ = box.Create(folder, nil) // only a folder that exists already fails
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes[name] = box
	s.memory.AddUser(box)
}

// Deliver puts a mail into a user's INBOX and returns its UID.
func (s *FaultyIMAP) Deliver(t T, name string, raw []byte, at time.Time) uint32 {
	t.Helper()
	s.mu.Lock()
	box := s.boxes[name]
	s.mu.Unlock()
	data, err := box.Append("INBOX", sized{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at})
	if err != nil {
		t.Fatalf("appending to the mailbox of %s: %v", name, err)
	}
	return uint32(data.UID)
}

// Expunge removes a mail from a user's INBOX while others have it open, as a
// colleague would, avoiding every fault.
func (s *FaultyIMAP) Expunge(t T, name string, uid uint32) {
	t.Helper()
	s.colleague(t, name, "INBOX", func(c *imapclient.Client) error {
		gone := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		if err := c.Store(uidSet([]uint32{uid}), gone, nil).Close(); err != nil {
			return err
		}
		return c.UIDExpunge(uidSet([]uint32{uid})).Close()
	})
}

// Move moves a mail from one folder of a user to another, as a colleague would.
// It makes the folder Archive if there is none.
func (s *FaultyIMAP) Move(t T, name, from, to string, uid uint32) {
	t.Helper()
	s.colleague(t, name, from, func(c *imapclient.Client) error {
		if to == "Archive" {
			_ = c.Create(to, nil).Wait() // it may be there
		}
		_, err := c.Move(uidSet([]uint32{uid}), to).Wait()
		return err
	})
}

// colleague opens a folder, avoiding every fault, and does something in it.
func (s *FaultyIMAP) colleague(t T, name, folder string, act func(*imapclient.Client) error) {
	t.Helper()
	conn, err := net.Dial("tcp", s.backend)
	if err != nil {
		t.Fatalf("reaching the mailbox of %s: %v", name, err)
	}
	defer conn.Close()
	c := imapclient.New(conn, nil)
	err = c.Login(name, s.password(name)).Wait()
	if err == nil {
		_, err = c.Select(folder, nil).Wait()
	}
	if err == nil {
		err = act(c)
	}
	if err != nil {
		t.Fatalf("changing the mailbox of %s: %v", name, err)
	}
}

func (s *FaultyIMAP) password(name string) string {
	i := slices.IndexFunc(s.opts.Users, func(u User) bool { return u.Name == name })
	if i < 0 || s.opts.Users[i].Password == "" {
		return Password
	}
	return s.opts.Users[i].Password
}

type sized struct{ *bytes.Reader }

func (l sized) Size() int64 { return l.Reader.Size() }
