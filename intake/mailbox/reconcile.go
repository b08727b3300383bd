package mailbox

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	reconcileEvery = 24 * time.Hour
	reconcileDays  = 14
	reconcileStep  = 1000 // mails looked at in one command
)

func uidCriteria(uid uint32) *imap.SearchCriteria {
	return &imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}}
}

// reconcile looks once a day at everything that the open folder received in the
// last days, and reads what was never committed: a UID that became visible
// late, or was used twice. If the server has no UIDVALIDITY, or sends no
// UIDNEXT that would show a mark that is too high, this is the only reliable
// way, and it is done at every poll.
func (w *Watcher) reconcile(ctx context.Context, s *session) error {
	last := w.reconciled[s.at.Folder]
	if s.at.UIDValidity != 0 && s.next != 0 && !last.IsZero() && time.Since(last) < reconcileEvery {
		return nil
	}
	seen, err := s.lately(ctx, time.Now().AddDate(0, 0, -reconcileDays))
	if err != nil {
		return err
	}
	missed, err := w.sink.Unhandled(ctx, s.at, seen)
	if err != nil {
		return err
	}
	if len(missed) > 0 {
		w.log.Warn("mail found that had been passed over", "mailbox", w.opt.Name, "folder", s.at.Folder, "count", len(missed))
		if err := w.readAll(ctx, s, missed); err != nil {
			return err
		}
	}
	w.reconciled[s.at.Folder] = time.Now()
	return nil
}

// lately lists the mails received since a time, in order of UID, without
// fetching them. It goes back by sequence number and not by SEARCH SINCE, which
// servers interpret differently.
func (s *session) lately(ctx context.Context, since time.Time) ([]Seen, error) {
	var all []Seen
	high := s.exists // as when it was opened: the library may not know it yet
	if m := s.c.Mailbox(); m != nil {
		high = m.NumMessages
	}
	for counted := false; high > 0; {
		low := max(high, reconcileStep) - reconcileStep + 1
		got, err := s.fetchSet(ctx, imap.SeqSet{{Start: low, Stop: high}}, int(high-low)+1, section{meta: true, none: true})
		if err != nil {
			return nil, err
		}
		if len(got) == 0 { // there should be a thousand: the count was wrong
			if counted {
				break
			}
			uids, err := s.search(ctx, 1)
			if err != nil {
				return nil, err
			}
			counted, high = true, min(low-1, uint32(len(uids)))
			continue
		}
		older := false
		for _, p := range got {
			if p.received.Before(since) {
				older = true
				continue
			}
			all = append(all, Seen{UID: p.uid, Received: p.received, Size: p.size})
		}
		if older || low == 1 {
			break
		}
		high = low - 1
	}
	slices.SortFunc(all, func(a, b Seen) int { return cmp.Compare(a.UID, b.UID) })
	return all, nil
}
