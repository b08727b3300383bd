package packaging

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"requestd/intake/mailtest"
)

// guest is a Debian 12 that was booted: systemd is its pid 1, and it has no
// network.
type guest struct {
	t    *testing.T
	root string // its file system
	pid  string // of its systemd, as numbered outside
}

// boot boots a guest, or says in a line why it cannot and skips the test;
// .ci/run counts such lines.
func boot(t *testing.T) *guest {
	t.Helper()
	asked(t)
	var why bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "../.ci/tree")
	cmd.Stderr = &why
	tree, err := cmd.Output()
	if err != nil {
		without(t, strings.TrimSpace(why.String()))
	}
	g := &guest{t: t, root: overlay(t, strings.TrimSpace(string(tree)))}
	nspawn := exec.Command("systemd-nspawn", "--quiet", "-D", g.root, "--boot", "--private-network", "--register=no", "--keep-unit",
		"--machine=requestd-test", "--console=pipe")
	console := &bytes.Buffer{}
	nspawn.Stdout, nspawn.Stderr = console, console
	if err := nspawn.Start(); err != nil {
		without(t, "systemd-nspawn: "+err.Error())
	}
	ended := make(chan error, 1)
	go func() { ended <- nspawn.Wait() }()
	t.Cleanup(func() {
		_ = nspawn.Process.Signal(syscall.SIGTERM) // an orderly shutdown
		select {
		case err := <-ended:
			t.Logf("the guest ended: %v", err)
		case <-time.After(30 * time.Second):
			_ = nspawn.Process.Kill()
			t.Logf("the guest was killed: %v", <-ended)
		}
	})
	if !g.started(nspawn.Process.Pid, ended) {
		without(t, "systemd does not start in a container here: "+lastLine(console.String()))
	}
	return g
}

// asked skips what takes minutes, unless make systemd-test asks for it.
func asked(t *testing.T) {
	t.Helper()
	if os.Getenv("REQUESTD_SYSTEMD") == "" {
		t.Skip("make systemd-test runs it: it builds packages and boots a Debian 12")
	}
}

// without skips a test that cannot be run here.
func without(t *testing.T, why string) {
	t.Helper()
	t.Skipf("not run: the package under systemd: %s", why)
}

// overlay returns a file system whose changes disappear with the test.
func overlay(t *testing.T, tree string) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "requestd-guest-")
	if err != nil {
		without(t, err.Error())
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, name := range []string{"up", "work", "root"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(dir, "root")
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s/up,workdir=%s/work", tree, dir, dir)
	if err := syscall.Mount("overlay", root, "overlay", 0, options); err != nil {
		without(t, "an overlay cannot be mounted: "+err.Error())
	}
	t.Cleanup(func() { _ = syscall.Unmount(root, syscall.MNT_DETACH) })
	return root
}

// started waits until the guest's systemd has started everything.
func (g *guest) started(nspawn int, ended chan error) bool {
	ctx, stop := mailtest.InTime(g.t)
	defer stop()
	for look := time.NewTicker(200 * time.Millisecond); ; {
		select {
		case err := <-ended:
			ended <- err
			return false
		case <-ctx.Done():
			return false
		case <-look.C:
		}
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", nspawn, nspawn))
		if err != nil || len(bytes.Fields(children)) == 0 {
			continue
		}
		g.pid = string(bytes.Fields(children)[0])
		out, _ := g.try("systemctl", "is-system-running")
		if s := strings.TrimSpace(out); s == "running" || s == "degraded" {
			return true
		}
	}
}

// try runs a program in the guest.
func (g *guest) try(args ...string) (out string, code int) {
	g.t.Helper()
	cmd := exec.CommandContext(g.t.Context(), "nsenter", append([]string{"-t", g.pid, "-m", "-u", "-i", "-n", "-p", "env", "-i",
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"}, args...)...)
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		g.t.Fatalf("%v: %v", args, err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

// do runs a shell command line that must succeed.
func (g *guest) do(line string) string {
	g.t.Helper()
	out, code := g.try("sh", "-c", line)
	if code != 0 {
		g.t.Fatalf("%s: exit %d\n%s%s", line, code, out, g.journal())
	}
	return out
}

// fails runs a command line that must end with that code.
func (g *guest) fails(want int, line string, says ...string) string {
	g.t.Helper()
	out, code := g.try("sh", "-c", line)
	if code != want {
		g.t.Errorf("%s: exit %d, want %d\n%s", line, code, want, out)
	}
	for _, s := range says {
		if !strings.Contains(out, s) {
			g.t.Errorf("%s does not say %q:\n%s", line, s, out)
		}
	}
	return out
}

// wait runs a command line again and again until it succeeds.
func (g *guest) wait(what, line string) string {
	g.t.Helper()
	ctx, stop := mailtest.InTime(g.t)
	defer stop()
	for look := time.NewTicker(300 * time.Millisecond); ; {
		out, code := g.try("sh", "-c", line)
		if code == 0 {
			return out
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			g.t.Fatalf("%s: %s never succeeded\n%s%s", what, line, out, g.journal())
		}
	}
}

func (g *guest) journal() string {
	out, _ := g.try("journalctl", "-q", "--no-pager", "-n", "40", "-u", "requestd*")
	return "\n" + out
}

// write puts a file into the guest.
func (g *guest) write(name, text string, mode os.FileMode) {
	g.t.Helper()
	path := filepath.Join(g.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		g.t.Fatal(err)
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
