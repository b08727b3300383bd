package mailbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// run watches for a stretch of virtual time and then stops.
func run(t *testing.T, w *Watcher, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := w.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run ended with %v", err)
	}
	synctest.Wait()
}

const poison = 20

// poisoned answers with bad whenever the bytes of one mail are asked for, and
// serves all other mails as they are. bad reports whether the connection is
// still usable.
func poisoned(bad func(w *wire, seq int, m stored) bool) func(*wire) bool {
	return func(w *wire) bool {
		if w.verb != "UID FETCH" || !strings.Contains(w.rest, "BODY") {
			return false
		}
		hits := w.asked()
		for _, seq := range slices.Sorted(maps.Keys(hits)) {
			if hits[seq].uid != poison {
				w.give(seq, hits[seq])
			} else if !bad(w, seq, hits[seq]) {
				w.c.Close()
				return true
			}
		}
		w.ok()
		return true
	}
}

// literal begins an answer that announces n bytes, and writes these.
func (w *wire) literal(seq int, m stored, n, bytes string) {
	_, label, _ := w.section(m)
	_, _ = fmt.Fprintf(w.c, "* %d FETCH (UID %d%s BODY[%s {%s}\r\n%s", seq, m.uid, w.meta(m), label, n, bytes)
}

// silence lasts until the client gives up.
func (w *wire) silence() bool {
	_, _ = w.r.ReadByte()
	return false
}

func TestOneBadMailStopsNoOther(t *testing.T) {
	for _, c := range []struct {
		name     string
		bad      func(w *wire, seq int, m stored) bool
		readable bool // it can be fetched after all
	}{
		{"connection dropped before it", func(*wire, int, stored) bool { return false }, false},
		{"connection closed within the literal", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "300", m.raw[:100])
			return false
		}, false},
		{"BYE in the literal", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "300", "abc\r\n* BYE Server shutting down\r\n")
			return false
		}, false},
		{"silence before it", func(w *wire, _ int, _ stored) bool { return w.silence() }, false},
		{"silence in the literal", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "300", m.raw[:100])
			return w.silence()
		}, false},
		{"literal longer than announced", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "100", m.raw)
			w.say(")")
			return true
		}, false},
		{"literal shorter than announced", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "350", m.raw[:200])
			w.say(")")
			return true
		}, false},
		{"literal of impossible size", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "9223372036854775807", m.raw)
			w.say(")")
			return true
		}, false},
		{"literal of a size that no number holds", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "99999999999999999999", m.raw)
			w.say(")")
			return true
		}, false},
		{"negative literal", func(w *wire, seq int, m stored) bool {
			w.literal(seq, m, "-1", m.raw)
			w.say(")")
			return true
		}, false},
		{"OK without data", func(*wire, int, stored) bool { return true }, false},
		{"data without bytes", func(w *wire, seq int, m stored) bool {
			w.say("* %d FETCH (UID %d%s)", seq, m.uid, w.meta(m))
			return true
		}, false},
		{"NIL for bytes", func(w *wire, seq int, m stored) bool {
			_, label, _ := w.section(m)
			w.say("* %d FETCH (UID %d%s BODY[%s NIL)", seq, m.uid, w.meta(m), label)
			return true
		}, false},
		{"an item nobody knows", func(w *wire, seq int, m stored) bool {
			w.say("* %d FETCH (UID %d X-SURPRISE (a b c))", seq, m.uid)
			return true
		}, false},
		{"an answer that is no IMAP", func(w *wire, _ int, _ stored) bool {
			w.say("<html>502 Bad Gateway</html>")
			return true
		}, false},
		{"a date that is none", func(w *wire, seq int, m stored) bool {
			w.say("* %d FETCH (UID %d INTERNALDATE \"yesterday\" BODY[]<0> {2}\r\nab)", seq, m.uid)
			return true
		}, false},
		{"Exchange's notice in its place", func(w *wire, seq int, m stored) bool {
			m.raw = "From: \"Microsoft Exchange Server\" <x@example.org>\r\nSubject: Retrieval using the IMAP4 protocol failed for the following message: 20\r\n\r\nThe server couldn't retrieve it.\r\n"
			w.give(seq, m)
			return true
		}, false},
		{"flags told unasked before it", func(w *wire, seq int, m stored) bool {
			w.say("* %d FETCH (UID %d FLAGS (\\Seen))", seq, m.uid)
			if strings.Contains(w.rest, ",") || strings.Contains(w.rest, ":") {
				w.give(seq, m)
				return true
			}
			w.give(seq, m)
			return true
		}, false},
		{"the whole mail for a partial", func(w *wire, seq int, m stored) bool {
			w.say("* %d FETCH (UID %d%s BODY[] {%d}\r\n%s)", seq, m.uid, w.meta(m), len(m.raw), m.raw)
			return true
		}, true},
		{"only without a partial", func(w *wire, seq int, m stored) bool {
			if !strings.Contains(w.rest, "<") {
				w.give(seq, m)
			}
			return true
		}, true},
		{"answered twice", func(w *wire, seq int, m stored) bool {
			w.give(seq, m)
			w.give(seq, m)
			return true
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, m := newServer(t), newMemory()
				s.add("INBOX", letters(40)...)
				s.hook = poisoned(c.bad)
				w := New(s.options(), m, quiet())
				run(t, w, 20*time.Minute)
				wantUIDs(t, m, "INBOX", upTo(40)...)
				for uid := uint32(1); uid <= 40; uid++ {
					f, _ := m.mail("INBOX", uid)
					whole := string(f.Raw) == letter(fmt.Sprintf("mail-%d", uid), 300)
					if readable := uid != poison || c.readable; readable != (f.Unreadable == "") || readable != whole {
						t.Errorf("mail %d: unreadable %q, %d bytes", uid, f.Unreadable, len(f.Raw))
					}
				}
				if st := w.Status(); st.LastError != "" {
					t.Errorf("still failing at the end: %s", st.LastError)
				}
			})
		})
	}
}

// TestTwoMailsOfOneUIDAreGivenUpEachByItself: the header of the one that fails
// in the junk folder is kept, whatever was asked about the inbox's mail with
// that UID.
func TestTwoMailsOfOneUIDAreGivenUpEachByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.folders["Junk Email"] = &folder{validity: 1, next: 1}
		s.add("INBOX", letters(poison)...)
		s.add("Junk Email", letters(poison)...)
		s.hook = poisoned(func(w *wire, seq int, m stored) bool {
			header := strings.Contains(w.rest, "[HEADER]") && w.open == "Junk Email"
			if header {
				w.give(seq, m)
			}
			return header
		})
		o := s.options()
		o.Junk = "Junk Email"
		run(t, New(o, m, quiet()), 20*time.Minute)
		in, _ := m.mail("INBOX", poison)
		junk, _ := m.mail("Junk Email", poison)
		if in.Unreadable == "" || len(in.Raw) > 0 || junk.Unreadable == "" || len(junk.Raw) == 0 {
			t.Errorf("the inbox's: %q with %d bytes; the junk's: %q with %d bytes, want its header", in.Unreadable, len(in.Raw), junk.Unreadable, len(junk.Raw))
		}
	})
}

// If a server fails as a whole, not every mail must be given up.
func TestServerThatFailsAtEveryMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(10)...)
		if err := New(s.options(), m, quiet()).Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.add("INBOX", letters(10)...)
		s.hook = func(w *wire) bool {
			if w.verb != "UID FETCH" {
				return false
			}
			w.say("%s NO [SERVERBUG] internal error", w.tag)
			return true
		}
		w := New(s.options(), m, quiet())
		run(t, w, 3*time.Minute)
		if n := m.count(); n != 10 || w.Status().LastError == "" {
			t.Errorf("%d mails, error %q", n, w.Status().LastError)
		}
		s.hook = nil
		run(t, w, 3*time.Minute)
		for uid := uint32(11); uid <= 20; uid++ {
			if f, ok := m.mail("INBOX", uid); !ok || f.Unreadable != "" {
				t.Errorf("mail %d: %v %q", uid, ok, f.Unreadable)
			}
		}
	})
}

// Each way to fail, at each verb, the first few times that the verb comes.
func TestFaultAtEveryVerb(t *testing.T) {
	faults := map[string]func(*wire) bool{
		"drop":    func(w *wire) bool { w.c.Close(); return true },
		"silence": func(w *wire) bool { w.silence(); w.c.Close(); return true },
		"bye":     func(w *wire) bool { w.say("* BYE Connection closed. 14"); w.c.Close(); return true },
		"no":      func(w *wire) bool { w.say("%s NO not now", w.tag); return true },
		"bad":     func(w *wire) bool { w.say("%s BAD what", w.tag); return true },
		"garbage": func(w *wire) bool { w.say("((((\"\\"); return true },
		"throttle": func(w *wire) bool {
			w.say("%s BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds", w.tag)
			return true
		},
	}
	for _, verb := range []string{"GREETING", "CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE", "FETCH"} {
		for name, fault := range faults {
			t.Run(verb+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, m := newServer(t), newMemory()
					s.add("INBOX", letters(30)...)
					left := 2
					s.hook = func(w *wire) bool {
						w.Lock()
						hit := w.verb == verb && left > 0
						if hit {
							left--
						}
						w.Unlock()
						return hit && fault(w)
					}
					o := s.options()
					o.PollInterval = 10 * time.Minute
					w := New(o, m, quiet())
					run(t, w, 2*time.Hour)
					s.add("INBOX", letters(3)...)
					run(t, w, 26*time.Hour) // long enough for a reconcile
					wantUIDs(t, m, "INBOX", upTo(33)...)
					for uid := uint32(1); uid <= 33; uid++ {
						if f, _ := m.mail("INBOX", uid); f.Unreadable != "" {
							t.Errorf("mail %d given up: %s", uid, f.Unreadable)
						}
					}
					if st := w.Status(); st.LastError != "" || left > 0 {
						t.Errorf("at the end: %q, %d faults left", st.LastError, left)
					}
				})
			})
		}
	}
}
