package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake"
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
	sent := func(text []byte) func(*Tx) { // letter 3, of which that text is kept
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
		"a message without its decision":     {arrival(func(a *intake.Arrival) { a.Decision = "" }), "decision"},
		"a request without its case":         {arrival(func(a *intake.Arrival) { a.Ref = "" }), "has no case"},
		"a message that repeats itself":      {arrival(func(a *intake.Arrival) { a.Twin = a.ID }), "repeats message 3"},
		"a message that repeats none":        {arrival(func(a *intake.Arrival) { a.Twin = 99 }), "repeats message 99"},
		"a message of no known case":         {arrival(func(a *intake.Arrival) { a.Ref = "CAF26-99999" }), "which there is not"},
		"a message of a case that lacks it":  {arrival(func(a *intake.Arrival) { a.Ref = "CAF26-00001" }), "does not list it"},
		"a message that was moved":           {arrival(func(a *intake.Arrival) { a.UID = 99 }), "index of places"},
		"a message with another fingerprint": {arrival(func(a *intake.Arrival) { a.Fingerprint[0]++ }), "fingerprint"},
		"a message with another Message-ID":  {arrival(func(a *intake.Arrival) { a.MessageID = "x@example.com" }), "Message-ID"},
		"a message that is gone":             {func(tx *Tx) { tx.remove(bArrivals, idKey(3)) }, "the last has number"},
		"a place that is gone":               {first(bPlaces), "index of places"},
		"a fingerprint that is gone":         {first(bTwins), "index of fingerprints"},
		"a Message-ID that is gone":          {first(bThreads), "index of Message-IDs"},
		"a place too many":                   {func(tx *Tx) { tx.put(bPlaces, append(idKey(1<<32), 0, 0, 0, 9), []byte{77}) }, "points to nothing"},
		"a fingerprint too many":             {func(tx *Tx) { tx.put(bTwins, idKey(1), []byte{2}) }, "not the fingerprint"},
		"a Message-ID too many":              {func(tx *Tx) { tx.put(bThreads, idKey(1), []byte{2}) }, "does not belong"},
		"a Message-ID of nothing":            {func(tx *Tx) { tx.put(bThreads, idKey(1), []byte{0x9a, 1}) }, "points to nothing"},
		"an event that was changed":          {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events[0].Kind = intake.DSAR }), "changed after it was recorded"},
		"a person who was changed": {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events[0].Personal.Subject = "x" }),
			"personal part"},
		"an event that is gone": {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events = c.Events[1:] }), "opening"},
		"an erased case that names somebody": {ofCase(func(c *intake.Case, _ *intake.Index) {
			c.Append(intake.Event{At: benchStart, Actor: "local:clerk", Name: intake.Erased}, nil)
		}), "was erased, and names a person"},
		"a case without events":       {ofCase(func(c *intake.Case, _ *intake.Index) { c.Events = nil }), "no events"},
		"a message listed twice":      {ofCase(func(c *intake.Case, _ *intake.Index) { c.Messages = append(c.Messages, c.Messages[0]) }), "twice"},
		"a message that never came":   {ofCase(func(c *intake.Case, _ *intake.Index) { c.Messages = append(c.Messages, 77) }), "message 77: not found"},
		"a date that does not follow": {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.Due++ }), "its events say"},
		"a due date out of order":     {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.Due++ }), "index of due cases"},
		"a reminder out of order":     {ofCase(func(_ *intake.Case, ix *intake.Index) { ix.NextReminder = ix.NextReminder.Add(1) }), "index of reminders"},
		"a due date that is gone":     {first(bDue), "index of due cases"},
		"a reminder that is gone":     {first(bWake), "index of reminders"},
		"a person who is gone":        {first(bPeople), "index of persons"},
		"a due date too many":         {func(tx *Tx) { tx.put(bDue, dayKey(9, "CAF26-00001"), none) }, "is not so"},
		"a reminder too many":         {func(tx *Tx) { tx.put(bWake, timeKey(benchStart, []byte("CAF26-00001")), none) }, "is not so"},
		"a person too many":           {func(tx *Tx) { tx.put(bPeople, append(idKey(7), "CAF26-00001"...), none) }, "does not have the person"},
		"a fresh word that is gone":   {first(bFresh), "index of words"},
		"a word that is gone": {func(tx *Tx) {
			_, _ = tx.sortIn(10)
			tx.remove(bFound, tx.first(bFound, []byte("0")))
		}, "index of words"},
		"a day of receipt that is gone": {func(tx *Tx) {
			_, _ = tx.sortIn(10)
			tx.remove(bFound, tx.first(bFound, nil))
		}, "words and days"},
		"a fresh word too many":     {func(tx *Tx) { tx.keepFresh([]byte("CAF26-00001"), true, []string{"aardvark"}) }, "is not found by"},
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
		"a token too many":                    {func(tx *Tx) { tx.put(bIssued, issuedKey("CAF26-00001", []byte("x")), none) }, "points to no token"},
		"a case in both halves":               {func(tx *Tx) { tx.put(bDone, refKey("CAF26-00002"), tx.get(bOpen, refKey("CAF26-00002"))) }, "both"},
		"a letter of no known case":           {letter(func(l *intake.Letter) { l.Ref = "CAF26-99999" }), "which there is not"},
		"a letter with another key":           {letter(func(l *intake.Letter) { l.Key = "CAF26-00002/x" }), "index of keys"},
		"a letter in no known state":          {letter(func(l *intake.Letter) { l.State = "lost" }), "lies with the others"},
		"a letter that is sent":               {letter(func(l *intake.Letter) { l.State = intake.LetterSent }), "lies with the others"},
		"a letter at another time":            {letter(func(l *intake.Letter) { l.Next = l.Next.Add(time.Hour) }), "will never be looked at"},
		"a letter without its bytes":          {func(tx *Tx) { tx.remove(bRaw, idKey(3)) }, "bytes are missing"},
		"a letter with other bytes":           {func(tx *Tx) { tx.put(bRaw, idKey(3), []byte("x")) }, "bytes were changed"},
		"a letter that is gone":               {func(tx *Tx) { tx.remove(bQueue, idKey(3)) }, "letter 3"},
		"bytes of no letter":                  {func(tx *Tx) { tx.put(bRaw, idKey(77), []byte("x")) }, "no such letter"},
		"a key that is gone":                  {first(bKeys), "index of keys"},
		"a time that is gone":                 {first(bNext), "will never be looked at"},
		"a time too many":                     {func(tx *Tx) { tx.put(bNext, nextKey(&intake.Letter{ID: 3, Next: benchStart}), none) }, "is not so"},
		"a limit that counts nothing":         {func(tx *Tx) { tx.put(bOutside, timeKey(benchStart, idKey(3)), none) }, "is not so"},
		"a letter to nobody counted":          {func(tx *Tx) { tx.put(bSentTo, append(make([]byte, hashSize), timeKey(benchStart, idKey(3))...), none) }, "is not so"},
		"an attempt at what is known":         {func(tx *Tx) { k := tx.first(bPlaces, nil); tx.put(bTries, k, []byte{1}) }, "registered already"},
		"a position of no folder":             {func(tx *Tx) { tx.put(bPosition, []byte{0, 0, 0, 99}, idKey(1)) }, "no known folder"},
		"a fact that cannot be read":          {func(tx *Tx) { tx.put(bFacts, []byte("digest"), []byte("{")) }, "JSON"},
		"a token for no case":                 {func(tx *Tx) { _ = tx.PutToken("x", Token{Ref: "CAF26-99999"}) }, "which there is not"},
		"a token that cannot be read":         {func(tx *Tx) { tx.put(bTokens, []byte("x"), []byte("{")) }, "token: cannot be read"},
		"a folder without its number":         {func(tx *Tx) { tx.put(bFolders, tx.first(bFolders, nil), none) }, "has no number"},
		"a text of nothing":                   {text(9, 3), "is of nothing"},
		"a text of no message":                {text(textOfCase, 77), "message 77: its text is kept"},
		"a text of no letter":                 {text(textOfLetter, 77), "letter 77: its text is kept"},
		"a text of a letter that waits":       {text(textOfLetter, 3), "waiting, and its text is kept"},
		"a text in another place":             {text(textLoose, 3), "does not lie where its case says"},
		"a text that cannot be read":          {func(tx *Tx) { tx.put(bTexts, textKey(textOfCase, 3), none) }, "message 3: "},
		"a letter's text that is another":     {sent(packText(textWhole, []byte("x"))), "is not that which it was sent with"},
		"a letter's text that cannot be read": {sent(none), "letter 3: "},
		"a text of an erased message": {func(tx *Tx) {
			arrival(func(a *intake.Arrival) { a.Why, a.From = erasedWhy, intake.Address{} })(tx)
			text(textOfCase, 3)(tx)
		}, "was erased, and its text is kept"},
		"a record that cannot be read": {func(tx *Tx) { tx.put(bArrivals, idKey(3), []byte{0x7f, 0x7f}) }, "cannot be read"},
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
				if strings.Contains(f.String(), c.want) {
					return
				}
			}
			t.Errorf("found %v, want something about %q", findings, c.want)
		})
	}
}

// pristine is a sound store of four requests, and where each is sorted.
func pristine(t *testing.T) (*DB, func(*intake.Case) intake.Index) {
	t.Helper()
	db := fill(t, filepath.Join(t.TempDir(), "requestd.db"), 4)
	t.Cleanup(func() { _ = db.Close() })
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

func TestAContextEndsVerify(t *testing.T) {
	db, _ := pristine(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := db.Verify(ctx, nil); err == nil {
		t.Error("a check that was ended says that all is well")
	}
}
