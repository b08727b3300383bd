package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"requestd/intake/admin"
	"requestd/intake/health"
	"requestd/intake/mailtest"
)

// site is a program with servers that the test has in hand.
type site struct {
	*program
	imap *mailtest.FaultyIMAP
	smtp *mailtest.FaultySMTP
	dir  string // of the configuration
	data string // of the store
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{
		imap: mailtest.StartIMAP(t, mailtest.IMAPOptions{Plain: true, Users: []mailtest.User{{Name: "g", Password: "secret"}}}),
		smtp: mailtest.StartSMTP(t, mailtest.SMTPOptions{}), dir: t.TempDir(),
	}
	s.data = filepath.Join(s.dir, "data")
	text := fmt.Sprintf(`
store: {path: data/requestd.db}
control: {socket: control.sock}
smtp: {host: localhost, port: %d, security: starttls, auth: none, ca_file: ca.pem}
sending: {per_minute: 0, breaker: {count: 0}}
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

// letters counts what a requester got.
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

// status is what requestd status --json prints.
func (s *site) status() (h health.Status) {
	s.t.Helper()
	_, out, errs := s.try("status", "--json") // which fails where there is an alarm
	if err := json.Unmarshal([]byte(out), &h); err != nil {
		s.t.Fatalf("status: %v: %s", err, errs)
	}
	return h
}

// until waits for a condition.
func (d *process) until(what string, holds func() bool) {
	d.t.Helper()
	look, end := time.NewTicker(20*time.Millisecond), time.NewTimer(2*time.Minute)
	defer look.Stop()
	defer end.Stop()
	for !holds() {
		select {
		case <-look.C:
		case err := <-d.done:
			d.done <- err
			d.t.Fatalf("the daemon ended with %v before %s: %s", err, what, d.log.String())
		case <-end.C:
			d.t.Fatalf("it never came to %s", what)
		}
	}
}

// disk is one that can be filled under a daemon.
type disk struct {
	can        func(dir string) error // whether this machine allows it
	start      func(*site) *process
	fill, room func(*testing.T, *process, *site)
}

// limited is a limit on the size of files, which the kernel can set for a
// process that runs (setrlimit(2), EFBIG).
var limited = disk{
	can:   func(string) error { return nil },
	start: func(s *site) *process { return s.start() },
	fill:  func(t *testing.T, d *process, _ *site) { limitFiles(t, d, 8192) },
	room:  func(t *testing.T, d *process, _ *site) { limitFiles(t, d, unix.RLIM_INFINITY) },
}

func limitFiles(t *testing.T, d *process, bytes uint64) {
	t.Helper()
	if err := unix.Prlimit(d.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
}

// small is a file system of a few megabytes that the daemon alone sees, in a
// mount namespace of its own (ENOSPC).
var small = disk{
	can: func(dir string) error {
		cmd := exec.Command("/bin/sh", "-c", `mount -t tmpfs none "$0"`, dir)
		cmd.SysProcAttr = namespaces()
		return cmd.Run()
	},
	start: func(s *site) *process {
		d := s.prepare("run")
		d.cmd.Args = append([]string{"sh", "-c", `mount -t tmpfs -o size=6m none "$0" && exec "$@"`, s.data, d.cmd.Path}, d.cmd.Args[1:]...)
		d.cmd.Path = "/bin/sh"
		d.cmd.SysProcAttr = namespaces()
		d.launch()
		return d
	},
	fill: func(t *testing.T, d *process, s *site) {
		f, err := os.Create(inside(d, s, "filler"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := io.Copy(f, zeros{}); err == nil || !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
			t.Fatalf("filling the disk ended with %v", err)
		}
	},
	room: func(t *testing.T, d *process, s *site) {
		if err := os.Remove(inside(d, s, "filler")); err != nil {
			t.Fatal(err)
		}
	},
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func namespaces() *syscall.SysProcAttr {
	id := func(n int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: 0, HostID: n, Size: 1}}
	}
	return &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS, UidMappings: id(os.Getuid()), GidMappings: id(os.Getgid())}
}

// inside is a file of the store's directory as the daemon sees it.
func inside(d *process, s *site, name string) string {
	return filepath.Join("/proc", itoa(d.cmd.Process.Pid), "root", s.data, name)
}

// The disk is full under a running daemon. It goes on, says what to do, and
// acknowledges nothing that it could not record. Once there is room the mail
// is taken, and a letter that was on its way meanwhile is not sent again.
func TestAFullDiskLosesAndDoublesNothing(t *testing.T) {
	for name, k := range map[string]disk{"a limit on the size of files": limited, "a file system without space": small} {
		t.Run(name, func(t *testing.T) {
			if err := k.can(t.TempDir()); err != nil {
				t.Skipf("this machine allows no file system of one's own (%v): the other way to a full disk is all that is shown", err)
			}
			s := newSite(t)
			d := k.start(s)
			s.arrives("before")
			d.until("the first acknowledgement", func() bool { return s.letters("before") == 1 })
			d.until("its being recorded", func() bool { l := s.status().Letters; return l.Waiting+l.Sending == 0 })

			release := make(chan struct{})
			s.smtp.Script(mailtest.SMTPFault{At: mailtest.AtBody, If: "on-its-way@example.org", Wait: release})
			s.arrives("on-its-way")
			d.until("a letter on its way", func() bool { return s.letters("on-its-way") == 1 })
			k.fill(t, d, s)
			close(release)

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
			all := append([]string{"before", "on-its-way"}, meanwhile...)
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

// Where the store may not be written the daemon ends at once and says what to
// mend. Root may write everywhere, so the program runs as somebody else.
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
				<-d.done
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

// asNobody has a process run as a user whom modes of files bind, and gives
// that user the site.
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
