package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// Replica makes a streaming replica of a running server and starts it. Once Ask
// has named it in synchronous_standby_names, every commit waits for it.
func (s *Server) Replica() (*Server, error) {
	dir, err := os.MkdirTemp("", "requestd-pg")
	if err != nil {
		return nil, fmt.Errorf("make a replica: %w", err)
	}
	r := &Server{Dir: dir, data: filepath.Join(dir, "data"), bin: s.bin, args: s.args}
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return nil, fmt.Errorf("make a replica: %w", err)
		}
	}
	// -R records which server to follow.
	copied := r.program("pg_basebackup", "-h", s.Dir, "-U", "requestd", "-D", r.data, "-R", "-X", "stream", "--checkpoint=fast")
	if out, err := copied.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a replica: %w: %s", err, out)
	}
	return r, r.Start()
}

// Ask runs one statement.
func (s *Server) Ask(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL(""))
	if err != nil {
		return fmt.Errorf("ask PostgreSQL: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// Encrypt gives a running server a certificate.
func (s *Server) Encrypt(cert, key []byte) error {
	for name, b := range map[string][]byte{"server.crt": cert, "server.key": key} {
		file := filepath.Join(s.data, name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			return fmt.Errorf("give PostgreSQL a certificate: %w", err)
		}
		if os.Getuid() == 0 {
			if err := os.Chown(file, nobody, nobody); err != nil {
				return fmt.Errorf("give PostgreSQL a certificate: %w", err)
			}
		}
	}
	return errors.Join(s.Ask("ALTER SYSTEM SET ssl = on"), s.Ask("SELECT pg_reload_conf()"), s.Until("SELECT setting = 'on' FROM pg_settings WHERE name = 'ssl'"))
}

// Until waits until the answer to a question is yes.
func (s *Server) Until(question string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL(""))
	if err != nil {
		return fmt.Errorf("ask PostgreSQL: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for {
		var yes bool
		if err := conn.QueryRow(ctx, question).Scan(&yes); err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: not yet", question)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// EitherURL returns an address that leads to whichever of two servers can be
// written to.
func EitherURL(one, other *Server) string {
	q := url.Values{"host": {one.Dir + "," + other.Dir}, "target_session_attrs": {"read-write"}}
	return "postgres://requestd@/postgres?" + q.Encode()
}
