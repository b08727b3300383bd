package simulate

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/intake/register"
	"requestd/store"
)

// peer is another public body that runs the same daemon over its own register.
// Its shared mailbox asks us something now and then, and so our daemon writes
// to the peer's. Some of the mail passes a gateway that removes every header
// that is a sign of a machine.
type peer struct {
	w      *world
	db     *store.DB
	engine *engine.Engine
	loop   *outbox.Loop
	next   uint32
	coming []delivery
}

// delivery is a letter of ours that is being sent to the peer.
type delivery struct {
	raw []byte
	at  time.Time
}

const peerAddress = "foi@council.example.org"

const peerConfiguration = `
store: {path: %s/peer.db}
control: {socket: %s/peer.sock}
smtp: {host: 127.0.0.1, port: 2525, security: none, auth: none}
staff:
  - {address: officer@council.example.org}
mailboxes:
  - name: council
    body: Example Council
    address: foi@council.example.org
    language: en
    reference: COU
    since: %s
    imap: {host: 127.0.0.1, security: none, username: foi, password_file: none, folder: INBOX}
`

func newPeer(w *world) (*peer, error) {
	day := deadlines.DayOf(w.now)
	cfg, err := config.Parse(fmt.Appendf(nil, peerConfiguration, w.o.Dir, w.o.Dir, day), filepath.Join(w.o.Dir, "peer.yaml"))
	if err != nil {
		return nil, err
	}
	p := &peer{w: w, next: 1}
	clock := func() time.Time { return w.now }
	var key [32]byte
	copy(key[:], fmt.Sprint("peer", w.o.Seed))
	var random io.Reader = rand.NewChaCha8(key)
	if p.db, err = store.Open(string(cfg.Store.Path), store.Options{Now: clock, Random: random, NoSync: true}); err != nil {
		return nil, fmt.Errorf("open the peer's register: %w", err)
	}
	log := slog.New(slog.DiscardHandler)
	if p.engine, err = engine.New(casework.Options{Store: p.db, Now: clock, Random: random, Log: log}, cfg); err != nil {
		return nil, err
	}
	p.loop = &outbox.Loop{
		Mailbox: "council", Store: p.db, Sender: p, Now: clock, Log: log, Limits: w.limits,
		Write: p.engine.Notices.WriteStaffMail, RecordOutcome: p.engine.RecordOutcome, OutOfDate: p.engine.Cases.OutOfDate,
	}
	return p, nil
}

// asks lets a person write to us from the peer's shared mailbox.
func (p *peer) asks() {
	p.w.arrive(p.w.write(request, peerAddress, pick(p.w, requests[:2])), 0)
}

// hears delivers a letter of ours.
func (p *peer) hears(raw []byte) {
	if p.w.chance(2) {
		raw = p.gateway(raw)
	}
	p.w.report.Peer++
	p.coming = append(p.coming, delivery{raw, p.w.now.Add(time.Duration(1+p.w.rng.IntN(90)) * time.Minute)})
}

// run lets the peer's daemon read and send.
func (p *peer) run() {
	at := mailbox.Folder{Mailbox: "council", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 1}
	var batch []mailbox.Fetched
	p.coming = slices.DeleteFunc(p.coming, func(d delivery) bool {
		if d.at.After(p.w.now) {
			return false
		}
		batch = append(batch, mailbox.Fetched{UID: p.next, Received: d.at.Truncate(time.Second), Size: int64(len(d.raw)), Raw: d.raw, Complete: true})
		p.next++
		return true
	})
	if len(batch) > 0 {
		if err := p.engine.TakeIn(p.w.ctx, at, batch, p.next-1); err != nil {
			p.w.fail("the peer's daemon: %v", err)
		}
	}
	if _, err := p.loop.Drain(p.w.ctx); err != nil {
		p.w.fail("the peer's daemon: %v", err)
	}
}

// Close does nothing.
func (*peer) Close() {}

// Send accepts mail to the peer's own staff. Its daemon must write to nobody
// else: what it gets are a machine's letters.
func (p *peer) Send(_ context.Context, _, to string, _ []byte) outbox.Result {
	if !strings.HasSuffix(to, "@council.example.org") {
		p.w.fail("two daemons write to each other: the peer's answers a letter of ours with one to %s", to)
	}
	return outbox.Result{Outcome: outbox.Sent, Response: "250 taken", Used: true}
}

// check verifies the peer's register as a whole.
func (p *peer) check() {
	findings, err := p.engine.Register.Verify(p.w.ctx)
	if err != nil || len(findings) > 0 {
		p.w.fail("the peer's register: %v (%v)", findings, err)
	}
	views, _, err := p.engine.Register.Cases(p.w.ctx, register.CaseFilter{DueWithin: -1})
	if err != nil || len(views) > 0 {
		p.w.fail("the peer has opened %d cases for letters of ours (%v)", len(views), err)
	}
}

// gateway removes from a mail every header that is not needed to read it, and
// sometimes those that say what it answers.
func (p *peer) gateway(raw []byte) []byte {
	left := []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
	if p.w.defect("daemon-unknown") {
		left = slices.DeleteFunc(left, func(name string) bool { return name == "Message-ID" })
	}
	if p.w.chance(2) {
		left = append(left, "In-Reply-To", "References")
	}
	return only(raw, left...)
}

// only keeps only those header fields of a mail.
func only(raw []byte, names ...string) []byte {
	head, text, _ := strings.Cut(string(raw), "\r\n\r\n")
	var kept []string
	keep := false
	for line := range strings.SplitSeq(head, "\r\n") {
		if name, _, _ := strings.Cut(line, ":"); line != "" && line[0] != ' ' && line[0] != '\t' {
			keep = slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
		}
		if keep {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, "\r\n") + "\r\n\r\n" + text)
}
