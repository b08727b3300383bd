package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// disk is a disk that can be filled under a daemon.
type disk struct {
	can        func(dir string) error // whether this machine allows it
	start      func(*site) *process
	fill, room func(*testing.T, *process, *site)
}

// limited is a limit on the size of files, which the kernel can set for a
// running process (setrlimit(2), EFBIG).
var limited = disk{
	can:   func(string) error { return nil },
	start: func(s *site) *process { return s.start() },
	fill:  func(t *testing.T, d *process, _ *site) { limitFiles(t, d, 8192) },
	room:  func(t *testing.T, d *process, _ *site) { limitFiles(t, d, unix.RLIM_INFINITY) },
}

func limitFiles(t *testing.T, d *process, bytes uint64) {
	t.Helper()
	if err := unix.Prlimit(d.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
}

// small is a file system of a few megabytes that only the daemon sees, in its
// own mount namespace (ENOSPC).
var small = disk{
	can: func(dir string) error {
		cmd := exec.Command("/bin/sh", "-c", `mount -t tmpfs none "$0"`, dir)
		cmd.SysProcAttr = namespaces()
		return cmd.Run()
	},
	start: func(s *site) *process {
		d := s.prepare("run")
		d.cmd.Args = append([]string{"sh", "-c", `mount -t tmpfs -o size=6m none "$0" && exec "$@"`, s.data, d.cmd.Path}, d.cmd.Args[1:]...)
		d.cmd.Path = "/bin/sh"
		d.cmd.SysProcAttr = namespaces()
		d.launch()
		return d
	},
	fill: func(t *testing.T, d *process, s *site) {
		f, err := os.Create(inside(d, s, "filler"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := io.Copy(f, zeros{}); err == nil || !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
			t.Fatalf("filling the disk ended with %v", err)
		}
	},
	room: func(t *testing.T, d *process, s *site) {
		if err := os.Remove(inside(d, s, "filler")); err != nil {
			t.Fatal(err)
		}
	},
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func namespaces() *syscall.SysProcAttr {
	id := func(n int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: 0, HostID: n, Size: 1}}
	}
	return &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS, UidMappings: id(os.Getuid()), GidMappings: id(os.Getgid())}
}

// inside returns the path of a file in the store's directory as the daemon sees
// it.
func inside(d *process, s *site, name string) string {
	return filepath.Join("/proc", itoa(d.cmd.Process.Pid), "root", s.data, name)
}
