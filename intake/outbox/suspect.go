package outbox

import (
	"maps"
	"strings"
	"time"

	"requestd/intake"
)

// manyDomains is how many domains must refuse letters in words about an account,
// with no letter accepted between them, before the account is taken to be at
// fault: a stranger may have chosen the words of one domain's server.
const manyDomains = 3

// provedFor is how long a domain's server is known to use such words itself,
// once a mail to somebody else was accepted after them.
const provedFor = 48 * time.Hour

// suspicion is what several letters that were refused in such words show
// together.
type suspicion struct {
	inRow map[string]bool      // domains that refused since a mail was accepted or the mailbox paused
	spoke map[string]time.Time // by domain: when it last refused in such words
	own   map[string]time.Time // by domain: when it was proved that the words were its own
}

// weigh compares a suspect answer with those to the letters before.
func (l *Loop) weigh(to string, r Result) Result {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, now, domain := &l.suspicion, l.Now(), ownedBy(to)
	switch {
	case r.Outcome == Sent && len(s.spoke) > 0:
		if s.own == nil {
			s.own = map[string]time.Time{}
		}
		maps.DeleteFunc(s.own, func(_ string, at time.Time) bool { return now.Sub(at) > provedFor })
		maps.Copy(s.own, s.spoke)
		s.inRow, s.spoke = nil, nil
	case r.Outcome == MaybeAccount:
		if at, known := s.own[domain]; known && now.Sub(at) <= provedFor {
			break
		}
		if s.spoke == nil {
			s.spoke = map[string]time.Time{}
		}
		if s.inRow == nil {
			s.inRow = map[string]bool{}
		}
		s.spoke[domain] = now
		if s.inRow[domain] = true; len(s.inRow) == manyDomains {
			r.Outcome, s.inRow = AccountFault, nil // after the pause it takes as many again
		}
	}
	return r
}

// ownedBy returns the domain of an address without its subdomains, since the
// owner of a domain has any number of them. Where people own the third label,
// as below co.uk, it takes more letters until the account is suspected.
func ownedBy(addr string) string {
	labels := strings.Split(intake.DomainOf(addr), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
