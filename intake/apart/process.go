package apart

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"requestd/classify"
	"requestd/intake"
)

// program is the program that runs now, even after an upgrade has replaced its
// file.
const program = "/proc/self/exe"

const (
	startLimit = 10 * time.Second
	firstLook  = 100 * time.Millisecond // hardly any mail takes that long
	laterLooks = 20 * time.Millisecond
	largest    = 64 << 20 // bytes of one answer
	clockTicks = 100      // per second, in /proc/PID/stat: USER_HZ is the same on every Linux
	mostStderr = 4 << 10
)

// process is a process that reads mail, as the daemon sees it.
type process struct {
	cmd    *exec.Cmd
	limits Limits
	in     *bufio.Writer
	to     *gob.Encoder
	bytes  *bufio.Reader
	from   *gob.Decoder
	room   *io.LimitedReader // how many bytes the answer may still have
	by     *classify.Classifier
	words  tail // what it wrote to stderr
	page   int64

	mu     sync.Mutex
	began  time.Time // reading the present mail; zero between mails
	before time.Duration
	rec    *record
	gone   bool
	why    string // it was killed
}

// death is the error of a mail whose process died.
type death struct{ why, detail string }

func (d *death) Error() string { return d.why + ": " + d.detail }

func startProcess(limits Limits) (*process, error) {
	p := &process{cmd: exec.Command(program, Command), limits: limits, page: int64(os.Getpagesize())}
	p.cmd.Args[0] = os.Args[0] // its name in a list of processes
	p.cmd.Env = []string{"GOMAXPROCS=1", "GOTRACEBACK=none"}
	p.cmd.Dir = "/"
	p.cmd.Stderr = &p.words
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // only the daemon reacts to a terminal's interrupt
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.in = bufio.NewWriterSize(in, 32<<10)
	p.to = gob.NewEncoder(p.in)
	p.room = &io.LimitedReader{R: out}
	p.bytes = bufio.NewReaderSize(p.room, 32<<10)
	p.from = gob.NewDecoder(p.bytes)
	late := time.AfterFunc(startLimit, func() { p.kill("it did not start in time") })
	defer late.Stop()
	if _, err := p.hear(); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, p.words.String())
	}
	return p, nil
}

// read lets the process read one mail.
func (p *process) read(rec *record, by *classify.Classifier, at intake.MailLocation, raw []byte, complete bool, next Next) (*intake.Message, *intake.Reading, error) {
	look := p.begin(rec)
	defer p.end(look)
	q := question{Parse: &parse{raw, complete}}
	if p.by != by {
		s := by.Settings()
		q.Settings = &s
	}
	a, err := p.ask(&q)
	if err != nil {
		return nil, nil, err
	}
	p.by = by
	m := a.Message
	if m == nil {
		return nil, nil, p.nonsense()
	}
	thread, on, err := next(m)
	if err != nil || !on {
		return m, nil, err
	}
	a, err = p.ask(&question{Classify: &judge{thread, at.Mailbox, by.Minted(m.MessageID)}})
	if err != nil {
		return nil, nil, err
	}
	if a.Defect != "" {
		return nil, nil, intake.Unreadable(a.Defect)
	}
	if a.Reading == nil {
		return nil, nil, p.nonsense()
	}
	return m, a.Reading.Filled(), nil
}

// files lets the process take a mail apart.
func (p *process) files(raw []byte, complete bool, n int) ([]intake.File, error) {
	look := p.begin(nil)
	defer p.end(look)
	err := p.to.Encode(&question{Files: &files{len(raw), complete, n}})
	if err == nil {
		_, err = p.in.Write(raw)
	}
	if err == nil {
		err = p.in.Flush()
	}
	if err != nil {
		return nil, p.lostOver(err)
	}
	a, err := p.hear()
	switch {
	case err != nil:
		return nil, err
	case a.Defect != "":
		return nil, intake.Unreadable(a.Defect)
	case a.Follow < 0 || a.Follow > len(raw) || a.Follow > 0 && (n < 1 || n > len(a.Files)):
		return nil, p.nonsense()
	case a.Follow > 0:
		p.room.N = largest
		a.Files[n-1].Content = make([]byte, a.Follow)
		if _, err := io.ReadFull(p.bytes, a.Files[n-1].Content); err != nil {
			return nil, p.lostOver(err)
		}
	}
	return a.Files, nil
}

func (p *process) nonsense() error {
	p.kill("it gave no answer to what it was asked")
	return p.lostOver(errors.New("no answer"))
}

func (p *process) ask(q *question) (*answer, error) {
	err := p.to.Encode(q)
	if err == nil {
		err = p.in.Flush()
	}
	if err != nil {
		return nil, p.lostOver(err)
	}
	return p.hear()
}

func (p *process) hear() (*answer, error) {
	p.room.N = largest
	var a answer
	if err := p.from.Decode(&a); err != nil {
		return nil, p.lostOver(err)
	}
	return &a, nil
}

// lostOver ends the process and returns why it ended.
func (p *process) lostOver(err error) *death {
	p.kill("it ended by itself")
	wait := p.cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return &death{why: p.why, detail: strings.TrimSpace(fmt.Sprintf("%v, %v %s", err, wait, p.words.String()))}
}

// kill ends the process. Only the first reason is kept.
func (p *process) kill(why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killLocked(why)
}

func (p *process) killLocked(why string) {
	if !p.gone {
		p.gone, p.why = true, why
		_ = p.cmd.Process.Kill() // it may have ended
	}
}

func (p *process) lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

// begin starts the watch over one mail. By the time of the first look nearly
// every mail is done.
func (p *process) begin(rec *record) *time.Timer {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.rec, p.before = time.Now(), rec, -1
	var look *time.Timer
	look = time.AfterFunc(firstLook, func() {
		if p.within() {
			look.Reset(laterLooks)
		}
	})
	return look
}

func (p *process) end(look *time.Timer) {
	look.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.rec = time.Time{}, nil
}

// within checks whether the process keeps its limits, and kills it if not. It
// reports whether to look again.
func (p *process) within() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.began.IsZero() || p.gone {
		return false
	}
	if p.rec != nil {
		p.rec.long()
	}
	used, held, err := p.usage()
	if p.before < 0 {
		p.before = used
	}
	switch {
	case err != nil: // it has just ended
	case held > p.limits.Memory:
		p.killLocked(fmt.Sprintf("it took more than %d MB of memory", p.limits.Memory>>20))
	case used-p.before > p.limits.Processor:
		p.killLocked(fmt.Sprintf("it took more than %v of the processor's time", p.limits.Processor))
	case time.Since(p.began) > p.limits.Wall:
		p.killLocked(fmt.Sprintf("it took longer than %v", p.limits.Wall))
	}
	return !p.gone
}

// usage returns the processor time and the memory that the process has used
// (proc_pid_stat(5)).
func (p *process) usage() (used time.Duration, held int64, err error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0, 0, err
	}
	_, rest, _ := bytes.Cut(b, []byte(") ")) // the name before it may contain anything
	f := strings.Fields(string(rest))        // from field 3 on
	if len(f) < 22 {
		return 0, 0, errors.New("/proc/PID/stat is of another form than is known")
	}
	user, err1 := strconv.ParseInt(f[14-3], 10, 64)
	system, err2 := strconv.ParseInt(f[15-3], 10, 64)
	pages, err3 := strconv.ParseInt(f[24-3], 10, 64)
	return time.Duration(user+system) * time.Second / clockTicks, pages * p.page, errors.Join(err1, err2, err3)
}

// tail keeps the beginning of what a process wrote.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b[:min(len(b), mostStderr-len(t.b))]...)
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return intake.OneLine(string(t.b), 300)
}
