package mailbox

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a small IMAP server that behaves correctly unless a test's hook
// changes that. It serves over net.Pipe, so that its waits pass in virtual
// time.
type server struct {
	t *testing.T

	sync.Mutex
	caps     string
	folders  map[string]*folder
	password string
	hook     func(*wire) bool  // sees each command first; returns true if it dealt with it
	down     func(n int) error // may refuse the n-th connection
	lines    []string          // every command of every connection
	conns    int
	idlers   map[*wire]bool
	wrap     func(net.Conn) net.Conn // puts TLS around a connection
}

type folder struct {
	validity uint32
	next     uint32
	mails    []stored
}

type stored struct {
	uid  uint32
	when time.Time
	raw  string
}

// wire is one connection, with its present command.
type wire struct {
	*server
	c         net.Conn
	r         *bufio.Reader
	n         int // the connection's number, from 1
	open      string
	tag, verb string // verb in upper case, after UID if there is one
	rest      string
}

func newServer(t *testing.T) *server {
	return &server{
		t: t, caps: "IMAP4rev1 IDLE UIDPLUS SASL-IR LITERAL+ ID", password: "secret",
		folders: map[string]*folder{"INBOX": {validity: 7, next: 1}}, idlers: make(map[*wire]bool),
	}
}

// add puts mails into a folder and notifies whoever is waiting for them.
func (s *server) add(name string, raws ...string) {
	s.Lock()
	f := s.folders[name]
	for _, raw := range raws {
		f.mails = append(f.mails, stored{f.next, time.Now().Add(-time.Hour).Truncate(time.Second), raw})
		f.next++
	}
	var tell []*wire
	for w := range s.idlers {
		if w.open == name {
			tell = append(tell, w)
		}
	}
	n := len(f.mails)
	s.Unlock()
	for _, w := range tell {
		w.say("* %d EXISTS", n)
	}
}

// remove removes a mail, as a colleague would.
func (s *server) remove(name string, uid uint32) {
	s.Lock()
	defer s.Unlock()
	f := s.folders[name]
	f.mails = slices.DeleteFunc(f.mails, func(m stored) bool { return m.uid == uid })
}

func (s *server) options() Options {
	return Options{
		Name: "cafcass", Host: "127.0.0.1", Port: 143, Security: None, Auth: Password, Username: "governance",
		Password: func() (string, error) { return "secret", nil },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			s.Lock()
			s.conns++
			n := s.conns
			down := s.down
			s.Unlock()
			if down != nil {
				if err := down(n); err != nil {
					return nil, err
				}
			}
			client, c := net.Pipe()
			client = newPost(client)
			if s.wrap != nil {
				c = s.wrap(c)
			}
			go (&wire{server: s, c: c, r: bufio.NewReader(c), n: n}).serve()
			return client, nil
		},
	}
}

// commands returns every command so far.
func (s *server) commands() []string {
	s.Lock()
	defer s.Unlock()
	return slices.Clone(s.lines)
}

func (w *wire) say(format string, args ...any) { _, _ = fmt.Fprintf(w.c, format+"\r\n", args...) }
func (w *wire) ok()                            { w.say("%s OK done", w.tag) }

func (w *wire) serve() {
	defer w.c.Close()
	w.tag, w.verb = "*", "GREETING"
	if !w.hooked() {
		w.say("* OK ready")
	}
	for {
		l, err := w.r.ReadString('\n')
		if err != nil {
			return
		}
		w.tag, l, _ = strings.Cut(strings.TrimRight(l, "\r\n"), " ")
		w.verb, w.rest, _ = strings.Cut(l, " ")
		if w.verb = strings.ToUpper(w.verb); w.verb == "UID" {
			v, rest, _ := strings.Cut(w.rest, " ")
			w.verb, w.rest = "UID "+strings.ToUpper(v), rest
		}
		w.Lock()
		w.lines = append(w.lines, w.verb+" "+w.rest)
		w.Unlock()
		if !w.hooked() {
			w.answer()
		}
		if w.verb == "LOGOUT" {
			return
		}
	}
}

func (w *wire) hooked() bool {
	w.Lock()
	hook := w.hook
	w.Unlock()
	return hook != nil && hook(w)
}

func (w *wire) answer() {
	switch w.verb {
	case "CAPABILITY":
		w.say("* CAPABILITY %s", w.caps)
		w.ok()
	case "LOGIN":
		if w.rest != fmt.Sprintf("%q %q", "governance", w.password) {
			w.say("%s NO [AUTHENTICATIONFAILED] wrong", w.tag)
			return
		}
		w.ok()
	case "EXAMINE":
		w.examine()
	case "LIST":
		w.Lock()
		defer w.Unlock()
		for name := range w.folders {
			w.say(`* LIST () "/" %q`, name)
		}
		w.ok()
	case "UID SEARCH":
		w.search()
	case "UID FETCH", "FETCH":
		w.fetch()
	case "IDLE":
		w.idle()
	case "NOOP", "ID":
		w.ok()
	case "LOGOUT":
		w.say("* BYE bye")
		w.ok()
	default:
		w.t.Errorf("the client sent %s, which is not a reader's to send", w.verb)
		w.say("%s BAD unknown", w.tag)
	}
}

func (w *wire) examine() {
	w.Lock()
	defer w.Unlock()
	name, _ := strconv.Unquote(w.rest)
	if name == "" {
		name = w.rest
	}
	f := w.folders[name]
	if f == nil {
		w.say("%s NO [NONEXISTENT] no such folder", w.tag)
		return
	}
	w.open = name
	w.say("* FLAGS (\\Seen)")
	w.say("* %d EXISTS", len(f.mails))
	w.say("* OK [UIDVALIDITY %d] valid", f.validity)
	w.say("* OK [UIDNEXT %d] next", f.next)
	w.say("%s OK [READ-ONLY] done", w.tag)
}

// mails returns what is in the open folder.
func (w *wire) mails() []stored {
	w.Lock()
	defer w.Unlock()
	return slices.Clone(w.folders[w.open].mails)
}

var header = regexp.MustCompile(`(?i)^HEADER "?message-id"? "?([^"]*)"?$`)

func (w *wire) search() {
	all := w.mails()
	var hits []string
	if m := header.FindStringSubmatch(w.rest); m != nil {
		for _, s := range all {
			if strings.Contains(s.raw, m[1]) {
				hits = append(hits, fmt.Sprint(s.uid))
			}
		}
	} else {
		set := strings.TrimPrefix(w.rest, "UID ")
		for i, s := range all {
			if inSet(set, s.uid, i == len(all)-1) {
				hits = append(hits, fmt.Sprint(s.uid))
			}
		}
	}
	w.say("* SEARCH %s", strings.Join(hits, " "))
	w.ok()
}

// inSet reports whether a set contains n; n:* contains the last mail, whatever
// n is.
func inSet(set string, n uint32, last bool) bool {
	for part := range strings.SplitSeq(set, ",") {
		lo, hi, isRange := strings.Cut(part, ":")
		if !isRange {
			hi = lo
		}
		a, _ := strconv.ParseUint(lo, 10, 32)
		b, _ := strconv.ParseUint(hi, 10, 32)
		if hi == "*" && (last || uint64(n) >= a) || hi != "*" && uint64(n) >= a && uint64(n) <= b {
			return true
		}
	}
	return false
}

// asked returns the mails that a FETCH names, by their sequence numbers.
func (w *wire) asked() map[int]stored {
	set, _, _ := strings.Cut(w.rest, " ")
	all := w.mails()
	hits := make(map[int]stored)
	for i, s := range all {
		n := s.uid
		if w.verb == "FETCH" {
			n = uint32(i + 1)
		}
		if inSet(set, n, i == len(all)-1) {
			hits[i+1] = s
		}
	}
	return hits
}

var (
	partial = regexp.MustCompile(`BODY\.PEEK\[(HEADER|)\](?:<(\d+)\.(\d+)>)?`)
	marking = regexp.MustCompile(`BODY\[|RFC822 |RFC822\.TEXT`)
)

func (w *wire) fetch() {
	if marking.MatchString(w.rest) {
		w.t.Errorf("FETCH %s would set \\Seen", w.rest)
	}
	hits := w.asked()
	seqs := make([]int, 0, len(hits))
	for n := range hits {
		seqs = append(seqs, n)
	}
	slices.Sort(seqs)
	for _, n := range seqs {
		w.give(n, hits[n])
	}
	w.ok()
}

// give writes the FETCH answer for one mail.
func (w *wire) give(seq int, s stored) {
	body, label, has := w.section(s)
	_, _ = fmt.Fprintf(w.c, "* %d FETCH (UID %d%s", seq, s.uid, w.meta(s))
	if has {
		_, _ = fmt.Fprintf(w.c, " BODY[%s {%d}\r\n%s", label, len(body), body)
	}
	w.say(")")
}

func (w *wire) meta(s stored) string {
	if !strings.Contains(w.rest, "INTERNALDATE") {
		return ""
	}
	return fmt.Sprintf(" INTERNALDATE %q RFC822.SIZE %d", s.when.Format("02-Jan-2006 15:04:05 -0700"), len(s.raw))
}

// section returns the bytes asked for, and their name in the answer.
func (w *wire) section(s stored) (body, label string, has bool) {
	m := partial.FindStringSubmatch(w.rest)
	if m == nil {
		return "", "", false
	}
	body, label = s.raw, m[1]+"]"
	if m[1] == "HEADER" {
		head, _, _ := strings.Cut(s.raw, "\r\n\r\n")
		body = head + "\r\n\r\n"
	}
	if m[2] != "" {
		from, _ := strconv.Atoi(m[2])
		size, _ := strconv.Atoi(m[3])
		from = min(from, len(body))
		body = body[from:min(from+size, len(body))]
		label += "<" + m[2] + ">"
	}
	return body, label, true
}

func (w *wire) idle() {
	w.say("+ idling")
	w.Lock()
	w.idlers[w] = true
	w.Unlock()
	_, err := w.r.ReadString('\n')
	w.Lock()
	delete(w.idlers, w)
	w.Unlock()
	if err == nil {
		w.ok()
	}
}
