package mailbox

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"net/textproto"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// Voucher is a server whose Authentication-Results are at the top of mail in
// the mailbox (RFC 8601).
type Voucher struct {
	ID    string // its authserv-id; microsoft365 for Exchange Online, which has none
	Mails int    // of those that were looked at
}

// lookedAt is how many of the newest mails are looked at for vouchers, and
// headerBytes how many bytes of each header.
const (
	lookedAt    = 20
	headerBytes = 64 << 10
)

// vouchers finds out which servers vouched for the newest mails of the open
// folder. Only the topmost field of each mail counts: those below came with the
// mail.
func (r *Report) vouchers(ctx context.Context, s *session) {
	var set imap.SeqSet
	set.AddRange(max(1, s.exists-min(s.exists, lookedAt)+1), s.exists)
	got, err := s.fetchSet(ctx, set, lookedAt, section{header: true, size: headerBytes})
	if err != nil {
		r.Problems = append(r.Problems, err.Error())
		return
	}
	count := map[string]int{}
	for _, p := range got {
		if id := voucher(p.data); id != "" {
			count[id]++
		}
	}
	for id, n := range count {
		r.Vouchers = append(r.Vouchers, Voucher{id, n})
	}
	slices.SortFunc(r.Vouchers, func(a, b Voucher) int {
		return cmp.Or(b.Mails-a.Mails, strings.Compare(a.ID, b.ID))
	})
	r.Seen = len(got)
}

// voucher returns the authserv-id of a header's topmost Authentication-Results;
// "" if it has none.
func voucher(header []byte) string {
	// If a header cannot be read to its end, its beginning is used.
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(header))).ReadMIMEHeader()
	values := h["Authentication-Results"]
	if len(values) == 0 {
		return ""
	}
	first, _, _ := strings.Cut(values[0], ";")
	id, _, _ := strings.Cut(strings.TrimSpace(first), " ")
	if strings.Contains(id, "=") {
		return "microsoft365"
	}
	return clean(strings.ToLower(id))
}

// special finds folders by their use (RFC 6154), or by a usual name.
func (s *session) special(ctx context.Context) (sent, junk string, err error) {
	var options *imap.ListOptions
	if s.caps.Has(imap.CapSpecialUse) && s.caps.Has(imap.CapListExtended) {
		options = &imap.ListOptions{ReturnSpecialUse: true}
	}
	var named [2]string
	err = s.do(ctx, "listing the folders", s.opt.Limits.Exchange, func() error {
		list := s.c.List("", "*", options)
		for d := list.Next(); d != nil; d = list.Next() {
			name := clean(d.Mailbox)
			switch {
			case slices.Contains(d.Attrs, imap.MailboxAttrSent):
				sent = name
			case slices.Contains(d.Attrs, imap.MailboxAttrJunk):
				junk = name
			case usual(name, "sent", "sent items", "sent mail", "sent messages"):
				named[0] = name
			case usual(name, "junk", "junk email", "junk e-mail", "spam"):
				named[1] = name
			}
		}
		return list.Close()
	})
	sent = cmp.Or(sent, named[0])
	junk = cmp.Or(junk, named[1])
	return sent, junk, err
}

// usual reports whether a folder's last part is one of the names.
func usual(folder string, names ...string) bool {
	last := folder[strings.LastIndexAny(folder, "./")+1:]
	return slices.Contains(names, strings.ToLower(last))
}
