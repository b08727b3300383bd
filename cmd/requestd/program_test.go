package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"requestd/intake/mailtest"
)

// builtIn is the directory of the built program; "" until it is built.
var builtIn string

// built builds the program once for all tests that run it as a process.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "requestd-built-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	name := filepath.Join(dir, "requestd")
	build := exec.Command("go", "build", "-trimpath", "-o", name, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // the released build's setting, so that it is compiled only once
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return name, nil
})

// program runs the built binary with one configuration.
type program struct {
	t      testing.TB
	binary string
	config string
}

func newProgram(t testing.TB, config string) *program {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return &program{t: t, binary: binary, config: config}
}

func (p *program) command(args ...string) *exec.Cmd {
	return exec.CommandContext(p.t.Context(), p.binary, append([]string{"--config", p.config}, args...)...)
}

// try runs a command to its end.
func (p *program) try(args ...string) (code int, stdout, stderr string) {
	p.t.Helper()
	var out, errs bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// do runs a command that must succeed.
func (p *program) do(args ...string) string {
	p.t.Helper()
	code, out, errs := p.try(args...)
	if code != exitDone {
		p.t.Fatalf("requestd %s: exit %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

// lines runs a command with --json and decodes each line.
func lines[T any](p *program, args ...string) []T {
	p.t.Helper()
	var list []T
	for line := range strings.Lines(p.do(append(args, "--json")...)) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			p.t.Fatalf("requestd %s: %q: %v", strings.Join(args, " "), line, err)
		}
		list = append(list, v)
	}
	return list
}

// process is a requestd run in a process of its own.
type process struct {
	*program
	cmd  *exec.Cmd
	log  journal
	done chan error
}

// journal collects what a process writes, while the test reads it.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

func (p *program) start() *process {
	p.t.Helper()
	d := p.prepare("run")
	d.launch()
	return d
}

// prepare makes a process that is not started yet.
func (p *program) prepare(args ...string) *process {
	d := &process{program: p, cmd: p.command(args...), done: make(chan error, 1)}
	d.cmd.Stderr = &d.log
	return d
}

func (d *process) launch() {
	d.t.Helper()
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() { d.done <- d.cmd.Wait() }()
	d.t.Cleanup(func() { _ = d.cmd.Process.Kill() }) // it may have ended
}

// stop ends the daemon as systemd does, and checks that it ends well.
func (d *process) stop() {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	if err := <-d.done; err != nil {
		d.t.Fatalf("the daemon ended with %v: %s", err, d.log.String())
	}
}

// adapted writes a configuration like the minimal one for a test's servers.
func adapted(t *testing.T, s *mailtest.Servers, edit ...string) string {
	t.Helper()
	text, err := os.ReadFile("../../intake/config/testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace := append([]string{
		"/var/lib/requestd/requestd.db}", filepath.Join(dir, "requestd.db") + ", create: true}",
		"/run/requestd/control.sock", filepath.Join(dir, "control.sock"),
		"port: 2525", "port: " + itoa(s.Submission), "port: 2993", "port: " + itoa(s.IMAPS), "tls/ca.pem", s.CAFile,
	}, edit...)
	file := filepath.Join(dir, "config.yaml")
	if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"smtp", "governance", "cymru"} {
		if err := os.WriteFile(filepath.Join(dir, "secrets", secret), []byte(mailtest.Password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
