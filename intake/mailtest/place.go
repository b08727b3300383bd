package mailtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Every set of servers has a place: a number, a directory with that number and
// a block of ports. The lock on it ends with the process, so the next user of
// the number may remove what a killed one left.
//
// The directory's path is short (unix sockets allow 108 bytes) and every user
// may pass through it. The ports are below the range from which the kernel
// takes client ports, so a stopped server finds its port free when it comes
// back.
const (
	placesDir   = "/tmp/requestd-mail"
	firstPort   = 12000
	portsAPlace = 10
	placesMax   = 1500
)

type place struct {
	dir  string
	port int // the first of portsAPlace
	lock *os.File
}

func takePlace() (*place, error) {
	if err := ownDir(placesDir); err != nil {
		return nil, err
	}
	for n := range placesMax {
		p, err := tryPlace(n)
		if err != nil {
			return nil, err
		}
		if p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("all %d places under %s are taken: end the programs that hold them", placesMax, placesDir)
}

// tryPlace returns nil without an error if number n is in use.
func tryPlace(n int) (*place, error) {
	dir := filepath.Join(placesDir, strconv.Itoa(n))
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening a lock: %w", err)
	}
	p := &place{dir: dir, port: firstPort + n*portsAPlace, lock: lock}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || err == nil && !p.portsFree() {
		return nil, lock.Close()
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err == nil {
		err = os.Mkdir(dir, 0o755)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("taking %s: %w", dir, err), lock.Close())
	}
	return p, nil
}

func (p *place) portsFree() bool {
	for i := range portsAPlace {
		l, err := net.Listen("tcp", loopback(p.port+i))
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}

func (p *place) release() error {
	return errors.Join(os.RemoveAll(p.dir), p.lock.Close())
}

// ownDir makes dir, whose parent everyone may write to, and refuses one that
// somebody else has made.
func ownDir(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("making %s: %w", dir, err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("looking at %s: %w", dir, err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to somebody else: remove it", dir)
	}
	return nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
