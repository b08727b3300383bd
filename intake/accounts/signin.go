package accounts

import (
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"requestd/store"
)

// ErrWrong says that a sign-in was refused, without saying which part was
// wrong.
var ErrWrong = errors.New("address, password or code is wrong")

// ErrTooMany says that an attempt was refused without a look, after many that
// failed.
var ErrTooMany = errors.New("too many attempts failed: try again in a quarter of an hour")

const (
	mostFailed   = 5  // for one account
	mostFrom     = 20 // from one place
	failedFor    = 15 * time.Minute
	mostWatched  = 10000 // names of accounts and places
	maxAddress   = 254   // bytes (RFC 5321 section 4.5.3.1.3)
	codeInterval = 30 * time.Second
)

// network returns the place from which somebody asks. For IPv6 it is the
// network: whoever has one address of it has all the others too.
func network(from string) string {
	if a, err := netip.ParseAddr(from); err == nil && a.Unmap().Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			from = p.String()
		}
	}
	return "from " + from
}

// limits counts attempts, by account and by place.
type limits struct {
	mu     sync.Mutex
	failed map[string][]time.Time
}

func newLimits() limits { return limits{failed: map[string][]time.Time{}} }

// count counts an attempt if there were fewer than most.
func (l *limits) count(now time.Time, name string, most int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.recent(now, name)) >= most {
		return ErrTooMany
	}
	l.add(now, name)
	return nil
}

// attempt counts an attempt as failed until it is known to be right, if not too
// many have failed. So attempts that come at once cannot get past the limit.
func (l *limits) attempt(now time.Time, names ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, name := range names {
		most := mostFailed
		if i > 0 {
			most = mostFrom
		}
		if len(l.recent(now, name)) >= most {
			return ErrTooMany
		}
	}
	l.add(now, names...)
	return nil
}

// recent drops attempts that were long enough ago.
func (l *limits) recent(now time.Time, name string) []time.Time {
	list := l.failed[name]
	for len(list) > 0 && now.Sub(list[0]) > failedFor {
		list = list[1:]
	}
	if len(list) == 0 {
		delete(l.failed, name)
		return nil
	}
	l.failed[name] = list
	return list
}

func (l *limits) add(now time.Time, names ...string) {
	if len(l.failed) > mostWatched {
		for name := range l.failed {
			l.recent(now, name)
		}
	}
	for _, name := range names {
		l.failed[name] = append(l.recent(now, name), now)
	}
}

// forgive forgets an account's failed attempts, and the one attempt from a
// place that did not fail after all.
func (l *limits) forgive(account, place string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failed, account)
	if list := l.failed[place]; len(list) > 0 {
		l.failed[place] = list[:len(list)-1]
	}
}

// SignIn begins a session for somebody who knows an account's password and
// code. from is the place, such as the IP address. It returns the word that
// carries the session.
func (a *Accounts) SignIn(address, password, code, from string) (word string, err error) {
	now := a.now()
	address = address[:min(len(address), maxAddress)] // attempts are remembered by address
	names := []string{accountKey(address), network(from)}
	if err := a.limits.attempt(now, names...); err != nil {
		return "", err
	}
	x, err := a.account(address)
	switch {
	case errors.Is(err, store.ErrNotFound):
		verifyPassword(nobody, password)
		return "", ErrWrong
	case err != nil:
		return "", err
	case !verifyPassword(x.Password, password):
		return "", ErrWrong
	}
	err = a.change(address, func(tx *store.Tx, x *Account) error {
		step, ok := x.step(code, now)
		if !ok || step <= x.Used {
			return ErrWrong
		}
		x.Used = step
		word, err = a.begin(tx, Session{Person: Person{Address: x.Address, Name: x.Name, Own: true}})
		return errors.Join(err, tx.SetFact(accountKey(address), x))
	})
	if err != nil {
		return "", err
	}
	a.limits.forgive(names[0], names[1])
	a.log.Info("somebody signed in to the page", "account", x.Address)
	return word, nil
}

// step finds the time step whose code was entered: the present one or a
// neighbour (RFC 6238 section 5.2).
func (x *Account) step(code string, now time.Time) (int64, bool) {
	for _, near := range []time.Duration{0, -codeInterval, codeInterval} {
		at := now.Add(near)
		want, err := totp.GenerateCode(x.Code, at)
		if err == nil && want == code {
			return at.Unix() / int64(codeInterval/time.Second), true
		}
	}
	return 0, false
}
