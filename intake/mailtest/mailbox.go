package mailtest

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Stored is a mail in a folder of Dovecot.
type Stored struct {
	UID          uint32
	Flags        []string // sorted
	InternalDate time.Time
	Raw          []byte
}

// Deliver puts a mail into a user's INBOX with the given INTERNALDATE (zero:
// now) and returns its UID.
func (s *Servers) Deliver(user string, raw []byte, at time.Time) uint32 {
	s.t.Helper()
	return s.Append(user, "INBOX", raw, at)
}

// Append puts a mail into a folder, which it makes if there is none.
func (s *Servers) Append(user, folder string, raw []byte, at time.Time, flags ...string) uint32 {
	s.t.Helper()
	options := &imap.AppendOptions{Time: at}
	for _, f := range flags {
		options.Flags = append(options.Flags, imap.Flag(f))
	}
	var uid imap.UID
	s.must("appending to "+folder+" of "+user, s.with(user, func(c *imapclient.Client) error {
		data, err := appendMail(c, folder, raw, options)
		if e, ok := errors.AsType[*imap.Error](err); ok && e.Code == imap.ResponseCodeTryCreate {
			if err := c.Create(folder, nil).Wait(); err != nil {
				return err
			}
			data, err = appendMail(c, folder, raw, options)
		}
		if err != nil {
			return err
		}
		uid = data.UID
		return nil
	}))
	return uint32(uid)
}

func appendMail(c *imapclient.Client, folder string, raw []byte, options *imap.AppendOptions) (*imap.AppendData, error) {
	cmd := c.Append(folder, int64(len(raw)), options)
	_, werr := cmd.Write(raw)
	cerr := cmd.Close()
	data, err := cmd.Wait()
	if err == nil && werr != nil {
		err = werr
	}
	if err == nil && cerr != nil {
		err = cerr
	}
	return data, err
}

// Messages lists a folder without changing anything in it.
func (s *Servers) Messages(user, folder string) []Stored {
	s.t.Helper()
	var out []Stored
	s.must("reading "+folder+" of "+user, s.examine(user, folder, func(c *imapclient.Client, data *imap.SelectData) error {
		if data.NumMessages == 0 {
			return nil
		}
		all := imap.UIDSet{{Start: 1, Stop: 0}}
		whole := &imap.FetchItemBodySection{Peek: true}
		mails, err := c.Fetch(all, &imap.FetchOptions{
			UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{whole},
		}).Collect()
		for _, m := range mails {
			out = append(out, Stored{
				UID: uint32(m.UID), Flags: flagNames(m.Flags),
				InternalDate: m.InternalDate, Raw: m.FindBodySection(whole),
			})
		}
		return err
	}))
	return out
}

// State describes everything that a client could change in a folder:
// UIDVALIDITY, the highest MODSEQ, and each mail's UID, date and flags. Equal
// texts before and after mean that nothing was touched.
func (s *Servers) State(user, folder string) string {
	s.t.Helper()
	var b strings.Builder
	s.must("reading "+folder+" of "+user, s.examine(user, folder, func(c *imapclient.Client, data *imap.SelectData) error {
		fmt.Fprintf(&b, "uidvalidity %d modseq %d messages %d\n", data.UIDValidity, data.HighestModSeq, data.NumMessages)
		if data.NumMessages == 0 {
			return nil
		}
		mails, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}},
			&imap.FetchOptions{UID: true, Flags: true, InternalDate: true}).Collect()
		for _, m := range mails {
			fmt.Fprintf(&b, "%d %s %v\n", m.UID, m.InternalDate.UTC().Format(time.RFC3339), flagNames(m.Flags))
		}
		return err
	}))
	return b.String()
}

// Remove removes mails from a folder for good, as a colleague would.
func (s *Servers) Remove(user, folder string, uids ...uint32) {
	s.t.Helper()
	s.must("removing from "+folder+" of "+user, s.selected(user, folder, nil, func(c *imapclient.Client, _ *imap.SelectData) error {
		set := uidSet(uids)
		add := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		if err := c.Store(set, add, nil).Close(); err != nil {
			return err
		}
		return c.UIDExpunge(set).Close()
	}))
}

// Move takes mails to another folder, as a colleague would.
func (s *Servers) Move(user, folder, to string, uids ...uint32) {
	s.t.Helper()
	s.must("moving from "+folder+" of "+user, s.selected(user, folder, nil, func(c *imapclient.Client, _ *imap.SelectData) error {
		if err := c.Create(to, nil).Wait(); err != nil && !strings.Contains(err.Error(), "ALREADYEXISTS") {
			return err
		}
		_, err := c.Move(uidSet(uids), to).Wait()
		return err
	}))
}

// Flag adds flags or keywords to mails, as a colleague would.
func (s *Servers) Flag(user, folder string, flags []string, uids ...uint32) {
	s.t.Helper()
	add := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true}
	for _, f := range flags {
		add.Flags = append(add.Flags, imap.Flag(f))
	}
	s.must("flagging in "+folder+" of "+user, s.selected(user, folder, nil, func(c *imapclient.Client, _ *imap.SelectData) error {
		return c.Store(uidSet(uids), add, nil).Close()
	}))
}

// Reset deletes a folder and makes it again, so that its UIDVALIDITY changes
// and its UIDs begin again. INBOX cannot be reset.
func (s *Servers) Reset(user, folder string) {
	s.t.Helper()
	s.must("resetting "+folder+" of "+user, s.with(user, func(c *imapclient.Client) error {
		if err := c.Delete(folder).Wait(); err != nil {
			return err
		}
		return c.Create(folder, nil).Wait()
	}))
}

// Kick ends a user's connections, as an administrator would.
func (s *Servers) Kick(user string) {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), doveadm, "-c", s.path("dovecot.conf"), "kick", user).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "no users kicked") {
		s.must("kicking "+user, fmt.Errorf("%w: %s", err, out))
	}
}

// WaitMessages waits until a folder satisfies enough and returns it.
func (s *Servers) WaitMessages(ctx context.Context, user, folder, what string, enough func([]Stored) bool) []Stored {
	s.t.Helper()
	var found []Stored
	s.must("waiting", poll(ctx, s.t, nil, what, func() bool {
		found = s.Messages(user, folder)
		return enough(found)
	}))
	return found
}

func (s *Servers) examine(user, folder string, f func(*imapclient.Client, *imap.SelectData) error) error {
	return s.selected(user, folder, &imap.SelectOptions{ReadOnly: true, CondStore: s.opts.Capability == ""}, f)
}

// selected runs f with the folder selected and closes it without expunging.
func (s *Servers) selected(user, folder string, options *imap.SelectOptions, f func(*imapclient.Client, *imap.SelectData) error) error {
	return s.with(user, func(c *imapclient.Client) error {
		data, err := c.Select(folder, options).Wait()
		if err != nil {
			return err
		}
		if err := f(c, data); err != nil {
			return err
		}
		return c.Unselect().Wait()
	})
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, u := range uids {
		set.AddNum(imap.UID(u))
	}
	return set
}

// flagNames leaves out \Recent, which is about sessions and not about the mail.
func flagNames(flags []imap.Flag) []string {
	var out []string
	for _, f := range flags {
		if f != `\Recent` {
			out = append(out, string(f))
		}
	}
	slices.Sort(out)
	return out
}
