package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// How long a session lasts.
const (
	IdleEnd     = time.Hour      // without a request
	AbsoluteEnd = 12 * time.Hour // at most
	seenEvery   = 5 * time.Minute
)

// Session is somebody who has signed in.
type Session struct {
	ID string `json:"id"` // a hash of the word that carries it
	Person
	Begun time.Time `json:"begun"`
	Seen  time.Time `json:"seen"` // to within a few minutes

	Keys Keys `json:"-"` // the person's keys, as they are now
}

// Person is somebody who uses the page.
type Person struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	Own     bool   `json:"own,omitempty"` // they have an account of the register's own, which holds their role

	// For somebody who signs in by OpenID Connect: what the provider said last.
	Role      casework.Role `json:"role,omitempty"`
	Mailboxes []string      `json:"mailboxes,omitempty"`
}

// ErrEnded says that a session has ended or never existed.
var ErrEnded = errors.New("the session is over")

func (s *Session) over(now time.Time) bool {
	return now.Sub(s.Seen) > IdleEnd || now.Sub(s.Begun) > AbsoluteEnd
}

// Who returns the person as the principal of acts.
func (p *Person) Who() casework.Principal {
	who := casework.Principal{Actor: intake.ActorPage + p.Address, Role: p.Role}
	if len(p.Mailboxes) > 0 {
		who.Mailboxes = p.Mailboxes
	}
	return who
}

// asNow sets the role of a person with an own account to the one that the
// account has now. The error is ErrEnded if that account no longer exists, or
// none are used.
func (a *Accounts) asNow(tx *store.Tx, p *Person) error {
	switch {
	case !p.Own:
		return nil
	case a.elsewhere.Load():
		return ErrEnded
	}
	x, ok := store.Fact[Account](tx, accountKey(p.Address))
	if !ok {
		return ErrEnded
	}
	p.Role, p.Mailboxes, p.Name = x.Role, x.Mailboxes, x.Name
	return nil
}

const sessionPrefix = "page/session/"

func wordID(word string) string {
	h := sha256.Sum256([]byte(word))
	return hex.EncodeToString(h[:])
}

func newWord() string {
	b := make([]byte, 32)
	rand.Read(b) // it never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// begin records a session, and deletes those that have ended.
func (a *Accounts) begin(tx *store.Tx, s Session) (word string, err error) {
	for old := range a.sessions(tx) {
		if old.over(tx.Now()) {
			err = errors.Join(err, tx.DeleteFact(sessionPrefix+old.ID))
		}
	}
	word = newWord()
	s.ID, s.Begun, s.Seen = wordID(word), tx.Now(), tx.Now()
	return word, errors.Join(err, tx.SetFact(sessionPrefix+s.ID, s))
}

// Begin starts a session for somebody for whom an OpenID provider vouches.
// Their calendars show from now on what their role allows now.
func (a *Accounts) Begin(p Person) (word string, err error) {
	err = a.store.Update(func(tx *store.Tx) (err error) {
		word, err = a.begin(tx, Session{Person: p})
		return errors.Join(err, a.vouched(tx, p))
	})
	if err == nil {
		a.log.Info("somebody signed in to the page", "account", p.Address)
	}
	return word, err
}

// Session returns the session that a word carries, with the role that its
// account has now. Its last use is recorded every few minutes; a store that
// cannot be written ends no session.
func (a *Accounts) Session(word string) (*Session, error) {
	var s Session
	err := a.store.View(func(tx *store.Tx) error {
		var known bool
		if s, known = store.Fact[Session](tx, sessionPrefix+wordID(word)); !known || s.over(tx.Now()) {
			return ErrEnded
		}
		s.Keys, _ = store.Fact[Keys](tx, keysKey(s.Address))
		return a.asNow(tx, &s.Person)
	})
	if err != nil {
		return nil, err
	}
	if a.now().Sub(s.Seen) > seenEvery {
		used(a, sessionPrefix+s.ID, func(kept *Session, now time.Time) { kept.Seen = now })
	}
	return &s, nil
}

// used records that a session or a calendar was used. A failure is ignored.
func used[T any](a *Accounts, name string, when func(kept *T, now time.Time)) {
	err := a.store.Update(func(tx *store.Tx) error {
		kept, ok := store.Fact[T](tx, name)
		if !ok {
			return nil // it ended meanwhile
		}
		when(&kept, tx.Now())
		return tx.SetFact(name, kept)
	})
	if err != nil {
		a.log.Warn("that a session or a calendar was used could not be recorded", "error", err)
	}
}

func (a *Accounts) sessions(tx *store.Tx) iter.Seq[Session] { return facts[Session](tx, sessionPrefix) }

// facts returns what is recorded under names with a prefix.
func facts[T any](tx *store.Tx, prefix string) iter.Seq[T] {
	return func(yield func(T) bool) {
		for name := range tx.FactNames(prefix) {
			if x, ok := store.Fact[T](tx, name); ok && !yield(x) { // an alarm tells one that cannot be read
				return
			}
		}
	}
}

// Sessions returns the sessions of one address that have not ended, the newest
// first.
func (a *Accounts) Sessions(address string) (list []Session, err error) {
	err = a.store.View(func(tx *store.Tx) error {
		for s := range a.sessions(tx) {
			if strings.EqualFold(s.Address, address) && !s.over(tx.Now()) {
				list = append(list, s)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(x, y Session) int { return y.Begun.Compare(x.Begun) })
	return list, err
}

// End ends one session of an address.
func (a *Accounts) End(address, id string) error {
	return a.store.Update(func(tx *store.Tx) error {
		if s, ok := store.Fact[Session](tx, sessionPrefix+id); ok && strings.EqualFold(s.Address, address) {
			return tx.DeleteFact(sessionPrefix + id)
		}
		return nil
	})
}

// endAll ends the sessions and the calendars of an address.
func (a *Accounts) endAll(tx *store.Tx, address string) error {
	err := a.endOthers(tx, &Session{Person: Person{Address: address}})
	for f := range a.feeds(tx, address) {
		err = errors.Join(err, tx.DeleteFact(feedPrefix+f.ID))
	}
	return err
}

func (a *Accounts) endOthers(tx *store.Tx, but *Session) (err error) {
	for s := range a.sessions(tx) {
		if strings.EqualFold(s.Address, but.Address) && s.ID != but.ID {
			err = errors.Join(err, tx.DeleteFact(sessionPrefix+s.ID))
		}
	}
	return err
}
