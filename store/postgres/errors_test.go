package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// spent is the error of a connection that was not used, since it is closed.
type spent struct{}

func (spent) Error() string     { return "the connection is closed" }
func (spent) SafeToRetry() bool { return true }

// What a database or the way to it says decides whether a step is done again,
// whether mail waits until an administrator has mended something, and what they are
// told.
func TestWhatAnErrorMeans(t *testing.T) {
	const unreachable, full, letIn = "start it, or mend the network", "make room there", "make its user, database and rights"
	says := func(code string) error { return &pgconn.PgError{Code: code} }
	db := &DB{name: "postgres://requestd@db.example.org:5432/requestd"}
	for what, c := range map[string]struct {
		err      error
		again    bool   // by itself, since another came in between
		severed  bool   // again, over another connection
		tells    string // "" is the error as it is
		waitsFor bool   // it may be mended, and the same be done then
	}{
		"another step came in between":     {err: says("40001"), again: true},
		"two steps wait for each other":    {err: says("40P01"), again: true},
		"what was read is no longer so":    {err: says(stale), again: true},
		"the mark is another":              {err: says(otherMark), again: true},
		"the server is shut down":          {err: says("57P01"), severed: true, tells: unreachable, waitsFor: true},
		"the server starts":                {err: says("57P03"), severed: true, tells: unreachable, waitsFor: true},
		"the connection fails":             {err: says("08006"), severed: true, tells: unreachable, waitsFor: true},
		"there are too many connections":   {err: says("53300"), severed: true, tells: unreachable, waitsFor: true},
		"it is a replica":                  {err: says("25006"), severed: true, tells: unreachable, waitsFor: true},
		"the session was ended for idling": {err: says("25P03"), severed: true, tells: unreachable, waitsFor: true},
		"the answer took too long":         {err: fmt.Errorf("read: %w", context.DeadlineExceeded), severed: true, tells: unreachable, waitsFor: true},
		"the network fails":                {err: &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, severed: true, tells: unreachable, waitsFor: true},
		"the answer breaks off":            {err: fmt.Errorf("read: %w", io.ErrUnexpectedEOF), severed: true, tells: unreachable, waitsFor: true},
		"the connection is closed already": {err: spent{}, severed: true, tells: unreachable, waitsFor: true},
		"nobody knows what was recorded":   {err: fmt.Errorf("%w: %w", errDoubt, io.ErrUnexpectedEOF), tells: unreachable, waitsFor: true},
		"its disk is full":                 {err: says("53100"), tells: full, waitsFor: true},
		"the password is wrong":            {err: says("28P01"), tells: letIn, waitsFor: true},
		"there is no such database":        {err: says("3D000"), tells: letIn, waitsFor: true},
		"a right is missing":               {err: says("42501"), tells: letIn, waitsFor: true},
		"it holds no register":             {err: ErrNoTables},
		"a defect of ours":                 {err: says("42601")},
	} {
		if got := conflict(c.err); got != c.again {
			t.Errorf("%s: it runs again is %t", what, got)
		}
		if got := severed(c.err); got != c.severed {
			t.Errorf("%s: it runs again over another connection is %t", what, got)
		}
		err := db.explained(c.err)
		if !errors.Is(err, c.err) || errors.Is(err, ErrUnreachable) != c.waitsFor || !strings.Contains(err.Error(), c.tells) {
			t.Errorf("%s: told is %v, want %q", what, err, c.tells)
		}
		if c.tells == "" && err.Error() != c.err.Error() {
			t.Errorf("%s: told is %v, want it as it is", what, err)
		}
		if again := db.explained(err); again.Error() != err.Error() {
			t.Errorf("%s: told twice it is %v", what, again)
		}
	}
	if severed(nil) || conflict(nil) || db.explained(nil) != nil {
		t.Error("nothing is wrong, and counts as wrong")
	}
}

// A server that takes no encryption is no database of ours, and nobody waits for it
// in vain: it is said.
func TestAServerThatRefusesEncryptionIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(c, make([]byte, 8))
			_, _ = c.Write([]byte("N"))
			_ = c.Close()
		}
	}()
	if _, err := Probe(t.Context(), "postgres://requestd@"+l.Addr().String()+"/requestd?sslmode=require", ""); !errors.Is(err, ErrUnreachable) {
		t.Errorf("told is %v, want ErrUnreachable", err)
	}
}
