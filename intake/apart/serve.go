package apart

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"requestd/classify"
	"requestd/intake"
)

// Command is the hidden subcommand by which the program reads mail for the
// daemon that started it.
const Command = "read-mail"

// These values go over the pipes as gob, one after another: a question, then
// its answer. At its start the process sends an empty answer to say that it is
// ready.
type (
	question struct {
		Settings *classify.Settings // to classify by from now on
		Parse    *parse
		Classify *judge // of the mail that was parsed last
		Files    *files
	}
	parse struct {
		Raw      []byte
		Complete bool
	}
	// files asks for a mail's attachments, and for the bytes of the nth. The
	// mail's own bytes follow the question without encoding: there may be many.
	files struct {
		Size     int
		Complete bool
		N        int
	}
	judge struct {
		Thread  intake.Thread
		Mailbox string
		Minted  bool // the mail's Message-ID is one of our own; the key to check that stays with the daemon
	}
	answer struct {
		Message *intake.Message
		Reading *intake.Reading
		Defect  string        // an error in the program while it classified a mail or took it apart
		Files   []intake.File // without bytes: those of the nth follow the answer
		Follow  int           // how many bytes follow
	}
)

// softMemory is how much the process may hold before it collects its garbage
// all the time; hardMemory is how much writable memory the kernel lets it have.
const (
	softMemory = 160 << 20
	hardMemory = 400 << 20
	longMail   = 1 << 20 // after a mail of so many bytes, memory is given back
	deadline   = 20 * time.Second
)

// Reader is how mail is read: eml.Parse and eml.Files, or a test's replacement.
type Reader struct {
	Parse func(raw []byte, complete bool) *intake.Message
	Files func(raw []byte, complete bool, n int) ([]intake.File, error)
}

// Serve reads the mails that come in and writes the results, until there are no
// more.
func Serve(in io.Reader, out io.Writer, by Reader) error {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // the daemon gets them too, and closes the pipe
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(softMemory)
	if err := confine(); err != nil {
		return err
	}
	buf := bufio.NewWriterSize(out, 32<<10)
	bytes := bufio.NewReaderSize(in, 32<<10)
	r := reader{Reader: by, bytes: bytes, from: gob.NewDecoder(bytes), to: gob.NewEncoder(buf)}
	a := &answer{}
	for {
		if err := r.to.Encode(a); err != nil {
			return err
		}
		if _, err := buf.Write(r.follow); err != nil {
			return err
		}
		if err := buf.Flush(); err != nil {
			return err
		}
		*a, r.follow = answer{}, nil // do not keep the last answer while waiting
		if r.long {
			debug.FreeOSMemory()
		}
		var q question
		if err := r.from.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		// The daemon watches this process and kills it. If the daemon is gone, nobody
		// does.
		orphan := time.AfterFunc(deadline, func() { os.Exit(1) })
		var err error
		a, err = r.answer(&q)
		orphan.Stop()
		if err != nil {
			return err
		}
	}
}

// confine takes from the process what it does not need. After it, the process
// cannot open a file or a socket, write to disk, leave a core, or get more
// memory than the limit. It works without privileges, and in a sandbox of
// systemd; the process cannot raise the limits again.
func confine() error {
	time.Sleep(time.Microsecond)                                        // the runtime's timers open a descriptor at their first use
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0o600) // rather kill this process than the daemon; if it cannot be written, the kernel judges by size
	for _, l := range []struct {
		what  int
		limit uint64
	}{
		{unix.RLIMIT_DATA, hardMemory}, {unix.RLIMIT_CORE, 0}, {unix.RLIMIT_FSIZE, 0}, {unix.RLIMIT_NOFILE, 0},
	} {
		if err := unix.Prlimit(0, l.what, &unix.Rlimit{Cur: l.limit, Max: l.limit}, nil); err != nil {
			return fmt.Errorf("limit the process that reads mail: %w", err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("limit the process that reads mail: %w", err)
	}
	return nil
}

// reader is what the process keeps between two questions.
type reader struct {
	Reader
	bytes      io.Reader
	from       *gob.Decoder
	to         *gob.Encoder
	follow     []byte // what follows the present answer
	classifier *classify.Classifier
	minted     bool
	mail       *intake.Message
	long       bool // whether the last mail was long
}

func (r *reader) answer(q *question) (*answer, error) {
	if q.Settings != nil {
		q.Settings.OwnMessageID = func(string) bool { return r.minted }
		c, err := classify.New(*q.Settings)
		if err != nil {
			return nil, err
		}
		r.classifier = c
	}
	switch {
	case q.Parse != nil:
		r.long = len(q.Parse.Raw) > longMail
		r.mail = r.Parse(q.Parse.Raw, q.Parse.Complete)
		return &answer{Message: r.mail}, nil
	case q.Classify != nil && r.mail != nil && r.classifier != nil:
		return r.judge(q.Classify), nil
	case q.Files != nil:
		return r.files(q.Files)
	}
	return nil, errors.New("a question that nobody asks")
}

// files takes a mail apart. A process is asked to do so only once.
func (r *reader) files(q *files) (*answer, error) {
	raw := make([]byte, q.Size)
	if _, err := io.ReadFull(r.bytes, raw); err != nil {
		return nil, err
	}
	list, err := r.Files(raw, q.Complete, q.N)
	if err != nil {
		return &answer{Defect: err.Error()}, nil //nolint:nilerr // it is the mail's, and whoever asked is told
	}
	if q.N > 0 && q.N <= len(list) {
		r.follow, list[q.N-1].Content = list[q.N-1].Content, nil
	}
	return &answer{Files: list, Follow: len(r.follow)}, nil
}

// judge classifies the mail that was read last. A panic counts as a defect of
// that mail.
func (r *reader) judge(q *judge) (a *answer) {
	defer func() {
		if p := recover(); p != nil {
			a = &answer{Defect: "it could not be classified"}
			fmt.Fprintf(os.Stderr, "a defect of the program while classifying: %v\n%s", p, debug.Stack())
		}
	}()
	r.minted = q.Minted
	reading := r.classifier.Classify(r.mail, q.Thread, q.Mailbox)
	return &answer{Reading: &reading}
}
