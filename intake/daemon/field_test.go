package daemon

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/admin"
	"requestd/intake/health"
	"requestd/intake/mailbox"
	"requestd/intake/mailtest"
	"requestd/intake/register"
)

// newField returns a desk whose mailbox is on a server that fails when told to.
// The daemon uses the machine's clock until the test sets another.
func newField(t *testing.T, more string) *desk {
	t.Helper()
	d := prepareField(t)
	d.makeField(more)
	return d
}

func prepareField(t *testing.T) *desk {
	t.Helper()
	d := prepare(t)
	d.imap = mailtest.StartIMAP(t, mailtest.IMAPOptions{Plain: true, Users: []mailtest.User{{Name: "g", Password: "secret"}}})
	return d
}

func (d *desk) makeField(more string) {
	d.t.Helper()
	d.make(more)
	d.hurry()
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.t.Log(d.log.String())
		}
	})
}

// hurry makes the waits between readings so short that a test can await them.
func (d *desk) hurry() {
	d.t.Helper()
	cfg, err := d.load()
	if err != nil {
		d.t.Fatal(err)
	}
	connections, err := Connections(cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	for i, l := range d.lanes {
		o := connections[i].Read
		o.PollInterval, o.Limits.Backoff = 20*time.Millisecond, time.Millisecond
		o.Limits.Exchange, o.Limits.Stall = time.Second, time.Second
		l.watch = mailbox.New(o, d.Engine, d.Log)
	}
}

// again starts the daemon again on the same register.
func (d *desk) again() {
	d.t.Helper()
	d.stop()
	if err := d.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
	d.hurry()
	d.run()
}

// arrives puts a mail into the mailbox as the mail system does, with the
// daemon's time, and returns its UID.
func (d *desk) arrives(raw []byte) uint32 {
	d.t.Helper()
	return d.arrivesAt(raw, d.hand.now())
}

func (d *desk) arrivesAt(raw []byte, at time.Time) uint32 {
	d.t.Helper()
	return d.imap.Deliver(d.t, "g", raw, at.Truncate(time.Second))
}

// asks returns a request for information from its own address.
func (d *desk) asks(id string) []byte {
	return d.asksFrom(id, id+"@example.org")
}

func (d *desk) asksFrom(id, from string) []byte {
	return fmt.Appendf(nil, "From: Ann Example <%s>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Freedom of Information request %s\r\n"+
		"Message-ID: <%s@example.org>\r\nDate: %s\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n",
		from, id, id, d.hand.now().Format(time.RFC1123Z))
}

// arrivals returns the mails that were registered.
func (d *desk) arrivals() []intake.Arrival {
	d.t.Helper()
	list, _, err := d.Engine.Register.Messages(d.t.Context(), register.MessageFilter{})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// arrival returns what became of a mail that asks returned; nil before it was
// read.
func (d *desk) arrival(id string) *intake.Arrival {
	d.t.Helper()
	for _, a := range d.arrivals() {
		if a.MessageID == id+"@example.org" {
			return &a
		}
	}
	return nil
}

// answered waits until each of these requests is a case that was acknowledged.
func (d *desk) answered(ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		d.until("the acknowledgement of "+id, func() bool {
			a := d.arrival(id)
			return a != nil && a.Ref != "" && d.view(a.Ref).AcknowledgedAt != nil
		})
	}
}

// got counts the mails that the server accepted for an address.
func (d *desk) got(address string) (n int) {
	for _, m := range d.smtp.Mails() {
		for _, to := range m.To {
			if strings.EqualFold(to, address) {
				n++
			}
		}
	}
	return n
}

// cases counts the cases of the register.
func (d *desk) cases() int {
	d.t.Helper()
	list, _, err := d.Engine.Register.Cases(d.t.Context(), register.CaseFilter{DueWithin: -1})
	if err != nil {
		d.t.Fatal(err)
	}
	return len(list)
}

// sound verifies the whole register.
func (d *desk) sound() {
	d.t.Helper()
	if findings, err := d.Engine.Register.Verify(d.t.Context()); err != nil || len(findings) > 0 {
		d.t.Errorf("the register does not verify: %v, %v", findings, err)
	}
}

// asked returns what requestd status --json prints, through the control socket.
func (d *desk) asked() (s health.Status) {
	d.t.Helper()
	c, err := admin.Dial(d.t.Context(), d.path("control.sock"))
	if err == nil {
		err = c.Get(d.t.Context(), "/v1/status", nil, &s)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// polls waits until the mailbox was read from beginning to end, so that
// everything in it was seen.
func (d *desk) polls() {
	d.t.Helper()
	for range 2 { // the first may have begun before
		last := d.current()[0].watch.Status().LastPoll
		d.until("another poll", func() bool { return d.current()[0].watch.Status().LastPoll.After(last) })
	}
}

// outbox returns every letter.
func (d *desk) outbox() []intake.Letter {
	d.t.Helper()
	list, err := d.Engine.Register.Letters(d.t.Context(), register.LetterFilter{})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}
