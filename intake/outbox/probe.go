package outbox

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what signing in to a mail server found out about it.
type Report struct {
	Address    string   // host and port
	Security   string   // such as TLS 1.3; "" for none
	Extensions []string // those that the daemon knows, sorted
	SignedIn   bool
	CertEnds   time.Time // zero without TLS
	Problems   []Problem
	Notes      []string // what is worth knowing but no fault
}

// Problem says what is wrong with a server and what mends it.
type Problem struct{ Says, Mend string }

func (r *Report) wrong(says, mend string) { r.Problems = append(r.Problems, Problem{says, mend}) }

// extensions are those that could matter for the daemon's mail.
var extensions = []string{"8BITMIME", "AUTH", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "PIPELINING", "SIZE", "SMTPUTF8", "STARTTLS"}

const certWarning = 30 * 24 * time.Hour

// Probe signs in to a server and asks it, without sending a mail, whether it
// accepts each of the senders. Many servers judge a sender only once a
// recipient is named, so it names the sender itself as recipient, and then
// resets the session.
func Probe(ctx context.Context, o Options, senders []string) Report {
	r := Report{Address: fmt.Sprintf("%s:%d", o.Host, o.Port)}
	s := NewSMTP(o)
	defer s.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, err := s.connect(ctx); err != nil {
		r.wrong(words(p, err), o.mend(p, err, strings.Join(senders, ", ")))
		return r
	}
	r.SignedIn, r.CertEnds = o.Username != "", s.CertEnds()
	if state, err := s.c.GetTLSConnectionState(); err == nil {
		r.Security = tls.VersionName(state.Version)
	}
	for _, name := range extensions {
		if ok, parameter := s.c.Extension(name); ok {
			r.Extensions = append(r.Extensions, strings.TrimSpace(name+" "+clip(parameter)))
		}
	}
	slices.Sort(r.Extensions)
	if left := time.Until(r.CertEnds); !r.CertEnds.IsZero() && left < certWarning {
		r.wrong(fmt.Sprintf("the certificate of %s ends on %s", r.Address, r.CertEnds.Format(time.DateOnly)), "have it renewed")
	}
	for _, from := range senders {
		r.ask(s, from)
	}
	if err := s.c.Noop(); err != nil {
		r.wrong(words(naming, err), o.mend(naming, err, strings.Join(senders, ", ")))
	}
	return r
}

// ask names a sender and a recipient, and resets the session.
func (r *Report) ask(s *SMTP, from string) {
	if s.c.UpdateDeadline(s.o.Timeout) != nil {
		return
	}
	p, err := naming, s.c.Mail("<"+from+">")
	if err == nil {
		p, err = addressing, s.c.Rcpt("<"+from+">")
	}
	switch {
	case err == nil:
	case outcome(p, err, from, from) == AccountFault || !answered(err):
		r.wrong("it does not take mail from "+from+": "+words(p, err), s.o.mend(p, err, from))
		if !answered(err) {
			return
		}
	default:
		r.Notes = append(r.Notes, "it takes mail from "+from+", and would not deliver to that address itself: "+words(p, err))
	}
	if err := s.c.Reset(); err != nil {
		r.wrong(words(naming, err), s.o.mend(naming, err, from))
	}
}
