// Package crash kills the real program at random moments, over and over, while
// mail comes in on a real Dovecot and goes out through a real Postfix, and
// checks after every kill what the register and the recipients have.
package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"requestd/intake/mailtest"
)

// Options of a run.
type Options struct {
	Binary string // the program
	Dir    string // where its files are
	Kills  int
	Within time.Duration // no further kill after this; 0 is no limit
	// Moves is how often, after that, a move of the register into a database, a
	// move back into a file and a restore are each killed.
	Moves int
	Seed  uint64
	// Unwatched is how long mail may wait after a fault of several daemons. 0 only
	// measures it, since the time depends on the machine too.
	Unwatched time.Duration
	Say       func(format string, args ...any) // reports progress
}

// Tally is what a run saw.
type Tally struct {
	Kills      int           // by SIGKILL, at random moments
	Starting   int           // of them: before the program had logged anything
	Taking     int           // right after mail was registered
	Beside     int           // while a command was copying, checking or reloading
	Sending    int           // with a letter handed over and no outcome recorded
	Checks     int           // of the whole store, each after a kill
	Mails      int           // that came in, without copies
	Copies     int           // in the other mailbox
	Cases      int           // at the end
	Acks       int           // that reached their readers, without repeats
	Repeats    int           // byte-identical second copies after doubt
	Held       int           // in doubt twice, and left to a person
	Violations []string      // what was wrong
	Took       time.Duration // in all
	Longest    time.Duration // that mail waited after a fault, with several daemons
	Broken     int           // moves and restores that were killed halfway
	Stalled    int           // of several daemons: those that stood still while letters waited
	Ended      int           // of several daemons: those that ended by themselves
}

func (t Tally) String() string {
	return fmt.Sprintf("%d kills in %s: %d while starting, %d after mail was registered, %d with a letter on its way, %d beside a command at work; %d checks of the whole store; %d mails and %d copies gave %d cases and %d acknowledgements, %d of them twice, byte for byte the same, and %d in doubt twice and held for a person; %d moves and restores killed; %d violations",
		t.Kills, t.Took.Round(time.Second), t.Starting, t.Taking, t.Sending, t.Beside, t.Checks, t.Mails, t.Copies, t.Cases, t.Acks, t.Repeats, t.Held, t.Broken, len(t.Violations))
}

// run is one run.
type run struct {
	Options
	t       mailtest.T
	ctx     context.Context
	servers *mailtest.Servers
	rng     *rand.Rand
	config  string
	store   string
	url     string // of the database, where the register is in one
	boxes   []mailtest.User
	next    int // the mailbox that gets the next mail
	mails   []sent
	tally   Tally
	lasts   map[string]time.Duration // how long a command took
}

// sent is a request that was put into a mailbox.
type sent struct {
	id, from string
	copied   bool
	box      string // the first mailbox that it was put into
	uid      uint32 // and its UID there
}

// Run kills the program o.Kills times. It ends the test if it cannot continue.
// Everything else that is wrong is listed in Tally.Violations.
func Run(t mailtest.T, o Options) Tally {
	t.Helper()
	r := begin(t, o, 2)
	start := time.Now()
	for r.tally.Kills < o.Kills && len(r.tally.Violations) == 0 && (o.Within == 0 || time.Since(start) < o.Within) {
		r.mail(1 + r.rng.IntN(3))
		r.kill()
		r.check()
		if r.tally.Kills%25 == 0 {
			r.delivered(false)
			r.Say("%d kills, %d mails, %d found with a letter on its way", r.tally.Kills, len(r.mails), r.tally.Sending)
		}
	}
	r.finish()
	if o.Moves > 0 && len(r.tally.Violations) == 0 {
		r.broken(o.Moves)
		r.finish()
	}
	r.tally.Mails, r.tally.Took = len(r.mails), time.Since(start)
	return r.tally
}

// begin starts the servers and writes a configuration with that many mailboxes.
func begin(t mailtest.T, o Options, boxes int) *run {
	r := &run{Options: o, t: t, ctx: t.Context(), rng: rand.New(rand.NewPCG(o.Seed, 2))}
	users := mailtest.DefaultUsers()
	officer := users[2]
	users = users[:2]
	for i := len(users); i < boxes; i++ {
		name := fmt.Sprintf("body%d", i)
		users = append(users, mailtest.User{Name: name, Addresses: []string{name + "@bodies.example.org"}})
	}
	r.boxes, r.servers = users, mailtest.Start(t, mailtest.Options{Users: append(users, officer)})
	if r.Say == nil {
		r.Say = func(string, ...any) {}
	}
	r.configure()
	return r
}

func (r *run) violate(format string, args ...any) {
	r.tally.Violations = append(r.tally.Violations, fmt.Sprintf("after kill %d: ", r.tally.Kills)+fmt.Sprintf(format, args...))
}

func (r *run) must(doing string, err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("%s: %v", doing, err)
	}
}

const settings = `
store: {path: %[1]s/requestd.db, create: true}
control: {socket: %[1]s/control.sock}
smtp: {host: localhost, port: %[2]d, security: starttls, auth: password, username: governance, password_file: %[1]s/secret, ca_file: %[3]s, idle_close: 5s}
sending: {retry: [1s], in_doubt_wait: [1s], per_minute: 0, per_address: {hour: 0, day: 0}, breaker: {count: 0, within: 10m}}
log: {level: debug}
staff: [{address: officer@staff.example.org, gets: [alarms]}]
mailboxes:
`

const box = `  - {name: %[1]s, body: Body of %[1]s, address: %[2]s, language: %[8]s, reference: %[3]s, since: %[4]s,
     imap: {host: localhost, port: %[5]d, security: tls, username: %[1]s, password_file: %[6]s/secret, poll_interval: 5s, ca_file: %[7]s}}
`

func (r *run) configure() {
	r.config, r.store = filepath.Join(r.Dir, "config.yaml"), filepath.Join(r.Dir, "requestd.db")
	since := time.Now().AddDate(0, 0, -7).Format(time.DateOnly)
	text := fmt.Sprintf(settings, r.Dir, r.servers.Submission, r.servers.CAFile)
	for i, b := range r.boxes {
		text += fmt.Sprintf(box, b.Name, b.Addresses[0], fmt.Sprintf("B%c", 'A'+i), since, r.servers.IMAPS, r.Dir, r.servers.CAFile, []string{"en", "cy-en"}[i%2])
	}
	r.must("write the configuration", os.WriteFile(r.config, []byte(text), 0o600))
	r.must("write the password", os.WriteFile(filepath.Join(r.Dir, "secret"), []byte(mailtest.Password), 0o600))
}

// mail puts requests into the mailboxes, some of them into both.
func (r *run) mail(n int) {
	for range n {
		i := len(r.mails)
		m := sent{id: fmt.Sprintf("crash.%d.%d@mail.example.net", r.Seed, i), from: fmt.Sprintf("jo.%d@example.com", i), copied: r.rng.IntN(5) == 0}
		raw := fmt.Appendf(nil, "From: Jo Example <%s>\r\nTo: governance@cafcass.gov.uk\r\nDate: %s\r\nSubject: Freedom of Information request %d\r\nMessage-ID: <%s>\r\n"+
			"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear Sir or Madam,\r\n\r\n"+
			"Under the Freedom of Information Act 2000 please send me the number of complaints that you received in each month of 2024 (list %d).\r\n\r\nYours faithfully,\r\nJo Example\r\n",
			m.from, time.Now().Format(time.RFC1123Z), i, m.id, i)
		first := r.next % len(r.boxes)
		r.next += 1 + r.rng.IntN(2)
		m.box = r.boxes[first].Name
		m.uid = r.servers.Deliver(m.box, raw, time.Time{})
		if m.copied {
			r.servers.Deliver(r.boxes[(first+1)%len(r.boxes)].Name, append([]byte("Received: from relay.example.net; Mon, 1 Jan 2024 00:00:00 +0000\r\n"), raw...), time.Time{})
			r.tally.Copies++
		}
		r.mails = append(r.mails, m)
	}
}
