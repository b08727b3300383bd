package mailtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// lookups answers Postfix's table lookups (socketmap_table(5)) from this
// process, so that a test can change a route between two mails without
// reloading anything. A request is the netstring "table key".
type lookups struct {
	listener net.Listener
	answer   func(table, key string) (string, bool)

	mu    sync.Mutex
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

func serveLookups(addr string, answer func(table, key string) (string, bool)) (*lookups, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for Postfix's lookups: %w", err)
	}
	m := &lookups{listener: l, answer: answer, conns: map[net.Conn]bool{}}
	m.wg.Go(m.accept)
	return m, nil
}

func (m *lookups) accept() {
	for {
		conn, err := m.listener.Accept()
		if err != nil {
			return
		}
		m.mu.Lock()
		m.conns[conn] = true
		m.mu.Unlock()
		m.wg.Go(func() {
			m.serve(conn)
			conn.Close()
			m.mu.Lock()
			delete(m.conns, conn)
			m.mu.Unlock()
		})
	}
}

func (m *lookups) serve(conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		request, err := readNetstring(r)
		if err != nil {
			return
		}
		reply := "NOTFOUND "
		table, key, _ := strings.Cut(request, " ")
		if value, ok := m.answer(table, key); ok {
			reply = "OK " + value
		}
		if _, err := fmt.Fprintf(conn, "%d:%s,", len(reply), reply); err != nil {
			return
		}
	}
}

func (m *lookups) close() error {
	err := m.listener.Close()
	m.mu.Lock()
	for conn := range m.conns {
		conn.Close()
	}
	m.mu.Unlock()
	m.wg.Wait()
	return err
}

func readNetstring(r *bufio.Reader) (string, error) {
	head, err := r.ReadString(':')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
	if err != nil || n < 0 || n > 1<<16 {
		return "", errors.New("a netstring without a sensible length")
	}
	body := make([]byte, n+1)
	if _, err := io.ReadFull(r, body); err != nil {
		return "", err
	}
	return string(body[:n]), nil
}
