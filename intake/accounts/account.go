// Package accounts decides who may use the officers' page. It holds the
// register's own accounts, with password and one-time code, and the sessions of
// people who signed in, here or at an OpenID provider. Passwords and session
// tokens are stored only as hashes.
package accounts

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pquerna/otp/totp"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// Roles are those that an account may have.
var Roles = []casework.Role{casework.Reader, casework.Officer, casework.Head, casework.Administrator}

// Account is somebody who signs in with a password and a one-time code.
type Account struct {
	Address   string        `json:"address"`
	Name      string        `json:"name"`
	Role      casework.Role `json:"role"`
	Mailboxes []string      `json:"mailboxes,omitempty"` // none means all
	Password  string        `json:"password"`            // argon2id, in its usual encoding
	Code      string        `json:"code"`                // the secret of its one-time codes, base32
	Used      int64         `json:"used,omitempty"`      // the last time step whose code was used, so that none is used twice
	Created   time.Time     `json:"created"`
}

// Listed is an account as it is shown: without secrets.
type Listed struct {
	Address   string        `json:"address"`
	Name      string        `json:"name"`
	Role      casework.Role `json:"role"`
	Mailboxes []string      `json:"mailboxes"`
	Created   time.Time     `json:"created"`
	Sessions  int           `json:"sessions"`
	Calendars int           `json:"calendars"` // how many calendar addresses it has
}

// Given is what somebody needs to sign in for the first time. It is shown once
// and stored nowhere.
type Given struct {
	Address  string `json:"address"`
	Password string `json:"password"`
	Code     string `json:"code"`     // the secret, to type into an app that makes codes
	CodeLink string `json:"code_uri"` // the same as otpauth://
}

// Accounts keeps accounts and sessions in a register.
type Accounts struct {
	store  *store.DB
	now    func() time.Time
	log    *slog.Logger
	limits limits // on attempts to sign in
	asked  limits // on fetching calendars

	elsewhere atomic.Bool // people sign in at a provider
}

// New returns the accounts of a register.
func New(db *store.DB, now func() time.Time, log *slog.Logger) *Accounts {
	return &Accounts{store: db, now: now, log: log, limits: newLimits(), asked: newLimits()}
}

// AtProvider says that people sign in at an OpenID provider. The register's own
// accounts are not used from then on: their sessions have ended, and their
// calendars show nothing until their owner has signed in there.
func (a *Accounts) AtProvider() { a.elsewhere.Store(true) }

const (
	accountPrefix = "page/account/"
	issuer        = "requestd"
)

func accountKey(address string) string { return accountPrefix + strings.ToLower(address) }

// Input is what an administrator enters for an account.
type Input struct {
	Address   string        `json:"address"`
	Name      string        `json:"name"`
	Role      casework.Role `json:"role"`
	Mailboxes []string      `json:"mailboxes"`
}

// Fields of an account that refusals may be about, besides those of acts.
const (
	OnOldPassword casework.Field = "old"
	OnNewPassword casework.Field = "new"
	OnWhose       casework.Field = "whose" // whose cases a calendar shows
)

func refuse(format string, args ...any) error {
	return &casework.Refusal{Says: fmt.Sprintf(format, args...)}
}

// Add makes an account with its own password and secret.
func (a *Accounts) Add(in Input) (Given, error) {
	switch {
	case !intake.Mailable(in.Address):
		return Given{}, casework.OnAddress.Refuse("address %q: want one of the form name@example.org", in.Address)
	case !slices.Contains(Roles, in.Role):
		return Given{}, refuse("role %q: want one of %v", in.Role, Roles)
	}
	x := Account{Address: in.Address, Name: intake.OneLine(in.Name, intake.MaxName), Role: in.Role, Mailboxes: in.Mailboxes, Created: a.now().UTC()}
	given, err := x.renew()
	if err != nil {
		return Given{}, err
	}
	return given, a.store.Update(func(tx *store.Tx) error {
		if _, known := store.Fact[Account](tx, accountKey(in.Address)); known {
			return refuse("there is an account %s already: reset gives it a new password, remove takes it away", in.Address)
		}
		return tx.SetFact(accountKey(in.Address), x)
	})
}

// renew gives an account a new password and a new secret.
func (x *Account) renew() (Given, error) {
	password := newPassword()
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: x.Address})
	if err != nil {
		return Given{}, fmt.Errorf("make the secret of %s: %w", x.Address, err)
	}
	x.Password, x.Code, x.Used = hashPassword(password), key.Secret(), 0
	return Given{Address: x.Address, Password: password, Code: key.Secret(), CodeLink: key.URL()}, nil
}

// change changes an existing account.
func (a *Accounts) change(address string, f func(*store.Tx, *Account) error) error {
	return a.store.Update(func(tx *store.Tx) error {
		x, err := accountOf(tx, address)
		if err != nil {
			return err
		}
		return f(tx, &x)
	})
}

// Reset gives an account a new password and secret and ends its sessions and
// calendars.
func (a *Accounts) Reset(address string) (given Given, err error) {
	err = a.change(address, func(tx *store.Tx, x *Account) (err error) {
		if given, err = x.renew(); err != nil {
			return err
		}
		return errors.Join(tx.SetFact(accountKey(address), x), a.endAll(tx, x.Address))
	})
	return given, err
}

// Remove deletes an account with its sessions, calendars, keys and saved
// searches. For somebody who signs in at a provider it deletes only the latter.
func (a *Accounts) Remove(address string) error {
	return a.store.Update(func(tx *store.Tx) error {
		_, err := accountOf(tx, address)
		_, known := store.Fact[searches](tx, searchKey(address))
		for s := range a.sessions(tx) {
			known = known || strings.EqualFold(s.Address, address)
		}
		for range a.feeds(tx, address) {
			known = true
		}
		if err != nil && !known {
			return err
		}
		return errors.Join(tx.DeleteFact(accountKey(address)), tx.DeleteFact(keysKey(address)), tx.DeleteFact(searchKey(address)), a.endAll(tx, address))
	})
}

// List returns every account, by address.
func (a *Accounts) List() (list []Listed, err error) {
	list = []Listed{}
	err = a.store.View(func(tx *store.Tx) error {
		sessions, calendars := map[string]int{}, map[string]int{}
		for s := range a.sessions(tx) {
			if !s.over(tx.Now()) {
				sessions[strings.ToLower(s.Address)]++
			}
		}
		for f := range facts[Feed](tx, feedPrefix) {
			calendars[strings.ToLower(f.Address)]++
		}
		for x := range facts[Account](tx, accountPrefix) {
			who := strings.ToLower(x.Address)
			list = append(list, Listed{
				Address: x.Address, Name: x.Name, Role: x.Role, Mailboxes: intake.NonNil(x.Mailboxes), Created: x.Created,
				Sessions: sessions[who], Calendars: calendars[who],
			})
		}
		return nil
	})
	return list, err
}

// SetPassword changes an account's password, which ends its other sessions.
func (a *Accounts) SetPassword(s *Session, old, fresh string) error {
	if n := len([]rune(fresh)); n < minPassword || n > maxPassword {
		return OnNewPassword.Refuse("a password has %d to %d characters", minPassword, maxPassword)
	}
	if err := a.limits.attempt(a.now(), s.Address); err != nil {
		return err
	}
	known, err := a.account(s.Address)
	if err != nil {
		return err
	}
	another := OnOldPassword.Refuse("the present password is another")
	if !verifyPassword(known.Password, old) {
		return another
	}
	a.limits.forgive(s.Address, "")
	hash := hashPassword(fresh)
	return a.change(s.Address, func(tx *store.Tx, x *Account) error {
		if x.Password != known.Password { // it was reset meanwhile
			return another
		}
		x.Password = hash
		return errors.Join(tx.SetFact(accountKey(x.Address), x), a.endOthers(tx, s))
	})
}

func (a *Accounts) account(address string) (x Account, err error) {
	err = a.store.View(func(tx *store.Tx) (err error) { x, err = accountOf(tx, address); return err })
	return x, err
}

func accountOf(tx *store.Tx, address string) (Account, error) {
	x, ok := store.Fact[Account](tx, accountKey(address))
	if !ok {
		return x, fmt.Errorf("account %s: %w", address, store.ErrNotFound)
	}
	return x, nil
}
