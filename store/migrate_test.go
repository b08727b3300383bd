package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store/storetest/packed"
	"requestd/store/storetest/sample"
)

// freeze writes the file of today's schema again. It is only used when a schema
// is made, never for one that was released.
var freeze = flag.Bool("freeze", false, "write testdata for the schema of today")

// frozen puts something into every table.
func frozen(t *testing.T, path string) {
	t.Helper()
	at := benchStart
	db, err := Open(path, Options{Now: func() time.Time { at = at.Add(time.Hour); return at }, Random: strings.NewReader(strings.Repeat("fixed random bytes ", 2)), mostFresh: 4})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		if err := db.Update(func(tx *Tx) error { return sample.Request(tx, i) }); err != nil {
			t.Fatal(err)
		}
	}
	err = db.Update(func(tx *Tx) error {
		p := intake.MailLocation{Mailbox: "cafcass", Folder: "Junk", UIDValidity: 3, UID: 9}
		tx.CountAttempt(p)
		tx.FirstTime("command@example.org")
		a := intake.Arrival{MailLocation: intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 1700000001, UID: 50}, Registered: tx.Now(),
			Subject: "Cinio dydd Gwener", From: intake.Address{Name: "Siân", Addr: "sian@example.com"}, Decision: intake.DidPass, Kind: intake.Other,
			Fingerprint: bytes.Repeat([]byte{7}, 32), Attachments: []string{"bwydlen.pdf"}}
		first, err := tx.Arrival(1)
		return errors.Join(err, sample.Settle(tx, 0), sample.Settle(tx, 1), tx.AddArrival(&a), tx.KeepText(&a, PackText("Cinio am un?", false)),
			tx.KeepText(&first, PackText("How many reports were filed late?", false)), tx.ReserveRef("Gov/CAF 22-27341"),
			tx.SetPosition("cafcass", "INBOX", intake.Position{UIDValidity: 1700000001, Through: 50}), tx.SetFact("digest", 7),
			tx.PutToken("token", Token{Ref: "CAF26-00002", Staff: "clerk@example.org", Purpose: "triage", Expires: tx.Now().Add(time.Hour)}))
	})
	if err == nil {
		err = db.Update(func(tx *Tx) error {
			c, err := tx.Case("CAF26-00001")
			if err != nil {
				return err
			}
			c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
			return tx.Erase(c, intake.Index{})
		})
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// dump returns everything that a store tells, one item a line.
func dump(t *testing.T, db *DB) []byte {
	t.Helper()
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	err := db.View(func(tx *Tx) error {
		var err error
		say := func(v any) { err = errors.Join(err, out.Encode(v)) }
		for a := range tx.Arrivals(ArrivalFilter{}) {
			say(a)
		}
		for c, ix := range tx.Cases("") {
			say(c)
			say(ix)
			say(tx.LettersOf(c.Ref))
		}
		for l := range tx.Letters(LetterFilter{}) {
			say(l)
		}
		for p := range tx.Positions() {
			say(p)
		}
		tok, _ := tx.Token("token")
		say(tok)
		for k, v := range tx.from(bTexts, nil, all) {
			_, text, bad := unpackText(v)
			err = errors.Join(err, bad)
			say(fmt.Sprintf("%x %s", k, text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAFrozenStoreOfEachSchemaIsStillRead opens files that earlier programs
// wrote.
func TestAFrozenStoreOfEachSchemaIsStillRead(t *testing.T) {
	if *freeze {
		writeFrozen(t)
	}
	files, err := filepath.Glob("testdata/schema*.db.gz")
	if err != nil || len(files) != len(migrations())+1 {
		t.Fatalf("%d frozen stores of %d schemas (%v): run this test with -freeze before a schema changes", len(files), len(migrations())+1, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "requestd.db")
			unpack(t, file, path)
			db := reopen(t, path, Options{})
			want, err := os.ReadFile(strings.TrimSuffix(file, ".db.gz") + ".jsonl")
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(t, db); !bytes.Equal(got, want) {
				t.Errorf("it says\n%s\nwant\n%s", got, want)
			}
			sound(t, db)
			if err := db.Update(func(tx *Tx) error {
				if tx.FirstTime("command@example.org") || tx.NewRef("CAF", 2027) != "CAF27-00004" {
					t.Error("it has forgotten what acted once, or which numbers were given")
				}
				if err := tx.ReserveRef("CAF22-27341"); !errors.Is(err, ErrTaken) {
					t.Errorf("it has forgotten which references are taken: %v", err)
				}
				return sample.Request(tx, 100)
			}); err != nil {
				t.Fatal(err)
			}
			sound(t, db)
		})
	}
}

func writeFrozen(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "requestd.db")
	frozen(t, path)
	db := reopen(t, path, Options{})
	name := filepath.Join("testdata", "schema"+string(rune('0'+db.schema())))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := errors.Join(db.Backup(z), z.Close(), os.WriteFile(name+".db.gz", b.Bytes(), 0o644),
		os.WriteFile(name+".jsonl", dump(t, db), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, file, path string) {
	t.Helper()
	if err := os.WriteFile(path, packed.Read(t, file), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAMigrationCopiesTheStoreFirstAndStopsWhereItFails(t *testing.T) {
	path := filled(t)
	steps := append(migrations(),
		step{once(func(tx *Tx) error { return tx.SetFact("first step", true) })},
		step{once(func(tx *Tx) error { return errors.Join(tx.SetFact("second step", true), errors.New("no such luck")) })},
	)
	last, was := len(steps)-1, fmt.Sprintf(".schema%d", len(migrations())+1)
	_, err := Open(path, Options{ReadOnly: true, migrations: steps})
	if !errors.Is(err, ErrOlder) {
		t.Errorf("read-only: %v, want ErrOlder", err)
	}
	if _, err = Open(path, Options{migrations: steps}); err == nil || !strings.Contains(err.Error(), "no such luck") || !strings.Contains(err.Error(), path+was) {
		t.Fatalf("err = %v, want what failed and where the copy is", err)
	}
	sound(t, reopen(t, path+was, Options{}))
	steps[last] = step{once(func(tx *Tx) error {
		if ok, err := tx.GetFact("second step", new(bool)); ok {
			return errors.Join(err, errors.New("a step that failed left something behind"))
		}
		return tx.SetFact("second step", true)
	})}
	db := reopen(t, path, Options{migrations: steps})
	if err := db.View(func(tx *Tx) error {
		for _, name := range []string{"first step", "second step"} {
			if ok, _ := tx.GetFact(name, new(bool)); !ok {
				t.Errorf("the %s was not taken", name)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sound(t, db)
}

// everything returns all entries of a store's tables.
func everything(t *testing.T, db *DB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := db.View(func(tx *Tx) error {
		for _, name := range buckets {
			for k, v := range tx.from(name, nil, all) {
				fmt.Fprintf(&b, "%s %x %x\n", name, k, v)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAMigrationGoesOnWhereItWasBrokenOff: interrupted again and again, and in
// small portions, it has the same result as in one run.
func TestAMigrationGoesOnWhereItWasBrokenOff(t *testing.T) {
	for version := 1; version <= len(migrations()); version++ {
		t.Run(fmt.Sprint("from schema ", version), func(t *testing.T) {
			old := fmt.Sprintf("testdata/schema%d.db.gz", version)
			dir := t.TempDir()
			unpack(t, old, filepath.Join(dir, "once.db"))
			want := everything(t, reopen(t, filepath.Join(dir, "once.db"), Options{}))
			path := filepath.Join(dir, "requestd.db")
			unpack(t, old, path)
			asked, stops := 0, 0
			for stopped := errors.New("told to stop"); ; stops++ {
				asked = 0
				o := Options{portions: portions{entries: 2, put: 50, room: 200}, Progress: func(string, int) error {
					if asked++; asked > 1+stops%60 { // sometimes it gets further than to searching for what is next
						return stopped
					}
					return nil
				}}
				db, err := Open(path, o)
				if err == nil {
					if got := everything(t, db); !bytes.Equal(got, want) {
						t.Errorf("in portions it comes to\n%s\nwant\n%s", got, want)
					}
					sound(t, db)
					if err := db.Close(); err != nil {
						t.Fatal(err)
					}
					break
				}
				if !errors.Is(err, stopped) || stops > 1000 {
					t.Fatalf("after %d stops: %v", stops, err)
				}
				if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, ErrOlder) {
					t.Fatalf("read before it is done: %v, want ErrOlder", err)
				}
			}
			if small := version == 1 || version == 4; !small && stops < 2 {
				t.Errorf("it was stopped %d times", stops)
			}
			before := fmt.Sprintf("%s.schema%d", path, version)
			if _, err := Open(before, Options{ReadOnly: true}); !errors.Is(err, ErrOlder) {
				t.Errorf("the copy from before: %v, want ErrOlder", err)
			}
			if got := everything(t, reopen(t, before, Options{})); !bytes.Equal(got, want) {
				t.Error("the copy from before comes to something else")
			}
		})
	}
}

// TestLeastGathersTheFirst with room for few, in whatever order they come.
func TestLeastGathersTheFirst(t *testing.T) {
	var got []string
	var after []byte
	for more := true; more; {
		l := newLeast(after, 40)
		for i := range 500 {
			l.add(fmt.Appendf(nil, "key %03d", i*271%500))
		}
		l.sort()
		for _, at := range l.at {
			after = bytes.Clone(l.key(at))
			got = append(got, string(after))
		}
		if cap(l.bytes) > 80 {
			t.Fatalf("%d bytes are held, want some 40", cap(l.bytes))
		}
		more = l.left
	}
	if len(got) != 500 || !slices.IsSorted(got) {
		t.Errorf("%d keys, in order: %v; want all 500 in order", len(got), slices.IsSorted(got))
	}
}
