package mailtest

import (
	"fmt"
	"strings"
	"sync"
)

// routes says what Postfix does with a recipient. Unless something else is set
// here, it delivers to the catch-all maildir, whoever the mail is for.
type routes struct {
	mu     sync.Mutex
	boxes  map[string]string // address: user
	access map[string]string // address: reply to RCPT
	fate   map[string]string // address: reply of the next hop
	lmtp   string            // transport into Dovecot

	refuser string // transport to the next hop that refuses
}

// home is the domain that leads into Dovecot.
const home = "dovecot.invalid"

func (r *routes) init(lmtpPort, refuserPort int) {
	r.refuser = fmt.Sprintf("lmtp:inet:127.0.0.1:%d", refuserPort)
	r.lmtp = fmt.Sprintf("lmtp:inet:127.0.0.1:%d", lmtpPort)
	r.boxes, r.access, r.fate = map[string]string{}, map[string]string{}, map[string]string{}
}

func (r *routes) addUser(u User) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range u.Addresses {
		r.boxes[strings.ToLower(a)] = u.Name
	}
}

func (r *routes) set(table map[string]string, addr, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if value == "" {
		delete(table, strings.ToLower(addr))
		return
	}
	table[strings.ToLower(addr)] = value
}

// nextHop returns what the refuser answers for a recipient.
func (r *routes) nextHop(rcpt string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fate[strings.ToLower(rcpt)]
}

// answer is one lookup by Postfix.
func (r *routes) answer(table, key string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key = strings.ToLower(key)
	switch table {
	case "alias":
		local, domain, _ := strings.Cut(key, "@")
		local, detail, detailed := strings.Cut(local, "+")
		name, ok := r.boxes[local+"@"+domain]
		if detailed {
			name += "+" + detail
		}
		return name + "@" + home, ok
	case "access":
		reply, ok := r.access[key]
		return reply, ok
	case "transport":
		if _, ok := r.fate[key]; ok {
			return r.refuser, true
		}
		// Postfix asks for the address first, so the lookups of its domain and * get
		// no answer.
		if strings.HasSuffix(key, "@"+home) {
			return r.lmtp, true
		}
		return "virtual:", strings.Contains(key, "@")
	}
	return "", false
}

// Refuse makes Postfix answer RCPT TO of addr with reply, such as "550 5.1.1 no
// such person" or "451 4.3.0 try later". An empty reply ends it.
func (s *Servers) Refuse(addr, reply string) { s.routes.set(s.routes.access, addr, reply) }

// Bounce makes Postfix accept mail for addr and then return it to its sender,
// because the next hop answers with reply: "550 5.1.1 moved away". A reply of
// 4xx leaves the mail in the queue. An empty reply ends it.
func (s *Servers) Bounce(addr, reply string) { s.routes.set(s.routes.fate, addr, reply) }
