package simulate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// post is the mail server that accepts what the daemon sends, and remembers it.
type post struct {
	w         *world
	down      time.Time // cannot be reached until then
	account   time.Time // refuses the account until then
	taken     map[string]*sentLetter
	order     []*sentLetter
	to        map[string][]time.Time // by address outside: when, by the daemon's clock, a letter may first have been accepted
	outside   []time.Time
	forgotten time.Time       // when these were last forgotten, by the daemon's clock
	counted   map[string]bool // Message-IDs that are counted in these
	refused   map[string]bool // Message-IDs that were refused for good
	refusal   string          // the Message-ID of one that was refused, which may not be recorded yet
	before    string          // the recipient of the last letter
	open      *sentLetter     // accepted, but the answer may not be recorded yet
}

// recorded notes that the daemon continued after the last answer.
func (p *post) recorded() {
	if p.refusal != "" {
		p.refused[p.refusal], p.refusal = true, ""
	}
	if p.open != nil {
		p.open.reported, p.open = true, nil
	}
}

// lost notes that the daemon was killed before it could record the last answer,
// or perhaps after. The register says whether it had recorded a refusal.
func (p *post) lost() {
	p.w.view(func(tx *store.Tx) error {
		if l, ok := tx.LetterByMessageID(p.refusal); ok && l.State == intake.LetterFailed {
			p.refused[p.refusal] = true
		}
		return nil
	})
	p.refusal = ""
	if p.open != nil {
		p.open.doubts++
		p.open = nil
	}
}

// sentLetter is what the server knows about one Message-ID.
type sentLetter struct {
	id, to, ref string
	raw         []byte
	outside     bool
	times       int  // how often it was accepted
	doubts      int  // how often the client could not know
	allowed     int  // how often a person released it again
	filed       bool // a copy is in the Sent folder
	reported    bool // the client was told that it was accepted
	returned    bool // it came back
}

func newPost(w *world) *post {
	return &post{w: w, taken: map[string]*sentLetter{}, to: map[string][]time.Time{}, counted: map[string]bool{}, refused: map[string]bool{}}
}

// sender is one send loop's connection to the server.
type sender struct {
	w *world
	b *box
}

func (*sender) Close() {}

// Send does what the day's script says.
func (s *sender) Send(_ context.Context, from, to string, raw []byte) outbox.Result {
	w, p := s.w, s.w.post
	p.recorded()
	if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil && w.withdrawnGoes(messageID(m)) {
		w.fail("a request was withdrawn, and its acknowledgement goes to %s", to)
	}
	w.meanwhile()
	w.point("before it is handed over")
	to, raw = s.faulty(to, raw)
	switch {
	case w.now.Before(p.down):
		return outbox.Result{Outcome: outbox.Retry, Response: "connecting: refused"}
	case w.now.Before(p.account):
		if w.defect("account-is-refusal") {
			return outbox.Result{Outcome: outbox.Refused, Response: "535 5.7.139", Used: true}
		}
		return outbox.Result{Outcome: outbox.AccountFault, Response: "535 5.7.139", Used: true}
	case w.chance(25):
		return outbox.Result{Outcome: outbox.Retry, Response: "451 4.7.1 later", Used: true}
	case strings.HasSuffix(to, "example.com") && w.chance(30):
		if w.defect("repeated-words-believed") {
			return outbox.Result{Outcome: outbox.AccountFault, Response: repeated, Used: true}
		}
		return outbox.Result{Outcome: outbox.MaybeAccount, Response: repeated, Used: true}
	case w.chance(200) && outside(to):
		return s.refuse(to, raw)
	case strings.HasSuffix(to, "@doubt.example.com"): // its server never answers the final dot
		p.take(s.b, from, to, raw).doubts++
		return s.doubt()
	case w.chance(60): // lost after the final dot, and not accepted
		if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil && outside(to) {
			p.limits(messageID(m), to)
		}
		return s.doubt()
	case w.chance(60): // lost after the final dot, and accepted
		p.take(s.b, from, to, raw).doubts++
		return s.doubt()
	}
	p.open = p.take(s.b, from, to, raw)
	w.point("after it was taken")
	return outbox.Result{Outcome: outbox.Sent, Response: "250 taken", Used: true}
}

// repeated is what the server says after asking the recipient's server, which
// is always one of the same domain.
const repeated = "550 5.1.1 its server said: 550 5.7.60 SendAsDenied"

// restless checks that no mailbox pauses because of what a recipient's server
// said.
func (w *world) restless() {
	for _, l := range w.loops {
		if s := l.Status(); s.Trouble == repeated && s.Paused.After(w.now.Add(w.skew)) {
			w.fail("mailbox %s rests for what a recipient's server said", l.Mailbox)
		}
	}
}

// refuse refuses a letter for good, at most once.
func (s *sender) refuse(to string, raw []byte) outbox.Result {
	w := s.w
	w.say("refused: to %s", to)
	if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
		w.post.refusal = messageID(m)
	}
	if w.defect("refused-again") {
		return outbox.Result{Outcome: outbox.Retry, Response: "550 5.1.1 unknown", Used: true}
	}
	return outbox.Result{Outcome: outbox.Refused, Response: "550 5.1.1 unknown", Used: true}
}

// faulty returns what a sender with a defect sends.
func (s *sender) faulty(to string, raw []byte) (string, []byte) {
	w := s.w
	switch {
	case w.defect("bytes-change"):
		raw = append(bytes.Clone(raw), fmt.Sprintf("%d\r\n", w.rng.Uint32())...)
	case w.defect("letters-unmarked"):
		raw = without(raw, "Auto-Submitted")
	case w.defect("wrong-recipient"):
		to, w.post.before = w.post.before, to
		if to == "" {
			to = w.post.before
		}
	}
	return to, raw
}

func (s *sender) doubt() outbox.Result {
	if s.w.defect("doubt-is-failure") {
		return outbox.Result{Outcome: outbox.Retry, Response: "EOF", Used: true}
	}
	return outbox.Result{Outcome: outbox.Doubt, Response: "EOF", Used: true}
}

// outside reports whether an address is not staff's.
func outside(to string) bool { return !strings.HasSuffix(to, "@staff.example.org") }

var reference = regexp.MustCompile(`\b(?:CAF|CYM)\d\d-\d{5}\b`)

// take accepts a mail, and compares it with all that was accepted before.
func (p *post) take(b *box, from, to string, raw []byte) *sentLetter {
	w := p.w
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		w.fail("a mail handed over cannot be read: %v", err)
	}
	id := messageID(m)
	l := p.taken[id]
	if l == nil {
		l = &sentLetter{id: id, to: to, raw: raw, outside: outside(to), ref: reference.FindString(m.Header.Get("Subject"))}
		p.taken[id] = l
		p.order = append(p.order, l)
		p.firstTaken(l, m)
	} else if !bytes.Equal(l.raw, raw) || l.to != to {
		w.fail("letter %s to %s was handed over a second time with other bytes", id, to)
	}
	switch {
	case w.held[id]:
		w.fail("letter %s to %s is held by a person and goes", id, to)
	case p.refused[id]:
		w.fail("letter %s to %s was turned down for good and goes again", id, to)
	}
	l.times++
	w.report.Letters++
	w.say("taken: %s to %s", id, to)
	if l.times > 1 {
		w.report.Repeats++
		if l.filed && l.allowed == 0 {
			w.fail("letter %s to %s was sent again though a copy stands in the Sent folder", id, to)
		}
		if l.times > 2+l.allowed || l.doubts == 0 && l.allowed == 0 {
			w.fail("letter %s to %s was taken %d times; in doubt %d times", id, to, l.times, l.doubts)
		}
	}
	if b.cfg.IMAP.SentFolder != "" {
		l.filed = true
		if _, ok := b.sent[id]; !ok {
			b.sent[id] = w.now
		}
	}
	p.react(b, l)
	if to == officer && b.w.chance(40) {
		w.orders(b, l, m)
	}
	return l
}

func messageID(m *mail.Message) string { return strings.Trim(m.Header.Get("Message-Id"), "<> ") }

// firstTaken checks what must be true of a letter to anybody outside.
func (p *post) firstTaken(l *sentLetter, m *mail.Message) {
	w := p.w
	if !l.outside {
		return
	}
	for _, b := range w.boxes {
		if strings.EqualFold(l.to, b.cfg.Address) {
			w.fail("a letter goes to our own address %s", l.to)
		}
	}
	if strings.HasSuffix(l.to, "@lists.example.org") || strings.HasPrefix(l.to, "mailer-daemon@") {
		w.fail("a letter goes to the machine %s", l.to)
	}
	if w.readAs[l.id] != sha256.Sum256(l.raw) {
		w.fail("letter %s to %s goes out with dates that nothing that happened accounts for", l.id, l.to)
	}
	if m.Header.Get("Auto-Submitted") == "" {
		w.fail("a letter to %s does not say that a machine wrote it", l.to)
	}
	p.limits(l.id, l.to)
	w.checkSecond(l)
}

// forget deletes what was counted when the clock is set: it is not known by
// which clock the daemon has counted.
func (p *post) forget() {
	p.outside, p.to, p.forgotten = nil, map[string][]time.Time{}, p.w.now.Add(p.w.skew)
}

// limits checks that a letter may be sent to an address outside now. It is
// called once for each letter, when it may first have been accepted: one in
// doubt is sent again whatever was sent meanwhile.
func (p *post) limits(id, to string) {
	if p.counted[id] {
		return
	}
	p.counted[id] = true
	w, now := p.w, p.w.now.Add(p.w.skew)
	if !w.freed(id) {
		p.within(p.to[to], now, hour, w.cfg.Sending.PerAddress.Hour, "an hour to "+to)
		p.within(p.to[to], now, 24*hour, w.cfg.Sending.PerAddress.Day, "a day to "+to)
	}
	p.within(p.outside, now, w.cfg.Sending.Breaker.Within, w.cfg.Sending.Breaker.Count, "the breaker's time")
	p.to[to] = append(p.to[to], now)
	p.outside = append(p.outside, now)
}

func (p *post) within(times []time.Time, now time.Time, span time.Duration, limit int, what string) {
	n := 0
	for _, t := range times {
		if t.After(now.Add(-span)) {
			n++
		}
	}
	if n >= limit {
		p.w.fail("%d letters within %s", n+1, what)
	}
}

// react makes the world react to the letter.
func (p *post) react(b *box, l *sentLetter) {
	w := p.w
	if !l.outside {
		return
	}
	back := []target{{box: boxIndex(w, b)}}
	subject := fmt.Sprintf("Ticket Received - %d - Re: %s", 100000+w.rng.IntN(900000), l.ref)
	reply := []string{"In-Reply-To: <" + l.id + ">"}
	var m *letterIn
	switch {
	case l.to == peerAddress:
		w.peer.hears(l.raw)
		return
	case strings.HasSuffix(l.to, "@helpdesk.example.net"):
		if w.chance(3) {
			reply, subject = []string{"X-Ticket: yes"}, strings.TrimSuffix(subject, l.ref)
		}
		m = w.write(helpdesk, l.to, text{subject, "Thank you for contacting us. Your ticket %d was opened. We will be in touch.\n\n%s"}, reply...)
	case strings.HasSuffix(l.to, "@bounce.example.com"):
		m = w.returned(l)
	case w.chance(8):
		m = w.write(machine, l.to, text{"Automatic reply: " + l.ref, "I am out of the office. %d %s"}, "Auto-Submitted: auto-replied", reply[0])
	case w.chance(6):
		m = w.write(answer, l.to, text{"Re: " + l.ref, "Thank you. I only wanted to add that the reports are from year %d. %s"}, reply...)
	default:
		return
	}
	m.to, m.ref = back, ""
	w.arrive(m, time.Duration(1+w.rng.IntN(40))*time.Minute)
}

func boxIndex(w *world, b *box) int {
	for i := range w.boxes {
		if w.boxes[i] == b {
			return i
		}
	}
	return 0
}

// returned makes a report on a letter that could not be delivered (RFC 3464).
func (w *world) returned(l *sentLetter) *letterIn {
	body := strings.Join([]string{
		"--b", "Content-Type: text/plain", "", "The address is unknown.", "",
		"--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mail.example.com", "",
		"Final-Recipient: rfc822; " + l.to, "Action: failed", "Status: 5.1.1", "",
		"--b", "Content-Type: text/rfc822-headers", "", "Subject: Cafcass", "Message-ID: <" + l.id + ">", "", "--b--", "",
	}, "\n")
	m := w.write(bounce, "mailer-daemon@mail.example.com", text{"Undelivered Mail Returned to Sender", body},
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b", "Auto-Submitted: auto-replied", "Return-Path: <>")
	m.returns = l.id
	return m
}
