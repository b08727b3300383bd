package mailbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func once(t *testing.T, w *Watcher) {
	t.Helper()
	if err := w.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestRenumberedFolderIsReadAgain(t *testing.T) {
	for name, change := range map[string]func(*folder){
		"another UIDVALIDITY": func(f *folder) { f.validity = 8 },
		"UIDVALIDITY gone":    func(f *folder) { f.validity = 0 },
		"numbered from 1 again under the same UIDVALIDITY": func(f *folder) {
			f.mails = f.mails[5:]
			for i := range f.mails {
				f.mails[i].uid = uint32(i + 1)
			}
			f.next = uint32(len(f.mails) + 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, m := newServer(t), newMemory()
				s.add("INBOX", letters(10)...)
				once(t, New(s.options(), m, quiet()))
				change(s.folders["INBOX"])
				once(t, New(s.options(), m, quiet()))
				at := Folder{"cafcass", "INBOX", Inbox, s.folders["INBOX"].validity}
				if got := len(m.mails[at]); got != len(s.folders["INBOX"].mails) || m.renewed != 1 {
					t.Errorf("%d mails under the new numbers, told %d times", got, m.renewed)
				}
				once(t, New(s.options(), m, quiet()))
				if m.renewed != 1 {
					t.Errorf("told %d times", m.renewed)
				}
			})
		})
	}
}

func TestReconcileFindsWhatTheMarkPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		f := s.folders["INBOX"]
		s.add("INBOX", letters(10)...)
		late := f.mails[4] // becomes visible after later mail was read
		s.remove("INBOX", 5)
		w := New(s.options(), m, quiet())
		run(t, w, time.Minute)
		wantUIDs(t, m, "INBOX", 1, 2, 3, 4, 6, 7, 8, 9, 10)
		f.mails = slices.Insert(f.mails, 4, late)
		f.mails[7] = stored{8, time.Now(), letter("another-under-8", 300)}
		run(t, w, 25*time.Hour)
		wantUIDs(t, m, "INBOX", upTo(10)...)
		if got, _ := m.mail("INBOX", 8); !strings.Contains(string(got.Raw), "another-under-8") {
			t.Error("a UID given out twice was taken for the old mail")
		}
	})
}

// Without UIDVALIDITY the UIDs mean nothing, so every poll compares.
func TestNoUIDValidity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.folders["INBOX"].validity = 0
		s.add("INBOX", letters(3)...)
		w := New(s.options(), m, quiet())
		run(t, w, time.Minute)
		s.folders["INBOX"].mails[1] = stored{2, time.Now(), letter("another-under-2", 300)}
		run(t, w, 5*time.Minute)
		if got, _ := m.mail("INBOX", 2); !strings.Contains(string(got.Raw), "another-under-2") {
			t.Error("the mail that took its place was not read")
		}
		wantUIDs(t, m, "INBOX", 1, 2, 3)
	})
}

func TestMailRemovedWhileItIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(10)...)
		s.hook = func(w *wire) bool {
			if w.verb == "UID FETCH" {
				s.remove("INBOX", 4)
				s.remove("INBOX", 10)
			}
			return false
		}
		run(t, New(s.options(), m, quiet()), 5*time.Minute)
		wantUIDs(t, m, "INBOX", 1, 2, 3, 5, 6, 7, 8, 9)
		if got := m.marks["INBOX"]; got != (Mark{7, 10}) {
			t.Errorf("mark %v", got)
		}
	})
}

func TestFoldersAndTheirRoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.folders["Junk Email"] = &folder{validity: 1, next: 1}
		s.folders["Sent Items"] = &folder{validity: 2, next: 1}
		for name := range s.folders {
			s.add(name, letter("in "+name, 200))
		}
		o := s.options()
		o.Junk, o.Sent = "Junk Email", "Sent Items"
		w := New(o, m, quiet())
		run(t, w, 10*time.Minute)
		for _, at := range []Folder{
			{"cafcass", "INBOX", Inbox, 7}, {"cafcass", "Junk Email", Junk, 1}, {"cafcass", "Sent Items", Sent, 2},
		} {
			if len(m.mails[at]) != 1 {
				t.Errorf("%v: %d mails", at, len(m.mails[at]))
			}
		}
		if s.conns != 1 {
			t.Errorf("%d connections", s.conns)
		}
	})
}

// Exchange announces new mail before it agrees to IDLE.
func TestNewsBeforeIdleBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		told := false
		s.hook = func(w *wire) bool {
			if w.verb == "IDLE" && !told {
				told = true
				s.add("INBOX", letter("early", 200))
				w.say("* 1 EXISTS")
			}
			return false
		}
		o := s.options()
		o.PollInterval = time.Hour
		run(t, New(o, m, quiet()), time.Second)
		wantUIDs(t, m, "INBOX", 1)
	})
}

func TestIdleIsBegunAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		o := s.options()
		o.PollInterval = 12 * time.Hour
		run(t, New(o, newMemory(), quiet()), time.Hour-time.Second)
		idles := 0
		for _, c := range s.commands() {
			if strings.HasPrefix(c, "IDLE") {
				idles++
			}
		}
		if idles != 7 { // one every nine minutes
			t.Errorf("%d times", idles)
		}
	})
}

func TestFullStoreLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(600)...)
		fails := 3
		m.fail = func(batch []Fetched) error {
			if batch[0].UID > 1 && fails > 0 {
				fails--
				return errors.New("no space left on device")
			}
			return nil
		}
		w := New(s.options(), m, quiet())
		if err := w.Once(t.Context()); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("Once said %v", err)
		}
		run(t, w, 5*time.Minute)
		wantUIDs(t, m, "INBOX", upTo(600)...)
	})
}

func TestMoreIsFetchedInFewCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		for i := range 100 {
			size := 300
			if i%10 == 0 {
				size = 40_000
			}
			s.add("INBOX", letter(fmt.Sprintf("mail-%d", i+1), size))
		}
		s.add("INBOX", letter("huge", 5<<20))
		m.need = func(f *Fetched) int64 {
			if f.Complete {
				return 0
			}
			return max(f.Size-int64(len(f.Raw)), 0)
		}
		once(t, New(s.options(), m, quiet()))
		wantUIDs(t, m, "INBOX", upTo(101)...)
		fetches := 0
		for _, c := range s.commands() {
			if strings.HasPrefix(c, "UID FETCH") {
				fetches++
			}
		}
		if fetches > 5 {
			t.Errorf("%d fetches", fetches)
		}
		if f, _ := m.mail("INBOX", 11); string(f.Raw) != letter("mail-11", 40_000) || !f.Complete {
			t.Errorf("mail 11: %d bytes of %d, complete %v", len(f.Raw), f.Size, f.Complete)
		}
		if f, _ := m.mail("INBOX", 101); len(f.Raw) != 2<<20 || f.Complete {
			t.Errorf("the huge one: %d bytes, complete %v", len(f.Raw), f.Complete)
		}
	})
}

// TestManyLongMailsAreTakenInInParts: somebody who sends a hundred long mails
// at once must not exhaust the memory.
func TestManyLongMailsAreTakenInInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		for i := range 30 {
			s.add("INBOX", letter(fmt.Sprintf("long-%d", i), 1<<20), letter(fmt.Sprintf("short-%d", i), 300))
		}
		m.need = func(f *Fetched) int64 {
			if f.Complete {
				return 0
			}
			return max(f.Size-int64(len(f.Raw)), 0)
		}
		batches := 0
		var before []Fetched
		m.fail = func(batch []Fetched) error {
			if len(before) > 0 && before[0].Raw != nil {
				return errors.New("what was committed is still held")
			}
			before = batch
			held := 0
			for _, f := range batch {
				held += len(f.Raw)
			}
			if batches++; held > mostFetchedOn+len(batch)<<14 {
				return fmt.Errorf("%d bytes in one batch", held)
			}
			return nil
		}
		once(t, New(s.options(), m, quiet()))
		wantUIDs(t, m, "INBOX", upTo(60)...)
		if batches != 2 {
			t.Errorf("%d batches, want 2", batches)
		}
	})
}

func TestLookups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.folders["Sent"] = &folder{validity: 3, next: 1}
		s.add("Sent", letter("acknowledged", 300), letter("long", 1<<20))
		w := New(s.options(), newMemory(), quiet())
		for id, want := range map[string]bool{"acknowledged@example.org": true, "never@example.org": false} {
			if got, err := w.Search(t.Context(), "Sent", id); err != nil || got != want {
				t.Errorf("%s: %v, %v", id, got, err)
			}
		}
		f, err := w.Fetch(t.Context(), "Sent", 3, 2, 2<<20)
		if err != nil || string(f.Raw) != letter("long", 1<<20) || !f.Complete {
			t.Errorf("fetched %v, %v", f, err)
		}
		for _, at := range [][2]uint32{{3, 9}, {4, 2}} {
			if _, err := w.Fetch(t.Context(), "Sent", at[0], at[1], 2<<20); !errors.Is(err, ErrGone) {
				t.Errorf("%v: %v", at, err)
			}
		}
		synctest.Wait()
	})
}

func TestMisspeltJunkFolderKeepsNoMailBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(3)...)
		o := s.options()
		o.Junk = "Spam"
		w := New(o, m, quiet())
		if err := w.Once(t.Context()); !errors.Is(err, ErrConfig) {
			t.Errorf("Once said %v", err)
		}
		run(t, w, 5*time.Minute)
		wantUIDs(t, m, "INBOX", 1, 2, 3)
		if st := w.Status(); !errors.Is(st.Err, ErrConfig) || time.Since(st.LastPoll) > 2*time.Minute || s.conns != 2 {
			t.Errorf("%+v, %d connections", st, s.conns)
		}
	})
}
