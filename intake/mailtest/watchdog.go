package mailtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// watchdog is a shell that outlives this process, however it dies, and then
// ends its servers and removes their files. (The kernel could signal them, but
// forgets to for a program that changes its user, as Postfix does.)
//
// It is told the process groups to end, all of them on each line, and notices
// this process's death by the end of its input.
type watchdog struct {
	cmd   *exec.Cmd
	input io.WriteCloser
}

const watchScript = `while read -r line; do groups=$line; done
for g in $groups; do kill -s KILL -- "-$g"; done
rm -rf -- "$1"`

// startWatchdog starts the watchdog of a directory. It holds the lock of its
// place too, so that nobody takes the place before its files are gone.
func startWatchdog(dir string, lock *os.File) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchScript, "watchdog", dir)
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // no Ctrl-C for it
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting a watchdog: %w", err)
	}
	return &watchdog{cmd: cmd, input: input}, nil
}

// guard tells it which processes there are now; nil and ended ones are ignored.
func (w *watchdog) guard(processes ...*process) error {
	var groups []string
	for _, p := range processes {
		if p != nil && p.running() {
			groups = append(groups, fmt.Sprint(p.cmd.Process.Pid))
		}
	}
	_, err := fmt.Fprintln(w.input, strings.Join(groups, " "))
	return err
}

// dismiss ends the watchdog and leaves everything else to the caller.
func (w *watchdog) dismiss() error {
	if w == nil {
		return nil
	}
	err := w.cmd.Process.Kill()
	_ = w.cmd.Wait() // it was killed; this closes the input as well
	return err
}
