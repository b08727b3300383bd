package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"requestd/intake/config"
	"requestd/store"
)

// ErrElsewhere is when another daemon works on the register.
var ErrElsewhere = errors.New("another daemon works on the register")

// turnKey is the fact that says whose turn it is.
const turnKey = "daemon at work"

// atWork is that fact: one daemon at a time watches, sends and reminds, and
// says again and again that it lives.
type atWork struct {
	Holder string            `json:"holder"`
	Host   string            `json:"host"`
	Beat   uint64            `json:"beat"`
	Config map[string]string `json:"config"` // a digest of each part
}

// turn is a daemon's place among those that share a register in a database.
// Who lives is told by whether the beats go on as seen from here: no clock is
// compared with another machine's.
type turn struct {
	db     *store.DB
	id     string
	config map[string]string
	log    *slog.Logger
	every  time.Duration // between two beats
	look   time.Duration // between two looks of one that stands by
	dead   time.Duration // without a beat
}

func newTurn(db *store.DB, cfg *config.Config, log *slog.Logger) *turn {
	return &turn{db: db, id: rand.Text(), config: digests(cfg), log: log, every: 3 * time.Second, look: time.Second, dead: 10 * time.Second}
}

// await waits until it is our turn: at once where nobody works, or has handed
// over; else once its holder gives no sign any more. While it waits, standing
// is told who works. Another configuration than that of the daemon at work is
// refused, with what differs, and so is waiting longer than patience, where
// that is not zero.
func (t *turn) await(ctx context.Context, patience time.Duration, standing func(host string)) error {
	var seen atWork
	begun, changed, told, lost := time.Now(), time.Now(), false, false
	for {
		is, free, err := t.take(seen, time.Since(changed) >= t.dead)
		switch {
		case err == nil && free:
			return nil
		case store.DiskFault(err):
			changed = time.Now() // not having seen a beat says nothing now
			if !lost {
				t.log.Error("the register cannot be reached, to be tried again", "error", err)
			}
		case err != nil:
			return fmt.Errorf("wait for our turn at the register: %w", err)
		case is.Holder != seen.Holder || is.Beat != seen.Beat:
			lives := seen.Holder == is.Holder
			seen, changed = is, time.Now()
			if differs := differing(t.config, is.Config); lives && len(differs) > 0 {
				return fmt.Errorf("%w, on %s, with another configuration: make these parts the same on both, %s", ErrElsewhere, is.Host, strings.Join(differs, ", "))
			}
		}
		lost = err != nil
		if patience != 0 && time.Since(begun) > patience {
			return fmt.Errorf("%w, on %s", ErrElsewhere, is.Host)
		}
		if !told && err == nil {
			t.log.Info("standing by: another daemon works on the register", "host", is.Host)
			told = true
		}
		standing(is.Host)
		if err := sleep(ctx, t.look); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// take makes it our turn where it is nobody's, or where the holder that was
// seen is dead and has given no sign since. Else it gives who holds it.
func (t *turn) take(seen atWork, dead bool) (is atWork, ours bool, err error) {
	view := func(tx *store.Tx) error {
		is, ours = atWork{}, false
		there, err := tx.Get(turnKey, &is)
		ours = !there || dead && is.Holder == seen.Holder && is.Beat == seen.Beat
		return err
	}
	if err := t.db.View(view); err != nil || !ours { // most of the time there is nothing to write
		return is, false, err
	}
	host, _ := os.Hostname()
	err = t.db.Update(func(tx *store.Tx) error {
		if err := view(tx); err != nil || !ours {
			return err
		}
		return tx.Set(turnKey, atWork{Holder: t.id, Host: host, Config: t.config})
	})
	if err == nil && ours && seen.Holder != "" {
		t.log.Warn("taking over the register: the daemon that worked on it gave no sign any more", "host", seen.Host)
	}
	return is, ours, err
}

// holds reports whether it is still our turn, in the transaction that depends
// on it.
func (t *turn) holds(tx *store.Tx) bool {
	var is atWork
	ok, err := tx.Get(turnKey, &is)
	return ok && err == nil && is.Holder == t.id
}

// beat says that we live, until the context ends. That it is another's turn is
// its error; a database that cannot be reached is waited for. After each beat
// in which other processes were seen to have recorded something, it calls wake.
func (t *turn) beat(ctx context.Context, wake func()) error {
	known := ""
	for {
		err := t.db.Update(func(tx *store.Tx) error {
			var is atWork
			if _, err := tx.Get(turnKey, &is); err != nil {
				return err
			}
			if is.Holder != t.id {
				return fmt.Errorf("%w, on %s: this one gave no sign for too long", ErrElsewhere, is.Host)
			}
			is.Beat++
			return tx.Set(turnKey, is)
		})
		if err != nil && !store.DiskFault(err) {
			return err
		}
		if others, err := t.db.Recorded(); err == nil && others != known {
			known = others
			wake()
		}
		if err := sleep(ctx, t.every); err != nil {
			return err
		}
	}
}

// handOver ends our turn, so that another daemon need not wait.
func (t *turn) handOver() error {
	err := t.db.Update(func(tx *store.Tx) error {
		if !t.holds(tx) {
			return nil
		}
		return tx.Delete(turnKey)
	})
	if err != nil {
		return fmt.Errorf("hand the register over: %w", err)
	}
	return nil
}

// digests are hashes over the parts of a configuration that must be the same
// for all who work on one register: what is of one machine alone is left out.
func digests(cfg *config.Config) map[string]string {
	shared := map[string]any{"mailboxes": cfg.Mailboxes, "staff": cfg.Staff, "sending": cfg.Sending, "limits": cfg.Limits,
		"alarms": cfg.Alarms, "classify": cfg.Classify, "regulator": cfg.Regulator}
	d := map[string]string{}
	for key, part := range shared {
		b, err := json.Marshal(part)
		if err != nil { // nothing in a configuration is beyond JSON; were it, it would differ from everything
			b = []byte(rand.Text())
		}
		h := sha256.Sum256(b)
		d[key] = hex.EncodeToString(h[:8])
	}
	return d
}

func differing(a, b map[string]string) (keys []string) {
	for _, key := range []string{"mailboxes", "staff", "sending", "limits", "alarms", "classify", "regulator"} {
		if a[key] != b[key] {
			keys = append(keys, key)
		}
	}
	return keys
}
