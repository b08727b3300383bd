package postgres_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"requestd/store/ordered"
	"requestd/store/postgres"
	"requestd/store/storetest"
)

// wire is a way to a database that can be cut: the server does not notice.
type wire struct {
	mu   sync.Mutex
	ends []net.Conn  // of clients
	deaf atomic.Bool // what the server says to them is lost
}

// over returns the address of the same database by a wire.
func over(t *testing.T, address string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "wire") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	const socket = ".s.PGSQL.5432"
	l, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	w, q := &wire{}, u.Query()
	server := filepath.Join(q.Get("host"), socket)
	ended, end := context.WithCancel(context.Background())
	t.Cleanup(func() {
		end()
		_ = l.Close()
		_ = os.RemoveAll(dir)
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(ended, c, server)
		}
	}()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return w, u.String()
}

func (w *wire) carry(ended context.Context, c net.Conn, server string) {
	first := make([]byte, 8)
	const cancels = 80877102 // a wish that the server may stop what it does, which of a cut wire it never hears
	if _, err := io.ReadFull(c, first); err != nil || binary.BigEndian.Uint32(first[4:]) == cancels {
		_ = c.Close()
		return
	}
	s, err := net.Dial("unix", server)
	if err != nil {
		_ = c.Close()
		return
	}
	context.AfterFunc(ended, func() { _ = s.Close() })
	w.mu.Lock()
	w.ends = append(w.ends, c)
	w.mu.Unlock()
	if _, err := s.Write(first); err != nil {
		return
	}
	go func() { _, _ = io.Copy(s, c) }() // s stays open when c is gone
	b := make([]byte, 1<<16)
	for {
		n, err := s.Read(b)
		if err != nil {
			_ = c.Close()
			return
		}
		if !w.deaf.Load() {
			_, _ = c.Write(b[:n])
		}
	}
}

// cut ends every connection on the client's side. Those that are made then go through.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.ends {
		_ = c.Close()
	}
	w.ends = nil
	w.deaf.Store(false)
}

// The connection is lost while a step waits at the server to be recorded, and goes
// on there: recorded or not, it happens once.
func TestAStepWhoseConnectionIsLostHappensOnce(t *testing.T) {
	key := []byte("how often it happened")
	for name, c := range map[string]struct {
		recorded bool // before the connection is lost, though nobody is told
		runs     int
	}{
		"the server records it when it is told no more": {false, 2},
		"the answer is lost":                            {true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			address := storetest.URL(t, t.Name())
			w, by := over(t, address)
			db, direct := open(t, by), open(t, address)
			conn, err := pgx.Connect(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(context.Background()) }()
			turn, err := conn.Begin(t.Context())
			if err == nil {
				_, err = turn.Exec(t.Context(), "LOCK TABLE turns IN EXCLUSIVE MODE")
			}
			if err != nil {
				t.Fatal(err)
			}
			until := func(done func() bool) {
				for tick := time.NewTicker(time.Millisecond); !done(); <-tick.C {
				}
			}
			wait := func(n int) func() bool {
				return func() bool {
					var is int
					if err := turn.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass('turns')").Scan(&is); err != nil {
						t.Fatal(err)
					}
					return is >= n
				}
			}
			happened := func() (what string) {
				if err := direct.View(func(x ordered.Tx) error { what = string(x.Get(in, key)); return nil }); err != nil {
					t.Fatal(err)
				}
				return what
			}
			ran, done := 0, make(chan error, 1)
			go func() {
				done <- db.Update(func(x ordered.Tx) error { ran++; return x.Append(in, key, []byte("once ")) })
			}()
			until(wait(1))
			if c.recorded {
				w.deaf.Store(true)
			} else {
				w.cut()
				until(wait(2)) // the lost one, and the same again
			}
			if err := turn.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c.recorded {
				until(func() bool { return happened() != "" })
				w.cut()
			}
			if err := <-done; err != nil || ran != c.runs || happened() != "once " {
				t.Errorf("it ran %d times and happened %q: %v; want %d times", ran, happened(), err, c.runs)
			}
		})
	}
}

// A process whose row was cleared away, as one that was left behind, or whose mark
// another took, records all the same, once.
func TestWhoeverLostItsMarkTakesAnother(t *testing.T) {
	address := storetest.URL(t, t.Name())
	db := open(t, address)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, lost := range []string{"DELETE FROM writers", "UPDATE writers SET mark = 'another'"} {
		if _, err := conn.Exec(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
		for _, runs := range []int{2, 1} { // and then it has one
			ran := 0
			update(t, db, func(x ordered.Tx) { ran++; put(x, lost) })
			if ran != runs {
				t.Errorf("after %s it ran %d times, want %d", lost, ran, runs)
			}
		}
	}
}

// The first registers had no turns: they get them, whoever opens them.
func TestADatabaseFromBeforeGetsItsTurns(t *testing.T) {
	address := storetest.URL(t, t.Name())
	open(t, address)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "DROP TABLE turns"); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(address, "", false)
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(x ordered.Tx) { put(x, "a1") })
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// What a process says it does not hear itself: it knows.
func TestAWordIsHeardByTheOthers(t *testing.T) {
	address := storetest.URL(t, t.Name())
	one, other := open(t, address), open(t, address)
	ctx, stop := context.WithCancel(t.Context())
	ready, heard, ended := make(chan struct{}), make(chan string, 2), make(chan error, 1)
	go func() {
		ended <- one.Listen(ctx, func() { close(ready) }, func(word string) { heard <- word })
	}()
	<-ready
	for _, db := range []*postgres.DB{one, other} {
		if err := db.Broadcast(map[bool]string{true: "its own", false: "a letter for cafcass"}[db == one]); err != nil {
			t.Fatal(err)
		}
	}
	if word := <-heard; word != "a letter for cafcass" {
		t.Errorf("it heard %q", word)
	}
	stop()
	if err := <-ended; err == nil {
		t.Error("it is not said that nobody listens any more")
	}
}
