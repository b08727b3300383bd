package engine

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/eml"
	"requestd/intake/mailbox"
	"requestd/store"
)

// anyUK is the calendar on which FOI requests are counted.
const anyUK = deadlines.AnyUK

// item is one mail on its way into the register.
type item struct {
	place      intake.Place
	role       mailbox.Role
	received   time.Time
	doubtful   bool // the server gave no usable INTERNALDATE
	size       int64
	unreadable string
	msg        *intake.Message
	mentions   []mention
	thread     intake.Thread
	reading    intake.Reading
}

// NeedMore tells how many more bytes of a mail its text wants. What was read
// is kept for Deliver.
func (e *Engine) NeedMore(_ mailbox.Place, f *mailbox.Fetched) int64 {
	if f.Unreadable != "" {
		return 0
	}
	m := eml.Parse(f.Raw, f.Complete)
	f.Held = m
	if !m.Incomplete || f.Complete {
		return 0
	}
	have := int64(len(f.Raw))
	limit := int64(e.Settings().Limits.FetchBytes)
	return max(0, min(4*have, limit-have))
}

// read parses, threads and classifies a batch. Nothing is changed: of the
// register it uses a snapshot, and take looks again where that may be stale.
func (e *Engine) read(_ context.Context, at mailbox.Place, batch []mailbox.Fetched) ([]item, error) {
	items := make([]item, len(batch))
	beside(len(batch), func(i int) { items[i] = e.parsed(at, &batch[i]) })
	err := e.store.View(func(tx *store.Tx) error {
		for i := range items {
			if items[i].unreadable != "" {
				continue
			}
			t, err := e.thread(tx, &items[i])
			if err != nil {
				return err
			}
			items[i].thread = t
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	beside(len(items), func(i int) { e.classify(&items[i]) })
	return items, nil
}

// besides is how many mails are read beside each other at most: enough for a
// small machine, and few enough that a batch leaves others their processor.
const besides = 4

// beside calls f for each number below n, some of them beside each other.
func beside(n int, f func(int)) {
	workers := min(besides, runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	all.Wait()
}

// classify reads a mail. A defect of the program over one mail makes that mail
// unreadable and does not end the daemon.
func (e *Engine) classify(it *item) {
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("a defect of the program while classifying: the mail becomes a case for a person", "mailbox", it.place.Mailbox,
				"uid", it.place.UID, "panic", p, "stack", string(debug.Stack()))
			it.unreadable = "it could not be classified"
			e.classify(it)
		}
	}()
	if it.unreadable == "" {
		it.reading = e.rules.Load().Classifier.Classify(it.msg, it.thread, it.place.Mailbox)
		return
	}
	it.reading = intake.Reading{
		Kind: intake.Other, Decision: intake.Triage, Language: "en", Also: []intake.Kind{}, Hold: []string{}, Flags: []string{},
		Why:      "the mail could not be read: open it in the mailbox and decide",
		Evidence: []intake.Evidence{{Signal: "unreadable", Quote: it.unreadable}},
	}
}

func (e *Engine) parsed(at mailbox.Place, f *mailbox.Fetched) item {
	it := item{
		place: intake.Place{Mailbox: at.Mailbox, Folder: at.Folder, UIDValidity: at.UIDValidity, UID: f.UID},
		role:  at.Role, received: f.Received.UTC(), size: f.Size, unreadable: f.Unreadable,
	}
	if m, ok := f.Held.(*intake.Message); ok {
		it.msg = m
	} else {
		it.msg = eml.Parse(f.Raw, f.Complete)
	}
	it.mentions = e.rules.Load().refs.mentions(it.msg)
	if now := e.now(); f.Received.Year() < firstYear || f.Received.After(now.Add(clockSkew)) {
		it.received, it.doubtful = now.UTC(), true
	}
	return it
}

const (
	firstYear = 2000           // of the calendar
	clockSkew = 24 * time.Hour // by which a server's clock may run ahead
)
