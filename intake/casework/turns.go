package casework

import (
	"sync"
	"time"

	"requestd/intake"
	"requestd/intake/config"
)

// turns lets senders take turns in the outbox. The letters that one sender's
// mail causes are due at once up to a number; each letter beyond that is due
// later than the one before, by twice the time that the mailbox needs to send
// one. So a flood takes half of what can be sent, and the letters of everybody
// else are due before the rest of it. It is kept in memory: a restart forgets
// it.
type turns struct {
	mu   sync.Mutex
	next map[string]time.Time // by sender: when the sender's letters at once are used up
}

const (
	turnsAtOnce = 60      // letters of one sender that are due at once: two dozen requests with their copies
	turnsKept   = 1 << 12 // senders; at that number those of the past are forgotten
)

// at returns when a letter that a sender's mail causes is due.
func (t *turns) at(now time.Time, sender string, box *config.Mailbox) time.Time {
	if sender == "" || box.PerMinute == 0 {
		return now
	}
	step := 2 * time.Minute / time.Duration(box.PerMinute)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.next) >= turnsKept {
		for who, at := range t.next {
			if !at.After(now) {
				delete(t.next, who)
			}
		}
	}
	if t.next == nil {
		t.next = map[string]time.Time{}
	}
	key := intake.Account(sender)
	used := t.next[key]
	if used.Before(now) || used.Sub(now) > 24*time.Hour { // further ahead than a flood: the clock was wrong
		used = now
	}
	t.next[key] = used.Add(step)
	if due := used.Add(-(turnsAtOnce - 1) * step); due.After(now) {
		return due
	}
	return now
}

// Throttle delays a letter if the same sender's mail has already caused many,
// so that a flood does not hold up others. News of danger is never delayed.
func (cs *Cases) Throttle(l *intake.Letter, sender string, box *config.Mailbox) {
	if l.State == intake.LetterWaiting && l.Rank() != intake.OrderUrgent {
		l.Next = cs.turns.at(l.Next, sender, box)
	}
}
