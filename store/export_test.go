package store

import (
	"encoding/binary"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"

	"requestd/intake"
)

// Unsynced returns o for a store that does not wait for the disk.
func Unsynced(o Options) Options {
	o.NoSync = true
	return o
}

// Newer returns o for a program of the next schema, to which f migrates.
func Newer(o Options, f func(*Tx) error) Options {
	o.migrations = append(migrations(), step{once(f)})
	return o
}

// InSteps returns o for a store that is compacted in small parts and calls f at
// each step.
func InSteps(o Options, f func(step string)) Options {
	o.copied, o.steps = 200, f
	return o
}

// Trips returns how often transactions in a database have waited for an answer.
func Trips(db *DB) int64 { return db.pg.Trips() }

// Telling returns o for a store in which a word is too common to search by if
// it is in more than most cases.
func Telling(o Options, most int) Options {
	o.mostOfAWord = most
	return o
}

// Fresh returns o for a store that sorts cases into the index of words as soon
// as there are most of them.
func Fresh(o Options, most int) Options {
	o.mostFresh = most
	return o
}

// SortIn sorts at most most of the fresh cases in.
func SortIn(tx *Tx, most int) (int, error) { return tx.sortIn(most) }

// StillFresh returns how many cases are not sorted in yet.
func StillFresh(tx *Tx) (n int) {
	for range tx.from(bFresh, nil, all) {
		n++
	}
	return n
}

// Positions iterates over the folders that have a position. The place holds the
// mailbox, the folder and the highest UID handled.
func (tx *Tx) Positions() iter.Seq[intake.MailLocation] {
	return func(yield func(intake.MailLocation) bool) {
		for k := range tx.from(bFolders, nil, all) {
			mailbox, folder := splitFolder(k)
			p, ok := tx.Position(mailbox, folder)
			if ok && !yield(intake.MailLocation{Mailbox: mailbox, Folder: folder, UIDValidity: p.UIDValidity, UID: p.Through}) {
				return
			}
		}
	}
}

// Tries returns the number of attempts that CountAttempt has counted;
// registering a message clears them.
func (tx *Tx) Tries(p intake.MailLocation) int {
	key, err := tx.placeKey(p, false)
	tx.fail(err)
	if key == nil {
		return 0
	}
	return tx.tries(key)
}

// Places iterates over the UIDs registered in a folder, from the given one
// upwards, and their messages.
func (tx *Tx) Places(mailbox, folder string, uidValidity, fromUID uint32) iter.Seq2[uint32, uint64] {
	return func(yield func(uint32, uint64) bool) {
		start, err := tx.placeKey(intake.MailLocation{Mailbox: mailbox, Folder: folder, UIDValidity: uidValidity, UID: fromUID}, false)
		if err != nil || start == nil {
			return
		}
		for k, v := range tx.from(bPlaces, start, hasPrefix(start[:8])) {
			ids := uvarints(v)
			if len(ids) == 1 && len(k) == 12 && !yield(binary.BigEndian.Uint32(k[8:]), ids[0]) {
				return
			}
		}
	}
}

// DueLetters returns at most max letters, with their bytes, whose time has
// come: waiting ones to be sent, those in doubt to be looked for. They are
// sorted by order and mailbox, and then by time, the earliest first.
func (tx *Tx) DueLetters(now time.Time, max int) []intake.Letter {
	var due []intake.Letter
	for q := range tx.queues() {
		for id := range tx.dueIn(q, now) {
			if len(due) == max {
				return due
			}
			l, err := tx.Letter(id)
			if err != nil {
				tx.passes(err)
				continue
			}
			due = append(due, l)
		}
	}
	return due
}

// LettersByKeyPrefix returns the letters whose key begins with prefix, without
// their bytes. The prefix must include the case or topic and its slash.
func (tx *Tx) LettersByKeyPrefix(prefix string) []intake.Letter {
	topic, _, _ := strings.Cut(prefix, "/")
	return slices.DeleteFunc(tx.topicLetters(topic), func(l intake.Letter) bool { return !strings.HasPrefix(l.Key, prefix) })
}

// GetFact reads the named fact into v.
func (tx *Tx) GetFact(name string, v any) (ok bool, err error) {
	b, ok := Fact[json.RawMessage](tx, name)
	if ok {
		err = json.Unmarshal(b, v)
	}
	return ok, err
}

// Cases iterates over all cases after the given reference ("" for all), by
// reference.
func (tx *Tx) Cases(after string) iter.Seq2[*intake.Case, intake.Index] {
	return tx.bothHalves(after, decodeCase)
}
