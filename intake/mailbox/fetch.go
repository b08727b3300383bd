package mailbox

import (
	"cmp"
	"context"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// section is the part of each mail that a FETCH asks for.
type section struct {
	meta   bool  // INTERNALDATE and RFC822.SIZE as well
	none   bool  // no bytes at all
	header bool  // the header alone, else the whole
	whole  bool  // not as a partial: some servers answer only one of the two
	offset int64 // of a partial
	size   int64 // most bytes wanted
}

func (p section) options() *imap.FetchOptions {
	o := &imap.FetchOptions{UID: true, InternalDate: p.meta, RFC822Size: p.meta}
	if p.none {
		return o
	}
	b := &imap.FetchItemBodySection{Peek: true}
	if p.header {
		b.Specifier = imap.PartSpecifierHeader
	}
	if !p.whole {
		b.Partial = &imap.SectionPartial{Offset: p.offset, Size: p.size}
	}
	o.BodySection = []*imap.FetchItemBodySection{b}
	return o
}

// piece is one mail's answer to a FETCH.
type piece struct {
	uid      uint32
	received time.Time
	size     int64
	data     []byte // at most section.size bytes
	has      bool   // the section came, even if it is empty
	end      bool   // the mail has no more than this
}

// A server that does not know partials sends the whole mail; up to this much is
// read and discarded. Anything announced beyond that is no mail.
const longestLiteral = 512 << 20

// uidSet returns the shortest set of the UIDs, which are in order.
func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for i := 0; i < len(uids); {
		j := i
		for j+1 < len(uids) && uids[j+1] == uids[j]+1 {
			j++
		}
		set = append(set, imap.UIDRange{Start: imap.UID(uids[i]), Stop: imap.UID(uids[j])})
		i = j + 1
	}
	return set
}

// fetch runs one FETCH. Its result may be trusted only if the error is nil or a
// refusal: until the tagged answer has come, a wrong length may have put the
// end of one mail into another.
func (s *session) fetch(ctx context.Context, uids []uint32, p section) (map[uint32]*piece, error) {
	return s.fetchSet(ctx, uidSet(uids), len(uids), p)
}

func (s *session) fetchSet(ctx context.Context, set imap.NumSet, hint int, p section) (map[uint32]*piece, error) {
	got := make(map[uint32]*piece, hint)
	limits := s.opt.Limits
	s.tap.mail.Store(true)
	err := s.do(ctx, "fetching mail from "+s.at.Folder, limits.Fetch, func() error {
		quiet := time.AfterFunc(limits.Stall, s.drop)
		defer quiet.Stop()
		feed := func() { quiet.Reset(limits.Stall) }
		cmd := s.c.Fetch(set, p.options())
		var bad error
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			feed()
			var one *piece
			if one, bad = s.readPiece(m, p, feed); bad != nil {
				// Close would read the broken literal again, at the same time as the
				// library's own reader; that reader ends with the connection.
				s.drop()
				<-s.c.Closed()
				break
			}
			if old := got[one.uid]; one.uid != 0 && (old == nil || !old.has) {
				got[one.uid] = one
			}
		}
		err := cmd.Close()
		if !quiet.Stop() && !refused(err) {
			return errSilent
		}
		return cmp.Or(bad, err)
	})
	return got, err
}

func (s *session) readPiece(m *imapclient.FetchMessageData, p section, feed func()) (*piece, error) {
	one := &piece{}
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			one.uid = uint32(item.UID)
		case imapclient.FetchItemDataInternalDate:
			one.received = item.Time
		case imapclient.FetchItemDataRFC822Size:
			one.size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal != nil && item.Literal.Size() > longestLiteral {
				s.drop() // whatever is left in the buffer ends the literal
				_, _ = io.Copy(io.Discard, item.Literal)
				return nil, errHuge
			}
			if err := one.read(item, p, feed); err != nil {
				return nil, err
			}
		}
	}
	return one, nil
}

// read reads a section's bytes as they come, never all at once.
func (one *piece) read(item imapclient.FetchItemDataBodySection, p section, feed func()) error {
	if item.Literal == nil { // NIL: the server has nothing to show
		return nil
	}
	announced := item.Literal.Size()
	var skip int64 // a server without partials starts from the first byte
	if item.Section.Partial == nil && !p.whole {
		skip = min(p.offset, announced)
	}
	keep := min(announced-skip, p.size)
	if err := discard(item.Literal, skip, feed); err != nil {
		return err
	}
	buf := make([]byte, keep)
	for n := 0; n < len(buf); {
		k, err := io.ReadFull(item.Literal, buf[n:min(n+step, len(buf))])
		if n += k; err != nil {
			return errShort
		}
		feed()
	}
	if err := discard(item.Literal, announced-skip-keep, feed); err != nil {
		return err
	}
	one.data, one.has = buf, true
	one.end = announced-skip < p.size || p.whole && announced <= p.size
	return nil
}

// step is how many bytes may be awaited before the server counts as silent.
const step = 64 << 10

// discard reads n bytes and throws them away. An orderly end of the connection
// in the middle of a literal is not reported as an error, so the bytes are
// counted.
func discard(r io.Reader, n int64, feed func()) error {
	for n > 0 {
		k, err := io.CopyN(io.Discard, r, min(n, step))
		if n -= k; err != nil {
			return errShort
		}
		feed()
	}
	return nil
}
