package simulate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/outbox"
	"requestd/store"
)

// world is everything outside the daemon, and the daemon in it.
type world struct {
	o      Options
	ctx    context.Context
	rng    *rand.Rand
	random io.Reader // the daemon's own
	report Report
	digest hash.Hash
	line   int
	last   []string

	now  time.Time     // the true time
	skew time.Duration // by how much the daemon's clock is wrong
	cal  *deadlines.Calendar
	free holidays // the same days, as a clerk knows them
	cfg  *config.Config

	db     *store.DB
	engine *engine.Engine
	ticked time.Time // when this engine's clock last ran
	loops  []*outbox.Loop
	dead   string        // where the machine was killed; "" while it runs
	fuse   int           // points until the machine is killed; 0 is never
	jump   time.Duration // set the clock by this when the fuse burns down, instead of killing

	boxes  []*box
	post   *post
	peer   *peer
	byID   map[string]*letterIn // all mail, by its Message-ID
	coming []*letterIn          // not yet arrived, in no order
	cases  map[string]*file
	refs   []string                     // of cases, in the order of their opening
	readAs map[string][sha256.Size]byte // letters to requesters by Message-ID, as they were when their dates were compared
	told   uint64                       // the last letter that was looked at for reminders
	met    uint64                       // the last arrival when new cases were last looked for
	seq    int                          // makes every mail different

	kills   bool            // the machine may be killed
	busy    bool            // somebody acts during a sending
	held    map[string]bool // Message-IDs of letters that a person holds
	since   deadlines.Day   // mail before it is ignored
	kept    []byte          // the register as a lying disk will restore it
	trouble time.Time       // until when letters may rightly wait
	idle    time.Time       // when the daemon was last stopped, or its clock was last set
}

// killed is the value with which a killed machine panics.
type killed struct{ at string }

// point is a place where the machine may be killed.
func (w *world) point(at string) {
	if w.dead != "" { // code that recovered the first panic gets no further
		panic(killed{w.dead})
	}
	if w.fuse == 0 {
		return
	}
	if w.fuse--; w.fuse == 0 {
		if w.jump != 0 {
			w.leap(at)
			return
		}
		w.dead = at
		panic(killed{at})
	}
}

func newWorld(o Options) (*world, error) {
	w := &world{
		o: o, ctx: context.Background(), rng: rand.New(rand.NewPCG(o.Seed, 1)), digest: sha256.New(),
		cal: deadlines.Default(), free: knownHolidays(), readAs: map[string][sha256.Size]byte{}, held: map[string]bool{}, cases: map[string]*file{}, byID: map[string]*letterIn{}, report: Report{Seed: o.Seed},
	}
	var key [32]byte
	copy(key[:], fmt.Sprint("requestd", o.Seed))
	w.random = rand.NewChaCha8(key)
	start := time.Date(2024+w.rng.IntN(3), time.Month(1+w.rng.IntN(12)), 1, 6, 0, 0, 0, time.UTC)
	w.now = start
	w.since = deadlines.DayOf(start) + 3
	text := fmt.Sprintf(configuration, o.Dir, o.Dir, w.since, w.since)
	switch {
	case w.defect("since-ignored"):
		text = strings.ReplaceAll(text, "since: "+w.since.String(), "since: "+(w.since-30).String())
	case w.defect("neutral-forgotten"):
		text = strings.ReplaceAll(text, "    language:", "    neutral_acknowledgement: false\n    language:")
	case w.defect("retention-early"):
		text = strings.ReplaceAll(text, "0 days", " days")
	}
	cfg, err := config.Parse([]byte(text), filepath.Join(o.Dir, "config.yaml"))
	if err != nil {
		return nil, err
	}
	w.cfg = cfg
	w.post = newPost(w)
	for i := range cfg.Mailboxes {
		w.boxes = append(w.boxes, newBox(w, &cfg.Mailboxes[i]))
	}
	if w.peer, err = newPeer(w); err != nil {
		return nil, err
	}
	return w, w.boot()
}

const configuration = `
store: {path: %s/requestd.db}
control: {socket: %s/control.sock}
retention: {erase: automatic, foi: 60 days, dsar: 90 days, review: 60 days, withdrawn: 30 days, lapsed: 30 days, duplicate: 20 days, not_a_request: 10 days, passed: 20 days, ignored: 10 days}
smtp: {host: 127.0.0.1, port: 2525, security: none, auth: none}
sending: {breaker: {count: 40, within: 10m}}
staff:
  - {address: officer@staff.example.org, escalate_to: head@staff.example.org}
mailboxes:
  - name: cafcass
    body: Cafcass
    address: governance@cafcass.gov.uk
    language: en
    reference: CAF
    since: %s
    trust: {authserv: [mx.example.org], officers: [dmarc]}
    imap: {host: 127.0.0.1, security: none, username: governance, password_file: none, folder: INBOX, sent_folder: Sent}
  - name: cymru
    body: Cafcass Cymru
    address: CafcassCymru@gov.wales
    aliases: [CafcassCymru@llyw.cymru]
    language: cy-en
    reference: CYM
    since: %s
    trust: {authserv: [mx.example.org], officers: [dmarc]}
    imap: {host: 127.0.0.1, security: none, username: cymru, password_file: none, folder: INBOX, junk_folder: Junk}
`

// clock returns the daemon's time.
func (w *world) clock() time.Time {
	w.point("time")
	return w.now.Add(w.skew)
}

func (w *world) today() deadlines.Day { return deadlines.DayOf(w.now.Add(w.skew)) }

// killableReader returns the daemon's random bytes.
type killableReader struct{ w *world }

func (r killableReader) Read(p []byte) (int, error) {
	r.w.point("random")
	return io.ReadFull(r.w.random, p)
}

// logPoint is a log that writes nothing: the machine may be killed where the
// daemon logs, which is after a commit or between two.
type logPoint struct{ w *world }

func (logPoint) Enabled(context.Context, slog.Level) bool { return true }
func (l logPoint) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError && strings.HasPrefix(r.Message, "engine:") {
		l.w.fail("the daemon says: %s", r.Message)
	}
	l.w.point("log")
	return nil
}
func (l logPoint) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l logPoint) WithGroup(string) slog.Handler      { return l }

// boot starts the daemon as main does: the store, the engine, letters that were
// being sent, the send loops.
func (w *world) boot() error {
	db, err := store.Open(string(w.cfg.Store.Path), store.Options{Now: w.clock, Random: w.random, NoSync: true})
	if err != nil {
		return fmt.Errorf("open the register: %w", err)
	}
	w.db = db
	log := slog.New(logPoint{w})
	o := casework.Options{Store: db, Now: func() time.Time { return w.now.Add(w.skew) }, Random: killableReader{w}, Log: log}
	if w.engine != nil {
		o.Rules = w.engine.Cases.Rules() // the same files, which need not be read again
	}
	w.ticked = time.Time{}
	if w.engine, err = engine.New(o, w.cfg); err != nil {
		return err
	}
	if !w.defect("sending-never-settled") {
		if err := outbox.MarkInterrupted(db, w.cfg.Sending.InDoubtWait[0], log, nil); err != nil {
			return err
		}
	}
	w.loops = nil
	for _, b := range w.boxes {
		l := &outbox.Loop{
			Mailbox: b.cfg.Name, Store: db, Sender: &sender{w: w, b: b}, Now: w.clock, Log: log, Limits: w.limits, Write: w.engine.Notices.WriteStaffMail, OutOfDate: w.engine.Cases.OutOfDate,
			RecordOutcome: func(tx *store.Tx, l *intake.Letter) error {
				w.point("settled")
				if f := w.cases[l.Ref]; f != nil && l.State == intake.LetterWaiting { // it may be written anew
					tx.AfterCommit(func() { w.readLetters(f) })
				}
				return w.engine.RecordOutcome(tx, l)
			},
		}
		if b.cfg.IMAP.SentFolder != "" {
			l.Find = b.find
		}
		w.loops = append(w.loops, l)
	}
	return nil
}

func (w *world) limits() outbox.Limits {
	s := w.cfg.Sending
	l := outbox.Limits{
		Retry: s.Retry, RetryEvery: s.RetryEvery, GiveUp: s.GiveUp, InDoubt: s.InDoubtWait, Pause: s.AccountPause,
		PerMinute: s.PerMinute, PerHour: s.PerAddress.Hour, PerDay: s.PerAddress.Day,
		BreakCount: s.Breaker.Count, BreakWithin: s.Breaker.Within,
	}
	if w.defect("limits-off") {
		l.PerHour, l.PerDay = 0, 0
	}
	if w.defect("breaker-off") {
		l.BreakCount = 0
	}
	return l
}

func (w *world) closeRegister() {
	if w.db != nil {
		_ = w.db.Close() // nothing more is to be read from it
	}
}

func (w *world) close() {
	w.closeRegister()
	_ = w.peer.db.Close() // neither from this
}

// alive runs a part of the daemon. If the machine is killed meanwhile it starts
// again, and alive returns false.
func (w *world) alive(what string, do func() error) (done bool) {
	defer func() {
		w.fuse, w.jump = 0, 0
		p := recover()
		if p == nil {
			return
		}
		k, ok := p.(killed)
		if !ok {
			panic(p)
		}
		w.say("killed: %s, at %s", what, k.at)
		w.report.Kills++
		w.closeRegister()
		w.lie()
		w.restart()
	}()
	w.light(what)
	err := do()
	w.fuse, w.jump = 0, 0
	var refused *casework.Refusal
	if err != nil && !errors.As(err, &refused) {
		w.fail("%s: %v", what, err)
	}
	return true
}

func (w *world) restart() {
	w.fuse, w.jump, w.dead = 0, 0, ""
	w.closeRegister()
	if err := w.boot(); err != nil {
		w.fail("start again: %v", err)
	}
}

func (w *world) defect(name string) bool { return w.o.Defect == name }

// chance returns true once in n times.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

func pick[T any](w *world, of []T) T { return of[w.rng.IntN(len(of))] }

const keptLines = 30

// say writes a line of the trace.
func (w *world) say(format string, args ...any) {
	w.line++
	s := fmt.Sprintf("%d %s ", w.line, w.now.UTC().Format("2006-01-02 15:04:05")) + fmt.Sprintf(format, args...)
	w.digest.Write([]byte(s))
	if w.last = append(w.last, s); len(w.last) > keptLines {
		w.last = w.last[1:]
	}
	if w.o.Trace != nil {
		w.o.Trace(s)
	}
}

// fail ends the run: an invariant does not hold.
func (w *world) fail(format string, args ...any) {
	w.fuse, w.jump, w.dead = 0, 0, ""
	panic(&Failure{Seed: w.o.Seed, Line: w.line, Day: w.now.UTC().Format(time.DateOnly), What: fmt.Sprintf(format, args...), Last: w.last})
}
