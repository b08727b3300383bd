package simulate

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// refuser is a server that refuses for good everything to people outside.
type refuser struct{ *sender }

func (s refuser) Send(_ context.Context, _, to string, raw []byte) outbox.Result {
	s.w.post.recorded()
	return s.refuse(to, raw)
}

// killedAt is a log; at one line the machine is killed.
type killedAt struct {
	logPoint
	line string
}

func (l killedAt) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, l.line) {
		panic(killed{"log"})
	}
	return nil
}
func (l killedAt) WithAttrs([]slog.Attr) slog.Handler { return l }

// TestARefusalAmidAKill kills the machine between the server's refusal and its
// record, and just after the record: the letter counts as refused only then.
func TestARefusalAmidAKill(t *testing.T) {
	for name, recorded := range map[string]bool{"before the record": false, "after the record": true} {
		t.Run(name, func(t *testing.T) {
			w, err := newWorld(Options{Seed: 1, Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			w.now = w.now.Add(7 * 24 * hour) // the mailboxes are read by then
			m := w.write(request, "sam.1@example.org", requests[0])
			m.to = []target{{}}
			w.arrive(m, 0)
			w.drop()
			if err := w.boxes[0].poll(w.ctx); err != nil {
				t.Fatal(err)
			}
			w.meet()

			l := w.loops[0]
			l.Sender = refuser{&sender{w: w, b: w.boxes[0]}}
			if recorded {
				l.Log = slog.New(killedAt{line: "letter refused for good"})
			} else {
				l.RecordOutcome = func(*store.Tx, *intake.Letter) error { panic(killed{"settled"}) }
			}
			if w.alive("send", func() error { _, err := l.Drain(w.ctx); return err }) {
				t.Fatal("the machine was not killed: no letter was turned down")
			}
			id, want := w.post.refusal, intake.LetterInDoubt
			if recorded {
				want = intake.LetterFailed
			}
			w.post.lost()
			var x intake.Letter
			w.view(func(tx *store.Tx) error {
				x, _ = tx.LetterByMessageID(id)
				return nil
			})
			if x.State != want {
				t.Fatalf("letter %q that was turned down is %q, want %q", id, x.State, want)
			}
			if w.post.refused[id] != recorded {
				t.Errorf("that the letter was turned down for good is known to be recorded: %t, want %t", w.post.refused[id], recorded)
			}
			w.letter(&x) // reports what it finds wrong as a failure
		})
	}
}

// TestALookFollowsTheRecord: during a search of the Sent folder a person
// releases a letter that was refused just before: it may be sent again.
func TestALookFollowsTheRecord(t *testing.T) {
	w, err := newWorld(Options{Seed: 1, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.busy = true // nobody else acts
	w.post.refusal = "turned.down@cafcass.gov.uk"
	if _, err := w.boxes[0].find(w.ctx, "another@cafcass.gov.uk"); err != nil {
		t.Fatal(err)
	}
	w.freedAgain("turned.down@cafcass.gov.uk")
	w.post.recorded()
	if w.post.refused["turned.down@cafcass.gov.uk"] {
		t.Error("a letter that a person let go after it was turned down may not go again")
	}
}
