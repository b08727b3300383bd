package register

import (
	"cmp"

	"requestd/intake/config"
	"requestd/store"
)

// OpenStore opens the register at the address in a configuration: a file, or a
// database. It must exist, unless create is set and none was known there: then
// it is made.
func OpenStore(s config.Store, create bool, o store.Options) (*store.DB, error) {
	if s.URL == "" {
		return store.OpenKnown(string(s.Path), create, o)
	}
	password, err := s.Secret()
	if err != nil {
		return nil, err
	}
	return store.OpenURL(s.URL, password, create, o)
}

// Where names the register's place, for messages.
func Where(s config.Store) string {
	return cmp.Or(s.URL, string(s.Path))
}

// FixOwner is [store.FixOwner] for a register that lies in a file.
func FixOwner(s config.Store) error {
	if s.URL != "" {
		return nil
	}
	return store.FixOwner(string(s.Path))
}
