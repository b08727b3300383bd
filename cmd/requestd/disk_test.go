package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"requestd/intake/admin"
	"requestd/intake/health"
	"requestd/intake/mailtest"
)

// site is a program with servers that the test controls.
type site struct {
	*program
	imap *mailtest.FaultyIMAP
	smtp *mailtest.FaultySMTP
	dir  string // of the configuration
	data string // of the store
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{
		imap: mailtest.StartIMAP(t, mailtest.IMAPOptions{Plain: true, Users: []mailtest.User{{Name: "g", Password: "secret"}}}),
		smtp: mailtest.StartSMTP(t, mailtest.SMTPOptions{}), dir: t.TempDir(),
	}
	s.data = filepath.Join(s.dir, "data")
	text := fmt.Sprintf(`
store: {path: data/requestd.db, create: true}
control: {socket: control.sock}
smtp: {host: localhost, port: %d, security: starttls, auth: none, ca_file: ca.pem}
sending: {per_minute: 0, breaker: {count: 0}, retry: [1s], retry_every: 1s}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-01-01,
     imap: {host: 127.0.0.1, port: %d, security: none, username: g, password_file: secret, poll_interval: 1s}}
`, s.smtp.Port, s.imap.Port)
	ca, err := os.ReadFile(s.smtp.CAFile)
	for name, b := range map[string]string{"config.yaml": text, "secret": "secret\n", "ca.pem": string(ca)} {
		if err == nil {
			err = os.WriteFile(filepath.Join(s.dir, name), []byte(b), 0o600)
		}
	}
	if err == nil {
		err = os.Mkdir(s.data, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.program = newProgram(t, filepath.Join(s.dir, "config.yaml"))
	return s
}

// arrives puts a request into the mailbox.
func (s *site) arrives(id string) {
	s.t.Helper()
	s.imap.Deliver(s.t, "g", fmt.Appendf(nil, "From: Ann Example <%s@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Freedom of Information request\r\n"+
		"Message-ID: <%[1]s@example.org>\r\nDate: %s\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n",
		id, time.Now().Format(time.RFC1123Z)), time.Now())
}

// letters counts the letters that a requester got.
func (s *site) letters(id string) (n int) {
	for _, m := range s.smtp.Mails() {
		if slices.Contains(m.To, id+"@example.org") {
			n++
		}
	}
	return n
}

func (s *site) registered() (ids []string) {
	s.t.Helper()
	for _, a := range lines[admin.Message](s.program, "messages") {
		ids = append(ids, strings.TrimSuffix(a.MessageID, "@example.org"))
	}
	return ids
}

// status returns what requestd status --json prints.
func (s *site) status() (h health.Status) {
	s.t.Helper()
	_, out, errs := s.try("status", "--json") // it fails where there is an alarm
	if err := json.Unmarshal([]byte(out), &h); err != nil {
		s.t.Fatalf("status: %v: %s", err, errs)
	}
	return h
}

// until waits for a condition.
func (d *process) until(what string, holds func() bool) {
	d.t.Helper()
	ctx, cancel := mailtest.InTime(d.t)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case err := <-d.done:
			d.done <- err
			d.t.Fatalf("the daemon ended with %v before %s: %s", err, what, d.log.String())
		case <-ctx.Done():
			d.t.Fatalf("it never came to %s: %s", what, d.log.String())
		}
	}
}

// handedOver brings a letter to the point where the server has it and answers
// only after release.
func handedOver(d *process, s *site) (release func()) {
	wait := make(chan struct{})
	s.smtp.Script(mailtest.SMTPFault{At: mailtest.AtBody, If: "waits@example.org", Wait: wait})
	s.arrives("waits")
	d.until("a letter on its way", func() bool { return s.letters("waits") == 1 })
	return func() { close(wait) }
}

// putOff brings a letter to the point where it is tried again each second, in
// vain until release.
func putOff(d *process, s *site) (release func()) {
	s.smtp.Script(mailtest.SMTPFault{At: mailtest.AtRcpt, If: "waits@example.org", Reply: "451 4.3.0 later"})
	s.arrives("waits")
	d.until("a letter that was put off", func() bool {
		return strings.Contains(d.log.String(), "letter not accepted") && s.status().Letters.Waiting == 1
	})
	return func() { s.smtp.Script() }
}

// The disk is full under a running daemon. The daemon goes on, says what to do,
// and acknowledges nothing that it could not record. Once there is room it
// takes in the mail, and a letter that was being sent meanwhile is not sent
// again.
func TestAFullDiskLosesAndDoublesNothing(t *testing.T) {
	for name, k := range map[string]struct {
		disk
		wait func(*process, *site) (release func())
		says string // logged by the daemon
	}{
		"a limit on the size of files, a letter on its way": {limited, handedOver, "what became of a letter could not be recorded"},
		"a limit on the size of files, a letter put off":    {limited, putOff, "nothing can be sent, since it could not be recorded"},
		"a file system without space":                       {small, handedOver, "no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := k.can(t.TempDir()); err != nil {
				t.Skipf("this machine allows no file system of one's own (%v): the other way to a full disk is all that is shown", err)
			}
			s := newSite(t)
			d := k.start(s)
			s.arrives("before")
			d.until("the first acknowledgement", func() bool { return s.letters("before") == 1 })
			d.until("its being recorded", func() bool { l := s.status().Letters; return l.Waiting+l.Sending == 0 })
			release := k.wait(d, s)
			k.fill(t, d, s)
			release()

			var meanwhile []string
			d.until("the trouble's being told", func() bool {
				if len(meanwhile) < 60 { // the store has some pages to spare
					id := fmt.Sprintf("meanwhile-%d", len(meanwhile))
					meanwhile = append(meanwhile, id)
					s.arrives(id)
				}
				h := s.status()
				return h.Running && strings.Contains(h.Mailboxes[0].Trouble, "no space is left") && strings.Contains(h.Mailboxes[0].Trouble, "make room")
			})
			d.until(k.says, func() bool { return strings.Contains(d.log.String(), k.says) })
			taken := s.registered()
			for _, id := range meanwhile {
				if s.letters(id) > 0 && !slices.Contains(taken, id) {
					t.Errorf("%s was acknowledged and not recorded", id)
				}
			}
			if slices.Contains(taken, meanwhile[len(meanwhile)-1]) {
				t.Fatal("the last mail was recorded on a full disk")
			}

			k.room(t, d, s)
			all := append([]string{"before", "waits"}, meanwhile...)
			d.until("all acknowledgements", func() bool {
				return !slices.ContainsFunc(all, func(id string) bool { return s.letters(id) == 0 })
			})
			d.until("quiet", func() bool { l := s.status().Letters; return l.Waiting+l.Sending+l.InDoubt == 0 })
			for _, id := range all {
				if n := s.letters(id); n != 1 {
					t.Errorf("%s was acknowledged %d times", id, n)
				}
			}
			if h := s.status(); h.Cases.Open != len(all) || h.Cases.Unreadable != 0 || h.Mailboxes[0].Trouble != "" {
				t.Errorf("%d cases, want %d, %d unreadable; trouble %q", h.Cases.Open, len(all), h.Cases.Unreadable, h.Mailboxes[0].Trouble)
			}
			s.do("verify")
			d.stop()
		})
	}
}

// A daemon that is started on a full disk ends at once and says what to do. The
// next one, started once there is room, takes in the mail.
func TestAStartOnAFullDiskSaysWhatToDo(t *testing.T) {
	s := newSite(t)
	s.do("run", "--once")
	s.arrives("meanwhile")
	d := s.prepare("run")
	d.cmd.Args = append([]string{"sh", "-c", `ulimit -f 16 && exec "$0" "$@"`, d.cmd.Path}, d.cmd.Args[1:]...)
	d.cmd.Path = "/bin/sh"
	d.launch()
	if err := <-d.done; err == nil {
		t.Error("it ended as if all were well")
	}
	if code, log := d.cmd.ProcessState.ExitCode(), d.log.String(); code != exitFailed || !strings.Contains(log, "make room on its disk") || strings.Contains(log, "goroutine") {
		t.Errorf("exit %d: %s", code, log)
	}
	if n := s.letters("meanwhile"); n != 0 {
		t.Errorf("%d letters went out", n)
	}
	s.do("verify")
	s.do("run", "--once")
	if n := s.letters("meanwhile"); n != 1 {
		t.Errorf("acknowledged %d times once there is room", n)
	}
}

// Where the store must not be written the daemon ends at once and says what to
// mend. Root may write everywhere, so the program runs as another user.
func TestAStoreThatMayNotBeWrittenIsSaidToBeSo(t *testing.T) {
	for name, forbid := range map[string]func(*site) error{
		"the file": func(s *site) error {
			s.do("run", "--once", "--no-send")
			return os.Chmod(filepath.Join(s.data, "requestd.db"), 0o400)
		},
		"the directory": func(s *site) error { return os.Chmod(s.data, 0o500) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			if err := forbid(s); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"run"}, {"run", "--once"}} {
				d := s.prepare(args...)
				s.asNobody(d)
				d.launch()
				if err := <-d.done; err == nil {
					t.Errorf("requestd %s ended as if all were well", args)
				}
				if code := d.cmd.ProcessState.ExitCode(); code != exitFailed {
					t.Errorf("requestd %s: exit %d, want %d", args, code, exitFailed)
				}
				for _, want := range []string{filepath.Join(s.data, "requestd.db"), "must be open to the user that runs requestd", "permission denied"} {
					if log := d.log.String(); !strings.Contains(log, want) || strings.Contains(log, "goroutine") {
						t.Errorf("requestd %s says %q, want %q", args, log, want)
					}
				}
			}
			if n := s.letters("before"); n != 0 {
				t.Errorf("%d letters went out", n)
			}
		})
	}
}

const nobody = 65534

// asNobody runs a process as a user who is bound by file modes, and gives that
// user the site's files.
func (s *site) asNobody(d *process) {
	s.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	give := func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	}
	if err := filepath.WalkDir(s.dir, give); err != nil {
		s.t.Fatal(err)
	}
	for _, dir := range []string{filepath.Dir(s.dir), filepath.Dir(s.binary)} {
		if err := os.Chmod(dir, 0o711); err != nil {
			s.t.Fatal(err)
		}
	}
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
