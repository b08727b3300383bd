package crash

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"requestd/intake"
	"requestd/intake/mailtest"
	"requestd/store"
	"requestd/store/storetest"
)

// faults that can befall daemons with one database.
var faults = []struct {
	what string
	do   func(s *several, i int) // to the daemon of that number, if the fault is of one daemon
}{
	{"a daemon killed", func(s *several, i int) { s.end(i, syscall.SIGKILL); s.launch(i) }},
	{"both daemons killed", func(s *several, i int) { s.killBoth() }},
	{"a daemon stopped", func(s *several, i int) { s.end(i, syscall.SIGTERM); s.launch(i) }},
	{"a daemon stopped for a while", (*several).handOver},
	{"a daemon stalled", (*several).stall},
	{"a daemon stalled amid its letters", (*several).stallAmidLetters},
	{"a daemon cut off", (*several).cutOff},
	{"every connection cut", func(s *several, i int) { s.proxies[0].cut(); s.proxies[1].cut() }},
	{"the database killed", func(s *several, i int) { s.restart(true) }},
	{"the database restarted", func(s *several, i int) { s.restart(false) }},
}

// severalBoxes is how many mailboxes the daemons share.
const severalBoxes = 6

// several is the surroundings of two daemons.
type several struct {
	*run
	database *storetest.Server
	proxies  [2]*proxy
	daemons  [2]*started
	lines    chan struct{} // one for each line that a daemon logs, while there is room
}

// started is a running daemon.
type started struct {
	*exec.Cmd
	ended chan struct{} // closed once it has ended
}

// RunSeveral lets two daemons work on one register in PostgreSQL. It kills,
// stops and restarts them and the database and cuts their connections, o.Kills
// times in all.
func RunSeveral(t mailtest.T, o Options) Tally {
	t.Helper()
	s := &several{run: begin(t, o, severalBoxes), lines: make(chan struct{}, 1024)}
	start := time.Now()
	var err error
	s.database, err = storetest.StartServer()
	s.must("start the database", err)
	t.Cleanup(func() { _ = s.database.End() })
	s.url = s.database.URL("")
	db, err := s.patiently(func() (*store.DB, error) { return store.OpenURL(s.url, "", true, store.Options{}) })
	s.must("make the register", err)
	s.must("make the register", db.Close())
	for i := range s.daemons {
		s.proxies[i], err = startProxy(s.database.Dir)
		s.must("stand between", err)
		t.Cleanup(s.proxies[i].close)
		s.place(i, "url: 'postgres://requestd@/postgres?host="+s.proxies[i].dir+"'")
		s.launch(i)
	}
	for s.tally.Kills < o.Kills && len(s.tally.Violations) == 0 && (o.Within == 0 || time.Since(start) < o.Within) {
		s.mail(1 + s.rng.IntN(2*severalBoxes))
		s.moment(s.rng.IntN(60))
		s.fault()
		s.taken()
		s.check()
		if s.tally.Kills%10 == 0 {
			s.delivered(false)
			s.Say("%d faults, %d mails, longest unwatched %s", s.tally.Kills, len(s.mails), s.tally.Longest.Round(time.Millisecond))
		}
	}
	for i := range s.daemons {
		s.end(i, syscall.SIGTERM)
	}
	s.config = s.configOf(0)
	s.finish()
	s.tally.Mails, s.tally.Took = len(s.mails), time.Since(start)
	return s.tally
}

func (s *several) configOf(i int) string {
	return filepath.Join(s.Dir, fmt.Sprintf("config%d.yaml", i))
}

// place writes the configuration of a daemon, with a socket of its own.
func (s *several) place(i int, where string) {
	b, err := os.ReadFile(s.config)
	s.must("read the configuration", err)
	text := strings.Replace(string(b), "path: "+s.Dir+"/requestd.db, create: true", where, 1)
	if s.Kills >= 20 { // when a daemon stalls, letters wait for each other's minute
		text = strings.Replace(text, "per_minute: 0", "per_minute: 6", 1)
	}
	text = strings.Replace(text, "/control.sock", fmt.Sprintf("/control%d.sock", i), 1)
	s.must("write the configuration", os.WriteFile(s.configOf(i), []byte(text), 0o600))
}

func (s *several) launch(i int) {
	log, err := os.OpenFile(filepath.Join(s.Dir, fmt.Sprintf("daemon%d.log", i)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	s.must("start a daemon", err)
	cmd := exec.CommandContext(s.ctx, s.Binary, "run", "--config", s.configOf(i))
	cmd.Stderr, cmd.WaitDelay = &heardLog{log, s.lines}, atMost // its readers of mail may outlive it
	s.must("start a daemon", cmd.Start())
	d := &started{cmd, make(chan struct{})}
	go func() {
		defer close(d.ended)
		_ = cmd.Wait()                     // the log has what it says
		_ = cmd.Stderr.(*heardLog).Close() // the log is kept for a person to read
	}()
	s.daemons[i] = d
}

// heardLog is the file that a daemon logs to; it signals each line.
type heardLog struct {
	*os.File
	lines chan<- struct{}
}

func (l *heardLog) Write(b []byte) (int, error) {
	for range bytes.Count(b, []byte("\n")) {
		select {
		case l.lines <- struct{}{}:
		default:
		}
	}
	return l.File.Write(b)
}

// moment waits for that many lines, or until the daemons have nothing more to
// log.
func (s *several) moment(lines int) {
	for len(s.lines) > 0 {
		<-s.lines
	}
	quiet := time.NewTimer(atMost)
	defer quiet.Stop()
	for ; lines > 0; lines-- {
		select {
		case <-s.lines:
		case <-quiet.C:
			return
		}
	}
}

// end ends a daemon and waits for it.
func (s *several) end(i int, how syscall.Signal) {
	_ = s.daemons[i].Process.Signal(how) // one that ended by itself is started again as well
	<-s.daemons[i].ended
}

// fault causes one of the faults and undoes it.
func (s *several) fault() {
	f := faults[s.rng.IntN(len(faults))]
	s.Say("%s", f.what)
	f.do(s, s.rng.IntN(len(s.daemons)))
	for i := range s.daemons {
		select {
		case <-s.daemons[i].ended: // it ended by itself: a supervisor would start it again
			s.tally.Ended++
			s.launch(i)
		default:
		}
	}
	s.tally.Kills++
}

func (s *several) killBoth() {
	for i := range s.daemons {
		s.end(i, syscall.SIGKILL)
	}
	for i := range s.daemons {
		s.launch(i)
	}
}

// stall stops a daemon, as a machine that is suspended does, until the other
// has taken over its mailboxes. Then the daemon goes on where it was.
func (s *several) stall(i int) {
	s.must("stall a daemon", s.daemons[i].Process.Signal(syscall.SIGSTOP))
	s.look(func(tx *store.Tx) {
		for range tx.Letters(store.LetterFilter{Unsent: true, Purpose: intake.ForAcknowledgement}) {
			s.tally.Stalled++
			break
		}
	})
	s.mail(len(s.boxes))
	s.taken()
	s.must("let a daemon go on", s.daemons[i].Process.Signal(syscall.SIGCONT))
}

// cutOff cuts a daemon off from the database until the other has taken over its
// mailboxes.
func (s *several) cutOff(i int) {
	s.proxies[i].shut(true)
	s.mail(len(s.boxes))
	s.taken()
	s.proxies[i].shut(false)
}

func (s *several) restart(kill bool) {
	s.must("stop the database", s.database.Stop(kill))
	s.moment(s.rng.IntN(12))
	s.must("start the database", s.database.Start())
}

// taken waits until every mail is registered, and measures from when the
// database can be reached again.
func (s *several) taken() {
	begun := time.Now()
	for every := time.NewTicker(50 * time.Millisecond); ; {
		known, took := map[string]bool{}, time.Duration(0)
		s.look(func(tx *store.Tx) {
			took = time.Since(begun) // without the time that opening took
			for a := range tx.Arrivals(store.ArrivalFilter{}) {
				known[a.MessageID] = a.Decision != intake.DidDuplicate || known[a.MessageID]
			}
		})
		missing := slices.IndexFunc(s.mails, func(m sent) bool { return !known[m.id] })
		if missing < 0 {
			s.tally.Longest = max(s.tally.Longest, took)
			return
		}
		if s.Unwatched > 0 && took > s.Unwatched {
			s.violate("mail %s was not taken in within %s: %s", s.mails[missing].id, s.Unwatched, s.whereabouts(s.mails[missing]))
			return
		}
		select {
		case <-every.C:
		case <-s.ctx.Done():
			s.violate("mail %s was not taken in", s.mails[missing].id)
			return
		}
	}
}

// proxy passes on the connections between daemons and the database, and can cut
// them.
type proxy struct {
	dir    string
	listen net.Listener
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool // to all daemons
}

const socketName = ".s.PGSQL.5432"

func startProxy(behind string) (*proxy, error) {
	dir, err := os.MkdirTemp("", "requestd-proxy")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		return nil, err
	}
	p := &proxy{dir: dir, listen: l, open: map[net.Conn]bool{}}
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("unix", filepath.Join(behind, socketName))
			if err != nil || !p.admit(from, to) {
				from.Close()
			}
		}
	}()
	return p, nil
}

// admit notes two connections that belong together, unless nobody is let
// through.
func (p *proxy) admit(from, to net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		to.Close()
		return false
	}
	p.open[from], p.open[to] = true, true
	go p.pass(from, to)
	go p.pass(to, from)
	return true
}

// shut closes the proxy to everybody, or opens it again.
func (p *proxy) shut(closed bool) {
	p.mu.Lock()
	p.closed = closed
	p.mu.Unlock()
	if closed {
		p.cut()
	}
}

func (p *proxy) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from) // until either is closed
	from.Close()
	to.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, from)
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.Close()
	}
}

func (p *proxy) close() {
	p.listen.Close()
	p.cut()
	_ = os.RemoveAll(p.dir) // what is left is in the temporary directory
}
