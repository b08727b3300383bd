package apart

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/apart/wicked"
	"requestd/intake/eml"
)

// TestMain is the program that reads mail when it is started as that.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		if err := Serve(os.Stdin, os.Stdout, Reader{wicked.Read, wicked.Files}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type bench struct {
	*Pool
	t    *testing.T
	log  bytes.Buffer
	file string
	by   *classify.Classifier
	uid  uint32
}

func newBench(t *testing.T, n int, l Limits) *bench {
	t.Helper()
	b := &bench{t: t, file: filepath.Join(t.TempDir(), "journal")}
	s := classify.DefaultSettings()
	s.OwnMessageID = func(id string) bool { return strings.HasPrefix(id, "ours") }
	var err error
	if b.by, err = classify.New(s); err != nil {
		t.Fatal(err)
	}
	if b.Pool, err = New(n, l, b.file, slog.New(slog.NewTextHandler(&b.log, nil))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() }) // if the test has not closed it
	return b
}

func (b *bench) mail(subject string) (*intake.Message, *intake.Reading, error) {
	b.uid++
	return b.raw(b.uid, []byte("From: Ann <ann@example.org>\nSubject: "+subject+"\n\nPlease send me my file.\n"))
}

func (b *bench) raw(uid uint32, raw []byte) (*intake.Message, *intake.Reading, error) {
	return b.Read(b.by, intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1, UID: uid}, raw, true,
		func(*intake.Message) (intake.Thread, bool, error) { return intake.Thread{}, true, nil })
}

// quick returns limits that a wicked mail reaches soon.
func quick() Limits {
	return Limits{Memory: 150 << 20, Processor: 400 * time.Millisecond, Wall: time.Minute}
}

func TestReadsAsWithin(t *testing.T) {
	b := newBench(t, 1, DefaultLimits())
	files, err := filepath.Glob("../demo/mails/*.eml")
	more, err2 := filepath.Glob("../eml/testdata/*/*.eml")
	if err != nil || err2 != nil || len(files) == 0 {
		t.Fatal(err, err2)
	}
	for _, f := range append(files, more...) {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m := eml.Parse(raw, true)
		r := b.by.Classify(m, intake.Thread{}, "cafcass")
		gotM, gotR, err := b.raw(1, raw)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		same := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.IsZero() == b.IsZero() })
		empty := cmp.Transformer("list", func(l []string) string { return strings.Join(l, "\n") })
		if d := cmp.Diff(m, gotM, same, empty); d != "" {
			t.Errorf("%s was parsed differently:\n%s", f, d)
		}
		if d := cmp.Diff(&r, gotR, same, empty); d != "" {
			t.Errorf("%s was classified differently:\n%s", f, d)
		}
	}
}

func TestOurOwnMailIsKnownWithoutTheKey(t *testing.T) {
	b := newBench(t, 1, DefaultLimits())
	for id, want := range map[string]intake.Verdict{"ours.1@example.org": intake.Ignore, "theirs.1@example.org": intake.Acknowledge} {
		_, r, err := b.raw(1, []byte("From: Ann <ann@example.org>\nTo: governance@cafcass.gov.uk\nMessage-ID: <"+id+">\nSubject: Request\n\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025.\n"))
		if err != nil || r.Decision != want {
			t.Errorf("%s: %v, %v, want %s", id, r, err, want)
		}
	}
}

func TestAMailThatTakesTooMuchIsGivenUpAndNoOther(t *testing.T) {
	for _, c := range []struct{ mail, why string }{
		{"do: spin", "more than 400ms of the processor's time"},
		{"do: eat", "of memory"},
		{"do: eat at once", ""}, // ended by the kernel or by the watch, whichever is first
		{"do: overflow", ""},
		{"do: crash", "ended by itself"},
		{"do: leave", "ended by itself"},
		{"do: long answer", ""},
	} {
		t.Run(c.mail, func(t *testing.T) {
			l := quick()
			if c.mail != "do: spin" {
				l.Processor = time.Minute
			}
			b := newBench(t, 1, l)
			var why intake.Unreadable
			if _, _, err := b.mail(c.mail); !errors.As(err, &why) || !strings.Contains(string(why), c.why) {
				t.Errorf("%v, want it given up with %q", err, c.why)
			}
			if n := strings.Count(b.log.String(), "was lost over a mail"); n != 2 {
				t.Errorf("%d processes were lost, want 2:\n%s", n, b.log.String())
			}
			if m, r, err := b.mail("Request"); err != nil || m.Subject != "Request" || r == nil {
				t.Errorf("the next mail: %v, %v", m, err)
			}
		})
	}
}

func TestAMailThatWaitsForEver(t *testing.T) {
	l := quick()
	l.Wall = 300 * time.Millisecond
	b := newBench(t, 1, l)
	var why intake.Unreadable
	if _, _, err := b.mail("do: wait"); !errors.As(err, &why) || !strings.Contains(string(why), "took longer than 300ms") {
		t.Error(err)
	}
}

func TestTheProcessMayDoNothingElse(t *testing.T) {
	b := newBench(t, 1, DefaultLimits())
	t.Setenv("SECRET", "of the daemon")
	m, _, err := b.mail("do: what may I")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Faults) > 0 {
		t.Errorf("it could %q", m.Faults)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.all {
		fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", c.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, fd := range fds {
			to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", c.cmd.Process.Pid, fd.Name()))
			if err != nil {
				t.Fatal(err)
			}
			// Go's own runtime reads the limits of its control group.
			if !strings.HasPrefix(to, "pipe:") && !strings.HasPrefix(to, "anon_inode:") && !strings.HasPrefix(to, "/sys/fs/cgroup/") && to != os.DevNull {
				t.Errorf("it holds %s", to)
			}
		}
	}
}

func TestStoppingEndsWhateverIsRead(t *testing.T) {
	l := DefaultLimits()
	l.Processor, l.Wall = time.Hour, time.Hour
	b := newBench(t, 2, l)
	var all sync.WaitGroup
	for range 3 { // one more than there are processes
		b.uid++
		uid := b.uid
		all.Go(func() {
			if _, _, err := b.raw(uid, []byte("Subject: do: spin\n\n")); !errors.Is(err, ErrStopped) {
				t.Errorf("%v, want ErrStopped", err)
			}
		})
	}
	for { // until two are reading
		if _, since := b.Oldest(); !since.IsZero() {
			break
		}
		runtime.Gosched()
	}
	b.Stop()
	all.Wait()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if again := newJournal(t, b.file); len(again.left) > 0 {
		t.Errorf("mails that were read at an orderly end are suspected: %v", again.left)
	}
}

func TestWhatNextSays(t *testing.T) {
	b := newBench(t, 1, DefaultLimits())
	read := func(next Next) (*intake.Message, *intake.Reading, error) {
		return b.Read(b.by, intake.MailLocation{UID: 1}, []byte("Subject: x\n\ntext"), true, next)
	}
	if m, r, err := read(func(*intake.Message) (intake.Thread, bool, error) { return intake.Thread{}, false, nil }); m == nil || r != nil || err != nil {
		t.Errorf("%v, %v, %v, want it parsed alone", m, r, err)
	}
	wrong := errors.New("the register cannot be read")
	if _, _, err := read(func(*intake.Message) (intake.Thread, bool, error) { return intake.Thread{}, true, wrong }); !errors.Is(err, wrong) {
		t.Errorf("%v, want next's own error", err)
	}
	if m, r, err := b.mail("Request"); m == nil || r == nil || err != nil {
		t.Errorf("the mail after it: %v, %v, %v", m, r, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	b := newBench(t, 2, DefaultLimits())
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			subject := fmt.Sprintf("Request %d", i)
			if i%10 == 9 {
				subject = "do: crash"
			}
			m, _, err := b.raw(uint32(i+1), []byte("From: a@example.org\nSubject: "+subject+"\n\ntext"))
			if bad := subject == "do: crash"; bad != (err != nil) || !bad && m.Subject != subject {
				t.Errorf("%s: %v, %v", subject, m, err)
			}
		})
	}
	all.Wait()
}
