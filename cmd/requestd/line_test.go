package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"requestd/classify/corpus"
	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/admin"
	"requestd/intake/mailtest"
)

const developmentMail = "../../classify/corpus/mail"

func itoa(n int) string { return strconv.Itoa(n) }

// delivered is a labelled mail as it was put into a mailbox.
type delivered struct {
	corpus.Mail
	mailbox string
	uid     uint32
	at      time.Time // INTERNALDATE
	reading intake.Reading
}

// daysBack spreads n mails over two months, most of them recent: only those are
// still owed an acknowledgement.
func daysBack(i, n int) int {
	f := float64(i*97%n) / float64(n)
	return int(60 * f * f)
}

// answeredFor is how many days back the test's daemon opens cases.
const answeredFor = 50

// TestTheLine brings two months of mail through a real Dovecot and a real
// Postfix, with the program as it is installed.
func TestTheLine(t *testing.T) {
	servers := mailtest.Start(t, mailtest.Options{Users: mailtest.DefaultUsers()[:2]}) // without the officer, whose mail then comes in like all other
	now := time.Now()
	today := deadlines.DayOf(now)
	quiet := now.In(deadlines.London()).Add(-3 * time.Hour).Format("15:04") // so that no reminder falls due while the test runs
	p := newProgram(t, adapted(t, servers,
		"since: 2026-11-01", "since: "+(today-answeredFor).String(),
		"store:", "reminders: {at: \""+quiet+"\"}\ndigest: {at: \""+quiet+"\"}\nstore:"))
	mails := deliverAll(t, servers, p, now)
	before := servers.State("governance", "INBOX") + servers.State("cymru", "INBOX")

	p.do("run", "--once")
	r := readRegister(p, servers)
	t.Run("every mail is registered", func(t *testing.T) { r.everyMail(t, mails, today) })
	t.Run("dates", func(t *testing.T) { r.dates(t, mails) })
	t.Run("acknowledgements", func(t *testing.T) { r.acknowledgements(t, mails, today) })
	t.Run("machines", func(t *testing.T) { r.machines(t, mails) })
	t.Run("reminders", func(t *testing.T) { r.reminders(t, today) })
	if after := servers.State("governance", "INBOX") + servers.State("cymru", "INBOX"); after != before {
		t.Error("the mailboxes were changed")
	}

	p.do("run", "--once")
	r.nothingMore(t, servers, "a second run")
	p.do("verify")
	t.Run("the daemon", func(t *testing.T) { daemonSendsNothingTwice(t, p, servers, r) })
}

func deliverAll(t *testing.T, s *mailtest.Servers, p *program, now time.Time) []delivered {
	t.Helper()
	labelled, err := corpus.LoadLines(developmentMail)
	if err != nil {
		t.Fatal(err)
	}
	labelled = slices.DeleteFunc(labelled, func(m corpus.Mail) bool { return m.Writer != "m" })
	readings := classified(t, p, labelled)
	var all []delivered
	for i, m := range labelled {
		raw := m.Raw
		d := delivered{Mail: m, mailbox: "cafcass", reading: readings[i]}
		user := "governance"
		if isWelsh(m.Message) {
			user, d.mailbox = "cymru", "cymru"
		}
		d.at = now.AddDate(0, 0, -daysBack(i, len(labelled))).Add(-time.Duration(1+i) * time.Minute).Truncate(time.Second)
		d.uid = s.Deliver(user, raw, d.at)
		all = append(all, d)
		if i%20 == 0 && user == "governance" { // it was sent to both bodies
			d.mailbox, d.uid = "cymru", s.Deliver("cymru", raw, d.at)
			all = append(all, d)
		}
	}
	return all
}

// classified reads each mail by itself, as if there were no other.
func classified(t *testing.T, p *program, mails []corpus.Mail) []intake.Reading {
	dir := t.TempDir()
	args := []string{"classify"}
	for _, m := range mails {
		file := filepath.Join(dir, m.File)
		if err := os.WriteFile(file, m.Raw, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	return lines[intake.Reading](p, args...)
}

func isWelsh(m *intake.Message) bool {
	return slices.ContainsFunc(append(m.To, m.Cc...), func(a intake.Address) bool {
		return strings.HasPrefix(strings.ToLower(a.Addr), "cafcasscymru@")
	})
}

// registered is what the program says is in its register, and what Postfix
// delivered.
type registered struct {
	program  *program
	messages map[string]admin.Message // by mailbox and UID
	cases    map[string]intake.View   // by reference
	letters  []admin.Letter
	out      []mailtest.Delivery
}

// opened reports whether a mail opened a case, and was not only added to one.
func opened(m admin.Message) bool {
	switch m.Decision {
	case intake.DidAcknowledge, intake.DidTriage, intake.DidUnreadable:
		return true
	}
	return false
}

func key(mailbox string, uid uint32) string { return fmt.Sprintf("%s/%d", mailbox, uid) }

func readRegister(p *program, s *mailtest.Servers) *registered {
	p.t.Helper()
	r := &registered{program: p, messages: map[string]admin.Message{}, cases: map[string]intake.View{}}
	for _, m := range lines[admin.Message](p, "messages") {
		r.messages[key(m.Mailbox, m.UID)] = m
	}
	for _, v := range lines[intake.View](p, "list") {
		r.cases[v.Ref] = v
	}
	r.letters = lines[admin.Letter](p, "outbox")
	sent := 0
	for _, l := range r.letters {
		if l.State == intake.LetterSent {
			sent++
		}
	}
	r.out = s.WaitDeliveries(p.t.Context(), "every mail that was accepted", func(d []mailtest.Delivery) bool { return len(d) >= sent })
	if len(r.out) > sent {
		p.t.Errorf("%d mails were delivered, the outbox knows of %d", len(r.out), sent)
	}
	return r
}

func (r *registered) of(d delivered) (admin.Message, intake.View) {
	m := r.messages[key(d.mailbox, d.uid)]
	return m, r.cases[m.Ref]
}

func (r *registered) everyMail(t *testing.T, mails []delivered, today deadlines.Day) {
	if len(r.messages) != len(mails) {
		t.Errorf("%d mails are registered, %d were delivered", len(r.messages), len(mails))
	}
	first := map[string]admin.Message{} // by file
	for _, d := range mails {
		m, v := r.of(d)
		if other, twice := first[d.File]; twice && (m.Ref != other.Ref || (m.Decision == intake.DidDuplicate) == (other.Decision == intake.DidDuplicate)) {
			t.Errorf("%s came into both mailboxes: %s of %q and %s of %q", d.File, m.Decision, m.Ref, other.Decision, other.Ref)
		}
		first[d.File] = m
		switch {
		case m.ID == 0:
			t.Errorf("%s is not registered", d.File)
		case !m.Received.Equal(d.at):
			t.Errorf("%s was received %s, registered as %s", d.File, d.at, m.Received)
		case deadlines.DayOf(d.at) < today-answeredFor:
			if m.Decision != intake.DidBeforeStart && m.Decision != intake.DidDuplicate || m.Ref != "" {
				t.Errorf("%s is from before the start: %s, case %q", d.File, m.Decision, m.Ref)
			}
		case d.Kind.HasClock() && (m.Ref == "" || v.Ref != m.Ref) && !(d.Followup && m.Decision == intake.DidPass):
			t.Errorf("%s is a request (%s) and has no case: %s, %s", d.File, d.Kind, m.Decision, m.Why)
		}
	}
}

// dates computes every date again from INTERNALDATE, or from the inner date of
// a mail that a colleague forwarded.
func (r *registered) dates(t *testing.T, mails []delivered) {
	checked := map[string]bool{}
	for _, d := range mails {
		m, v := r.of(d)
		if !opened(m) || checked[m.Ref] {
			continue
		}
		checked[m.Ref] = true
		day := deadlines.DayOf(d.at)
		if inner := innerDate(d.Note); inner != 0 && (d.Kind.HasClock() || v.State == intake.StateTriage) {
			day = inner
		}
		if v.ReceivedOn != day {
			t.Errorf("%s (%s): received on %s, want %s", d.File, m.Ref, v.ReceivedOn, day)
			continue
		}
		for _, clock := range v.Clocks {
			want := expected(t, clock, day)
			if v.State == intake.StateTriage && clock.RespondBy < want.RespondBy {
				continue // while the kind is in doubt it is the earliest plausible date
			}
			if clock.RespondBy != want.RespondBy || clock.ComplaintAckBy != want.ComplaintAcknowledgeBy || v.AcknowledgeBy != want.AcknowledgeBy {
				t.Errorf("%s (%s, %s): reply by %s, acknowledge by %s; want %s and %s", d.File, m.Ref, clock.Kind, clock.RespondBy, v.AcknowledgeBy, want.RespondBy, want.AcknowledgeBy)
			}
		}
	}
	if len(checked) != len(r.cases) {
		t.Errorf("%d cases came from mail, the register has %d", len(checked), len(r.cases))
	}
}

func expected(t *testing.T, k intake.Clock, received deadlines.Day) deadlines.Result {
	t.Helper()
	kind := k.Kind
	if !kind.HasClock() {
		kind = intake.FOI
	}
	want, err := deadlines.Default().Compute(deadlines.Request{Kind: string(kind), Of: string(k.Of), Received: received}, deadlines.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// innerDate returns the day on which the mail inside a forwarded one was sent,
// as its label says.
func innerDate(note string) deadlines.Day {
	_, rest, ok := strings.Cut(note, "inner date ")
	if !ok || strings.Contains(note, "typed out") || // without a header there is only the colleague's mail to go by
		len(rest) < len("2006-01-02") {
		return 0
	}
	d, err := deadlines.ParseDay(rest[:len("2006-01-02")])
	if err != nil {
		return 0
	}
	return d
}

func (r *registered) acknowledgements(t *testing.T, mails []delivered, today deadlines.Day) {
	letters := r.acknowledged(t)
	owed := 0
	for _, d := range mails {
		m, v := r.of(d)
		if !opened(m) {
			continue
		}
		got := letters[m.Ref]
		switch must := owesLetter(t, d, v, today); {
		case (v.AcknowledgedAt != nil) != (len(got) == 1):
			t.Errorf("%s (%s): acknowledged at %v, %d letters arrived", d.File, m.Ref, v.AcknowledgedAt, len(got))
		case must && v.AcknowledgedAt == nil:
			t.Errorf("%s (%s): an acknowledgement is owed and was not sent: %s", d.File, m.Ref, m.Why)
		case m.Decision != intake.DidAcknowledge && len(got) > 0 && !d.reading.Neutral: // a neutral letter names no kind
			t.Errorf("%s (%s) waits for a person, and was answered", d.File, m.Ref)
		case len(got) == 1 && !strings.EqualFold(got[0].To, answerTo(d)):
			t.Errorf("%s (%s): the letter went to %s, want %s", d.File, m.Ref, got[0].To, answerTo(d))
		case len(got) == 1:
			owed++
		}
		delete(letters, m.Ref)
	}
	if owed == 0 {
		t.Error("nothing was acknowledged")
	}
	for ref := range maps.Keys(letters) {
		t.Errorf("a letter went out for %s, which is no case of these mails", ref)
	}
}

// acknowledged returns the acknowledgements that Postfix delivered, neutral
// ones too, by case.
func (r *registered) acknowledged(t *testing.T) map[string][]mailtest.Delivery {
	t.Helper()
	known := map[string]admin.Letter{}
	for _, l := range r.letters {
		known["<"+l.MessageID+">"] = l
	}
	letters := map[string][]mailtest.Delivery{}
	for _, d := range r.out {
		l, ok := known[d.MessageID()]
		switch {
		case !ok || l.To != d.To:
			t.Errorf("a mail to %s (%s) is none of the outbox's", d.To, d.Subject())
		case l.Purpose == intake.ForAcknowledgement, l.Purpose == intake.ForNeutral:
			letters[l.Ref] = append(letters[l.Ref], d)
		case l.Purpose != intake.ForReceipt && d.To != "officer@staff.example.org":
			t.Errorf("a mail to staff (%s) went to %s", l.Purpose, d.To)
		}
	}
	return letters
}

// owesLetter reports whether the acknowledgement of a mail must have gone out
// by itself: the mail asks for something, nothing speaks against an answer, and
// it is no more than two working days late.
func owesLetter(t *testing.T, d delivered, v intake.View, today deadlines.Day) bool {
	t.Helper()
	if d.reading.Decision != intake.Acknowledge || !d.Kind.HasClock() || innerDate(d.Note) != 0 || len(v.Clocks) == 0 {
		return false
	}
	cal := deadlines.Default()
	latest := cal.AddWorkingDays(deadlines.EnglandAndWales, expected(t, v.Clocks[0], deadlines.DayOf(d.at)).AcknowledgeBy, 2)
	from, to := account(d.Message.From), account(d.Message.ReplyTo)
	return today <= latest && (to == "" || to == from) && !slices.Contains(v.Flags, "reply-to")
}

func account(a []intake.Address) string {
	if len(a) != 1 {
		return ""
	}
	return intake.Account(a[0].Addr)
}

func answerTo(d delivered) string {
	if len(d.Message.ReplyTo) == 1 {
		return d.Message.ReplyTo[0].Addr
	}
	return d.Message.From[0].Addr
}

func (r *registered) machines(t *testing.T, mails []delivered) {
	for _, d := range mails {
		if d.Kind != intake.Automated {
			continue
		}
		m, _ := r.of(d)
		if m.Decision == intake.DidAcknowledge {
			t.Errorf("%s is a machine's and was acknowledged: %s", d.File, m.Why)
		}
		for _, x := range r.out {
			if d.Message.MessageID != "" && strings.Trim(x.Header.Get("In-Reply-To"), "<>") == d.Message.MessageID {
				t.Errorf("%s is a machine's and %s was written to", d.File, x.To)
			}
		}
	}
}

// reminders checks every case that is weeks old: of all the reminders that fell
// due on it, staff got one mail.
func (r *registered) reminders(t *testing.T, today deadlines.Day) {
	told := map[string]int{}
	for _, l := range r.letters {
		switch l.Purpose {
		case intake.ForReminder, intake.ForOverdue, intake.ForAckAtRisk, intake.ForUndecided, intake.ForUrgent:
			if l.State == intake.LetterSent {
				told[l.Ref]++
			}
		}
	}
	old := 0
	for _, v := range r.cases {
		if v.ReceivedOn > today-21 {
			continue
		}
		old++
		if told[v.Ref] == 0 {
			t.Errorf("%s was received on %s, reply by %s (%s): nobody was reminded", v.Ref, v.ReceivedOn, v.RespondBy, v.State)
		}
		if told[v.Ref] > 2 { // urgent mail is also told of when it comes in
			t.Errorf("%s: %d mails about its dates at once", v.Ref, told[v.Ref])
		}
	}
	if old == 0 {
		t.Error("no case is weeks old")
	}
}

func (r *registered) nothingMore(t *testing.T, s *mailtest.Servers, what string) {
	t.Helper()
	now := readRegister(r.program, s)
	if len(now.out) != len(r.out) || len(now.letters) != len(r.letters) || len(now.messages) != len(r.messages) {
		t.Errorf("%s: %d deliveries, %d letters, %d messages; there were %d, %d and %d", what,
			len(now.out), len(now.letters), len(now.messages), len(r.out), len(r.letters), len(r.messages))
	}
}
