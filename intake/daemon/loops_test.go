package daemon

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailtest"
)

// post carries mail between daemons, like a mail system that they share.
type post struct {
	t     *testing.T
	desks map[string]*desk // by the addresses of each
	taken map[*desk]int    // how many of its mails were carried
	alter func([]byte) []byte
	moved int
}

// carry delivers what was sent since the last call, and reports whether there
// was anything.
func (p *post) carry() bool {
	was := p.moved
	for _, from := range p.desks {
		mails := from.smtp.Mails()
		for _, m := range mails[p.taken[from]:] {
			for _, to := range m.To {
				if d, ok := p.desks[to]; ok {
					raw := append(fmt.Appendf(nil, "Return-Path: <%s>\r\n", m.From), m.Raw...)
					if p.alter != nil {
						raw = p.alter(m.Raw)
					}
					d.arrives(raw)
					p.moved++
				}
			}
		}
		p.taken[from] = len(mails)
	}
	return p.moved > was
}

// settle carries mail until none is left, which must be the case before the two
// have written most mails.
func (p *post) settle(most int) {
	p.t.Helper()
	for quiet := 0; quiet < 2; {
		quiet++
		for _, d := range p.desks {
			d.polls()
			d.quiet()
		}
		if p.carry() {
			quiet = 0
		}
		if p.moved > most {
			for _, d := range p.desks {
				for _, m := range d.smtp.Mails() {
					p.t.Logf("to %s:\n%.1500s", m.To, m.Raw)
				}
			}
			p.t.Fatalf("%d mails went to and fro", p.moved)
		}
	}
}

// quiet waits until nothing is being sent.
func (d *desk) quiet() {
	d.t.Helper()
	d.until("nothing on its way", func() bool {
		return !slices.ContainsFunc(d.outbox(), func(l intake.Letter) bool {
			return l.State == intake.LetterSending || l.State == intake.LetterWaiting && !l.Next.After(d.hand.now())
		})
	})
}

// withoutMarks removes from a mail everything that shows that a program sent
// it, as some gateways do.
func withoutMarks(raw []byte) []byte {
	return machineMarks.ReplaceAll(raw, nil)
}

var machineMarks = regexp.MustCompile(`(?mi)^(Auto-Submitted|Precedence|X-Auto-Response-Suppress|X-[a-z-]*loop|X-Mailer|User-Agent|In-Reply-To|References):.*\r\n([ \t].*\r\n)*`)

// Two daemons, each of which takes the other's mailbox for a person: first for
// one who asks for information, then for a member of its staff. They stop after
// one round.
func TestTwoDaemonsThatWriteToEachOtherStop(t *testing.T) {
	const first, second = "governance@cafcass.gov.uk", "foi@authority.example.org"
	for name, alter := range map[string]func([]byte) []byte{
		"as they write":                          nil,
		"through a gateway that takes the marks": withoutMarks,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := prepareField(t), prepareField(t)
			a.officer, b.address, b.officer, b.prefix = second, second, first, "AUT"
			a.makeField(brisk)
			b.makeField(brisk)
			p := &post{t: t, desks: map[string]*desk{first: a, second: b}, taken: map[*desk]int{}, alter: alter}
			a.run()
			b.run()
			a.arrives(a.asksFrom("round", second)) // the sender has the other daemon's address
			a.answered("round")
			p.settle(12)
			for address, d := range map[string]*desk{first: b, second: a} {
				acknowledged := len(slices.DeleteFunc(d.letters(intake.ForAcknowledgement), func(l intake.Letter) bool { return l.State != intake.LetterSent }))
				if acknowledged > 1 {
					t.Errorf("%s was acknowledged %d times", address, acknowledged)
				}
				d.sound()
			}
			if n := a.got(second); n < 2 {
				t.Errorf("the first wrote %d mails to the second, want an acknowledgement and a mail for staff", n)
			}
		})
	}
}

// A helpdesk answers every mail with a new ticket, a new number in each
// subject, and no sign of a machine. It is acknowledged once for each case, and
// no more often than the limits allow; the other letters are held.
func TestAHelpdeskThatAnswersEveryMailIsHeldAtTheLimit(t *testing.T) {
	const helpdesk = "help@council.example.net"
	const asked = "Under the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region."
	for name, reply := range map[string]func(ticket int, got []byte) string{
		"with our reference": func(ticket int, got []byte) string {
			return fmt.Sprintf("Subject: [Ticket#%d] Received: %s\r\n\r\nThank you for contacting the helpdesk. We have opened ticket %[1]d for you.\r\n", ticket, subjectOf(got))
		},
		"without a trace of ours": func(ticket int, _ []byte) string {
			return fmt.Sprintf("Subject: Ticket %d: information request\r\n\r\n%s Our ticket is %[1]d.\r\n", ticket, asked)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newField(t, brisk)
			start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			d.hand.set(start)
			d.run()
			d.arrives(d.asksFrom("first", helpdesk))
			d.answered("first")
			ticket, answered := 286614, 0
			var sent []time.Time
			for hour := range 30 {
				d.turn(start.Add(time.Duration(hour) * time.Hour))
				for {
					d.polls()
					d.quiet()
					ours := slices.DeleteFunc(d.smtp.Mails(), func(m mailtest.SMTPMail) bool { return !slices.Contains(m.To, helpdesk) })
					if len(ours) == answered {
						break
					}
					for _, m := range ours[answered:] {
						sent = append(sent, d.hand.now())
						ticket++
						d.arrives(fmt.Appendf(nil, "From: Council Helpdesk <%s>\r\nTo: governance@cafcass.gov.uk\r\nMessage-ID: <%d@council.example.net>\r\nDate: %s\r\n%s",
							helpdesk, ticket, d.hand.now().Format(time.RFC1123Z), reply(ticket, m.Raw)))
					}
					answered = len(ours)
					if answered > 40 {
						t.Fatalf("%d mails went to the helpdesk by hour %d", answered, hour)
					}
				}
			}
			for i, at := range sent {
				if within(sent[i:], at, time.Hour) > 3 || within(sent[i:], at, 24*time.Hour) > 10 {
					t.Errorf("from %s on: %d mails within an hour, %d within a day", at, within(sent[i:], at, time.Hour), within(sent[i:], at, 24*time.Hour))
				}
			}
			of := map[string]int{}
			for _, l := range d.letters(intake.ForAcknowledgement) {
				of[l.Ref]++
			}
			for ref, n := range of {
				if n != 1 {
					t.Errorf("%s has %d acknowledgements", ref, n)
				}
			}
			if n := len(d.arrivals()); n != 1+answered {
				t.Errorf("%d mails are registered, want %d", n, 1+answered)
			}
			held := d.asked().Letters.Held
			if name == "with our reference" && (answered != 1 || held != 0) || name != "with our reference" && held == 0 {
				t.Errorf("%d mails went to the helpdesk, and %d are held", answered, held)
			}
			d.sound()
		})
	}
}

func subjectOf(raw []byte) string {
	for line := range bytes.Lines(raw) {
		if s, ok := strings.CutPrefix(string(line), "Subject: "); ok {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// within counts the times less than d after the first.
func within(list []time.Time, first time.Time, d time.Duration) (n int) {
	for _, at := range list {
		if at.Sub(first) < d {
			n++
		}
	}
	return n
}

// A ticket system is among staff and answers every mail with a new request,
// with no sign of a machine. It is sent a limited number of mails an hour and a
// day; the others are held where people see them.
func TestATicketSystemAmongStaffIsHeldAtTheLimit(t *testing.T) {
	d := prepareField(t)
	d.officer = "tickets@staff.example.org"
	d.makeField(brisk + "reminders: {half_time: false, overdue: false}\n")
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	d.hand.set(start)
	d.run()
	d.arrives(d.asks("first"))
	d.answered("first")
	answered := 0
	for hour := range 5 {
		d.turn(start.Add(time.Duration(hour) * time.Hour))
		for {
			d.polls()
			d.quiet()
			ours := slices.DeleteFunc(d.smtp.Mails(), func(m mailtest.SMTPMail) bool { return !slices.Contains(m.To, d.officer) })
			if len(ours) == answered {
				break
			}
			for range ours[answered:] {
				if answered++; answered > 40 {
					t.Fatalf("%d mails went to it", answered)
				}
				d.arrives(fmt.Appendf(nil, "From: Tickets <%s>\r\nTo: governance@cafcass.gov.uk\r\nMessage-ID: <%d@staff.example.org>\r\nDate: %s\r\nSubject: Ticket %[2]d\r\n\r\n"+
					"Under the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region. Our ticket is %[2]d.\r\n",
					d.officer, 5000+answered, d.hand.now().Format(time.RFC1123Z)))
			}
		}
	}
	if held := d.asked().Letters.Held; held == 0 || !strings.Contains(d.log.String(), "look in requestd outbox for a loop") {
		t.Errorf("%d letters are held", held)
	}
	if n := len(d.arrivals()); n != answered+1 {
		t.Errorf("%d mails are registered, want %d", n, answered+1)
	}
	d.sound()
}
