package casework_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// A person says whether letters are written for a child, in both directions; a
// letter that waits is written anew.
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
