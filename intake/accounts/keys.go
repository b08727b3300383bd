package accounts

import (
	"strings"

	"requestd/store"
)

// Keys are somebody's single keys on the page, in whatever session.
type Keys struct {
	Off bool              `json:"off,omitempty"`
	Own map[string]string `json:"own,omitempty"` // by what the key presses, where it is not the page's; "" is none
}

const keysPrefix = "page/keys/"

func keysKey(address string) string { return keysPrefix + strings.ToLower(address) }

// SetKeys records somebody's keys.
func (a *Accounts) SetKeys(address string, k Keys) error {
	return a.store.Update(func(tx *store.Tx) error { return tx.Set(keysKey(address), k) })
}
