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

// ErrElsewhere is returned when another daemon works on the register, or on the
// part that this one wanted.
var ErrElsewhere = errors.New("another daemon works on the register")

// clockTask is what one daemon does for all, besides its mailboxes: reminders,
// lists, alarms, retention. Each other task is the name of a mailbox, which is
// never empty.
const clockTask = ""

// Facts in the register about running daemons and who does which task.
const (
	matePrefix = "daemon/"      // followed by the daemon's name
	taskPrefix = "worked-from/" // followed by the task; the fact is the daemon's name
)

// mate is a daemon that shares the work, as recorded in the register.
type mate struct {
	Host   string            `json:"host"`
	Config map[string]string `json:"config"` // a digest of each part
}

// share is a daemon's part in the work on a register in a database. The daemon
// that the register names for a mailbox works on it, and records things about
// it only in transactions in which that is still so. Whether another daemon
// lives is decided by whether its heartbeats keep changing as seen from here:
// no clock is compared with another machine's.
type share struct {
	db    *store.DB
	host  string
	log   *slog.Logger
	now   func() time.Time // measures how long ago we saw something ourselves
	every time.Duration    // between two heartbeats
	dead  time.Duration    // without a heartbeat for so long, a daemon is dead
	doubt time.Duration    // how long a letter in doubt waits before it is looked for

	poked   chan struct{} // there may be something to do before the next heartbeat
	changed chan struct{} // our tasks have changed

	mu     sync.Mutex
	config map[string]string
	boxes  []string         // our configuration's mailboxes
	tasks  map[string]stage // those that the register assigns to us
	news   bool             // something changed here

	// The following fields are used only by the goroutine that makes the rounds.
	seen    map[string]sight
	absent  map[string]bool // daemons in the register that were not seen: true once they were looked for
	behind  bool            // something of the last round has still to be done
	blind   bool            // the database could not be reached, or was slow
	differs map[string]bool // whose other configuration was reported
}

// stage says how far we are with a task.
type stage int

const (
	taken  stage = iota + 1 // letters that were being sent have still to be found
	ours                    // we work on it
	giving                  // we end the work on it
	ended                   // we have ended it
)

// sight is what was last seen of another process.
type sight struct {
	sign  store.Heartbeat
	since time.Time // when it last changed, or was first seen
	lives bool      // whether it changed since it was first seen
	lost  bool      // whether it was noticed that it stopped changing
}

func newShare(db *store.DB, cfg *config.Config, log *slog.Logger) *share {
	host, _ := os.Hostname() // "" if there is none: it is only shown
	s := &share{
		db: db, host: host, log: log, now: time.Now, every: 3 * time.Second, dead: 9 * time.Second,
		poked: make(chan struct{}, 1), changed: make(chan struct{}, 1),
		tasks: map[string]stage{}, seen: map[string]sight{}, absent: map[string]bool{}, differs: map[string]bool{},
	}
	s.follow(cfg)
	return s
}

// follow applies a configuration.
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

// stopped notes that the work has ended on a mailbox that we are to give up.
func (s *share) stopped(task string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks[task] == giving {
		s.tasks[task], s.news = ended, true
		signal(s.poked)
	}
}

// poke makes a round happen at once, which checks the tasks too.
func (s *share) poke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = true
	signal(s.poked)
}

// asked reports whether poke was called since the last call.
func (s *share) asked() (news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	news, s.news = s.news, false
	return news
}

// round sends a heartbeat and makes sure that we have our share. It reports
// whether others have recorded something since the last round.
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

// beat sends a heartbeat and returns those of others. If the database was slow
// to answer, theirs may have been delayed there too, and their age means
// nothing.
func (s *share) beat() (map[string]store.Heartbeat, error) {
	begun := s.now()
	signs, err := s.db.SendHeartbeat()
	s.blind = s.blind || err != nil || s.now().Sub(begun) > s.every
	return signs, err
}

// observe compares the others' heartbeats with earlier ones, and reports
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
		case s.blind: // not having seen it means nothing
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

// isDead reports whether a daemon has stopped sending heartbeats. One that was
// added since the heartbeats were read is not dead.
func (s *share) isDead(id string) bool {
	is, there := s.seen[id]
	switch {
	case id == s.db.ProcessID():
		return false
	case there:
		delete(s.absent, id)
		return is.lost // as of the heartbeats, not of now: the database may have been slow since, for the others too
	case !s.absent[id]:
		s.absent[id] = false
	}
	return s.absent[id]
}

// settle makes the register assign us our share.
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
		_ = s.db.Broadcast(shareWord) // a daemon that does not hear of it sees it within seconds
	}
	s.report(p)
	s.keep(p)
	for _, looked := range s.absent {
		s.behind = s.behind || !looked
	}
	return s.recover()
}

// shareWord tells others that tasks may have changed hands.
const shareWord = "share"

// report logs, once, what administrators must know.
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

// keep applies what the register assigns to us.
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

// recover marks as in doubt the letters that were being sent when the daemon
// before us ended. After that the mailboxes are ours.
func (s *share) recover() error {
	fresh := s.in(taken)
	if len(fresh) == 0 {
		return nil
	}
	// If a mailbox has become another daemon's meanwhile, that may be sending
	// right now.
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

// in returns the tasks at that stage.
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

// leave gives up our part, so that others need not wait.
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
