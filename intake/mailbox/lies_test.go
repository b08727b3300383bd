package mailbox

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// If a server names a mail that it does not have, the mark must not be set
// beyond all mail that is still to come.
func TestASearchThatLiesPassesOverNoMail(t *testing.T) {
	for name, lie := range map[string]string{
		"a UID that there is not": "* SEARCH 1 2 3 4294967295",
		"nothing else":            "* SEARCH 4294967295",
		"each twice":              "* SEARCH 1 2 2 3 3 1",
		"ranges that overlap":     "* ESEARCH (TAG \"{tag}\") UID ALL 1:2,2:3,1:3",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, m := newServer(t), newMemory()
				s.add("INBOX", letters(3)...)
				lies := true
				s.hook = func(w *wire) bool {
					switch {
					case w.verb == "EXAMINE": // this server sends no UIDNEXT
						w.say("* %d EXISTS", len(s.folders["INBOX"].mails))
						w.say("* OK [UIDVALIDITY 7] valid")
						w.open = "INBOX"
						w.say("%s OK [READ-ONLY] done", w.tag)
						return true
					case w.verb == "UID SEARCH" && lies:
						w.say("%s", strings.ReplaceAll(lie, "{tag}", w.tag))
						w.ok()
						return true
					}
					return false
				}
				w := New(s.options(), m, quiet())
				once(t, w)
				lies = false
				s.add("INBOX", letter("late", 300))
				once(t, w)
				delete(m.mails[Folder{"cafcass", "INBOX", Inbox, 7}], 4294967295) // it was delivered for a person to look at
				m.order = slices.DeleteFunc(m.order, func(s string) bool { return strings.HasSuffix(s, "4294967295") })
				wantUIDs(t, m, "INBOX", upTo(4)...)
			})
		})
	}
}

// A server that claims to have four thousand million mails is not asked for
// each thousand of them in turn.
func TestACountThatLiesKeepsNoMailBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(3)...)
		once(t, New(s.options(), m, quiet()))
		fetches := 0
		s.hook = func(w *wire) bool {
			switch w.verb {
			case "EXAMINE":
				w.say("* 4294967295 EXISTS")
				w.say("* OK [UIDVALIDITY 7] valid")
				w.open = "INBOX"
				w.say("%s OK [READ-ONLY] done", w.tag)
				return true
			case "FETCH":
				fetches++
				if fetches > 100 {
					w.c.Close()
				}
				w.ok()
				return true
			}
			return false
		}
		s.add("INBOX", letter("late", 300))
		w := New(s.options(), m, quiet())
		w.reconciled["INBOX"] = time.Now().Add(-2 * reconcileEvery)
		if err := w.Once(t.Context()); err != nil || fetches > 10 {
			t.Errorf("%d commands, %v", fetches, err)
		}
		wantUIDs(t, m, "INBOX", upTo(4)...)
	})
}

// Whether a letter was sent is decided by the letter that is found, not by a
// server that answers a search with other mail.
func TestALookIntoTheSentFolderBelievesNoSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.folders["Sent"] = &folder{validity: 3, next: 1}
		s.add("Sent", letter("first", 300), letter("never-mind", 300), "Subject: no id\r\nReferences: <never@example.org>\r\n\r\nMessage-ID: <never@example.org>\r\n", "message-id:\r\n\t<folded@example.org>\r\nSubject: x\r\n\r\n")
		s.hook = func(w *wire) bool {
			if w.verb == "UID SEARCH" {
				w.say("* SEARCH 1 2 3 4 77")
				w.ok()
			}
			return w.verb == "UID SEARCH"
		}
		w := New(s.options(), newMemory(), quiet())
		for id, want := range map[string]bool{"first@example.org": true, "folded@example.org": true, "never@example.org": false, "mind@example.org": false} {
			if got, err := w.Search(t.Context(), "Sent", id); err != nil || got != want {
				t.Errorf("%s: %v, %v; want %v", id, got, err, want)
			}
		}
		synctest.Wait()
	})
}
