package daemon

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"requestd/intake/config"
	"requestd/intake/outbox"
	"requestd/store"
)

// ErrElsewhere is returned when another daemon works on the register, or has what this
// one wanted to work on.
var ErrElsewhere = errors.New("another daemon works on the register")

// clockTask is what one daemon does for all beside its mailboxes: reminders,
// lists, alarms, retention. Each other task is the name of a mailbox, which is
// never empty.
const clockTask = ""

// Facts of the register about daemons at work and who does which task.
const (
	matePrefix = "daemon/"      // and the writer's name
	taskPrefix = "worked-from/" // and the task: the writer's name
)

// mate is a daemon that shares the work, as the register has it.
type mate struct {
	Host   string            `json:"host"`
	Config map[string]string `json:"config"` // a digest of each part
}

// share is a daemon's part in the work on a register in a database. Each
// mailbox is worked on by the daemon that the register names for it, and what a
// daemon records about a mailbox it records in transactions in which that is
// still so. Who lives is told by whether signs of life go on as seen from here:
// no clock is compared with another machine's.
type share struct {
	db    *store.DB
	host  string
	log   *slog.Logger
	now   func() time.Time // tells how long ago we saw something ourselves
	every time.Duration    // between two signs of life
	dead  time.Duration    // without one
	doubt time.Duration    // before a letter in doubt is looked for

	poked   chan struct{} // there may be something to do before the next sign
	changed chan struct{} // other tasks are ours now

	mu     sync.Mutex
	config map[string]string
	boxes  []string         // our configuration's mailboxes
	tasks  map[string]stage // those that the register names us for
	news   bool             // something changed here

	// Of the goroutine that makes the rounds.
	seen    map[string]sight
	absent  map[string]bool // daemons that the register has and nobody shows: true once they were looked for
	behind  bool            // something of the round before is still to be done
	blind   bool            // the database could not be reached, or was slow
	differs map[string]bool // whose other configuration was told
}

// stage is how far we are with a task.
type stage int

const (
	taken  stage = iota + 1 // letters that were on their way are still to be found
	ours                    // we work on it
	giving                  // we end the work on it
	ended                   // and have ended it
)

// sight is what was last seen of another process.
type sight struct {
	sign  store.Heartbeat
	since time.Time // when it last changed, or was first seen
	lives bool      // whether it changed since it was first seen
	lost  bool      // whether it was noticed that it does so no more
}

func newShare(db *store.DB, cfg *config.Config, log *slog.Logger) *share {
	host, _ := os.Hostname() // "" where there is none: it is only shown
	s := &share{
		db: db, host: host, log: log, now: time.Now, every: 3 * time.Second, dead: 9 * time.Second,
		poked: make(chan struct{}, 1), changed: make(chan struct{}, 1),
		tasks: map[string]stage{}, seen: map[string]sight{}, absent: map[string]bool{}, differs: map[string]bool{},
	}
	s.follow(cfg)
	return s
}

// follow takes over a configuration.
func (s *share) follow(cfg *config.Config) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config, s.boxes = digests(cfg), s.boxes[:0:0]
	for i := range cfg.Mailboxes {
		s.boxes = append(s.boxes, cfg.Mailboxes[i].Name)
	}
	if wait := cfg.Sending.InDoubtWait; len(wait) > 0 {
		s.doubt = wait[0]
	}
}

// has reports whether we work on a task.
func (s *share) has(task string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tasks[task] == ours
}

// holds reports whether a task is still ours, in the transaction that depends
// on it.
func (s *share) holds(tx *store.Tx, task string) bool {
	who, ok := store.Fact[string](tx, taskPrefix+task)
	return ok && who == s.db.ProcessID()
}

// stopped tells that the work on a mailbox has ended which we were to give up.
func (s *share) stopped(task string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks[task] == giving {
		s.tasks[task], s.news = ended, true
		signal(s.poked)
	}
}

// poke has a round made at once, and the work looked at in it.
func (s *share) poke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = true
	signal(s.poked)
}

// asked reports whether it was poked since it was asked.
func (s *share) asked() (news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	news, s.news = s.news, false
	return news
}

// round gives a sign of life and sees to it that we have our share. It reports
// whether others have recorded something since the round before.
func (s *share) round() (noticed bool, err error) {
	signs, err := s.beat()
	if err != nil {
		return false, err
	}
	noticed, died := s.observe(signs)
	if s.asked() || noticed || died || s.behind {
		if err := s.settle(); err != nil {
			s.behind = true
			return noticed, err
		}
	}
	return noticed, nil
}

// beat gives a sign of life and gets those of others. Where the database was slow
// to answer, theirs may have waited in it as well, and their age says nothing.
func (s *share) beat() (map[string]store.Heartbeat, error) {
	begun := s.now()
	signs, err := s.db.SendHeartbeat()
	s.blind = s.blind || err != nil || s.now().Sub(begun) > s.every
	return signs, err
}

// observe compares the signs of others with those seen before, and reports
// whether one of them recorded something and whether one has died since.
func (s *share) observe(signs map[string]store.Heartbeat) (noticed, died bool) {
	now := s.now()
	for id, sign := range signs {
		was, known := s.seen[id]
		noticed = noticed || !known || was.sign.Recorded != sign.Recorded
		switch {
		case !known:
			s.seen[id] = sight{sign: sign, since: now}
		case was.sign != sign:
			s.seen[id] = sight{sign: sign, since: now, lives: true}
		case s.blind: // not having seen it says nothing
			s.seen[id] = sight{sign: sign, since: now, lives: was.lives}
		case now.Sub(was.since) >= s.dead && !was.lost:
			was.lost, died = true, true
			s.seen[id] = was
		}
	}
	for id := range s.seen {
		if _, there := signs[id]; !there {
			delete(s.seen, id)
			noticed = true
		}
	}
	for id := range s.absent {
		s.absent[id] = true
	}
	s.blind = false
	return noticed, died
}

// isDead reports whether a daemon gives no sign any more. One that came since
// the signs were looked at is not dead.
func (s *share) isDead(id string) bool {
	is, there := s.seen[id]
	switch {
	case id == s.db.ProcessID():
		return false
	case there:
		delete(s.absent, id)
		return is.lost // and not by now: the database may have been slow since, for the others too
	case !s.absent[id]:
		s.absent[id] = false
	}
	return s.absent[id]
}

// settle has the register name us for our share.
func (s *share) settle() error {
	var p plan
	look := func(tx *store.Tx) error { p = s.planned(tx); return nil }
	if err := s.db.View(look); err != nil { // most of the time there is nothing to write
		return fmt.Errorf("look who works on what: %w", err)
	}
	s.behind = false
	if p.writes() {
		err := s.db.Update(func(tx *store.Tx) error {
			if err := look(tx); err != nil {
				return err
			}
			return p.record(tx, s.db.ProcessID())
		})
		if err != nil {
			return fmt.Errorf("share the work: %w", err)
		}
		_ = s.db.Broadcast(shareWord) // who does not hear of it sees it within seconds
	}
	s.report(p)
	s.keep(p)
	for _, looked := range s.absent {
		s.behind = s.behind || !looked
	}
	return s.recover()
}

// shareWord tells others that somebody else may work on something now.
const shareWord = "share"

// report logs what others must know, once.
func (s *share) report(p plan) {
	for _, host := range p.gone {
		s.log.Warn("taking over from a daemon that gives no sign any more", "host", host)
	}
	for _, m := range p.others {
		if key := fmt.Sprint(m); !s.differs[key] {
			s.differs[key] = true
			s.log.Error("a daemon works on the register with another configuration: make these parts the same on both and reload", "host", m.Host, "parts", differing(p.me.Config, m.Config))
		}
	}
}

// keep takes over what the register says of us.
func (s *share) keep(p plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.tasks)
	for task := range s.tasks {
		if !slices.Contains(p.mine, task) {
			delete(s.tasks, task)
		}
	}
	news := len(s.tasks) != before
	for _, task := range p.mine {
		if s.tasks[task] == 0 {
			s.tasks[task] = taken
		}
	}
	for _, task := range p.give {
		if s.tasks[task] == ours {
			s.tasks[task], news = giving, true
		}
	}
	if news {
		signal(s.changed)
	}
}

// recover puts letters in doubt that were on their way when whoever had their
// mailbox before us ended. Then the mailboxes are ours.
func (s *share) recover() error {
	fresh := s.in(taken)
	if len(fresh) == 0 {
		return nil
	}
	// One that has become another's meanwhile may be sending right now.
	err := outbox.MarkInterrupted(s.db, s.doubt, s.log, func(tx *store.Tx, mailbox string) bool {
		return slices.Contains(fresh, mailbox) && s.holds(tx, mailbox)
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, task := range fresh {
		s.tasks[task] = ours
	}
	signal(s.changed)
	return nil
}

// in are the tasks that are that far.
func (s *share) in(st stage) (tasks []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for task, is := range s.tasks {
		if is == st {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

// leave ends our part, so that others need not wait.
func (s *share) leave() error {
	err := s.db.Update(func(tx *store.Tx) error {
		for _, task := range append([]string{clockTask}, s.boxes...) {
			if s.holds(tx, task) {
				if err := tx.DeleteFact(taskPrefix + task); err != nil {
					return err
				}
			}
		}
		return tx.DeleteFact(matePrefix + s.db.ProcessID())
	})
	if err != nil {
		return fmt.Errorf("hand the work over: %w", err)
	}
	_ = s.db.Broadcast(shareWord)
	return nil
}
