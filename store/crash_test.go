package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// These variables make the test program, started again, work on a store and
// kill itself at some point.
const (
	crashPath  = "STORE_CRASH_PATH"
	crashPoint = "STORE_CRASH_POINT"
	crashAfter = 3 // requests that are registered first
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		work(path, os.Getenv(crashPoint))
		os.Exit(1) // never reached
	}
	os.Exit(m.Run())
}

func die(point, here string) {
	if point == here {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// work registers requests one by one, and kills itself at the given point.
func work(path, point string) {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	db, err := store.Open(path, store.Options{})
	must(err)
	for strings.HasPrefix(point, endless) {
		var n uint64
		must(db.Update(func(tx *store.Tx) error {
			n = tx.LastArrival() + 1
			_, err := register(tx, uint32(n), fmt.Sprintf("m%d@example.com", n), "jo@example.com")
			return err
		}))
		fmt.Println(n)
		switch n % 3 {
		case 0:
			must(db.Compact(context.Background()))
		case 1:
			must(db.BackupFile(path + ".copy"))
		}
	}
	for i := range uint32(crashAfter + 1) {
		last := i == crashAfter
		must(db.Update(func(tx *store.Tx) error {
			_, err := register(tx, i+1, fmt.Sprintf("m%d@example.com", i), "jo@example.com")
			if last {
				die(point, "within the transaction")
			}
			return err
		}))
	}
	die(point, "after it was recorded")
	must(db.Update(func(tx *store.Tx) error {
		l, err := tx.Letter(1)
		l.State, l.Attempts = intake.LetterSending, 1
		must(err)
		return tx.PutLetter(l)
	}))
	die(point, "after an attempt was recorded")
	must(db.Update(func(tx *store.Tx) error {
		l, err := tx.Letter(1)
		l.State = intake.LetterSent
		must(err)
		must(tx.PutLetter(l))
		die(point, "before the outcome is recorded")
		return nil
	}))
	must(db.BackupFile(path + ".copy"))
	must(db.Compact(context.Background()))
	die(point, "after the store was compacted")
}

func TestAKillLosesNothingThatWasRecorded(t *testing.T) {
	storetest.FileOnly(t, "is left by a process that is killed")
	for point, want := range map[string]struct {
		arrivals uint64
		letter   intake.LetterState
	}{
		"within the transaction":         {crashAfter, intake.LetterWaiting},
		"after it was recorded":          {crashAfter + 1, intake.LetterWaiting},
		"after an attempt was recorded":  {crashAfter + 1, intake.LetterSending},
		"before the outcome is recorded": {crashAfter + 1, intake.LetterSending},
		"after the store was compacted":  {crashAfter + 1, intake.LetterSent},
	} {
		t.Run(point, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "requestd.db")
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), crashPath+"="+path, crashPoint+"="+point)
			out, err := child.CombinedOutput()
			if s, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || s.Signal() != syscall.SIGKILL {
				t.Fatalf("the process was not killed: %v, %s", err, out)
			}
			db := storetest.OpenAt(t, path, store.Options{}, nil)
			if err := db.View(func(tx *store.Tx) error {
				l, err := tx.Letter(1)
				if tx.LastArrival() != want.arrivals || l.State != want.letter {
					t.Errorf("%d messages and the letter %s, want %d and %s", tx.LastArrival(), l.State, want.arrivals, want.letter)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestKillsAtRandom kills, at any moment, a process that registers, compacts
// and copies its store without end. What it reported as recorded is there, and
// the store and the copy are sound.
func TestKillsAtRandom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	for round := range 8 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), crashPath+"="+path, crashPoint+"="+endless+strconv.Itoa(round))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		said := uint64(0)
		for range 3 + 5*round%7 {
			if _, err := fmt.Fscan(out, &said); err != nil {
				t.Fatal(err)
			}
		}
		_ = child.Process.Kill()
		for { // what it reported before the signal came
			if _, err := fmt.Fscan(out, &said); err != nil {
				break
			}
		}
		_ = child.Wait()
		db, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.View(func(tx *store.Tx) error {
			if n := tx.LastArrival(); n < said || n > said+1 {
				t.Errorf("%d messages are registered, the process said %d", n, said)
			}
			return whole(tx)
		}); err != nil {
			t.Error(err)
		}
		storetest.Verify(t, db, nil)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if findings, err := store.VerifyFile(t.Context(), path+".copy", nil); err != nil || len(findings) > 0 {
			t.Errorf("the copy: %v, %v", findings, err)
		}
	}
}

const endless = "endless"
