package accounts

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"requestd/store"
)

// Feed is an address at which a calendar program fetches the dates of cases
// without signing in. All that it needs is the random token in the address,
// which is stored only as a hash.
type Feed struct {
	ID string `json:"id"` // a hash of the token
	Person
	Mine    bool      `json:"mine,omitempty"`    // only cases of which they are in charge or the deputy
	Mailbox string    `json:"mailbox,omitempty"` // only this one
	Lang    string    `json:"lang"`
	Made    time.Time `json:"made"`
	Vouched time.Time `json:"vouched"` // when it was made, or when the provider last said what they may do
	Fetched time.Time `json:"fetched,omitzero"`
}

// ErrNoFeed says that a token was never issued, or is no longer valid.
var ErrNoFeed = errors.New("there is no such calendar")

const (
	feedPrefix = "page/calendar/"
	mostFeeds  = 10 // of one person

	// A provider tells nobody when somebody has left, so people must sign in again
	// from time to time.
	vouchedFor = 90 * 24 * time.Hour

	fetchedEvery = time.Hour // how often it is recorded that a calendar was fetched
	mostFetched  = 30        // fetches of one calendar within a quarter of an hour
	mostUnknown  = 60        // unknown tokens from one place in that time
)

// AddFeed makes an address for a calendar. The token is shown once.
func (a *Accounts) AddFeed(f Feed) (token string, err error) {
	token = newWord()
	err = a.store.Update(func(tx *store.Tx) error {
		n := 0
		for range a.feeds(tx, f.Address) {
			n++
		}
		if n >= mostFeeds {
			return OnWhose.Refuse("there are %d addresses already, and no more are given: end one of them first", n)
		}
		f.ID, f.Made, f.Vouched, f.Fetched = wordID(token), tx.Now(), tx.Now(), time.Time{}
		return tx.SetFact(feedPrefix+f.ID, f)
	})
	if err != nil {
		return "", err
	}
	a.log.Info("a calendar's address was given", "account", f.Address)
	return token, nil
}

// Feed returns the calendar of a token, asked for from a place, with what its
// owner may see now. The error is ErrTooMany if it was asked for too often.
func (a *Accounts) Feed(token, from string) (*Feed, error) {
	var f Feed
	err := a.store.View(func(tx *store.Tx) error {
		var known bool
		if f, known = store.Fact[Feed](tx, feedPrefix+wordID(token)); !known || !f.Own && tx.Now().Sub(f.Vouched) > vouchedFor {
			return ErrNoFeed
		}
		return a.asNow(tx, &f.Person)
	})
	if errors.Is(err, ErrEnded) {
		err = ErrNoFeed
	}
	name, most := f.ID, mostFetched
	if errors.Is(err, ErrNoFeed) {
		name, most = network(from), mostUnknown
	}
	if again := a.asked.count(a.now(), name, most); again != nil {
		return nil, again
	}
	if err != nil {
		return nil, err
	}
	if a.now().Sub(f.Fetched) > fetchedEvery {
		used(a, feedPrefix+f.ID, func(kept *Feed, now time.Time) { kept.Fetched = now })
	}
	return &f, nil
}

// vouched records what a provider now says about somebody, also for calendars
// that they made with an account of the register's own.
func (a *Accounts) vouched(tx *store.Tx, p Person) (err error) {
	for f := range a.feeds(tx, p.Address) {
		if !f.Own || a.elsewhere.Load() {
			f.Person, f.Vouched = p, tx.Now()
			err = errors.Join(err, tx.SetFact(feedPrefix+f.ID, f))
		}
	}
	return err
}

// feeds returns the calendars of one address.
func (a *Accounts) feeds(tx *store.Tx, address string) iter.Seq[Feed] {
	return func(yield func(Feed) bool) {
		for f := range facts[Feed](tx, feedPrefix) {
			if strings.EqualFold(f.Address, address) && !yield(f) {
				return
			}
		}
	}
}

// Feeds returns the calendars of one address, the newest first.
func (a *Accounts) Feeds(address string) (list []Feed, err error) {
	err = a.store.View(func(tx *store.Tx) error {
		list = slices.Collect(a.feeds(tx, address))
		return nil
	})
	slices.SortFunc(list, func(x, y Feed) int { return y.Made.Compare(x.Made) })
	return list, err
}

// EndFeed ends a calendar of an address at once.
func (a *Accounts) EndFeed(address, id string) error {
	return a.store.Update(func(tx *store.Tx) error {
		if f, ok := store.Fact[Feed](tx, feedPrefix+id); !ok || !strings.EqualFold(f.Address, address) {
			return fmt.Errorf("calendar %s: %w", id, store.ErrNotFound)
		}
		return tx.DeleteFact(feedPrefix + id)
	})
}
