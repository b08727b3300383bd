package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/store"
	"requestd/store/storetest/sample"
)

// What the page may add to the program and to what the daemon holds in memory.
const (
	mostBinary = 8 << 20
	mostMemory = 15 << 20
)

// What the officers' page weighs: make weights prints it.
func TestThePagesWeight(t *testing.T) {
	if os.Getenv("REQUESTD_WEIGHTS") == "" {
		t.Skip("it takes minutes: make weights runs it")
	}
	t.Run("program", func(t *testing.T) {
		with, without := size(t), size(t, "page", "accounts")
		fmt.Printf("| the program without the page, and with it | %.1f MB | %.1f MB, %.1f more |\n", mb(without), mb(with), mb(with-without))
		if with-without >= mostBinary {
			t.Errorf("the page adds %d bytes to the program", with-without)
		}
	})
	t.Run("memory", func(t *testing.T) {
		without, _ := held(t, false)
		with, peak := held(t, true)
		fmt.Printf("| RssAnon of the daemon without the page, and with ten officers | %.1f MB | %.1f MB, %.1f more; %.1f at its peak |\n", mb(without), mb(with), mb(with-without), mb(peak))
		if with-without >= mostMemory {
			t.Errorf("the page adds %d bytes to what the daemon holds", with-without)
		}
	})
}

func mb(n int64) float64 { return float64(n) / (1 << 20) }

// size builds the program as it is released, with packages left out, and
// gives its size.
func size(t *testing.T, without ...string) int64 {
	t.Helper()
	overlay := map[string]string{}
	for _, name := range without {
		dir, err := filepath.Abs(filepath.Join("../../intake", name))
		if err != nil {
			t.Fatal(err)
		}
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sources {
			overlay[s] = "" // is not there
		}
		if overlay[filepath.Join(dir, "stand-in.go")], err = filepath.Abs(filepath.Join("testdata/without", name+".go")); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "requestd")
	cmd := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// held is how much memory of its own a daemon holds once it has come to rest,
// and its peak: over a register of 20,000 cases, with ten officers at its page
// or none.
func held(t *testing.T, page bool) (rests, peak int64) {
	t.Helper()
	s, ca := secured(t)
	fillSite(t, s)
	d := s.start()
	r := d.page(ca.PEM)
	if page {
		r.signIn("administrator") // the hashing of a password is not counted
		refs := lines[struct{ Ref string }](s.program, "list", "--state", "open")
		d.cared()
		stop := d.watchMemory(&peak)
		var all sync.WaitGroup
		for n := range 10 {
			all.Go(func() {
				for i := range 60 {
					ref := refs[(n*60+i*7)%len(refs)].Ref
					for _, path := range []string{"/", "/triage", "/case/" + ref, "/case/" + ref + "/act/responded", "/search?state=open", "/letters", "/register", "/calendar", "/how-it-runs"} {
						r.get(path)
					}
				}
			})
		}
		all.Wait()
		stop()
	}
	d.cared()
	d.cared()
	rests = d.anonymous()
	d.stop()
	return rests, max(peak, rests)
}

// fillSite has the register of a site hold 20,000 cases, two hundred of them open.
func fillSite(t *testing.T, s *site) {
	t.Helper()
	var now time.Time
	db, err := store.Open(filepath.Join(s.data, "requestd.db"), store.Options{Now: func() time.Time { return now }, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = sample.FillCareer(time.Now(), 0, 20_000, 200, func(at time.Time, f func(sample.Register) error) error {
		now = at
		return db.Update(func(tx *store.Tx) error { return f(tx) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// cared waits until the daemon has looked after itself once more, after which it
// has given memory back.
func (d *process) cared() {
	d.t.Helper()
	time.Sleep(65 * time.Second) // it does so each minute; this is a measurement
}

// watchMemory notes the highest that the daemon holds until it is stopped.
func (d *process) watchMemory(peak *int64) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for {
			*peak = max(*peak, d.anonymous())
			select {
			case <-end:
				return
			case <-look.C:
			}
		}
	}()
	return func() { close(end); <-ended }
}

// anonymous is the RssAnon of the daemon itself.
func (d *process) anonymous() int64 {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(d.cmd.Process.Pid), "status"))
	if err != nil {
		d.t.Error(err)
	}
	_, rest, _ := strings.Cut(string(b), "RssAnon:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		d.t.Error(err)
	}
	return kb << 10
}
