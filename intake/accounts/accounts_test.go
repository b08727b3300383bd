package accounts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/store"
)

const officer = "foi.officer@example.org"

// office is a register with its accounts, and a clock that the test sets.
type office struct {
	*accounts.Accounts
	now  time.Time
	path string // of the register
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{now: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), path: filepath.Join(t.TempDir(), "requestd.db")}
	clock := func() time.Time { return o.now }
	db, err := store.Open(o.path, store.Options{Now: clock, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if found, err := db.Verify(context.WithoutCancel(t.Context()), nil); err != nil || len(found) > 0 {
			t.Error(found, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Accounts = accounts.New(db, clock, slog.New(slog.DiscardHandler))
	return o
}

func (o *office) add(t *testing.T) accounts.Given {
	t.Helper()
	given, err := o.Add(accounts.Input{Address: officer, Name: "K. Dunne", Role: casework.Officer, Mailboxes: []string{"cafcass"}})
	if err != nil {
		t.Fatal(err)
	}
	return given
}

func (o *office) code(t *testing.T, g accounts.Given) string {
	t.Helper()
	code, err := totp.GenerateCode(g.Code, o.now)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestWhoeverKnowsPasswordAndCodeIsLetIn(t *testing.T) {
	o := open(t)
	g := o.add(t)
	for _, x := range []struct{ name, address, password, code string }{
		{"another password", officer, "wrong", o.code(t, g)},
		{"another code", officer, g.Password, "000000"},
		{"nobody's address", "somebody@example.org", g.Password, o.code(t, g)},
		{"nothing", "", "", ""},
	} {
		if _, err := o.SignIn(x.address, x.password, x.code, x.name); !errors.Is(err, accounts.ErrWrong) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	code := o.code(t, g)
	word, err := o.SignIn(strings.ToUpper(officer), g.Password, code, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := o.Session(word)
	if err != nil {
		t.Fatal(err)
	}
	who := s.Who()
	if who.Actor != "page:"+officer || who.May(casework.ToDecide, "cafcass") != nil || who.May(casework.ToRead, "cymru") == nil || who.May(casework.ToErase, "cafcass") == nil {
		t.Errorf("the session is of %+v", who)
	}
	if _, err := o.SignIn(officer, g.Password, code, "127.0.0.1"); !errors.Is(err, accounts.ErrWrong) {
		t.Errorf("a code was taken twice: %v", err)
	}
}

func TestGuessingIsStopped(t *testing.T) {
	o := open(t)
	g := o.add(t)
	for range 5 {
		if _, err := o.SignIn(officer, "wrong", "000000", "192.0.2.1"); !errors.Is(err, accounts.ErrWrong) {
			t.Fatal(err)
		}
	}
	if _, err := o.SignIn(officer, g.Password, o.code(t, g), "198.51.100.7"); !errors.Is(err, accounts.ErrTooMany) {
		t.Errorf("after five wrong ones: %v", err)
	}
	o.now = o.now.Add(16 * time.Minute)
	if _, err := o.SignIn(officer, g.Password, o.code(t, g), "198.51.100.7"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

// Somebody at another's open session gets no more guesses at the password, even
// if all guesses come at once.
func TestGuessesThatComeAtOnceAreCounted(t *testing.T) {
	o := open(t)
	g := o.add(t)
	word, err := o.SignIn(g.Address, g.Password, o.code(t, g), "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := o.Session(word)
	if err != nil {
		t.Fatal(err)
	}
	var read atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := o.SetPassword(s, "a guess at it", "a password of my own"); !errors.Is(err, accounts.ErrTooMany) {
				read.Add(1)
			}
		})
	}
	all.Wait()
	if n := read.Load(); n != 5 {
		t.Errorf("%d guesses were read", n)
	}
}

func TestASessionEnds(t *testing.T) {
	for name, end := range map[string]func(*office, string, *accounts.Session) error{
		"left alone": func(o *office, _ string, _ *accounts.Session) error {
			o.now = o.now.Add(accounts.IdleEnd + time.Second)
			return nil
		},
		"at the end of the day": func(o *office, word string, _ *accounts.Session) error {
			for until := o.now.Add(accounts.AbsoluteEnd); !o.now.After(until); o.now = o.now.Add(30 * time.Minute) {
				if _, err := o.Session(word); err != nil {
					return err
				}
			}
			return nil
		},
		"signed out":    func(o *office, _ string, s *accounts.Session) error { return o.End(s.Address, s.ID) },
		"removed":       func(o *office, _ string, _ *accounts.Session) error { return o.Remove(officer) },
		"reset":         func(o *office, _ string, _ *accounts.Session) error { _, err := o.Reset(officer); return err },
		"of a stranger": nil,
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			g := o.add(t)
			word, err := o.SignIn(officer, g.Password, o.code(t, g), "127.0.0.1")
			if err != nil {
				t.Fatal(err)
			}
			s, err := o.Session(word)
			if err != nil {
				t.Fatal(err)
			}
			if end == nil {
				if err := o.End("somebody@example.org", s.ID); err != nil {
					t.Fatal(err)
				}
				if _, err := o.Session(word); err != nil {
					t.Errorf("somebody else ended it: %v", err)
				}
				return
			}
			if err := end(o, word, s); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Session(word); !errors.Is(err, accounts.ErrEnded) {
				t.Errorf("it goes on: %v", err)
			}
		})
	}
}

func TestAPasswordIsChanged(t *testing.T) {
	o := open(t)
	g := o.add(t)
	sign := func(password string) string {
		t.Helper()
		o.now = o.now.Add(time.Minute)
		word, err := o.SignIn(officer, password, o.code(t, g), "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		return word
	}
	other, word := sign(g.Password), sign(g.Password)
	s, err := o.Session(word)
	if err != nil {
		t.Fatal(err)
	}
	var refused *casework.Refusal
	if err := o.SetPassword(s, g.Password, "short"); !errors.As(err, &refused) {
		t.Errorf("a short one: %v", err)
	}
	if err := o.SetPassword(s, "wrong", "a long enough password"); !errors.As(err, &refused) {
		t.Errorf("without the present one: %v", err)
	}
	if err := o.SetPassword(s, g.Password, "a long enough password"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Session(word); err != nil {
		t.Errorf("the session that changed it is over: %v", err)
	}
	if _, err := o.Session(other); !errors.Is(err, accounts.ErrEnded) {
		t.Errorf("the other one goes on: %v", err)
	}
	sign("a long enough password")
}

func TestAccountsAreListedWithoutSecrets(t *testing.T) {
	o := open(t)
	o.add(t)
	for _, in := range []accounts.Input{{Address: officer, Role: casework.Officer}, {Address: "nobody", Role: casework.Officer}, {Address: "a@example.org", Role: "king"}} {
		var refused *casework.Refusal
		if _, err := o.Add(in); !errors.As(err, &refused) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := o.AddFeed(accounts.Feed{Person: accounts.Person{Address: strings.ToUpper(officer), Own: true}}); err != nil {
		t.Fatal(err)
	}
	list, err := o.List()
	if err != nil || len(list) != 1 || list[0].Address != officer || list[0].Role != casework.Officer || list[0].Sessions != 0 || list[0].Calendars != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// No word that lets anybody in is stored in the register itself.
func TestSecretsAreKeptAsHashes(t *testing.T) {
	o := open(t)
	g := o.add(t)
	word, err := o.SignIn(officer, g.Password, o.code(t, g), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	token, err := o.AddFeed(accounts.Feed{Person: accounts.Person{Address: officer, Own: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Feed(token, "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(o.path)
	if err != nil || !bytes.Contains(kept, []byte(officer)) {
		t.Fatal("the register is not where it is looked for", err)
	}
	for name, secret := range map[string]string{"password": g.Password, "session": word, "calendar": token} {
		if bytes.Contains(kept, []byte(secret)) {
			t.Errorf("the %s is in the register as it is", name)
		}
	}
}

// TestAttemptsAreCountedWithoutEnd: a whole network of IPv6 addresses counts as
// one place, and what is typed as an address is not kept whole.
func TestAttemptsAreCountedWithoutEnd(t *testing.T) {
	o := open(t)
	refused := func(address, from string) error {
		_, err := o.SignIn(address, "no password", "123456", from)
		return err
	}
	for i := range 20 {
		if err := refused(fmt.Sprintf("guess%d@example.org", i), fmt.Sprintf("2001:db8:1:2::%x", i+1)); !errors.Is(err, accounts.ErrWrong) {
			t.Fatalf("attempt %d from a network: %v", i+1, err)
		}
	}
	if err := refused("guess@example.org", "2001:db8:1:2:ffff::1"); !errors.Is(err, accounts.ErrTooMany) {
		t.Errorf("one more from the same network: %v", err)
	}
	if err := refused("guess@example.org", "2001:db8:1:3::1"); !errors.Is(err, accounts.ErrWrong) {
		t.Errorf("one from another network: %v", err)
	}
	long := strings.Repeat("x", 300)
	for i := range 6 {
		want := accounts.ErrWrong
		if i == 5 {
			want = accounts.ErrTooMany
		}
		if err := refused(fmt.Sprint(long, i), fmt.Sprintf("192.0.2.%d", i)); !errors.Is(err, want) {
			t.Errorf("attempt %d in a long name: %v, want %v", i+1, err, want)
		}
	}
}
