package mailtest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const holdVariable = "REQUESTD_HOLD_SERVERS"

// TestMain lets the test below run this binary as a separate program.
func TestMain(m *testing.M) {
	if os.Getenv(holdVariable) == "" {
		os.Exit(m.Run())
	}
	p := NewProgram(context.Background())
	s := Start(p, Options{})
	fmt.Println(s.Dir, s.IMAP, s.SMTP)
	select {}
}

func TestServersEndWithAKilledProgram(t *testing.T) {
	Need(t)
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), holdVariable+"=1")
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var dir string
	var imap, smtp int
	if _, err := fmt.Sscan(line, &dir, &imap, &smtp); err != nil {
		t.Fatal(err)
	}
	if !greets(loopback(imap), "* OK") || !greets(loopback(smtp), "220") || len(processesOf(t, dir)) == 0 {
		t.Error("the servers are not up")
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // it was killed
	err = poll(t.Context(), t, nil, "the servers to end", func() bool { return len(processesOf(t, dir)) == 0 })
	if err != nil || greets(loopback(imap), "*") || greets(loopback(smtp), "220") {
		t.Errorf("%v: still there: %q", err, processesOf(t, dir))
	}
	// The next user of the place finds it free.
	if s := Start(t, Options{NoPostfix: true}); s.Dir != dir {
		t.Logf("the next place was %s, not %s", s.Dir, dir)
	}
}

// processesOf lists the command lines that name a file below dir.
func processesOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil && strings.Contains(string(text), dir+"/") {
			out = append(out, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return out
}
