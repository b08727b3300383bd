package crash

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"requestd/store"
	"requestd/store/storetest"
)

// contents counts what a register holds, as far as two registers are compared
// here: the move itself compares every entry.
type contents struct{ messages, letters, cases int }

func contentsOf(db *store.DB) (c contents, err error) {
	err = db.View(func(tx *store.Tx) error {
		c = contents{}
		for a := range tx.Arrivals(store.ArrivalFilter{}) {
			c.messages++
			if tx.HasCase(a.Ref) {
				c.cases++
			}
		}
		for range tx.Letters(store.LetterFilter{}) {
			c.letters++
		}
		return nil
	})
	return c, errors.Join(err, db.Close())
}

// broken kills commands that move the register and commands that restore a
// copy, n times each. Whatever they leave behind, the register is whole,
// nothing takes a half-made one for a register, and the command can be given
// again. Between two kills the register is sometimes used again.
func (r *run) broken(n int) {
	server, err := storetest.StartServer()
	r.must("start the database", err)
	r.t.Cleanup(func() { _ = server.End() })
	r.lasts = map[string]time.Duration{}
	file, database := r.config, filepath.Join(r.Dir, "database.yaml")
	for i := range n {
		url, err := server.Schema(fmt.Sprintf("move%d", i))
		r.must("make a schema", err)
		r.brokenMove(file, url, func() (*store.DB, error) {
			return store.OpenURL(url, "", false, store.Options{Now: time.Now, ReadOnly: true})
		})
		r.config, r.url = database, url
		r.must("write the configuration", r.adapt(file, database, "path: "+r.store+", create: true", "url: '"+url+"'"))
		back := filepath.Join(r.Dir, fmt.Sprintf("back%d.db", i))
		r.brokenMove(database, back, func() (*store.DB, error) {
			return store.OpenKnown(back, false, store.Options{Now: time.Now, ReadOnly: true})
		})
		r.config, r.url = file, ""
		r.brokenRestore(back)
		r.must("remove a copy", errors.Join(os.Remove(back), os.Remove(back+".known")))
	}
}

// adapt writes a configuration in which one part is replaced.
func (r *run) adapt(from, to, old, instead string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), old) {
		return fmt.Errorf("%s has no %q", from, old)
	}
	return os.WriteFile(to, []byte(strings.Replace(string(b), old, instead, 1)), 0o600)
}

// brokenMove kills a move of the register at some moment, and then moves it.
func (r *run) brokenMove(config, to string, target func() (*store.DB, error)) {
	r.interrupt("move", "--config", config, "--to", to)
	r.check() // the register that was moved
	there := true
	db, err := r.patiently(target)
	switch {
	case err == nil:
		findings, err := db.Verify(r.ctx, nil)
		if err := errors.Join(err, db.Close()); err != nil || len(findings) > 0 {
			r.violate("what a broken move left is taken for a register, and is not sound: %v, %v", err, findings)
		}
	case errors.Is(err, store.ErrMissing), errors.Is(err, store.ErrDamaged):
		there = false
	default:
		r.violate("what a broken move left: %v", err)
	}
	if !there && r.rng.IntN(2) == 0 { // the register is used again, and moved another time
		r.mail(1)
		r.do("run", "--once", "--config", config)
	}
	out, err := r.try("move", "--config", config, "--to", to)
	if (err == nil) == there {
		r.violate("the move given again: %v: %s; a register was there before: %t", err, tail(out), there)
		return
	}
	db, err = r.open()
	r.must("open the register", err)
	was, err := contentsOf(db)
	r.must("read the register", err)
	if db, err = r.patiently(target); err != nil {
		r.violate("the register that was moved: %v", err)
		return
	}
	if is, err := contentsOf(db); err != nil || is != was {
		r.violate("a register of %+v was moved and is one of %+v: %v", was, is, err)
	}
}

// brokenRestore kills a restore of a copy at some moment, and then restores it.
func (r *run) brokenRestore(copied string) {
	r.interrupt("restore", "--config", r.config, copied)
	if _, err := os.Stat(r.store); err != nil {
		r.violate("a broken restore left no register: %v", err)
	}
	r.check()
	r.do("restore", "--config", r.config, copied)
	r.check()
	left, err := filepath.Glob(r.store + ".restore-*")
	r.must("look for what is left", err)
	if len(left) > 0 {
		r.violate("a restore leaves %v", left)
	}
	r.do("restore", "--release", "--unread", "--config", r.config)
	aside, err := filepath.Glob(r.store + ".before-*")
	r.must("look for what was put aside", err)
	if len(aside) == 0 {
		r.violate("the register in whose place a copy was put is gone")
	}
	for _, name := range aside {
		r.must("remove what was put aside", os.Remove(name))
	}
}

// do runs a command that must succeed, and notes how long it took.
func (r *run) do(args ...string) {
	if out, err := r.try(args...); err != nil {
		r.violate("requestd %s: %v: %s", strings.Join(args, " "), err, tail(out))
	}
}

func (r *run) try(args ...string) (said string, err error) {
	begun := time.Now()
	out, err := exec.CommandContext(r.ctx, r.Binary, args...).CombinedOutput()
	if err == nil {
		r.lasts[args[0]] = time.Since(begun)
	}
	return string(out), err
}

// interrupt runs a command and kills it at some moment within the time that
// this command took before.
func (r *run) interrupt(args ...string) {
	cmd := exec.CommandContext(r.ctx, r.Binary, args...)
	r.must("start a command", cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	lasts := r.lasts[args[0]]
	if lasts == 0 {
		lasts = time.Second
	}
	at := time.NewTimer(time.Duration(r.rng.Int64N(int64(lasts))))
	defer at.Stop()
	select {
	case err := <-ended: // it ended before the kill
		r.must("requestd "+args[0], err)
	case <-at.C:
		_ = cmd.Process.Kill() // it may have just ended
		var exit *exec.ExitError
		if err := <-ended; errors.As(err, &exit) && !exit.Exited() {
			r.tally.Broken++
		}
	}
}
