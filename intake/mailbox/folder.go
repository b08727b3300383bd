package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// examine opens a folder read-only.
func (s *session) examine(ctx context.Context, f watched) error {
	var data *imap.SelectData
	s.at = Folder{}
	err := s.do(ctx, "opening the folder "+f.name, s.opt.Limits.Exchange, func() (err error) {
		data, err = s.c.Select(f.name, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if err != nil {
		return s.noFolder(ctx, f, err)
	}
	s.at = Folder{Mailbox: s.opt.Name, Folder: f.name, Role: f.role, UIDValidity: data.UIDValidity}
	s.exists, s.next = data.NumMessages, uint32(data.UIDNext)
	return nil
}

// noFolder lists the existing folders in the error for one that could not be
// opened.
func (s *session) noFolder(ctx context.Context, f watched, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || !errors.Is(e.Kind, ErrProtocol) || !refused(err) {
		return err
	}
	all, listErr := s.folders(ctx)
	if listErr != nil {
		return listErr
	}
	if slices.Contains(all, f.name) {
		e.Kind, e.Mend = ErrAccess, "the folder exists: check that the account may read it"
		return err
	}
	key := map[Role]string{Inbox: "imap.folder", Junk: "imap.junk_folder", Sent: "imap.sent_folder"}[f.role]
	e.Kind, e.Mend = ErrConfig, fmt.Sprintf("set %s to one of: %s", key, strings.Join(all[:min(len(all), 40)], ", "))
	return err
}

// folders returns the names of all folders, sorted.
func (s *session) folders(ctx context.Context) ([]string, error) {
	var all []string
	err := s.do(ctx, "listing the folders", s.opt.Limits.Exchange, func() error {
		list := s.c.List("", "*", nil)
		for d := list.Next(); d != nil; d = list.Next() {
			if len(all) < 1000 {
				all = append(all, clean(d.Mailbox))
			}
		}
		return list.Close()
	})
	slices.Sort(all)
	return all, err
}

// search returns, in order, the UIDs in the open folder that are at least low.
// If there is none the server answers with the last mail (RFC 9051, 6.4.9),
// which is left out.
func (s *session) search(ctx context.Context, low uint32) ([]uint32, error) {
	return s.uids(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: imap.UID(low)}}}}, low)
}

func (s *session) uids(ctx context.Context, c *imap.SearchCriteria, low uint32) ([]uint32, error) {
	var uids []uint32
	err := s.do(ctx, "looking for mail in "+s.at.Folder, s.opt.Limits.Exchange, func() error {
		data, err := s.c.UIDSearch(c, nil).Wait()
		if err != nil {
			return err
		}
		uids, err = spread(data, low)
		return err
	})
	slices.Sort(uids)
	return uids, err
}

const mostUIDs = 5_000_000

// spread lists the found UIDs that are at least low. The library holds them as
// ranges, in which 0, which is no mail's UID, means the last.
func spread(data *imap.SearchData, low uint32) ([]uint32, error) {
	set, _ := data.All.(imap.UIDSet)
	var uids []uint32
	for _, r := range set {
		if r.Start == 0 || r.Stop == 0 {
			continue
		}
		first := max(uint64(r.Start), uint64(low))
		if uint64(len(uids))+uint64(r.Stop) > first+mostUIDs {
			return nil, errors.New("the server finds more mails than a folder holds")
		}
		for u := first; u <= uint64(r.Stop); u++ {
			uids = append(uids, uint32(u))
		}
	}
	return uids, nil
}
