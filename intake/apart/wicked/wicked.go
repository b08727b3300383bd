// Package wicked reads mail as a reader without any limits would. It is for
// tests of the limits around reading.
package wicked

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"requestd/intake"
	"requestd/intake/eml"
)

// Read reads mail, and does what a mail's subject or text says after "do: ", as
// though reading had no limits of its own.
func Read(raw []byte, complete bool) *intake.Message {
	m := eml.Parse(raw, complete)
	what, told := strings.CutPrefix(m.Subject, "do: ")
	if !told {
		what, _ = strings.CutPrefix(m.Text, "do: ")
	}
	switch what {
	case "spin":
		for i := 0; ; i++ {
			runtime.KeepAlive(i)
		}
	case "wait":
		select {}
	case "eat":
		var held [][]byte
		for {
			held = append(held, bytes.Repeat([]byte("x"), 1<<20))
			runtime.KeepAlive(held)
		}
	case "eat at once":
		held := bytes.Repeat([]byte("x"), 1<<30)
		runtime.KeepAlive(held)
	case "overflow":
		var deeper func(int) int
		deeper = func(n int) int { return deeper(n+1) + 1 }
		deeper(0)
	case "crash":
		panic("a defect")
	case "leave":
		os.Exit(0)
	case "long answer":
		m.Text = strings.Repeat("x", 100<<20)
	case "what may I":
		m.Faults = tries()
	}
	return m
}

// Files takes a mail apart, and does what its subject says, as Read does.
func Files(raw []byte, complete bool, n int) ([]intake.File, error) {
	Read(raw, complete)
	return eml.Files(raw, complete, n)
}

// tries does what a process that reads mail must not be able to do, and returns
// what worked.
func tries() (worked []string) {
	try := func(what string, err error) {
		if err == nil {
			worked = append(worked, what)
		}
	}
	_, err := os.Open("/etc/passwd")
	try("open a file", err)
	_, err = os.Create(filepath.Join(os.TempDir(), "apart-test"))
	try("make a file", err)
	_, err = net.Listen("tcp", "127.0.0.1:0")
	try("listen", err)
	_, err = net.Dial("udp", "127.0.0.1:53")
	try("make a socket", err)
	_, err = os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
	try("start a program", err)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "GO") {
			worked = append(worked, "see "+e)
		}
	}
	return worked
}
