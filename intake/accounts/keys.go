package accounts

import (
	"strings"

	"requestd/store"
)

// Keys are somebody's single keys on the page, the same in every session.
type Keys struct {
	Off bool              `json:"off,omitempty"`
	Own map[string]string `json:"own,omitempty"` // by what the key presses, if it is not the page's own key; "" is none
}

const keysPrefix = "page/keys/"

func keysKey(address string) string { return keysPrefix + strings.ToLower(address) }

// SetKeys changes somebody's keys as they are now, not as a window saw them
// that has been open for a while. If change refuses the new keys, it returns
// them all the same.
func (a *Accounts) SetKeys(address string, change func(*Keys) error) (k Keys, err error) {
	err = a.store.Update(func(tx *store.Tx) error {
		if k, _ = store.Fact[Keys](tx, keysKey(address)); k.Own == nil {
			k.Own = map[string]string{}
		}
		if err := change(&k); err != nil {
			return err
		}
		return tx.SetFact(keysKey(address), k)
	})
	return k, err
}
