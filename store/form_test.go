package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"requestd/intake"
)

// form returns how records are written: every field with its number, and every
// word. It belongs to a schema: a program that does not know a word cannot read
// the record, and one that does not know a field loses it.
func form() []byte {
	var b bytes.Buffer
	types := make([]reflect.Type, 0, len(plans))
	for t := range plans {
		types = append(types, t)
	}
	slices.SortFunc(types, func(x, y reflect.Type) int { return strings.Compare(x.String(), y.String()) })
	for _, t := range types {
		fmt.Fprintf(&b, "%s\n", t)
		for _, f := range plans[t].fields {
			fmt.Fprintf(&b, "  %d %s %s\n", f.number, f.name, t.FieldByIndex(f.index).Type)
		}
	}
	b.WriteString("words\n")
	for i, w := range words {
		fmt.Fprintf(&b, "  %d %s\n", i, w)
	}
	return b.Bytes()
}

// TestAFieldOrAWordMoreIsAnotherSchema: an older program must refuse a file
// that it cannot read, or whose fields it would drop, instead of failing on one
// record. Until a schema is released, -freeze writes its form again.
func TestAFieldOrAWordMoreIsAnotherSchema(t *testing.T) {
	name := filepath.Join("testdata", fmt.Sprintf("schema%d.form", len(migrations())+1))
	got := form()
	if *freeze {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("records are not written as %s says. Add a step to migrations() (one that does nothing will do), then run the tests of this package with -freeze; where the schema of today was not released yet, -freeze alone is enough", name)
	}
}

// TestEveryFieldHasANumber: one without is written under its name each time.
func TestEveryFieldHasANumber(t *testing.T) {
	for typ, p := range plans {
		for _, f := range p.fields {
			if f.number == 0 {
				t.Errorf("%s: the field %s stands under its name in every record: append it to fieldNames", typ, f.name)
			}
		}
	}
}

// TestAnOlderProgramRefusesTheFile, whatever is in it.
func TestAnOlderProgramRefusesTheFile(t *testing.T) {
	path := filled(t)
	if _, err := Open(path, Options{migrations: []step{}}); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a program of schema 1 opens a file of today: %v", err)
	}
}

// TestLettersGoByOrderAndThenByTime: first news of danger, then letters to the
// public, then other mail to staff; within each, the earliest first.
func TestLettersGoByOrderAndThenByTime(t *testing.T) {
	db := reopen(t, filepath.Join(t.TempDir(), "requestd.db"), Options{})
	purposes := []intake.Purpose{intake.ForFollowup, intake.ForAcknowledgement, intake.ForUrgent, intake.ForReminder, intake.ForCorrection, intake.ForUrgent}
	want := []uint64{3, 2, 5, 1, 4, 6} // 6 is urgent news, but one of too many
	var got []uint64
	if err := db.Update(func(tx *Tx) error {
		for i, p := range purposes {
			l := intake.Letter{Key: fmt.Sprintf("t/%d", i), Mailbox: "m", Purpose: p, To: "jo@example.org", Raw: []byte("x")}
			if i == 5 {
				l.Order = intake.OrderStaff
			}
			if _, err := tx.Enqueue(&l); err != nil {
				return err
			}
		}
		other := intake.Letter{Key: "t/other", Mailbox: "other", Purpose: intake.ForUrgent, Raw: []byte("x")}
		_, err := tx.Enqueue(&other)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *Tx) error {
		for {
			l, ok := tx.NextDue(tx.Now(), "m", nil)
			if !ok {
				return nil
			}
			got = append(got, l.ID)
			l.State = intake.LetterHeld
			if err := tx.PutLetter(l); err != nil {
				return err
			}
		}
	}); err != nil || !slices.Equal(got, want) {
		t.Errorf("letters go as %v, %v; want %v", got, err, want)
	}
	sound(t, db)
}
