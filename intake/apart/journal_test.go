package apart

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"requestd/intake"
)

func newJournal(t *testing.T, file string) *journal {
	t.Helper()
	j, err := openJournal(file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.close() })
	return j
}

func place(uid uint32) intake.MailLocation {
	return intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1, UID: uid}
}

// Each life begins reading and then just stops, as after SIGKILL.
func TestWhatIsReadAtAnEndOfTheDaemonIsRemembered(t *testing.T) {
	for _, c := range []struct {
		name  string
		long  bool // it was read for longer than nearly every mail takes
		lives int  // after so many it is given up
	}{
		{"a mail over which the daemon was lost", true, 2},
		{"a mail that happened to be read", false, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "journal")
			for life := range c.lives + 1 {
				j := newJournal(t, file)
				r := j.begin(place(7))
				if got, want := r.guilty(), life >= c.lives; got != want {
					t.Fatalf("after %d lives with %d points: given up %v, want %v", life, r.Points, got, want)
				}
				if other := j.begin(place(8)); other.points() != 0 && life == 0 {
					t.Fatal("another mail is suspected")
				} else {
					j.end(other)
				}
				if c.long {
					r.long()
				}
			}
		})
	}
}

// A daemon may end many times before it reads that mail again, or another
// daemon may read it.
func TestAMailIsNotChargedForLivesInWhichItWasNotRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	newJournal(t, file).begin(place(7)).long()
	for range 10 {
		newJournal(t, file)
	}
	if r := newJournal(t, file).begin(place(7)); r.Points != death1 {
		t.Errorf("%d points, want %d: it was read in one life", r.Points, death1)
	}
	if r := newJournal(t, file).begin(place(7)); r.Points != death1+chance {
		t.Errorf("%d points, want %d: it was read in two", r.Points, death1+chance)
	}
}

func TestAMailThatWasReadIsForgotten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	j := newJournal(t, file)
	r := j.begin(place(7))
	r.long()
	r.blame(death1)
	j.end(r)
	if again := newJournal(t, file); len(again.left) != 0 {
		t.Errorf("left: %v", again.left)
	}
	if r := newJournal(t, file).begin(place(7)); r.Points != 0 {
		t.Errorf("%d points", r.Points)
	}
}

func TestTheJournalCanBeReadByAPersonAndSurvivesDamage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	newJournal(t, file).begin(place(4711))
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), `"uid":4711`) {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.WriteFile(file, append([]byte("{\"Place\":{\"uid\":\xff"), text[20:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if j := newJournal(t, file); len(j.left) != 0 {
		t.Errorf("left: %v", j.left)
	}
}

func TestMoreMailsThanLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	j := newJournal(t, file)
	for i := range uint32(lines) {
		j.begin(place(i + 1))
	}
	j = newJournal(t, file) // all of them are left in it, and perhaps none comes again
	var open []*record
	for i := range uint32(lines + 3) {
		open = append(open, j.begin(place(1000+i)))
	}
	for _, r := range open {
		j.end(r)
	}
	if again := newJournal(t, file); len(again.left) != 0 {
		t.Errorf("left: %d", len(again.left))
	}
}
