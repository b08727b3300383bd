package mailtest

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

func TestProxy(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{Plain: true})
	p := StartProxy(t, s.Port, time.Millisecond)
	conn, err := net.Dial("tcp", loopback(p.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	hello, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	release := p.Hold()
	if _, err := conn.Write([]byte("a NOOP\r\n")); err != nil {
		t.Fatal(err)
	}
	answered := make(chan string)
	go func() {
		line, _ := r.ReadString('\n')
		answered <- line
	}()
	if err := poll(t.Context(), t, nil, "the command at the proxy", func() bool { return p.Up() == 8 }); err != nil {
		t.Fatal(err)
	}
	select {
	case line := <-answered:
		t.Errorf("a dead line brought %q", line)
	default:
	}
	release()
	line := <-answered
	if got, want := p.Down(), int64(len(hello)+len(line)); got != want || p.Connections() != 1 {
		t.Errorf("%d bytes down on %d connections, want %d", got, p.Connections(), want)
	}
	p.HangUp()
	if _, err := r.ReadString('\n'); err == nil {
		t.Error("the connection was not hung up")
	}
}

func TestSayAndEarly(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{Plain: true, Faults: []IMAPFault{{Verb: "IDLE", Early: "* 5 EXISTS"}}})
	conn, err := net.Dial("tcp", loopback(s.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	says := func(want string) {
		t.Helper()
		line, err := r.ReadString('\n')
		if err != nil || len(line) < len(want) || line[:len(want)] != want {
			t.Fatalf("the server says %q, %v, want %q", line, err, want)
		}
	}
	send := func(line string) {
		t.Helper()
		if _, err := conn.Write([]byte(line + "\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	says("* OK")
	send("a LOGIN governance " + Password)
	says("a OK")
	send("b SELECT INBOX")
	for line := ""; !strings.HasPrefix(line, "b "); {
		if line, err = r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	send("c IDLE")
	says("* 5 EXISTS")
	says("+")
	s.Say("* BYE going down")
	says("* BYE going down")
}
