// Package engine does the daemon's main job in one straight line: it parses and
// classifies a mail from a mailbox, makes it a case with its deadlines, commits
// the case to the register together with the letters that it needs, and only
// then tells the outbox.
package engine

import (
	"log/slog"
	"time"

	"requestd/intake/casework"
	"requestd/intake/clock"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/intake/register"
	"requestd/intake/replies"
	"requestd/store"
)

// Engine takes mail in, and holds the other parts that work on the same
// register. Its methods are safe for concurrent use.
type Engine struct {
	Cases    *casework.Cases
	Register *register.Register
	Clock    *clock.Clock
	Notices  *notices.Notices

	// StillOurs reports whether this daemon still works on a mailbox. It is called
	// in the transaction that depends on it; nil means that no other daemon can.
	StillOurs func(tx *store.Tx, mailbox string) bool

	replies *replies.Replies
	reader  Reader
	store   *store.DB
	now     func() time.Time
	log     *slog.Logger
	taken   tally
}

// New makes an engine and its parts over a register.
func New(o casework.Options, cfg *config.Config) (*Engine, error) {
	cases, err := casework.New(o, cfg)
	if err != nil {
		return nil, err
	}
	tell, facts := notices.New(cases, o.Log), register.New(o.Store, cases)
	clk := clock.New(o, cases, facts, tell)
	return &Engine{
		Cases: cases, Register: facts, Notices: tell, Clock: clk,
		replies: replies.New(cases, tell, clk, o.Log), store: o.Store, now: o.Now, log: o.Log, reader: within{o.Log},
	}, nil
}
