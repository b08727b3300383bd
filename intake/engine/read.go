package engine

import (
	"bytes"
	"errors"
	"runtime/debug"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// item is one mail that is being registered.
type item struct {
	place    intake.MailLocation
	role     mailbox.Role
	received time.Time
	doubtful bool // the server gave no usable INTERNALDATE
	size     int64
	intake.ReadMail
}

// Read parses, threads and classifies one mail; meanwhile an earlier batch may
// be in the middle of being registered. If the mail's text goes on, it returns
// instead how many bytes more it wants. On an error it returns nothing: TakeIn
// meets the error again and reports it.
func (e *Engine) Read(at mailbox.Folder, f *mailbox.Fetched) (read *intake.ReadMail, more int64) {
	if f.Unreadable != "" {
		return nil, 0
	}
	it, more, err := e.readOne(at, f, true)
	if err != nil || more > 0 {
		return nil, more
	}
	return &it.ReadMail, 0
}

// readAll returns a batch parsed, threaded and classified. It changes nothing:
// it reads a snapshot of the register, and take looks again where that is
// stale.
func (e *Engine) readAll(at mailbox.Folder, batch []mailbox.Fetched) ([]*item, error) {
	items := make([]*item, len(batch))
	for i := range batch {
		if read := batch[i].Read; read != nil {
			items[i] = e.item(at, &batch[i])
			items[i].ReadMail = *read
			continue
		}
		var err error
		if items[i], _, err = e.readOne(at, &batch[i], false); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// readOne reads one mail. If more of it can be fetched and its text goes on, it
// returns how many bytes it wants instead of classifying it.
func (e *Engine) readOne(at mailbox.Folder, f *mailbox.Fetched, more bool) (it *item, want int64, err error) {
	it = e.item(at, f)
	if it.Unreadable != "" {
		return it, 0, e.glance(it, f.Raw)
	}
	by := e.Cases.Rules().Classifier
	m, reading, err := e.reader.Read(by, it.place, f.Raw, f.Complete, func(m *intake.Message) (intake.Thread, bool, error) {
		if more {
			if want = e.wants(f, m); want > 0 {
				return intake.Thread{}, false, nil
			}
		}
		it.Message = m
		it.Mentions = e.Cases.Rules().Mentions(m)
		err := e.store.View(func(tx *store.Tx) (err error) {
			it.Thread, err = e.thread(tx, it)
			return err
		})
		return shown(it.Thread), true, err
	})
	var why intake.Unreadable
	switch {
	case errors.As(err, &why):
		it.Unreadable, it.Thread = string(why), intake.Thread{}
		return it, 0, e.glance(it, f.Raw)
	case err != nil || want > 0:
		return nil, want, err
	}
	it.Message, it.Reading = m, *reading
	it.gather()
	return it, 0, nil
}

// wants returns how many more bytes the mail's text needs.
func (e *Engine) wants(f *mailbox.Fetched, m *intake.Message) int64 {
	have, limit := int64(len(f.Raw)), int64(e.Cases.Settings().Limits.FetchBytes)
	if want := min(4*have, limit-have); m.Incomplete && !f.Complete && want > 0 {
		return want
	}
	return 0
}

// glance reads only the header of a mail that cannot be read, so that staff are
// told who wrote it and its subject. If that fails too, the header is left out.
func (e *Engine) glance(it *item, raw []byte) error {
	raw = raw[:min(len(raw), headBytes)]
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if head, _, ok := bytes.Cut(raw, []byte(blank)); ok {
			raw = append(head[:len(head):len(head)], blank...)
			break
		}
	}
	m, _, err := e.reader.Read(e.Cases.Rules().Classifier, it.place, raw, false, func(*intake.Message) (intake.Thread, bool, error) {
		return intake.Thread{}, false, nil
	})
	var why intake.Unreadable
	switch {
	case errors.As(err, &why):
		m = &intake.Message{}
	case err != nil:
		return err
	}
	it.Message = m
	it.Mentions = e.Cases.Rules().Mentions(m)
	it.gather()
	e.classify(it)
	return nil
}

const headBytes = 64 << 10

// classify reads a mail. If a defect of the program makes it panic, the mail
// becomes unreadable and the daemon does not end.
func (e *Engine) classify(it *item) {
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("a defect of the program while classifying: the mail becomes a case for a person", "mailbox", it.place.Mailbox,
				"uid", it.place.UID, "panic", p, "stack", string(debug.Stack()))
			it.Unreadable = "it could not be classified"
			e.classify(it)
		}
	}()
	if it.Unreadable == "" {
		it.Reading = e.Cases.Rules().Classifier.Classify(it.Message, shown(it.Thread), it.place.Mailbox)
		return
	}
	it.Reading = intake.Reading{
		Kind: intake.Other, Decision: intake.Triage, Language: "en", Also: []intake.Kind{}, Right: []string{}, Hold: []string{}, Flags: []string{},
		Why:      "the mail could not be read: open it in the mailbox and decide",
		Evidence: []intake.Evidence{{Signal: "unreadable", Quote: it.Unreadable}},
	}
}

func (e *Engine) item(at mailbox.Folder, f *mailbox.Fetched) *item {
	it := &item{
		place: intake.MailLocation{Mailbox: at.Mailbox, Folder: at.Folder, UIDValidity: at.UIDValidity, UID: f.UID},
		role:  at.Role, received: f.Received.UTC(), size: f.Size, ReadMail: intake.ReadMail{Unreadable: f.Unreadable},
	}
	if now := e.now(); f.Received.Year() < deadlines.FirstYear || f.Received.After(now.Add(clockSkew)) {
		it.received, it.doubtful = now.UTC(), true
	}
	return it
}

// clockSkew is how far a server's clock may be ahead.
const clockSkew = 24 * time.Hour
