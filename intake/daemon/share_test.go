package daemon

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
	"requestd/store/storetest"
)

// sharer is one daemon's part in the work on this test's register. Its clock
// stands still until the test moves it, and the test makes its rounds.
type sharer struct {
	*share
	t  *testing.T
	at *time.Time
}

func sharerOf(t *testing.T, at *time.Time, cfg *config.Config) *sharer {
	t.Helper()
	db, err := store.OpenURL(storetest.URL(t, t.Name()), "", true, store.Options{Rehearse: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		storetest.Verify(t, db, nil)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := newShare(db, cfg, slog.New(slog.DiscardHandler))
	s.now = func() time.Time { return *at }
	return &sharer{s, t, at}
}

// boxes returns a configuration with mailboxes of these names.
func boxes(names ...string) *config.Config {
	cfg := &config.Config{Sending: config.Sending{InDoubtWait: []time.Duration{time.Minute}}}
	for _, name := range names {
		cfg.Mailboxes = append(cfg.Mailboxes, config.Mailbox{Name: name})
	}
	return cfg
}

func (s *sharer) joins() {
	s.t.Helper()
	if err := s.join(context.Background(), false); err != nil {
		s.t.Fatal(err)
	}
}

// turns makes everybody do rounds, and end the work that is to end, until
// nothing changes any more.
func turns(t *testing.T, all ...*sharer) {
	t.Helper()
	for quiet, n := 0, 0; quiet < 2; n++ {
		quiet++
		for _, s := range all {
			before := s.stages()
			if _, err := s.round(); err != nil {
				t.Fatal(err)
			}
			for _, task := range s.in(giving) {
				s.stopped(task)
			}
			if !maps.Equal(before, s.stages()) {
				quiet = 0
			}
		}
		if n > 50 {
			t.Fatal("they do not settle")
		}
	}
}

func (s *sharer) stages() map[string]stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.tasks)
}

// watches returns a daemon's mailboxes, and checks that the register says the
// same.
func (s *sharer) watches() (list []string) {
	s.t.Helper()
	err := s.db.View(func(tx *store.Tx) error {
		for _, task := range append([]string{clockTask}, s.boxes...) {
			if s.has(task) != s.holds(tx, task) {
				s.t.Errorf("task %q: the daemon has it: %t, and by the register: %t", task, s.has(task), s.holds(tx, task))
			}
			if task != clockTask && s.has(task) {
				list = append(list, task)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
	return list
}

// shares checks that one daemon watches each mailbox, and that one has the
// clock, and returns the sizes of their shares.
func shares(t *testing.T, all ...*sharer) (sizes []int) {
	t.Helper()
	var watched []string
	clocks := 0
	for _, s := range all {
		w := s.watches()
		watched, sizes = append(watched, w...), append(sizes, len(w))
		if s.has(clockTask) {
			clocks++
		}
	}
	slices.Sort(watched)
	slices.Sort(sizes)
	if !slices.Equal(watched, all[0].boxes) || clocks != 1 {
		t.Errorf("watched are %v, and %d have the clock", watched, clocks)
	}
	return sizes
}

func TestMailboxesAreSharedOutEvenly(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b", "c", "d", "e")
	one, two, three := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	for _, step := range []struct {
		what string
		do   func()
		at   []*sharer
		want []int
	}{
		{"one alone", one.joins, []*sharer{one}, []int{5}},
		{"a second comes", two.joins, []*sharer{one, two}, []int{2, 3}},
		{"a third comes", three.joins, []*sharer{one, two, three}, []int{1, 2, 2}},
		{"the second leaves", func() { two.leaves() }, []*sharer{one, three}, []int{2, 3}},
		{"the first leaves", func() { one.leaves() }, []*sharer{three}, []int{5}},
	} {
		step.do()
		turns(t, step.at...)
		if got := shares(t, step.at...); !slices.Equal(got, step.want) {
			t.Errorf("%s: shares %v, want %v", step.what, got, step.want)
		}
	}
}

func (s *sharer) leaves() {
	s.t.Helper()
	if err := s.leave(); err != nil {
		s.t.Error(err)
	}
}

// A mailbox is not handed over before the work on it has ended.
func TestAMailboxIsHandedOverOnceItsWorkHasEnded(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b")
	one, two := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	one.joins()
	turns(t, one)
	two.joins()
	for range 3 {
		for _, s := range []*sharer{one, two} {
			if _, err := s.round(); err != nil {
				t.Fatal(err)
			}
		}
	}
	gives := one.in(giving)
	if len(gives) != 1 || one.has(gives[0]) || len(two.watches()) != 0 {
		t.Fatalf("to be given up: %v; the other watches %v already", gives, two.watches())
	}
	err := one.db.View(func(tx *store.Tx) error {
		if !one.holds(tx, gives[0]) {
			t.Error("what is still at work on it may record nothing")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	one.stopped(gives[0])
	turns(t, one, two)
	if got := two.watches(); !slices.Equal(got, gives) {
		t.Errorf("the other watches %v, want %v", got, gives)
	}
}

// A daemon that was stopped for longer than the others wait finds that its
// mailboxes were taken, before it records anything about them; then it gets its
// share again.
func TestTheOthersTakeOverFromOneThatGivesNoSign(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b", "c")
	one, two := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	one.joins()
	two.joins()
	turns(t, one, two)
	lost := one.watches()
	sending := onItsWay(t, one.db, lost[0])
	mine := onItsWay(t, one.db, two.watches()[0])
	for range 3 {
		at = at.Add(two.dead / 2)
		turns(t, two)
	}
	if got := two.watches(); len(got) != 3 || !two.has(clockTask) {
		t.Fatalf("the other watches %v", got)
	}
	err := one.db.View(func(tx *store.Tx) error {
		for _, task := range lost {
			if one.holds(tx, task) {
				t.Errorf("the first may still record mail of %s", task)
			}
		}
		for id, want := range map[uint64]intake.LetterState{sending: intake.LetterInDoubt, mine: intake.LetterSending} {
			if l, err := tx.Letter(id); err != nil || l.State != want {
				t.Errorf("letter %d of mailbox %s is %s, want %s (%v)", id, l.Mailbox, l.State, want, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	turns(t, one, two)
	if got := shares(t, one, two); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("once it is back: shares %v", got)
	}
}

// onItsWay adds to the outbox a letter of a mailbox that is being sent.
func onItsWay(t *testing.T, db *store.DB, mailbox string) (id uint64) {
	t.Helper()
	err := db.Update(func(tx *store.Tx) error {
		l := intake.Letter{Key: "alarm/" + mailbox, Mailbox: mailbox, Purpose: intake.ForAlarm, State: intake.LetterSending, Raw: []byte("a mail"), Attempts: 1}
		_, err := tx.Enqueue(&l)
		id = l.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Not having seen a heartbeat while the database could not be reached means
// nothing.
func TestNobodyIsDeadForADatabaseThatCouldNotBeReached(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b")
	one, two := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	one.joins()
	two.joins()
	turns(t, one, two)
	at = at.Add(time.Hour)
	two.blind = true
	turns(t, two)
	if got := two.watches(); len(got) != 1 {
		t.Errorf("it watches %v", got)
	}
}

// Nor while the database was slow to answer: the other's heartbeat may have
// been delayed too.
func TestNobodyIsDeadForADatabaseThatWasSlow(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b")
	one, two := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	one.joins()
	two.joins()
	turns(t, one, two)
	asked := 0
	two.now = func() time.Time {
		if asked++; asked == 2 { // once the answer is there
			at = at.Add(two.dead)
		}
		return at
	}
	turns(t, two)
	if got := two.watches(); len(got) != 1 {
		t.Errorf("it watches %v", got)
	}
}

// Nor if it became slow afterwards, while it was read who works on what.
func TestNobodyIsDeadForADatabaseThatBecameSlow(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b")
	one, two := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	one.joins()
	two.joins()
	turns(t, one, two)
	asked := 0
	two.now = func() time.Time {
		if asked++; asked == 4 { // once the heartbeats were read
			at = at.Add(two.dead)
		}
		return at
	}
	two.poke()
	if _, err := two.round(); err != nil {
		t.Fatal(err)
	}
	if got := two.watches(); len(got) != 1 {
		t.Errorf("it watches %v", got)
	}
}

// A daemon that was stopped after it was assigned a mailbox, but before it
// looked for letters that were being sent, does not touch those of the daemon
// that has the mailbox now.
func TestLettersOfAnothersMailboxAreNotPutInDoubt(t *testing.T) {
	at, cfg := time.Now(), boxes("a", "b")
	one, two := sharerOf(t, &at, cfg), sharerOf(t, &at, cfg)
	one.joins()
	two.joins()
	turns(t, one, two)
	box := two.watches()[0]
	id := onItsWay(t, two.db, box)
	one.tasks[box] = taken
	if err := one.recover(); err != nil {
		t.Fatal(err)
	}
	err := two.db.View(func(tx *store.Tx) error {
		l, err := tx.Letter(id)
		if l.State != intake.LetterSending {
			t.Errorf("the letter that the other sends is %s", l.State)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnotherConfigurationIsRefusedWithWhatDiffers(t *testing.T) {
	ctx, at := context.Background(), time.Now()
	one := sharerOf(t, &at, boxes("a"))
	staffed := boxes("a")
	staffed.Staff = []config.Staff{{Address: "foi.officer@example.org"}}
	other, same := sharerOf(t, &at, staffed), sharerOf(t, &at, boxes("a"))
	one.joins()
	turns(t, one)
	for s, alone := range map[*sharer]bool{other: false, same: true} {
		s.now = func() time.Time { // it is alive while the other looks
			if _, err := one.round(); err != nil {
				t.Error(err)
			}
			return at
		}
		err := s.join(ctx, alone)
		if !errors.Is(err, ErrElsewhere) || !alone && !strings.HasSuffix(err.Error(), "the same on both, staff") {
			t.Errorf("to be alone %t: %v", alone, err)
		}
	}
	other.now = func() time.Time { return at }
	signs, err := other.beat()
	if err != nil {
		t.Fatal(err)
	}
	other.observe(signs)
	at = at.Add(other.dead) // it no longer is
	if err := other.join(ctx, false); err != nil {
		t.Errorf("once the one with another configuration is dead: %v", err)
	}
}

// While configurations differ, as between the reloads of two daemons, every
// mailbox is watched by one that knows it.
func TestAReloadOfOneAfterTheOtherLeavesNoMailboxUnwatched(t *testing.T) {
	at := time.Now()
	before, after := boxes("a", "b", "c"), boxes("b", "c", "d", "e")
	one, two := sharerOf(t, &at, before), sharerOf(t, &at, before)
	one.joins()
	two.joins()
	turns(t, one, two)
	one.follow(after)
	one.poke()
	turns(t, one, two)
	var all []string
	for _, s := range []*sharer{one, two} {
		all = append(all, s.watches()...)
	}
	for _, want := range after.Mailboxes {
		if !slices.Contains(all, want.Name) {
			t.Errorf("%s is watched by nobody: %v", want.Name, all)
		}
	}
	two.follow(after)
	two.poke()
	turns(t, one, two)
	if got := shares(t, one, two); !slices.Equal(got, []int{2, 2}) {
		t.Errorf("shares %v", got)
	}
}
