package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store/storetest/sample"
)

// TestVerifyFindsEveryDefect damages one thing at a time.
func TestVerifyFindsEveryDefect(t *testing.T) {
	arrival := func(change func(*intake.Arrival)) func(*Tx) {
		return func(tx *Tx) {
			a, _ := tx.Arrival(3)
			change(&a)
			tx.putArrival(&a)
		}
	}
	letter := func(change func(*intake.Letter)) func(*Tx) {
		return func(tx *Tx) {
			l, counted, _ := tx.letterAt(3)
			change(&l)
			tx.put(bQueue, idKey(3), encodeLetter(&l, counted))
		}
	}
	ofCase := func(change func(*intake.Case, *intake.Index)) func(*Tx) {
		return func(tx *Tx) {
			c, ix, _ := tx.CaseIndex("CAF26-00002")
			change(c, &ix)
			tx.put(bOpen, refKey(c.Ref), encodeCase(c, ix))
		}
	}
	sent := func(text []byte) func(*Tx) { // marks letter 3 as sent, with that text stored
		return func(tx *Tx) {
			l, counted, _ := tx.letterAt(3)
			l.State = intake.LetterSent
			tx.remove(bQueue, idKey(3))
			tx.put(bSettled, idKey(3), encodeLetter(&l, counted))
			tx.put(bTexts, textKey(textOfLetter, 3), text)
		}
	}
	text := func(whose byte, id uint64) func(*Tx) {
		return func(tx *Tx) { tx.put(bTexts, textKey(whose, id), packText(textWhole, []byte("x"))) }
	}
	first := func(bucket []byte) func(*Tx) {
		return func(tx *Tx) { k := tx.first(bucket, nil); tx.remove(bucket, k) }
	}
	for name, c := range map[string]struct {
		damage func(*Tx)
		want   string
	}{
		"a message without its decision":    {arrival(func(a *intake.Arrival) { a.Decision = "" }), "decision"},
		"a request without its case":        {arrival(func(a *intake.Arrival) { a.Ref = "" }), "has no case"},
		"a message that repeats itself":     {arrival(func(a *intake.Arrival) { a.Twin = a.ID }), "repeats message 3"},
		"a message that repeats none":       {arrival(func(a *intake.Arrival) { a.Twin = 99 }), "repeats message 99"},
		"a message of no known case":        {arrival(func(a *intake.Arrival) { a.Ref = "CAF26-99999" }), "which there is not"},
		"a message of a case that lacks it": {arrival(func(a *intake.Arrival) { a.Ref = "CAF26-00001" }), "does not list it"},
		"a message that was moved":          {arrival(func(a *intake.Arrival) { a.UID = 99 }), "index of places"},
		"a message in another's place": {func(tx *Tx) {
			a, _ := tx.Arrival(3)
			key, _ := tx.placeKey(a.MailLocation, false)
			tx.put(bPlaces, key, []byte{2})
		}, "message 3: is missing from the index of places"},
		"a second place of a message, too many":     {func(tx *Tx) { tx.put(bPlaces, append(idKey(1<<32), 0, 0, 0, 9), []byte{3}) }, "is not where message 3 lies"},
		"a listed message that says it has no case": {arrival(func(a *intake.Arrival) { a.Ref, a.Decision = "", intake.DidPass }), "says that it belongs to no case"},
		"a message with another Message-ID":         {arrival(func(a *intake.Arrival) { a.MessageID = "x@example.com" }), "Message-ID"},
		"a message that is gone":                    {func(tx *Tx) { tx.remove(bArrivals, idKey(3)) }, "the last has number"},
		"a place that is gone":                      {first(bPlaces), "index of places"},
		"a message with another fingerprint":        {arrival(func(a *intake.Arrival) { a.Fingerprint[0]++ }), "fingerprint"},
		"a fingerprint that is gone": {func(tx *Tx) {
			a, _ := tx.Arrival(3)
			tx.remove(bTwins, twinKey(a.MessageID, a.Fingerprint))
		}, "message 3: is missing from the index of fingerprints"},
		"a Message-ID that is gone":                     {first(bThreads), "index of Message-IDs"},
		"a place too many":                              {func(tx *Tx) { tx.put(bPlaces, append(idKey(1<<32), 0, 0, 0, 9), []byte{77}) }, "points to nothing"},
		"a fingerprint too many":                        {func(tx *Tx) { tx.put(bTwins, idKey(1), []byte{2}) }, "not the fingerprint"},
		"a Message-ID too many":                         {func(tx *Tx) { tx.put(bThreads, idKey(1), []byte{2}) }, "does not belong"},
		"a fingerprint of nothing":                      {func(tx *Tx) { tx.put(bTwins, idKey(1), []byte{77}) }, "points to nothing"},
		"a Message-ID of mail without a case, too many": {func(tx *Tx) { tx.put(bThreads, threadKey("lunch@example.org"), []byte{7 << 1}) }, "does not belong to number 14"},
		"a Message-ID of nothing":                       {func(tx *Tx) { tx.put(bThreads, idKey(1), []byte{0x9a, 1}) }, "points to nothing"},
		"an event that was changed":                     {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events[0].Kind = intake.DSAR }), "changed after it was recorded"},
		"a person who was changed": {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events[0].Personal.Subject = "x" }),
			"personal part"},
		"an event that is gone":          {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events = c.Events[1:] }), "opening"},
		"an opening that says nothing":   {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events[0].Opening = nil }), "does not begin with its opening"},
		"a beginning that is no opening": {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events[0].Name = intake.Note }), "does not begin with its opening"},
		"a case under another's reference": {func(tx *Tx) {
			c, ix, _ := tx.CaseIndex("CAF26-00002")
			c.Ref = "CAF26-9"
			tx.put(bOpen, refKey("CAF26-00002"), encodeCase(c, ix))
		}, "case CAF26-00002: bears the reference CAF26-9"},
		"a case that cannot be read": {func(tx *Tx) { tx.put(bOpen, refKey("CAF26-00002"), []byte{0x7f, 0x7f}) }, "case CAF26-00002: cannot be read"},
		"an erased case that names somebody": {ofCase(func(c *intake.Case, _ *intake.Index) {
			c.Append(intake.Event{At: benchStart, Actor: "local:clerk", Name: intake.Erased}, nil)
		}), "was erased, and names a person"},
		"a case without events":                 {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events = nil }), "no events"},
		"a message listed twice":                {ofCase(func(c *intake.Case, _ *intake.Index) { c.Messages = append(c.Messages, c.Messages[0]) }), "twice"},
		"an event about a message that is gone": {func(tx *Tx) { tx.remove(bArrivals, idKey(3)) }, "is about message 3, which is not registered"},
		"a message listed twice, and one not at all": {func(tx *Tx) {
			a, _ := tx.Arrival(1)
			a.Ref = "CAF26-00002"
			tx.putArrival(&a)
			ofCase(func(c *intake.Case, _ *intake.Index) { c.Messages = append(c.Messages, c.Messages[0]) })(tx)
		}, "message 1: belongs to case CAF26-00002, which does not list it"},
		"a message that never came":   {ofCase(func(c *intake.Case, _ *intake.Index) { c.Messages = append(c.Messages, 77) }), "message 77: not found"},
		"a date that does not follow": {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.Due++ }), "its events say"},
		"an open case among those that are done": {func(tx *Tx) {
			c, ix, _ := tx.CaseIndex("CAF26-00002")
			tx.remove(bOpen, refKey(c.Ref))
			tx.put(bDone, refKey(c.Ref), encodeCase(c, ix))
		}, "its events say"},
		"a reminder that does not follow": {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.NextReminder = ix.NextReminder.Add(1) }), "its events say"},
		"a due date out of order":         {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.Due++ }), "index of due cases"},
		"a reminder out of order":         {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.NextReminder = ix.NextReminder.Add(1) }), "index of reminders"},
		"a due date that is gone":         {first(bDue), "index of due cases"},
		"a reminder that is gone":         {first(bWake), "index of reminders"},
		"a person who is gone":            {first(bPeople), "index of persons"},
		"a due date too many":             {func(tx *Tx) { tx.put(bDue, dayKey(9, "CAF26-00001"), none) }, "is not so"},
		"a due date of no case":           {func(tx *Tx) { tx.put(bDue, dayKey(0, "CAF26-99999"), none) }, "index due: CAF26-99999"},
		"a reminder of no case":           {func(tx *Tx) { tx.put(bWake, timeKey(time.Time{}, []byte("CAF26-99999")), none) }, "index wake: CAF26-99999"},
		"a person of no case":             {func(tx *Tx) { tx.put(bPeople, append(make([]byte, hashSize), "CAF26-99999"...), none) }, "points to nothing"},
		"a reminder too many":             {func(tx *Tx) { tx.put(bWake, timeKey(benchStart, []byte("CAF26-00001")), none) }, "is not so"},
		"a person too many":               {func(tx *Tx) { tx.put(bPeople, append(idKey(7), "CAF26-00001"...), none) }, "does not have the person"},
		"a fresh word that is gone":       {first(bFresh), "index of words"},
		"a word that is gone": {func(tx *Tx) {
			_, _ = tx.sortIn(10)
			tx.remove(bFound, tx.first(bFound, []byte("0")))
		}, "index of words"},
		"a day of receipt that is gone": {func(tx *Tx) {
			_, _ = tx.sortIn(10)
			tx.remove(bFound, tx.first(bFound, nil))
		}, "words and days"},
		"other fresh words":         {func(tx *Tx) { tx.keepFresh([]byte("CAF26-00001"), true, []string{"aardvark"}) }, "is not found by"},
		"a day of receipt too many": {func(tx *Tx) { tx.findBy(dayWord(9), []byte("CAF26-00001")) }, "is not found by"},
		"a word too many":           {func(tx *Tx) { tx.findBy("aardvark", []byte("CAF26-00001")) }, "is not found by"},
		"a word twice":              {func(tx *Tx) { tx.findBy("00001", []byte("CAF26-00001")) }, "twice under a word"},
		"a state that is gone": {func(tx *Tx) {
			ofCase(func(_ *intake.Case, ix *intake.Index) { ix.State = intake.StateWaiting })(tx)
			first(bStates)(tx)
		}, "index of states"},
		"a state that needs no index":  {func(tx *Tx) { tx.put(bStates, stateKey(intake.StateOpen, []byte("CAF26-00001")), none) }, "is not in the state"},
		"a state too many":             {func(tx *Tx) { tx.put(bStates, stateKey(intake.StateWaiting, []byte("CAF26-00001")), none) }, "is not in the state"},
		"a state that does not follow": {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.State = intake.StateWaiting }), "its events say"},
		"a token of no index": {func(tx *Tx) {
			_ = tx.PutToken("x", Token{Ref: "CAF26-00001"})
			tx.remove(bIssued, tx.first(bIssued, nil))
		}, "index of tokens"},
		"a token too many":           {func(tx *Tx) { tx.put(bIssued, issuedKey("CAF26-00001", []byte("x")), none) }, "points to no token"},
		"a case in both halves":      {func(tx *Tx) { tx.put(bDone, refKey("CAF26-00002"), tx.get(bOpen, refKey("CAF26-00002"))) }, "both"},
		"a letter of no known case":  {letter(func(l *intake.Letter) { l.Ref = "CAF26-99999" }), "which there is not"},
		"a letter with another key":  {letter(func(l *intake.Letter) { l.Key = "CAF26-00002/x" }), "index of keys"},
		"a letter in no known state": {letter(func(l *intake.Letter) { l.State = "lost" }), "lies with the others"},
		"a letter that is sent":      {letter(func(l *intake.Letter) { l.State = intake.LetterSent }), "lies with the others"},
		"a letter at another time":   {letter(func(l *intake.Letter) { l.Next = l.Next.Add(time.Hour) }), "will never be looked at"},
		"a letter without its bytes": {func(tx *Tx) { tx.remove(bRaw, idKey(3)) }, "bytes are missing"},
		"a letter with other bytes":  {func(tx *Tx) { tx.put(bRaw, idKey(3), []byte("x")) }, "bytes were changed"},
		"a letter that is gone":      {func(tx *Tx) { tx.remove(bQueue, idKey(3)) }, "is about letter 3, which there is not"},
		"a letter that waits and counts": {func(tx *Tx) {
			l, _, _ := tx.letterAt(3)
			tx.put(bQueue, idKey(3), encodeLetter(&l, benchStart))
		}, "counts against the limits, and must not"},
		"a letter that goes unwritten": {letter(func(l *intake.Letter) { l.State, l.Hash = intake.LetterSending, nil }), "its bytes were never written"},
		"a letter that cannot be read": {func(tx *Tx) { tx.put(bQueue, idKey(3), []byte{0x7f, 0x7f}) }, "letter 3: cannot be read"},
		"a key of no letter":           {func(tx *Tx) { tx.put(bKeys, letterKey("CAF26-00001/x"), []byte{77}) }, "points to nothing"},
		"a key too many":               {func(tx *Tx) { tx.put(bKeys, letterKey("CAF26-00001/x"), []byte{3}) }, "is not the key of letter 3"},
		"bytes of no letter":           {func(tx *Tx) { tx.put(bRaw, idKey(77), []byte("x")) }, "no such letter"},
		"a key that is gone":           {first(bKeys), "index of keys"},
		"a time that is gone":          {first(bNext), "will never be looked at"},
		"a time too many":              {func(tx *Tx) { tx.put(bNext, nextKey(&intake.Letter{ID: 3, Next: benchStart}), none) }, "is not so"},
		"the time of a letter that is held, too many": {func(tx *Tx) {
			l, _, _ := tx.letterAt(6)
			tx.put(bNext, nextKey(&l), none)
		}, "of letter 6 is not so"},
		"a limit that counts nothing":         {func(tx *Tx) { tx.put(bOutside, timeKey(benchStart, idKey(3)), none) }, "is not so"},
		"a letter to nobody counted":          {func(tx *Tx) { tx.put(bSentTo, append(make([]byte, hashSize), timeKey(benchStart, idKey(3))...), none) }, "is not so"},
		"an attempt at what is known":         {func(tx *Tx) { k := tx.first(bPlaces, nil); tx.put(bTries, k, []byte{1}) }, "registered already"},
		"a position of no folder":             {func(tx *Tx) { tx.put(bPosition, []byte{0, 0, 0, 99}, idKey(1)) }, "no known folder"},
		"a position that cannot be read":      {func(tx *Tx) { tx.put(bPosition, []byte{0, 0, 0, 1}, []byte{1}) }, "00000001 cannot be read"},
		"a position of half a folder":         {func(tx *Tx) { tx.put(bPosition, []byte{0, 1}, idKey(1)) }, "no known folder"},
		"a fact that cannot be read":          {func(tx *Tx) { tx.put(bFacts, []byte("digest"), []byte("{")) }, "JSON"},
		"a token for no case":                 {func(tx *Tx) { _ = tx.PutToken("x", Token{Ref: "CAF26-99999"}) }, "which there is not"},
		"a token that cannot be read":         {func(tx *Tx) { tx.put(bTokens, []byte("x"), []byte("{")) }, "token: cannot be read"},
		"two folders of one number":           {func(tx *Tx) { tx.put(bFolders, []byte("cafcass\x00Other"), []byte{0, 0, 0, 1}) }, "shares its number with another"},
		"a folder whose number is gone":       {func(tx *Tx) { tx.put(bFolders, tx.first(bFolders, nil), none) }, "has no number"},
		"a text of nothing":                   {text(9, 3), "is of nothing"},
		"a text of no message":                {text(textOfCase, 77), "message 77: its text is kept"},
		"a text of no letter":                 {text(textOfLetter, 77), "letter 77: its text is kept"},
		"a text of a letter that waits":       {text(textOfLetter, 3), "waiting, and its text is kept"},
		"a text in another place":             {text(textLoose, 3), "does not lie where its case says"},
		"a text that cannot be read":          {func(tx *Tx) { tx.put(bTexts, textKey(textOfCase, 3), none) }, "message 3: "},
		"a letter's text that is another":     {sent(packText(textWhole, []byte("x"))), "is not that which it was sent with"},
		"a letter's text that cannot be read": {sent(none), "letter 3: "},
		"a letter's text, and another beside it": {func(tx *Tx) {
			raw := bytes.Clone(tx.get(bRaw, idKey(3)))
			sent(packText(textWhole, raw))(tx)
			tx.put(bTexts, append([]byte{textOfLetter, 0}, idKey(3)...), packText(textWhole, raw))
		}, "is of nothing"},
		"a text of an erased letter": {func(tx *Tx) {
			sent(packText(textWhole, tx.get(bRaw, idKey(3))))(tx)
			l, counted, _ := tx.letterAt(3)
			l.Key = ""
			tx.put(bSettled, idKey(3), encodeLetter(&l, counted))
		}, "letter 3: was erased, and its text is kept"},
		"a text of an erased message": {func(tx *Tx) {
			arrival(func(a *intake.Arrival) { a.Why, a.From = erasedWhy, intake.Address{} })(tx)
			text(textOfCase, 3)(tx)
		}, "was erased, and its text is kept"},
		"a record that cannot be read": {func(tx *Tx) { tx.put(bArrivals, idKey(3), []byte{0x7f, 0x7f}) }, "message 3: cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			db, derive := pristine(t)
			if err := db.Update(func(tx *Tx) error { c.damage(tx); return tx.err }); err != nil {
				t.Fatal(err)
			}
			findings, err := db.Verify(context.Background(), derive)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range findings {
				if slices.Contains(unharmed, f.Where) && !strings.HasSuffix(name, " gone") { // what is first in an index may be anybody's
					t.Errorf("it says of what is sound: %s", f)
				}
			}
			if strings.HasSuffix(name, " too many") && len(findings) != 1 {
				t.Errorf("found %v, want what is too many and nothing else", findings)
			}
			if !slices.ContainsFunc(findings, func(f Finding) bool { return strings.Contains(f.String(), c.want) }) {
				t.Errorf("found %v, want something about %q", findings, c.want)
			}
		})
	}
}

// pristine is a sound store of four requests and all sorts of things that lie in
// one, and where each case is sorted.
func pristine(t *testing.T) (*DB, func(*intake.Case) intake.Index) {
	t.Helper()
	db := fill(t, filepath.Join(t.TempDir(), "requestd.db"), 4)
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Update(allSorts); err != nil {
		t.Fatal(err)
	}
	sorted := map[string]intake.Index{}
	if err := db.View(func(tx *Tx) error {
		for c, ix := range tx.Cases("") {
			sorted[c.Ref] = ix
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	derive := func(c *intake.Case) intake.Index { return sorted[c.Ref] }
	if findings, err := db.Verify(context.Background(), derive); err != nil || len(findings) > 0 {
		t.Fatalf("before anything was damaged: %v, %v", findings, err)
	}
	return db, derive
}

// unharmed is what allSorts puts into a store.
var unharmed = []string{"message 5", "message 6", "message 7", "message 8", "letter 5", "letter 6", "letter 7", "letter 8", "case CAF26-00003", "case CAF26-00077"}

// allSorts are the things that a check may take for damage, and are none: an
// erased case, one without dates, a copy of a mail, mail that belongs to no case and
// lies nowhere any more, letters without bytes or whose bytes were kept, references
// that are spelt otherwise, tokens.
func allSorts(tx *Tx) error {
	erased, first := &intake.Case{}, &intake.Case{}
	in := func(uid uint32) intake.MailLocation {
		return intake.MailLocation{Mailbox: "cafcass", Folder: "Junk", UIDValidity: 7, UID: uid}
	}
	for _, do := range []func() error{
		func() error { return sample.Request(tx, 4) }, // message 5, letter 5
		func() (err error) {
			l, err := tx.Letter(5)
			if err != nil {
				return err
			}
			l.State = intake.LetterSent
			if err := tx.PutLetter(l); err != nil {
				return err
			}
			if erased, err = tx.Case(l.Ref); err != nil {
				return err
			}
			erased.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
			return tx.Erase(erased, intake.Index{State: intake.StateWaiting, Due: 20_000, NextReminder: tx.Now()})
		},
		func() (err error) {
			var ix intake.Index
			if first, ix, err = tx.CaseIndex("CAF26-00001"); err != nil {
				return err
			}
			a := intake.Arrival{MailLocation: in(1), Decision: intake.DidDuplicate, Twin: 1, Ref: first.Ref, Fingerprint: []byte("the same")}
			if err := tx.AddArrival(&a); err != nil {
				return err
			}
			first.Messages = append(first.Messages, a.ID)
			return tx.PutCase(first, ix)
		},
		func() error {
			a := intake.Arrival{MailLocation: in(2), Decision: intake.DidPass, MessageID: "lunch@example.org"}
			if err := tx.AddArrival(&a); err != nil {
				return err
			}
			return errors.Join(tx.KeepText(&a, PackText("Lunch?", false)), tx.FreeLocation(in(2)))
		},
		func() error {
			for _, l := range []intake.Letter{
				{Key: first.Ref + "/held", Ref: first.Ref, Purpose: intake.ForExtension, To: "jo@example.org", State: intake.LetterHeld},
				{Key: "digest/1", Purpose: intake.ForDigest, To: "officer@example.org", Unwritten: []byte("what it will say")},
				{Key: "CAF26-1/kept", Ref: "CAF26-1", Purpose: intake.ForReceipt, To: "colleague@example.org", Raw: []byte("Thank you.")},
			} {
				if _, err := tx.Enqueue(&l); err != nil {
					return err
				}
				if l.Raw != nil {
					l.State = intake.LetterSent
					if err := tx.PutLetter(l); err != nil {
						return err
					}
				}
			}
			c := &intake.Case{Ref: "CAF26-77"}
			a := intake.Arrival{MailLocation: in(3), Decision: intake.DidTriage, Ref: "caf26-00077", Fingerprint: []byte("a request")}
			if err := tx.AddArrival(&a); err != nil {
				return err
			}
			c.Messages = []uint64{a.ID}
			c.Append(intake.Event{At: tx.Now(), Actor: "requestd", Name: intake.Opened, Opening: &intake.Opening{}}, nil)
			return errors.Join(tx.PutCase(c, intake.Index{Open: true}), tx.SetPosition("cafcass", "INBOX", intake.Position{UIDValidity: 7, Through: 9}), tx.PutToken("of a case", Token{Ref: first.Ref}), tx.PutToken("of none", Token{}))
		},
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// TestABackupIsCheckedLikeTheRegister, by what its records say and not by its
// pages alone.
func TestABackupIsCheckedLikeTheRegister(t *testing.T) {
	db, derive := pristine(t)
	if err := db.Update(func(tx *Tx) error { tx.remove(bArrivals, idKey(3)); return tx.err }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := db.BackupFile(path); err != nil {
		t.Fatal(err)
	}
	if findings, err := VerifyFile(t.Context(), path, derive); err != nil || !strings.Contains(fmt.Sprint(findings), "message 3") {
		t.Errorf("found %v, %v, want something about message 3", findings, err)
	}
}

// dying is a context that ends once it was asked so often.
type dying struct {
	context.Context
	asked, last int
}

func (d *dying) Err() error {
	if d.asked++; d.asked > d.last {
		return context.Canceled
	}
	return nil
}

// TestACheckThatIsEndedFindsNothing: half of a register is not told to be a
// damaged one.
func TestACheckThatIsEndedFindsNothing(t *testing.T) {
	db, derive := pristine(t)
	for last := 0; ; last++ {
		findings, err := db.Verify(&dying{context.Background(), 0, last}, derive)
		if len(findings) > 0 {
			t.Fatalf("ended after %d looks it found %v", last, findings)
		}
		if err == nil {
			return
		}
	}
}
