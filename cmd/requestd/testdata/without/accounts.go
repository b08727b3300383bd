// Package accounts stands in for the accounts of the officers' page where the
// program is weighed without it.
package accounts

import (
	"log/slog"
	"time"

	"requestd/intake/casework"
	"requestd/store"
)

var Roles []casework.Role

type Person struct {
	Address, Name string
	Role          casework.Role
}

type Input struct {
	Address, Name string
	Role          casework.Role
	Mailboxes     []string
}

type Listed struct {
	Address, Name       string
	Role                casework.Role
	Mailboxes           []string
	Created             time.Time
	Sessions, Calendars int
}

type Given struct{ Address, Password, Code, CodeLink string }

type Accounts struct{}

func New(*store.DB, func() time.Time, *slog.Logger) *Accounts { return &Accounts{} }
func (*Accounts) Add(Input) (g Given, err error)              { return g, nil }
func (*Accounts) Reset(string) (g Given, err error)           { return g, nil }
func (*Accounts) Remove(string) error                         { return nil }
func (*Accounts) List() ([]Listed, error)                     { return nil, nil }
func (*Accounts) Begin(Person) (string, error)                { return "", nil }
