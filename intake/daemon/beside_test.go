package daemon

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/mailtest"
	"requestd/store"
	"requestd/store/storetest"
)

const second = "  - {name: cymru, body: Cafcass Cymru, address: CafcassCymru@gov.wales, language: cy-en, reference: CYM, since: 2026-11-01,\n" +
	"     imap: {host: 127.0.0.1, port: %d, security: none, username: c, password_file: password}}\n"

// pair is two daemons that share the work on two mailboxes. Each learns what
// the other records only by broadcasts: neither looks by itself.
func pair(t *testing.T) (one, two *desk) {
	t.Helper()
	imap := mailtest.StartIMAP(t, mailtest.IMAPOptions{Plain: true, Users: []mailtest.User{{Name: "g", Password: "secret"}, {Name: "c", Password: "secret"}}})
	smtp := mailtest.StartSMTP(t, mailtest.SMTPOptions{})
	url := storetest.URL(t, t.Name())
	var both []*desk
	for range 2 {
		d := prepare(t)
		d.imap, d.smtp, d.store = imap, smtp, "url: '"+url+"', create: true"
		d.makeField(fmt.Sprintf(second, imap.Port))
		d.share.every, d.share.dead = time.Hour, time.Hour
		d.run()
		both = append(both, d)
	}
	one, two = both[0], both[1]
	one.until("an equal share", func() bool { return len(one.watched()) == 1 && len(two.watched()) == 1 })
	return one, two
}

func TestTwoDaemonsShareTheWork(t *testing.T) {
	one, two := pair(t)
	one.arrives(one.asks("first"))
	imapOf(one, "c", one.asks("second"))
	one.answered("first", "second")
	two.answered("first", "second")
	for _, d := range []*desk{one, two} {
		for _, m := range d.asked().Mailboxes {
			if m.WatchedFrom != d.share.host || m.Polling != nil {
				t.Errorf("%+v: where it is watched from is not told", m)
			}
		}
	}
	if one.worksOn(clockTask) == two.worksOn(clockTask) {
		t.Error("not one of the two has the clock")
	}

	two.stop()
	if err := two.share.leave(); err != nil { // as Close does
		t.Fatal(err)
	}
	one.until("watch both", func() bool { return len(one.watched()) == 2 && one.worksOn(clockTask) })
	one.arrives(one.asks("third"))
	imapOf(one, "c", one.asks("fourth"))
	one.answered("third", "fourth")
	one.sound()
}

func imapOf(d *desk, user string, raw []byte) {
	d.t.Helper()
	d.imap.Deliver(d.t, user, raw, d.hand.now().Truncate(time.Second))
}

// A letter that is written on one daemon, as by an officer on its page, is sent
// by the other if that works on the mailbox.
func TestALetterGoesOutFromWhereItsMailboxIsWatched(t *testing.T) {
	one, two := pair(t)
	for _, d := range []*desk{one, two} {
		for _, mailbox := range []string{"cafcass", "cymru"} {
			key := fmt.Sprintf("alarm/%s/%t", mailbox, d == one)
			err := d.Store.Update(func(tx *store.Tx) error {
				_, err := tx.Enqueue(&intake.Letter{Key: key, Mailbox: mailbox, Purpose: intake.ForAlarm, From: d.address, To: d.officer, Raw: []byte("From: a@example.org\r\n\r\n" + key + "\r\n")})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			d.until("send "+key, func() bool {
				return slices.ContainsFunc(d.outbox(), func(l intake.Letter) bool { return l.Key == key && l.State == intake.LetterSent })
			})
		}
	}
}

// A holiday that one daemon learns of counts for what the other records.
func TestADaemonFollowsTheOthersCalendar(t *testing.T) {
	one, two := pair(t)
	if _, err := one.Engine.Clock.AddHolidays(t.Context(), []byte(holidayList("2026-12-07")), "a test"); err != nil {
		t.Fatal(err)
	}
	if err := two.noticed(); err != nil {
		t.Fatal(err)
	}
	if got, want := two.Engine.Cases.Calendar().Holidays("england-and-wales"), one.Engine.Cases.Calendar().Holidays("england-and-wales"); len(got) != len(want) {
		t.Errorf("%d holidays, and the other has %d", len(got), len(want))
	}
}

// A single run records when it last read, with a database as with a file.
func TestARunOfAllAtOnceIsRemembered(t *testing.T) {
	d := prepareField(t)
	d.store = "url: '" + storetest.URL(t, t.Name()) + "', create: true"
	d.makeField("")
	if err := d.Once(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	last, err := d.Engine.Register.LastContacts()
	if is := last["cafcass"]; err != nil || is.Poll.IsZero() || is.Connection != nil {
		t.Errorf("%+v, %v; want when it was read, and from nowhere", is, err)
	}
}

func TestARunOfAllAtOnceIsRefusedBesideADaemon(t *testing.T) {
	one := prepareField(t)
	one.store = "url: '" + storetest.URL(t, t.Name()) + "', create: true"
	one.makeField("")
	one.share.every = 20 * time.Millisecond
	one.run()
	cfg, err := config.Load(one.path("config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(cfg, one.Log, one.hand.now); err == nil {
		t.Error("it runs beside a daemon")
	}
}
