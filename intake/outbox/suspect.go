package outbox

import (
	"maps"
	"strings"
	"time"

	"requestd/intake"
)

// manyDomains is how many domains letters must go to that are refused in words
// about an account, with none accepted between them, before it is the account:
// what one domain's server says a stranger may have chosen.
const manyDomains = 3

// provedFor is how long such words of a domain's server are known to be its own,
// once a mail to somebody else was accepted after them.
const provedFor = 48 * time.Hour

// suspicion is what letters that were refused in such words say together.
type suspicion struct {
	inRow map[string]bool      // their domains, since a mail was accepted or the mailbox rested
	spoke map[string]time.Time // domains, by when they last did
	own   map[string]time.Time // those of which it is known that the words were their own
}

// weigh reads an answer that is suspect beside those to the letters before.
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
			r.Outcome, s.inRow = AccountFault, nil // it takes as many again after the pause
		}
	}
	return r
}

// ownedBy is the domain of an address without its subdomains, of which whoever
// has one has any number. Where people have the third label, as below co.uk, it
// is the more letters until it is the account.
func ownedBy(addr string) string {
	labels := strings.Split(intake.DomainOf(addr), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
