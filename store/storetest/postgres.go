package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// InDatabase reports whether tests are to open their stores in PostgreSQL:
// make test runs them on both.
func InDatabase() bool { return os.Getenv("REQUESTD_TEST_STORE") == "postgres" }

// FileOnly skips a test of what only a file has.
func FileOnly(tb testing.TB, why string) {
	tb.Helper()
	if InDatabase() {
		tb.Skip("only a register in a file", why)
	}
}

// The server for this process's tests. It is started when the first test needs
// it, and ends with the process.
var server = sync.OnceValues(func() (*Server, error) {
	return StartServer("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "autovacuum=off")
})

// URL returns the address of a schema on the server for this process's tests,
// made for the name: the same for the same name.
func URL(tb testing.TB, name string) string {
	tb.Helper()
	s, err := server()
	if err != nil {
		tb.Fatal(err)
	}
	u, err := s.Schema(fmt.Sprintf("t%x", sha256.Sum256([]byte(name)))[:24])
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// Server is a separate PostgreSQL in a temporary directory, which can be
// reached only through a socket there.
type Server struct {
	Dir  string // of its socket
	data string
	bin  string
	args []string
	cmd  *exec.Cmd
	held *os.File
}

// programs returns the directory of PostgreSQL's programs: Debian does not put
// the server's on the path.
func programs() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		return filepath.Dir(p), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: make servers, or apt install postgresql")
	}
	return filepath.Dir(slices.Max(found)), nil
}

// StartServer makes a server and starts it with these arguments. If we are root
// it runs as nobody, since it refuses to run as root.
func StartServer(args ...string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "requestd-pg")
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	s := &Server{Dir: dir, data: filepath.Join(dir, "data"), bin: bin, args: args}
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return nil, fmt.Errorf("start PostgreSQL: %w", err)
		}
	}
	initdb := s.program("initdb", "-D", s.data, "-U", "requestd", "-A", "trust", "-N", "--no-instructions", "-E", "UTF8", "--locale=C")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a database: %w: %s", err, out)
	}
	return s, s.Start()
}

const nobody = 65534

func (s *Server) program(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir, c.Env = s.Dir, []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return c
}

// keeper stops the server and removes its directory when the process that
// started it closes its standard input, or dies.
const keeper = `trap '' INT TERM
"$0" "$@" >server.log 2>&1 </dev/null &
read stop
[ "$stop" = kill ] && kill -QUIT $! || kill -INT $!
wait $!
[ -n "$stop" ] || { rm -rf data server.log .s.*; d=$PWD; cd / && rmdir "$d"; }`

// Start starts a server that was stopped, and waits until it answers.
func (s *Server) Start() error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	args := append([]string{"-D", s.data, "-k", s.Dir, "-c", "listen_addresses=", "-c", "shared_buffers=32MB"}, s.args...)
	if err := os.Remove(s.log()); err != nil && !errors.Is(err, os.ErrNotExist) { // it is the log of the last run
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	c := s.program("postgres", args...)
	c.Args = append([]string{"sh", "-c", keeper, c.Path}, args...)
	c.Path, c.Stdin = "/bin/sh", r
	err = c.Start()
	r.Close()
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.cmd, s.held = c, w
	return s.answers(3 * time.Minute) // long enough for a busy machine
}

func (s *Server) log() string { return filepath.Join(s.Dir, "server.log") }

// lastSaid returns the last line of the server's log; "" if there is none.
func (s *Server) lastSaid() (last string) {
	told, _ := os.ReadFile(s.log())
	for line := range strings.Lines(string(told)) {
		last = strings.TrimSpace(line)
	}
	return last
}

// answers waits until the server accepts a connection, or has ended.
func (s *Server) answers(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		conn, err := s.connect(ctx)
		if err == nil {
			return conn.Close(ctx)
		}
		if strings.HasSuffix(s.lastSaid(), "database system is shut down") {
			told, _ := os.ReadFile(s.log())
			return fmt.Errorf("PostgreSQL does not start: %s", told)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not start: %w: %s", err, s.lastSaid())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// connect tries once, and not for long: the socket of a server that was killed
// may accept a connection that nobody ever answers.
func (s *Server) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return pgx.Connect(ctx, s.URL(""))
}

// Stop stops the server, with kill as if its machine lost power. It can be
// started again.
func (s *Server) Stop(kill bool) error {
	how := "stop\n"
	if kill {
		how = "kill\n"
	}
	_, err := s.held.WriteString(how)
	return errors.Join(err, s.held.Close(), s.cmd.Wait())
}

// End stops the server for good.
func (s *Server) End() error {
	return errors.Join(s.held.Close(), s.cmd.Wait(), os.RemoveAll(s.Dir))
}

// URL returns the address of a schema; "" is the one that always exists.
func (s *Server) URL(schema string) string {
	q := url.Values{"host": {s.Dir}}
	if schema != "" {
		q.Set("search_path", schema)
	}
	return "postgres://requestd@/postgres?" + q.Encode()
}

// Schema makes a schema if there is none with that name, and returns its
// address.
func (s *Server) Schema(name string) (string, error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL(""))
	if err != nil {
		return "", fmt.Errorf("make a schema: %w", err)
	}
	_, err = conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{strings.ToLower(name)}.Sanitize())
	return s.URL(name), errors.Join(err, conn.Close(ctx))
}
