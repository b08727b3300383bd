package simulate

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	mathrand "math/rand/v2"
	"net/mail"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/store"
)

// crowd is a register on which mail, send loops, the clock and people work at
// the same time, each on its own goroutine. The result differs each time; what
// must be true of it does not.
type crowd struct {
	cfg    *config.Config
	db     *store.DB
	engine *engine.Engine
	loops  []*outbox.Loop
	passed atomic.Int64 // seconds since start; each reading of the clock adds one
	start  time.Time

	mu     sync.Mutex
	taken  map[string]int // by Message-ID
	doubts map[string]int
	freed  map[string]int
	held   map[string]bool
	wrong  []string
}

func (c *crowd) now() time.Time {
	return c.start.Add(time.Duration(c.passed.Add(1)) * time.Second)
}

func (c *crowd) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// TestTogether lets two mailboxes deliver mails while two send loops, the clock
// and people work on one register, until the mails are in, each person has
// acted often enough, and nothing is left to send; the race detector watches.
func TestTogether(t *testing.T) {
	const mails, people, acts = 200, 6, 400
	ctx := t.Context()
	c := newCrowd(t)
	var work, sending sync.WaitGroup
	for i := range c.cfg.Mailboxes {
		work.Go(func() { c.bring(ctx, &c.cfg.Mailboxes[i], mails/len(c.cfg.Mailboxes)) })
	}
	for k := range people {
		work.Go(func() { c.person(ctx, k, people, acts) })
	}
	over := make(chan struct{})
	for _, l := range c.loops {
		sending.Go(func() {
			for {
				if _, err := l.Drain(ctx); err != nil {
					c.complain("send of %s: %v", l.Mailbox, err)
					return
				}
				select {
				case <-over:
					return
				default:
				}
			}
		})
	}
	sending.Go(func() {
		for {
			if err := c.engine.Clock.Tick(ctx); err != nil {
				c.complain("tick: %v", err)
				return
			}
			select {
			case <-over:
				return
			default:
			}
		}
	})
	work.Wait()
	close(over)
	sending.Wait()
	c.check(t)
	for _, w := range c.wrong {
		t.Error(w)
	}
}

func newCrowd(t *testing.T) *crowd {
	dir, err := os.MkdirTemp(memory(), "requestd-together-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	start := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	cfg, err := config.Parse([]byte(fmt.Sprintf(configuration, dir, dir, "2026-08-01", "2026-08-01")), filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{cfg: cfg, start: start, taken: map[string]int{}, doubts: map[string]int{}, freed: map[string]int{}, held: map[string]bool{}}
	if c.db, err = store.Open(string(cfg.Store.Path), store.Options{Now: c.now, NoSync: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.db.Close(); err != nil {
			t.Error(err)
		}
	})
	log := slog.New(slog.DiscardHandler)
	if c.engine, err = engine.New(casework.Options{Store: c.db, Now: c.now, Random: rand.Reader, Log: log}, cfg); err != nil {
		t.Fatal(err)
	}
	for i := range cfg.Mailboxes {
		s := cfg.Sending
		limits := outbox.Limits{Retry: s.Retry, RetryEvery: s.RetryEvery, GiveUp: s.GiveUp, InDoubt: s.InDoubtWait, Pause: s.AccountPause}
		c.loops = append(c.loops, &outbox.Loop{
			Mailbox: cfg.Mailboxes[i].Name, Store: c.db, Sender: crowdServer{c}, Now: c.now, Log: log,
			Limits: func() outbox.Limits { return limits }, Write: c.engine.Notices.WriteStaffMail, RecordOutcome: c.engine.RecordOutcome, OutOfDate: c.engine.Cases.OutOfDate,
		})
	}
	return c
}

// bring delivers mails to one mailbox, some of them bounces of letters that
// were sent.
func (c *crowd) bring(ctx context.Context, box *config.Mailbox, n int) {
	at := mailbox.Folder{Mailbox: box.Name, Folder: box.IMAP.Folder, Role: mailbox.Inbox, UIDValidity: 1}
	for uid := range uint32(n) {
		raw := c.mail(box, uid+1)
		f := mailbox.Fetched{UID: uid + 1, Received: c.now(), Size: int64(len(raw)), Raw: raw, Complete: true}
		f.Read, _ = c.engine.Read(at, &f)
		if err := c.engine.TakeIn(ctx, at, []mailbox.Fetched{f}, uid+1); err != nil {
			c.complain("deliver %d to %s: %v", uid+1, box.Name, err)
		}
	}
}

func (c *crowd) mail(box *config.Mailbox, uid uint32) []byte {
	id := fmt.Sprintf("%s.%d@mail.example.net", box.Name, uid)
	if uid%9 == 0 {
		if gone := c.anyTaken(); gone != "" {
			w := &world{now: c.now(), rng: mathrand.New(mathrand.NewPCG(uint64(uid), 1))}
			return w.returned(&sentLetter{id: gone, to: "somebody@example.com"}).raw
		}
	}
	t := requests[int(uid)%len(requests)]
	head := fmt.Sprintf("Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\nFrom: Jo <jo.%s.%d@example.net>\r\nTo: %s\r\nDate: %s\r\nSubject: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		box.Name, uid, box.Address, c.now().Format(time.RFC1123Z), t.subject, id)
	return append([]byte(head), fmt.Sprintf(t.body, 2000+uid, "Jo")...)
}

func (c *crowd) anyTaken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.taken {
		return id
	}
	return ""
}

// person acts on the register, and on letters of their own share only: so
// whoever holds one knows that nobody else has released it.
func (c *crowd) person(ctx context.Context, k, people, acts int) {
	rng := mathrand.New(mathrand.NewPCG(uint64(k), 7))
	by := casework.ByAdministrator(fmt.Sprintf("local:officer%d", k))
	for n := 0; n < acts; {
		var refs []string
		var letters []intake.Letter
		err := c.db.View(func(tx *store.Tx) error {
			refs, letters = nil, nil
			for cs := range tx.OpenCases() {
				refs = append(refs, cs.Ref)
			}
			for l := range tx.Letters(store.LetterFilter{Unsent: true}) {
				if int(l.ID)%people == k {
					letters = append(letters, l)
				}
			}
			return nil
		})
		if err != nil {
			c.complain("look at the register: %v", err)
			return
		}
		if len(refs) == 0 && n == 0 {
			continue // no mail has come yet
		}
		if n++; len(refs) == 0 {
			continue // everything is settled
		}
		ref := refs[rng.IntN(len(refs))]
		switch m := rng.IntN(10); {
		case m < 5 && len(letters) > 0:
			l := letters[rng.IntN(len(letters))]
			err = c.holdOrFree(ctx, by, l, l.State == intake.LetterWaiting || l.State == intake.LetterInDoubt)
		case m < 6:
			err = c.record(ctx, by, ref, recorded[rng.IntN(len(recorded))])
		case m < 8:
			kinds := []intake.Kind{intake.FOI, intake.DSAR, intake.NotARequest}
			_, err = c.engine.Cases.Do(ctx, by, ref, casework.Decide(casework.KindInput{Kind: kinds[rng.IntN(len(kinds))]}))
		case m < 9:
			_, err = c.engine.Cases.Do(ctx, by, ref, casework.Merge(refs[rng.IntN(len(refs))], 0))
		default:
			_, err = c.engine.Cases.Do(ctx, by, ref, casework.Hold())
		}
		var refused *casework.Refusal
		if err != nil && !errors.As(err, &refused) && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrTaken) {
			c.complain("%s on %s: %v", by.Actor, ref, err)
		}
	}
}

func (c *crowd) record(ctx context.Context, by casework.By, ref string, event intake.EventName) error {
	in := casework.RecordInput{Event: event}
	switch event {
	case intake.Responded:
		in.Outcome = "granted"
	case intake.Closed:
		in.Reason = "lapsed"
	case intake.Note:
		in.Note = "seen"
	case intake.Void:
		in.Void = 3
	}
	_, err := c.engine.Cases.Do(ctx, by, ref, casework.Record(in))
	return err
}

// holdOrFree holds or releases a letter. A letter is noted as held once it is,
// and no longer before it may be sent: in between nothing may be sent.
func (c *crowd) holdOrFree(ctx context.Context, by casework.By, l intake.Letter, hold bool) error {
	if hold {
		now, err := c.engine.Cases.HoldLetter(ctx, by, l.ID)
		if err == nil && now.MessageID != "" && !now.Purpose.Outside() { // others may release one to a requester through its case
			c.mu.Lock()
			c.held[now.MessageID] = true
			c.mu.Unlock()
		}
		return err
	}
	c.mu.Lock()
	delete(c.held, l.MessageID)
	c.freed[l.MessageID]++
	c.mu.Unlock()
	_, err := c.engine.Cases.ReleaseLetter(ctx, by, l.ID)
	return err
}

// crowdServer accepts most letters; what it does in each attempt depends on the
// letter's bytes and the attempt's number.
type crowdServer struct{ c *crowd }

func (crowdServer) Close() {}

func (s crowdServer) Send(_ context.Context, _, to string, raw []byte) outbox.Result {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		s.c.complain("a letter to %s cannot be read: %v", to, err)
		return outbox.Result{Outcome: outbox.Refused, Response: "550 unreadable", Used: true}
	}
	id := messageID(m)
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	h := fnv.New32a()
	fmt.Fprint(h, id, s.c.taken[id], s.c.doubts[id], s.c.passed.Load())
	if s.c.held[id] {
		s.c.wrong = append(s.c.wrong, "letter "+id+" to "+to+" is held by a person and goes")
	}
	switch n := h.Sum32() % 20; {
	case n < 2:
		return outbox.Result{Outcome: outbox.Retry, Response: "451 later", Used: true}
	case n < 3:
		s.c.doubts[id]++
		return outbox.Result{Outcome: outbox.Doubt, Response: "EOF", Used: true}
	case n < 4:
		s.c.doubts[id]++
		s.c.taken[id]++
		return outbox.Result{Outcome: outbox.Doubt, Response: "EOF", Used: true}
	}
	s.c.taken[id]++
	return outbox.Result{Outcome: outbox.Sent, Response: "250 taken", Used: true}
}

// check checks the result once nobody is working any more.
func (c *crowd) check(t *testing.T) {
	for id, n := range c.taken {
		if n > 1+c.doubts[id]+c.freed[id] {
			c.complain("letter %s was taken %d times; in doubt %d times, let go %d times", id, n, c.doubts[id], c.freed[id])
		}
	}
	findings, err := c.db.Verify(t.Context(), func(cs *intake.Case) intake.Index { return c.engine.Cases.Index(cs) })
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		c.complain("verify: %s", f)
	}
	err = c.db.View(func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{}) {
			switch n := c.taken[l.MessageID]; {
			case l.State == intake.LetterSending:
				c.complain("letter %d is being sent while nobody sends", l.ID)
			case l.State == intake.LetterSent && n == 0:
				c.complain("letter %d (%s) counts as sent and was never taken", l.ID, l.Purpose)
			}
		}
		for a := range tx.Arrivals(store.ArrivalFilter{}) {
			if a.Decision == "" {
				c.complain("mail %d has no decision", a.ID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
