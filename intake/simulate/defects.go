package simulate

import (
	"bytes"
	"os"
	"strings"

	"requestd/intake"
	"requestd/store"
)

// Defect is a fault of the kind that the simulation must find.
type Defect struct{ Name, What string }

// Defects can be switched on one at a time. Each breaks some behaviour of the
// product from outside, and each makes seeds fail.
var Defects = []Defect{
	{"mark-before-commit", "a folder is marked as read before its mail is committed, and never compared again"},
	{"second-acknowledgement", "an acknowledgement is put into the outbox a second time"},
	{"doubt-is-failure", "a connection lost after the final dot is taken for a mail not taken"},
	{"bytes-change", "a letter is written anew for every attempt"},
	{"mark-of-reminders-lost", "what was reminded of is forgotten"},
	{"holidays-forgotten", "proclaimed holidays are not merged into the calendar"},
	{"renumbering-missed", "a change of UIDVALIDITY goes unnoticed"},
	{"machine-for-person", "the signs of a machine's mail are not seen"},
	{"sending-never-settled", "letters in the state sending are forgotten at a restart"},
	{"bad-mail-skipped", "a mail that cannot be fetched is passed over"},
	{"copies-unknown", "the copy of a mail in the other mailbox is not known again"},
	{"limits-off", "the limits on letters to one address are not kept"},
	{"bounce-unbound", "a returned acknowledgement is not bound to its letter"},
	{"daemon-unknown", "the letters of another body's daemon are not known by their Message-IDs"},
	{"decision-lost", "a person's decision is confirmed and not stored"},
	{"hold-overwritten", "a send loop writes its own copy of a letter back over a person's hold"},
	{"bounce-overwritten", "a send loop writes \"sent\" over a bounce that came meanwhile"},
	{"stale-dates", "a letter that waits keeps its dates when the facts change"},
	{"withdrawn-goes", "the acknowledgement of a request that was withdrawn goes out"},
	{"reminder-twice", "a reminder is put into the outbox a second time"},
	{"receipt-shifted", "the server's date is read an hour off"},
	{"reply-opens-case", "a reply is not known as one"},
	{"forged-order-obeyed", "an officer's answer is believed whatever the server says of its sender"},
	{"disk-lies", "what was committed is gone after a kill"},
	{"breaker-off", "the limit on letters to everybody is not kept"},
	{"doubt-not-looked", "a letter in doubt is sent again without a look into the Sent folder"},
	{"doubt-without-end", "a letter in doubt is sent again and again"},
	{"refused-again", "a letter that was refused for good is tried again"},
	{"account-is-refusal", "what the server says of the account is taken as said of the letter"},
	{"repeated-words-believed", "what a recipient's server says of an account is taken as said of ours"},
	{"outages-count", "the time in which nothing could be sent counts against a letter"},
	{"neutral-forgotten", "mail in doubt that nobody decides is never acknowledged"},
	{"junk-acknowledged", "the junk folder is read as an inbox"},
	{"since-ignored", "mail from before the start is taken as new"},
	{"retention-early", "cases are erased before their period is over"},
	{"replay-unknown", "mail that is read again under other numbers is not known again"},
	{"letters-unmarked", "our letters do not say that a machine wrote them"},
	{"wrong-recipient", "a letter is handed over for the one before it"},
	{"index-stale", "a case is sorted by what it was before an act"},
}

// change lets f change the register behind the daemon's back.
func (w *world) change(what string, f func(tx *store.Tx) error) {
	if err := w.db.Update(f); err != nil {
		w.fail("%s: %v", what, err)
	}
}

// overwrite is the defect that writes back an old version of a letter.
func (w *world) overwrite(was intake.Letter) {
	w.change("write a letter back", func(tx *store.Tx) error {
		was.Raw = nil
		return tx.PutLetter(was)
	})
}

// copyAgain is the defect that puts a copy of a letter with that purpose into
// the outbox under another key.
func (w *world) copyAgain(purpose intake.Purpose) {
	w.change("put a letter into the outbox again", func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{Purpose: purpose, State: intake.LetterWaiting}) {
			if strings.HasSuffix(l.Key, "/again") {
				continue
			}
			again, err := tx.Letter(l.ID)
			if err != nil {
				return err
			}
			again.Key, again.MessageID = again.Key+"/again", "again."+again.MessageID
			again.Raw = []byte(strings.Replace(string(again.Raw), "Message-ID: <", "Message-ID: <again.", 1))
			_, err = tx.Enqueue(&again)
			return err
		}
		return nil
	})
}

// doubtAgain is the defect that forgets how often a letter was in doubt.
func (w *world) doubtAgain() {
	w.change("forget doubts", func(tx *store.Tx) error {
		for l := range tx.InState(intake.LetterInDoubt) {
			l.Doubts = 1
			if err := tx.PutLetter(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// outagesForgotten is the defect that makes letters grow old while nothing can
// be sent.
func (w *world) outagesForgotten() {
	w.change("forget outages", func(tx *store.Tx) error {
		for name := range tx.FactNames("outages/") {
			if err := tx.DeleteFact(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// bounceLost is the defect that leaves a returned letter as sent.
func (w *world) bounceLost(m *letterIn) {
	w.change("write sent over a bounce", func(tx *store.Tx) error {
		l, ok := tx.LetterByMessageID(m.returns)
		if !ok || l.State != intake.LetterBounced {
			return nil
		}
		l.State = intake.LetterSent
		return tx.PutLetter(l)
	})
}

// staleDates is the defect that restores the old bytes of a waiting letter.
func (w *world) staleDates(f *file, was []intake.Letter) {
	w.change("give a letter its old dates", func(tx *store.Tx) error {
		for _, old := range was {
			l, err := tx.Letter(old.ID)
			if err != nil || l.State != intake.LetterWaiting || l.Doubts > 0 || bytes.Equal(l.Raw, old.Raw) || len(old.Raw) == 0 {
				continue
			}
			l.Raw, l.MessageID, l.Hash, l.Promises = old.Raw, old.MessageID, nil, old.Promises
			if err := tx.RewriteLetter(&l); err != nil {
				return err
			}
			delete(w.readAs, l.MessageID)
		}
		return nil
	})
}

// waiting returns the letters to a case's requester that have not been sent.
func (w *world) waiting(f *file) (list []intake.Letter) {
	w.view(func(tx *store.Tx) error {
		for _, l := range tx.LettersOf(f.ref) {
			if l.Purpose.Outside() && l.State == intake.LetterWaiting {
				full, err := tx.Letter(l.ID)
				if err != nil {
					return err
				}
				list = append(list, full)
			}
		}
		return nil
	})
	return list
}

// goesAnyway is the defect that sends the acknowledgement of a withdrawn case.
func (w *world) goesAnyway(f *file) {
	w.change("let letters go", func(tx *store.Tx) error {
		for _, l := range tx.LettersOf(f.ref) {
			if l.Purpose != intake.ForAcknowledgement || l.Doubts > 0 || l.Hash == nil || l.State != intake.LetterHeld && l.State != intake.LetterFailed {
				continue
			}
			l.State, l.Next = intake.LetterWaiting, tx.Now()
			if err := tx.PutLetter(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// staleIndex is the defect that sorts a case by its old state.
func (w *world) staleIndex(ref string, was intake.Index) {
	w.change("sort a case as before", func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		return tx.PutCase(c, was)
	})
}

// remember keeps a copy of the register's file, for a disk that loses what it
// confirmed.
func (w *world) remember() {
	if !w.defect("disk-lies") {
		return
	}
	if b, err := os.ReadFile(string(w.cfg.Store.Path)); err == nil {
		w.kept = b
	}
}

// lie restores the file that was last remembered.
func (w *world) lie() {
	if w.kept != nil {
		if err := os.WriteFile(string(w.cfg.Store.Path), w.kept, 0o600); err != nil {
			w.fail("put the register back: %v", err)
		}
	}
}
