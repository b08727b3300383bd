package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Listen opens the control socket, mode 0660, and gives it to the group if one
// is named. Only the holder of the register's lock may call it: an existing
// socket is stale then, and is replaced.
func Listen(path, group string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make the directory of the control socket: %w", err)
	}
	if fi, err := os.Lstat(path); err == nil {
		if fi.Mode()&os.ModeSocket == 0 {
			return nil, fmt.Errorf("control.socket %s is a file that is no socket: remove it, or name another path", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("replace the stale control socket: %w", err)
		}
	}
	old := unix.Umask(0o117) // so that nobody else can connect, not even at first
	l, err := net.Listen("unix", path)
	unix.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	if err := own(path, group); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func own(path, group string) error {
	if group != "" {
		g, err := user.LookupGroup(group)
		if err != nil {
			return fmt.Errorf("control.group: %w", err)
		}
		gid, err := strconv.Atoi(g.Gid)
		if err != nil {
			return fmt.Errorf("control.group %s: %w", group, err)
		}
		if err := os.Chown(path, -1, gid); err != nil {
			return fmt.Errorf("give the control socket to group %s: %w", group, err)
		}
	}
	return os.Chmod(path, 0o660)
}

const (
	mostClients = 64               // connections at once; further ones are closed
	askingTakes = 30 * time.Second // to send the request, once begun
)

// Serve answers on the socket until the context ends. The credentials of the
// other end say who asks (unix(7), SO_PEERCRED).
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{
		Handler: InTime(h, askingTakes), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: askingTakes, MaxHeaderBytes: 64 << 10, ConnState: atMost(mostClients),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return WithActor(ctx, peer(c)) },
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve the control socket: %w", err)
	case <-ctx.Done():
	}
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := s.Shutdown(ending); err != nil {
		return errors.Join(err, s.Close())
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the control socket: %w", err)
	}
	return nil
}

// atMost closes connections beyond a number.
func atMost(most int64) func(net.Conn, http.ConnState) {
	var open atomic.Int64
	return func(c net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			if open.Add(1) > most {
				c.Close()
			}
		case http.StateClosed, http.StateHijacked:
			open.Add(-1)
		}
	}
}

// InTime reads a whole request before it is answered, so that nobody can hold a
// connection by sending slowly. The deadline is for the body only: one for the
// whole server would end long answers too.
func InTime(h http.Handler, most time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		err := c.SetReadDeadline(time.Now().Add(most))
		var body []byte
		if err == nil {
			body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		}
		if err == nil {
			err = c.SetReadDeadline(time.Time{})
		}
		if err != nil {
			w.Header().Set("Connection", "close")
			fail(w, &inputError{"the request cannot be read: " + err.Error()})
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.ServeHTTP(w, r)
	})
}

func peer(c net.Conn) string {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return ""
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return ""
	}
	var cred *unix.Ucred
	if err := raw.Control(func(fd uintptr) {
		cred, _ = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil || cred == nil {
		return ""
	}
	return Local(int(cred.Uid))
}

// Local returns the actor for a user of this machine.
func Local(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return "local:" + u.Username
	}
	return "local:" + strconv.Itoa(uid)
}
