package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"requestd/intake/config"
	"requestd/store"
)

// plan is how the work is to change, given what the register says about it.
type plan struct {
	me   mate
	join bool              // the register does not have our present configuration
	gone map[string]string // dead daemons: their machines, by name
	take []string          // tasks that nobody does
	drop []string          // tasks of ours whose work we have ended
	give []string          // tasks of ours that others are to have
	mine []string          // tasks of ours once the plan is recorded

	others []mate // live daemons with another configuration
}

func (p *plan) writes() bool { return p.join || len(p.gone)+len(p.take)+len(p.drop) > 0 }

func (p *plan) record(tx *store.Tx, us string) error {
	for id := range p.gone {
		if err := tx.DeleteFact(matePrefix + id); err != nil {
			return err
		}
	}
	if err := tx.SetFact(matePrefix+us, p.me); err != nil {
		return err
	}
	for _, task := range p.drop {
		if err := tx.DeleteFact(taskPrefix + task); err != nil {
			return err
		}
	}
	for _, task := range p.take {
		if err := tx.SetFact(taskPrefix+task, us); err != nil {
			return err
		}
	}
	return nil
}

// planned works out what is to become of the work. The daemons with one
// configuration have equal parts of the mailboxes that none with another works
// on: by the order of their names, so that all come to the same.
func (s *share) planned(tx *store.Tx) (p plan) {
	s.mu.Lock()
	boxes, stages := s.boxes, maps.Clone(s.tasks)
	p.me = mate{s.host, s.config}
	s.mu.Unlock()
	us := s.db.ProcessID()
	mates, who := named[mate](tx, matePrefix), named[string](tx, taskPrefix)
	known, there := mates[us]
	p.join, p.gone = !there || !known.is(p.me), map[string]string{}
	peers := []string{us}
	for id, m := range mates {
		switch {
		case id == us:
		case s.isDead(id):
			p.gone[id] = m.Host
		case maps.Equal(m.Config, p.me.Config):
			peers = append(peers, id)
		default:
			p.others = append(p.others, m)
		}
	}
	slices.Sort(peers)
	free := func(task string) bool {
		_, there := mates[who[task]]
		return !there && who[task] != us || p.gone[who[task]] != ""
	}
	var idle, at []string
	pool := 0
	for _, box := range boxes {
		switch {
		case free(box):
			idle = append(idle, box)
			pool++
		case slices.Contains(peers, who[box]):
			pool++
		}
	}
	if free(clockTask) {
		p.take = append(p.take, clockTask)
	}
	for _, task := range slices.Sorted(maps.Keys(who)) {
		switch {
		case who[task] != us:
			continue
		case stages[task] == ended:
			p.drop = append(p.drop, task)
			continue
		case task != clockTask && !slices.Contains(boxes, task):
			p.give = append(p.give, task)
		case task != clockTask && stages[task] != giving:
			at = append(at, task)
		}
		p.mine = append(p.mine, task)
	}
	part := quota(pool, len(peers), slices.Index(peers, us))
	p.take = append(p.take, idle[:min(len(idle), max(0, part-len(at)))]...)
	p.give = append(p.give, at[min(len(at), part):]...)
	p.mine = append(p.mine, p.take...)
	return p
}

// quota returns how many of all the daemon of that rank among so many gets.
func quota(all, among, rank int) int {
	n := all / among
	if rank < all%among {
		n++
	}
	return n
}

func (m mate) is(other mate) bool { return m.Host == other.Host && maps.Equal(m.Config, other.Config) }

// named are the daemons that the register knows, or who does each task, by name.
func named[T any](tx *store.Tx, prefix string) map[string]T {
	all := map[string]T{}
	for name := range tx.FactNames(prefix) {
		all[name[len(prefix):]], _ = store.Fact[T](tx, name)
	}
	return all
}

// look is how often a daemon that waits to join checks again.
const look = time.Second

// join adds us to the daemons in the register, unless a live one has another
// configuration or, if we must be alone, there is any. It waits for one that
// sends no heartbeat until it must be dead.
func (s *share) join(ctx context.Context, alone bool) error {
	for {
		signs, err := s.beat()
		if err != nil {
			return err
		}
		s.observe(signs)
		var against mate
		var who string
		err = s.db.Update(func(tx *store.Tx) error {
			who = ""
			for id, m := range named[mate](tx, matePrefix) {
				if id != s.db.ProcessID() && !s.isDead(id) && (alone || !maps.Equal(m.Config, s.config)) {
					who, against = id, m
					return nil
				}
			}
			return tx.SetFact(matePrefix+s.db.ProcessID(), mate{s.host, s.config})
		})
		switch {
		case err != nil:
			return fmt.Errorf("join the daemons at work: %w", err)
		case who == "":
			s.behind = true
			_ = s.db.Broadcast(shareWord)
			return nil
		case s.seen[who].lives && alone:
			return fmt.Errorf("%w, on %s", ErrElsewhere, against.Host)
		case s.seen[who].lives:
			return fmt.Errorf("%w, on %s, with another configuration: make these parts the same on both, %s", ErrElsewhere, against.Host, strings.Join(differing(s.config, against.Config), ", "))
		}
		if err := sleep(ctx, look); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// digests returns hashes over the parts of a configuration that must be the
// same for all who work on one register; what belongs to one machine is left
// out.
func digests(cfg *config.Config) map[string]string {
	shared := map[string]any{"mailboxes": cfg.Mailboxes, "staff": cfg.Staff, "sending": cfg.Sending, "limits": cfg.Limits,
		"alarms": cfg.Alarms, "classify": cfg.Classify, "regulator": cfg.Regulator,
		"reminders": cfg.Reminders, "digest": cfg.Digest, "replies": cfg.Replies, "retention": cfg.Retention}
	d := map[string]string{}
	for key, part := range shared {
		b, err := json.Marshal(part)
		if err != nil { // cannot be: JSON can express every configuration; a random digest would differ from all others
			b = []byte(rand.Text())
		}
		h := sha256.Sum256(b)
		d[key] = hex.EncodeToString(h[:8])
	}
	return d
}

func differing(a, b map[string]string) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if a[key] != b[key] {
			keys = append(keys, key)
		}
	}
	return keys
}
