package simulate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/mailbox"
)

// box is a mailbox on its server, and the daemon's reader of it.
type box struct {
	w       *world
	cfg     *config.Mailbox
	down    time.Time // the server cannot be reached until then
	folders []*folder
	sent    map[string]time.Time // Message-IDs in the Sent folder, and since when they are there
}

type folder struct {
	name     string
	role     mailbox.Role
	validity uint32
	next     uint32
	mails    []*copyOf
	compared time.Time
}

// copyOf is a mail in a folder.
type copyOf struct {
	mail     *letterIn
	uid      uint32
	received time.Time
	again    bool // its folder was renumbered
	seen     bool // it was there when the folder was last read to its end
}

func newBox(w *world, cfg *config.Mailbox) *box {
	b := &box{w: w, cfg: cfg, sent: map[string]time.Time{}}
	b.folders = append(b.folders, &folder{name: cfg.IMAP.Folder, role: mailbox.Inbox, validity: 1000, next: 1})
	if cfg.IMAP.JunkFolder != "" {
		b.folders = append(b.folders, &folder{name: cfg.IMAP.JunkFolder, role: mailbox.Junk, validity: 2000, next: 1})
	}
	return b
}

func (f *folder) add(m *letterIn, at time.Time) {
	f.mails = append(f.mails, &copyOf{mail: m, uid: f.next, received: at.Truncate(time.Second)})
	f.next++
}

// renumber gives every mail another UID, as a restored mailbox does.
func (f *folder) renumber() {
	f.validity += 7
	f.next = 1
	for _, c := range f.mails {
		c.uid, c.seen, c.again = f.next, false, true
		f.next++
	}
}

var errDown = errors.New("the server cannot be reached")

// find searches the Sent folder, where the server files what was sent.
func (b *box) find(_ context.Context, messageID string) (bool, error) {
	b.w.post.recorded()
	b.w.meanwhile()
	if b.w.now.Before(b.down) {
		return false, errDown
	}
	if b.w.defect("doubt-not-looked") {
		return false, nil
	}
	since, ok := b.sent[messageID]
	return ok && !since.After(b.w.now), nil
}

// poll reads what is new, as the watcher does: in order, a batch at a time, and
// now and then it compares the mail in the folder with what is registered.
func (b *box) poll(ctx context.Context) error {
	if b.w.now.Before(b.down) {
		return nil
	}
	for _, f := range b.folders {
		if err := b.read(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (b *box) read(ctx context.Context, f *folder) error {
	sink := b.w.engine
	at := mailbox.Folder{Mailbox: b.cfg.Name, Folder: f.name, Role: f.role, UIDValidity: f.validity}
	if b.w.defect("junk-acknowledged") {
		at.Role = mailbox.Inbox
	}
	mark, err := sink.Mark(ctx, b.cfg.Name, f.name)
	if err != nil {
		return err
	}
	if b.w.defect("renumbering-missed") {
		at.UIDValidity = 1
	} else if mark != (mailbox.Mark{}) && mark.UIDValidity != f.validity {
		if err := sink.Renumber(ctx, at); err != nil {
			return err
		}
		mark = mailbox.Mark{UIDValidity: f.validity}
	}
	var fresh []*copyOf
	for _, c := range f.mails {
		if c.uid > mark.Through {
			fresh = append(fresh, c)
		}
	}
	if err := b.take(ctx, at, fresh); err != nil {
		return err
	}
	if b.w.defect("mark-before-commit") || b.w.defect("renumbering-missed") || b.w.now.Sub(f.compared) < 24*hour {
		return nil
	}
	f.compared = b.w.now
	return b.compare(ctx, at, f)
}

func (b *box) compare(ctx context.Context, at mailbox.Folder, f *folder) error {
	var seen []mailbox.Seen
	for _, c := range f.mails {
		seen = append(seen, mailbox.Seen{UID: c.uid, Received: c.received})
	}
	missing, err := b.w.engine.Unhandled(ctx, at, seen)
	if err != nil || len(missing) == 0 {
		return err
	}
	var again []*copyOf
	for _, c := range f.mails {
		if slices.Contains(missing, c.uid) {
			again = append(again, c)
		}
	}
	return b.take(ctx, at, again)
}

const mostTries = 3

// take fetches and delivers. A mail that breaks the connection ends the
// reading; at the third try it is delivered as unreadable.
func (b *box) take(ctx context.Context, at mailbox.Folder, fresh []*copyOf) error {
	for len(fresh) > 0 {
		n := min(len(fresh), 1+b.w.rng.IntN(8))
		if i := slices.IndexFunc(fresh[:n], func(c *copyOf) bool { return c.mail.bad }); i > 0 {
			n = i
		} else if i == 0 {
			n = 1
		}
		batch := make([]mailbox.Fetched, 0, n)
		for _, c := range fresh[:n] {
			f := mailbox.Fetched{UID: c.uid, Received: b.dated(c.received), Size: int64(len(c.mail.raw)), Raw: b.asRead(c), Complete: true}
			if c.mail.bad {
				tries, err := b.w.engine.CountAttempt(ctx, at, c.uid)
				if err != nil {
					return err
				}
				if tries < mostTries {
					return nil // the connection is gone; the next poll tries again
				}
				f.Raw, f.Unreadable = header(c.mail.raw), "the server broke off three times"
			}
			batch = append(batch, f)
		}
		if b.w.defect("bad-mail-skipped") {
			batch = slices.DeleteFunc(batch, func(f mailbox.Fetched) bool { return f.Unreadable != "" })
		}
		through := fresh[n-1].uid
		if b.w.defect("mark-before-commit") {
			if err := b.w.engine.TakeIn(ctx, at, nil, through); err != nil {
				return err
			}
			if b.w.kills && b.w.chance(20) {
				b.w.fuse = 1 // this is the moment at which a defect would show
			}
		}
		b.w.say("%s/%s: %d to %d", b.cfg.Name, at.Folder, fresh[0].uid, through)
		if err := b.w.engine.TakeIn(ctx, at, batch, through); err != nil {
			return err
		}
		switch {
		case b.w.defect("second-acknowledgement"):
			b.w.copyAgain(intake.ForAcknowledgement)
		case b.w.defect("bounce-overwritten"):
			for _, c := range fresh[:n] {
				if c.mail.sort == bounce {
					b.w.bounceLost(c.mail)
				}
			}
		}
		fresh = fresh[n:]
	}
	return nil
}

// dated returns the server's date as the daemon gets it.
func (b *box) dated(received time.Time) time.Time {
	if b.w.defect("receipt-shifted") {
		return received.Add(-hour)
	}
	return received
}

// asRead returns the bytes as the daemon gets them.
func (b *box) asRead(c *copyOf) []byte {
	raw := c.mail.raw
	switch {
	case b.w.defect("machine-for-person") && c.mail.sort == machine:
		raw = without(raw, "Auto-Submitted", "Precedence", "List-Unsubscribe", "List-Id", "X-Auto-Response-Suppress", "Return-Path")
		raw = []byte(strings.ReplaceAll(string(raw), "Automatic reply: ", ""))
	case b.w.defect("copies-unknown") && b.cfg.Name == "cymru":
		raw = []byte(strings.Replace(string(raw), "Message-ID: <", "Message-ID: <cy-", 1))
	case b.w.defect("bounce-unbound") && c.mail.sort == bounce:
		raw = []byte(strings.ReplaceAll(string(raw), "Message-ID: <requestd.", "Message-ID: <another."))
	case b.w.defect("reply-opens-case") && c.mail.sort == answer:
		raw = without(raw, "In-Reply-To")
		raw = []byte(strings.Replace(string(raw), "Subject: Re: ", "Subject: about ", 1))
		raw = reference.ReplaceAll(raw, []byte("reports"))
	case b.w.defect("forged-order-obeyed") && c.mail.sort == forged:
		raw = []byte(strings.Replace(string(raw), "dmarc=fail", "dmarc=pass", 1))
	case b.w.defect("replay-unknown") && c.again:
		raw = []byte(strings.Replace(string(raw), "Message-ID: <", "Message-ID: <again-", 1))
		raw = append(raw, "\r\nagain\r\n"...)
	}
	return raw
}

func header(raw []byte) []byte {
	h, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	return []byte(h + "\r\n\r\n")
}

// without removes header fields from a mail.
func without(raw []byte, names ...string) []byte {
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	lines := slices.DeleteFunc(strings.Split(head, "\r\n"), func(l string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(l, n+":") })
	})
	return []byte(strings.Join(lines, "\r\n") + "\r\n\r\n" + body)
}
