package casework_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/compose"
	"requestd/store"
)

// A person says whether letters are written for a child, yes or no; a waiting
// letter is then rewritten.
func TestLettersAreWrittenForAChildOrAsToAnybody(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	says := func(child string) *casework.Change {
		return d.do(ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Child: child}}))
	}
	for _, child := range []string{"yes", "no"} {
		ch := says(child)
		l, text := d.ack(ref)
		if plain := strings.Contains(text, "Childline"); plain != (child == "yes") || l.State != intake.LetterWaiting {
			t.Errorf("child %s: the letter is %s:\n%s", child, l.State, text)
		}
		if flagged := slices.Contains(ch.View.Flags, intake.ChildAsking); flagged != (child == "yes") {
			t.Errorf("child %s: the flags are %v", child, ch.View.Flags)
		}
	}
	ch := says("yes")
	d.do(ref, casework.Record(casework.RecordInput{Event: intake.Void, Void: ch.Event}))
	if _, text := d.ack(ref); strings.Contains(text, "Childline") {
		t.Errorf("what was struck still counts:\n%s", text)
	}
	if _, err := d.Do(t.Context(), admin, ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Child: "perhaps"}})); err == nil {
		t.Error("a child that is neither yes nor no was taken")
	}
}

// Somebody who was asked for authority asks for somebody else, and is told the
// new date as any adult is.
func TestWhoShowedAuthorityIsNoChild(t *testing.T) {
	d := newDesk(t)
	for _, what := range []string{"authority", "identity"} {
		ref := d.opened(on(time.November, 20), on(time.November, 18), dsar)
		do := func(in casework.RecordInput) *casework.Change { return d.do(ref, casework.Record(in)) }
		do(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Child: "yes"}})
		d.do(ref, casework.Acknowledge(casework.AckInput{ByHand: on(time.November, 19)}))
		do(casework.RecordInput{Event: intake.EventName(what + "-requested")})
		ch := do(casework.RecordInput{Event: intake.EventName(what + "-received")})
		var l intake.Letter
		if err := d.db.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(ch.Draft); return err }); err != nil {
			t.Fatal(err)
		}
		if _, text, err := compose.Text(l.Raw); err != nil || strings.Contains(text, "Childline") != (what == "identity") || !strings.Contains(text, "answer by") {
			t.Errorf("after %s the new date is told in (%v):\n%s", what, err, text)
		}
	}
}
