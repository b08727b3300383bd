package engine

import (
	"runtime/debug"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/eml"
	"requestd/intake/mailbox"
	"requestd/intake/rules"
	"requestd/store"
)

// item is one mail on its way into the register.
type item struct {
	place      intake.Place
	role       mailbox.Role
	received   time.Time
	doubtful   bool // the server gave no usable INTERNALDATE
	size       int64
	unreadable string
	msg        *intake.Message
	mentions   []rules.Mention
	thread     intake.Thread
	reading    intake.Reading
}

// NeedMore tells how many more bytes of a mail its text wants. Of one that
// wants none the reading is kept for Deliver, which so finds it done while an
// earlier batch was being registered.
func (e *Engine) NeedMore(at mailbox.Place, f *mailbox.Fetched) int64 {
	if f.Unreadable != "" {
		return 0
	}
	m := eml.Parse(f.Raw, f.Complete)
	f.Held = m
	have, limit := int64(len(f.Raw)), int64(e.Cases.Settings().Limits.FetchBytes)
	if want := min(4*have, limit-have); m.Incomplete && !f.Complete && want > 0 {
		return want
	}
	if it, err := e.studied(at, f); err == nil { // else Deliver meets the error again, and gives it
		f.Held = it
	}
	return 0
}

// read gives a batch parsed, threaded and classified. Nothing is changed: of
// the register it uses a snapshot, and take looks again where that is stale.
func (e *Engine) read(at mailbox.Place, batch []mailbox.Fetched) ([]*item, error) {
	items := make([]*item, len(batch))
	for i := range batch {
		it, done := batch[i].Held.(*item)
		if !done {
			var err error
			if it, err = e.studied(at, &batch[i]); err != nil {
				return nil, err
			}
		}
		items[i] = it
	}
	return items, nil
}

// studied reads one mail.
func (e *Engine) studied(at mailbox.Place, f *mailbox.Fetched) (*item, error) {
	it := e.parsed(at, f)
	if it.unreadable == "" {
		err := e.store.View(func(tx *store.Tx) (err error) {
			it.thread, err = e.thread(tx, it)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	e.classify(it)
	return it, nil
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
		it.reading = e.Cases.Rules().Classifier.Classify(it.msg, it.thread, it.place.Mailbox)
		return
	}
	it.reading = intake.Reading{
		Kind: intake.Other, Decision: intake.Triage, Language: "en", Also: []intake.Kind{}, Hold: []string{}, Flags: []string{},
		Why:      "the mail could not be read: open it in the mailbox and decide",
		Evidence: []intake.Evidence{{Signal: "unreadable", Quote: it.unreadable}},
	}
}

func (e *Engine) parsed(at mailbox.Place, f *mailbox.Fetched) *item {
	it := &item{
		place: intake.Place{Mailbox: at.Mailbox, Folder: at.Folder, UIDValidity: at.UIDValidity, UID: f.UID},
		role:  at.Role, received: f.Received.UTC(), size: f.Size, unreadable: f.Unreadable,
	}
	if m, ok := f.Held.(*intake.Message); ok {
		it.msg = m
	} else {
		it.msg = eml.Parse(f.Raw, f.Complete)
	}
	it.mentions = e.Cases.Rules().Mentions(it.msg)
	if now := e.now(); f.Received.Year() < deadlines.FirstYear || f.Received.After(now.Add(clockSkew)) {
		it.received, it.doubtful = now.UTC(), true
	}
	return it
}

// clockSkew is by how much a server's clock may run ahead.
const clockSkew = 24 * time.Hour
