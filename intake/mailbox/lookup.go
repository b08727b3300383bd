package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// mostFound is how many of the mails found by a search are looked at, newest
// first: the letter that is looked for was sent a short time ago.
const mostFound = 50

// Search reports whether a folder holds a mail with this Message-ID, given
// without brackets. It opens its own connection. Some servers find more than
// was asked for, so the Message-ID of each mail found is checked.
func (w *Watcher) Search(ctx context.Context, folder, messageID string) (bool, error) {
	var found bool
	err := w.inFolder(ctx, folder, func(s *session) error {
		uids, err := s.uids(ctx, &imap.SearchCriteria{
			Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: messageID}},
		}, 1)
		if err != nil || len(uids) == 0 {
			return err
		}
		got, err := s.fetch(ctx, uids[max(0, len(uids)-mostFound):], section{header: true, size: 64 << 10})
		for _, p := range got {
			found = found || strings.EqualFold(messageIDIn(p.data), messageID)
		}
		return err
	})
	return found && err == nil, err
}

var messageIDField = regexp.MustCompile(`(?im)^message-id:\s*<([^<>\r\n]*)>`)

// messageIDIn returns the Message-ID in the header of a mail of ours, without
// brackets.
func messageIDIn(header []byte) string {
	header, _, _ = bytes.Cut(header, []byte("\r\n\r\n")) // a server may return more than the header
	if m := messageIDField.FindSubmatch(header); m != nil {
		return string(m[1])
	}
	return ""
}

// Fetch fetches one mail again, up to most bytes, over its own connection. The
// error is ErrGone if the mail is no longer there, or if the folder's UIDs now
// have another meaning.
func (w *Watcher) Fetch(ctx context.Context, folder string, uidvalidity, uid uint32, most int64) (*Fetched, error) {
	var f *Fetched
	err := w.inFolder(ctx, folder, func(s *session) error {
		what := fmt.Sprintf("fetching mail %d from %s", uid, folder)
		if s.at.UIDValidity != uidvalidity {
			return &Error{Kind: ErrGone, What: what, Mend: "the folder's mails have new numbers: look for it by its subject and sender"}
		}
		got, err := s.fetch(ctx, []uint32{uid}, section{meta: true, size: most})
		if err != nil {
			return err
		}
		if got[uid] == nil || !got[uid].has {
			return &Error{Kind: ErrGone, What: what, Mend: "it was moved or deleted: look for it in the mailbox's other folders"}
		}
		f = fetched(got[uid])
		return nil
	})
	return f, err
}

// inFolder runs f on a new connection with the folder open. There is at most
// one at a time: Exchange Online counts a mailbox's sessions.
func (w *Watcher) inFolder(ctx context.Context, folder string, f func(*session) error) error {
	select {
	case w.side <- struct{}{}:
		defer func() { <-w.side }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s, err := w.opt.connect(ctx)
	if err != nil {
		return err
	}
	defer s.leave()
	if err := s.examine(ctx, watched{name: folder, role: Sent}); err != nil {
		return err
	}
	return f(s)
}
