package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"requestd/store"
	"requestd/store/storetest"
)

// locks returns a function that counts, over its own connection, the locks on a
// test's tables.
func locks(t *testing.T, url string) (which func(where string) int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return func(where string) (n int) {
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
			WHERE c.relnamespace = to_regnamespace(current_schema()::text) AND `+where).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

const (
	alone = "l.granted AND l.mode = 'ExclusiveLock'"
	waits = "NOT l.granted"
)

// recordingAlone makes a process record alone, because another one comes in
// between, and calls f while it does. It returns how often it ran, which may be
// once more.
func recordingAlone(t *testing.T, one, other *store.DB, f func()) (ran int) {
	t.Helper()
	come := func(tx *store.Tx) error {
		var times int
		_, err := tx.GetFact("times", &times)
		return errors.Join(err, tx.SetFact("times", times+1))
	}
	update(t, one, func(tx *store.Tx) error {
		err := come(tx)
		switch ran++; ran {
		case 1:
			update(t, other, come)
		case 2:
			f()
		}
		return err
	})
	update(t, other, func(tx *store.Tx) error {
		var times int
		if _, err := tx.GetFact("times", &times); err != nil || times != 2 {
			t.Errorf("they came %d times, want 2: %v", times, err)
		}
		return nil
	})
	return ran
}

// Otherwise a process that stalls while it records alone would keep the others
// from sending heartbeats, and they would be taken for dead too.
func TestASignOfLifeDoesNotWaitForWhoeverRecordsAlone(t *testing.T) {
	url := storetest.URL(t, t.Name())
	one, other, third := openURL(t, url, true), openURL(t, url, false), openURL(t, url, false)
	held := locks(t, url)
	life := func() string {
		signs, err := third.SendHeartbeat()
		if err != nil {
			t.Error(err)
		}
		return signs[other.ProcessID()].Life
	}
	ran := recordingAlone(t, one, other, func() {
		if held(alone) == 0 {
			t.Error("it does not record alone")
		}
		for range 2 { // first the heartbeat's row is new, then it exists
			before := ""
			beaten := make(chan error, 1)
			go func() {
				before = life()
				_, err := other.SendHeartbeat()
				beaten <- err
			}()
			for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
				select {
				case err := <-beaten:
					if after := life(); err != nil || after == before {
						t.Errorf("the sign of life is %q and was %q: %v", after, before, err)
					}
				default:
					if held(waits) == 0 {
						continue
					}
					t.Error("a sign of life waits for whoever records alone")
					return
				}
				break
			}
		}
	})
	if ran != 2 {
		t.Errorf("it ran %d times, want 2", ran)
	}
}

// A process that is suspended while it records alone loses its turn and its
// connection, and runs its transaction again later.
func TestWhoeverStallsAloneLosesItsTurn(t *testing.T) {
	url := storetest.URL(t, t.Name())
	one, other := openURL(t, url, true), openURL(t, url, false)
	ran := recordingAlone(t, one, other, func() {
		update(t, other, func(tx *store.Tx) error { return tx.SetFact("meanwhile", true) })
	})
	if ran < 3 {
		t.Errorf("it ran %d times, want once more after it lost its turn", ran)
	}
	if n := locks(t, url)("c.relname = 'turns'"); n != 0 {
		t.Errorf("%d locks of the turn are left", n)
	}
}

// If a process is suspended in the middle of sending or receiving, the server
// does not notice that it is silent. Those who wait for it do.
func TestWhoeverFallsSilentWithTheTurnLosesIt(t *testing.T) {
	for what, holds := range map[string]func(*pgconn.Pipeline) error{
		"amid what it sends": func(p *pgconn.Pipeline) error {
			p.SendFlushRequest() // the end of the batch never comes
			return p.Flush()
		},
		"amid what it is sent": func(p *pgconn.Pipeline) error {
			p.SendQueryParams("SELECT repeat('x', 10000000)", nil, nil, nil, nil)
			return p.Sync() // it never reads the answer
		},
	} {
		for _, mode := range []string{"ROW SHARE", "EXCLUSIVE"} {
			t.Run(what+", "+mode, func(t *testing.T) {
				t.Parallel()
				url := storetest.URL(t, t.Name())
				one, other := openURL(t, url, true), openURL(t, url, false)
				held := locks(t, url)
				c, err := pgx.ParseConfig(url)
				if err != nil {
					t.Fatal(err)
				}
				c.RuntimeParams["application_name"] = "requestd that fell silent"
				conn, err := pgx.ConnectConfig(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = conn.Close(context.Background()) }()
				p := conn.PgConn().StartPipeline(t.Context())
				p.SendQueryParams("BEGIN", nil, nil, nil, nil)
				p.SendQueryParams("LOCK TABLE turns IN "+mode+" MODE", nil, nil, nil, nil)
				if err := holds(p); err != nil {
					t.Fatal(err)
				}
				for tick := time.NewTicker(time.Millisecond); held("c.relname = 'turns' AND l.granted") == 0; <-tick.C {
				}
				recordingAlone(t, one, other, func() {})
				if n := held(fmt.Sprint("l.pid = ", conn.PgConn().PID())); n != 0 {
					t.Error("it has the turn still")
				}
			})
		}
	}
}
