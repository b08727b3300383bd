package mailbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Report is what signing in to a mailbox found out about it.
type Report struct {
	Mailbox      string
	Address      string // host and port
	Server       string // its greeting and how it calls itself
	Capabilities []string
	Folders      []string       // the names that exist
	Mails        map[string]int // by watched folder: how many mails it holds
	Vouchers     []Voucher      // those of the newest mails in the inbox, the most frequent first
	Seen         int            // how many mails were looked at for Vouchers
	CertEnds     time.Time      // zero without TLS
	Clock        time.Duration  // how far the date of the server's last mail is in our future; 0 when it is not
	Problems     []string       // what is wrong, naming the thing to mend
	Notes        []string       // what is worth knowing but no fault
}

const certWarning = 30 * 24 * time.Hour

// Probe signs in and checks everything that the daemon would need.
func Probe(ctx context.Context, o Options) Report {
	o = o.filled()
	r := Report{Mailbox: o.Name, Address: o.address(), Mails: make(map[string]int)}
	s, err := o.connect(ctx)
	if err != nil {
		r.Problems = append(r.Problems, err.Error())
		return r
	}
	defer s.leave()
	r.Server, r.CertEnds = clean(s.tap.first), s.link.certEnd
	r.Capabilities = s.capabilities()
	if !s.caps.Has(imap.CapIdle) {
		r.Notes = append(r.Notes, fmt.Sprintf("the server cannot tell of new mail at once (no IDLE): it is found every %s", o.PollInterval))
	}
	if left := time.Until(r.CertEnds); !r.CertEnds.IsZero() && left < certWarning {
		r.Problems = append(r.Problems, fmt.Sprintf("the certificate of %s ends on %s: have it renewed", o.address(), r.CertEnds.Format(time.DateOnly)))
	}
	r.name(ctx, s)
	if r.Folders, err = s.folders(ctx); err != nil {
		r.Problems = append(r.Problems, err.Error())
	}
	r.suggest(ctx, s, &o)
	for _, f := range o.folders() {
		r.look(ctx, s, f)
	}
	return r
}

// suggest names folders that exist and are not watched.
func (r *Report) suggest(ctx context.Context, s *session, o *Options) {
	if o.Sent != "" && o.Junk != "" {
		return
	}
	sent, junk, err := s.special(ctx)
	if err != nil {
		return // listing the folders has reported the error
	}
	if o.Sent == "" && sent != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("there is a folder %q for sent mail: sent_folder: %[1]q has a colleague's own reply noted on its case, and a letter in doubt looked for", sent))
	}
	if o.Junk == "" && junk != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("there is a folder %q: junk_folder: %[1]q has requests that a filter put there shown to staff", junk))
	}
}

// name asks the server what it is (RFC 2971), if the server supports that.
func (r *Report) name(ctx context.Context, s *session) {
	if !s.caps.Has(imap.CapID) {
		return
	}
	err := s.do(ctx, "asking the server's name", s.opt.Limits.Exchange, func() error {
		id, err := s.c.ID(nil).Wait()
		if err == nil && id.Name != "" {
			r.Server = strings.TrimSpace(clean(id.Name + " " + id.Version))
		}
		return err
	})
	if err != nil && !refused(err) {
		r.Problems = append(r.Problems, err.Error())
	}
}

// look opens a folder and compares the date of its last mail with this
// machine's clock.
func (r *Report) look(ctx context.Context, s *session, f watched) {
	if err := s.examine(ctx, f); err != nil {
		r.Problems = append(r.Problems, err.Error())
		return
	}
	r.Mails[f.name] = int(s.exists)
	if s.at.UIDValidity == 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("the server keeps no UIDVALIDITY for %s: its last days are compared at every poll", f.name))
	}
	if s.exists == 0 {
		return
	}
	if f.role == Inbox {
		r.vouchers(ctx, s)
	}
	got, err := s.fetchSet(ctx, imap.SeqSetNum(s.exists), 1, section{meta: true, none: true})
	if err != nil {
		r.Problems = append(r.Problems, err.Error())
		return
	}
	for _, p := range got {
		if ahead := time.Until(p.received); ahead > time.Minute && ahead > r.Clock {
			r.Clock = ahead
			r.Problems = append(r.Problems, fmt.Sprintf("the newest mail in %s is dated %s ahead of this machine's clock: set the clock by NTP, here or on the server",
				f.name, ahead.Round(time.Second)))
		}
	}
}
