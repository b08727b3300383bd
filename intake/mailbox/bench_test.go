package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"requestd/intake"
)

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// nothing is a Sink that keeps nothing.
type nothing struct{}

func (nothing) Mark(context.Context, string, string) (Mark, error)          { return Mark{}, nil }
func (nothing) Unhandled(context.Context, Folder, []Seen) ([]uint32, error) { return nil, nil }
func (nothing) CountAttempt(context.Context, Folder, uint32) (int, error)   { return 1, nil }
func (nothing) Read(Folder, *Fetched) (*intake.ReadMail, int64)             { return nil, 0 }
func (nothing) TakeIn(context.Context, Folder, []Fetched, uint32) error     { return nil }
func (nothing) Renumber(context.Context, Folder) error                      { return nil }

// BenchmarkRead reads a mailbox of 2,000 mails of 5 KB, and some of 1 MB, from
// a server in memory, without TLS.
func BenchmarkRead(b *testing.B) {
	const mails = 2000
	user := imapmemserver.NewUser("governance", "secret")
	if err := user.Create("INBOX", nil); err != nil {
		b.Fatal(err)
	}
	for i := range mails {
		size := 5000
		if i%100 == 0 {
			size = 1 << 20
		}
		raw := []byte(letter(fmt.Sprintf("mail-%d", i), size))
		if _, err := user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: time.Now()}); err != nil {
			b.Fatal(err)
		}
	}
	store := imapmemserver.New()
	store.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return store.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve(l) }() // ends with Close
	defer server.Close()
	o := Options{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: None, Username: "governance",
		Password: func() (string, error) { return "secret", nil },
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := New(o, nothing{}, slog.New(slog.DiscardHandler)).Once(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*mails)/b.Elapsed().Seconds(), "mails/s")
}
