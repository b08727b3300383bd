package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// named makes a case with a requester and a subject.
func named(tx *store.Tx, ref, name, addr, subject string) (*intake.Case, error) {
	c := &intake.Case{Ref: ref, Mailbox: "cafcass"}
	c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Opened, Kind: intake.FOI, Opening: &intake.Opening{Mailbox: "cafcass", Received: tx.Now(), Source: "post"},
		Personal: &intake.Personal{Requester: intake.Address{Name: name, Addr: addr}, Subject: subject}}, make([]byte, intake.SaltSize))
	return c, tx.PutCase(c, intake.Index{Open: true, State: intake.StateTriage})
}

// eachFresh runs a test with nothing sorted into the index of words yet, with
// everything sorted in, and in between.
func eachFresh(t *testing.T, o store.Options, run func(*testing.T, *store.DB)) {
	for _, most := range []int{1, 3, 1000} {
		t.Run(fmt.Sprint("of ", most), func(t *testing.T) {
			run(t, storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Fresh(o, most), nil))
		})
	}
}

func TestFind(t *testing.T) { eachFresh(t, store.Options{}, finds) }

func finds(t *testing.T, db *store.DB) {
	update := func(f func(*store.Tx) error) {
		t.Helper()
		if err := db.Update(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range [][4]string{
		{"CAF26-00001", "Siân Exampleton", "sian.e@example.net", "Ein cyf AB/4711-X: adroddiadau"},
		{"CAF26-00002", "Li Wu", "wu@example.org", "Re: reports that were filed late"},
		{"CAF26-00003", "Jo Examplewood", "jo@example.com", "The request about information"},
		{"GOV/OLD 9", "", "", "Supercalifragilisticexpialidocious-words"},
	} {
		update(func(tx *store.Tx) error {
			_, err := named(tx, x[0], x[1], x[2], x[3])
			return err
		})
	}
	find := func(search string) (refs []string, ok bool) {
		t.Helper()
		if err := db.View(func(tx *store.Tx) error { refs, ok = tx.Find(search); return nil }); err != nil {
			t.Fatal(err)
		}
		return refs, ok
	}
	for _, x := range []struct {
		search string
		want   []string
	}{
		{"SIÂN", []string{"CAF26-00001"}},
		{"exampl", []string{"CAF26-00001", "CAF26-00002", "CAF26-00003"}},
		{"examplew", []string{"CAF26-00003"}},
		{"reports wu", []string{"CAF26-00002"}},
		{"reports sian", []string{}},
		{"ab/4711", []string{"CAF26-00001"}},
		{"4711", []string{"CAF26-00001"}},
		{"00003", []string{"CAF26-00003"}},
		{"supercalifragilisticexpialidocious", []string{"GOV/OLD 9"}},
		{"the wu", []string{"CAF26-00002"}},
		{"aardvark", []string{}},
	} {
		if got, ok := find(x.search); !ok || !slices.Equal(got, x.want) && len(got)+len(x.want) > 0 {
			t.Errorf("%q finds %v, %t; want %v", x.search, got, ok, x.want)
		}
	}
	for _, search := range []string{"", "the request", "a"} {
		if got, ok := find(search); ok {
			t.Errorf("%q, which tells nothing, finds %v", search, got)
		}
	}

	// After a correction a case is found by the corrected words; after erasing by
	// none.
	update(func(tx *store.Tx) error {
		c, err := tx.Case("CAF26-00002")
		if err != nil {
			return err
		}
		c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Corrected, Personal: &intake.Personal{Requester: intake.Address{Name: "Li Woo"}}}, make([]byte, intake.SaltSize))
		if err := tx.PutCase(c, intake.Index{Open: true}); err != nil {
			return err
		}
		e, err := tx.Case("CAF26-00001")
		if err != nil {
			return err
		}
		e.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
		return tx.Erase(e, intake.Index{})
	})
	for search, want := range map[string]int{"wu": 0, "woo": 1, "sian": 0, "siân": 0, "4711": 0, "00001": 1} {
		if got, _ := find(search); len(got) != want {
			t.Errorf("%q finds %v, want %d", search, got, want)
		}
	}
}

// Words that are each in many cases find the cases that contain all of them.
func TestFindByCommonWords(t *testing.T) {
	eachFresh(t, store.Telling(store.Options{}, 3), findsByCommonWords)
}

func findsByCommonWords(t *testing.T, db *store.DB) {
	if err := db.Update(func(tx *store.Tx) error {
		for n := range 12 {
			subject := []string{"alpha", "beta", "alpha gamma"}[n%3]
			if n == 5 || n == 11 {
				subject = "alphabet beta"
			}
			if _, err := named(tx, fmt.Sprintf("CAF26-%05d", 995+n), "Jo Sample", "jo@example.org", subject); err != nil {
				return err
			}
		}
		_, err := named(tx, "GOV/OLD 9", "", "", "beta alpha")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		search string
		want   []string
		ok     bool
	}{
		{"alpha beta", []string{"CAF26-01000", "CAF26-01006", "GOV/OLD 9"}, true},
		{"beta gamma alpha", []string{"CAF26-00997", "CAF26-01003"}, true}, // by gamma alone, which is in few cases
		{"alpha", nil, false},
		{"alpha sample", nil, false},
		{"beta 01000", []string{"CAF26-01000"}, true},
	} {
		if err := db.View(func(tx *store.Tx) error {
			got, ok := tx.Find(x.search)
			if ok != x.ok || !slices.Equal(got, x.want) && len(got)+len(x.want) > 0 {
				t.Errorf("%q finds %v, %t; want %v", x.search, got, ok, x.want)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// Cases are sorted in together once there are enough of them, whichever process
// recorded them.
func TestFreshCasesAreSortedInTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requestd.db")
	n := 0
	for _, want := range [][]int{{1, 2}, {3, 0, 1}, {2, 3, 0}} {
		db, err := storetest.Opened(t, path, store.Fresh(store.Options{}, 4))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range want {
			n++
			if err := db.Update(func(tx *store.Tx) error {
				_, err := named(tx, fmt.Sprintf("CAF26-%05d", n), "Jo Sample", "jo@example.org", "")
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := db.View(func(tx *store.Tx) error {
				if got := store.StillFresh(tx); got != want {
					t.Errorf("after %d cases %d are not sorted in, want %d", n, got, want)
				}
				if refs, _ := tx.Find("sample"); len(refs) != n {
					t.Errorf("of %d cases %v are found", n, refs)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		storetest.Verify(t, db, nil)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// addNamed registers many cases in one transaction, numbered from first on.
func addNamed(t *testing.T, db *store.DB, first, many int) {
	t.Helper()
	if err := db.Update(func(tx *store.Tx) error {
		for n := range many {
			if _, err := named(tx, fmt.Sprintf("CAF26-%05d", first+n), "Jo Sample", "jo@example.org", ""); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// However many there are, only a limited number is sorted in at once, so that
// others wait only for those.
func TestNoMoreCasesAreSortedInTogether(t *testing.T) {
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Fresh(store.Options{}, 4), nil)
	n := 0
	for _, x := range [][2]int{{11, 7}, {1, 4}, {1, 1}, {1, 2}} {
		addNamed(t, db, n, x[0])
		n += x[0]
		if err := db.View(func(tx *store.Tx) error {
			if got := store.StillFresh(tx); got != x[1] {
				t.Errorf("after %d cases %d are not sorted in, want %d", n, got, x[1])
			}
			if refs, _ := tx.Find("sample"); len(refs) != n {
				t.Errorf("of %d cases %v are found", n, refs)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// In a database other processes register cases while some are sorted in, and
// sorting in need not begin again because of them.
func TestSortingInGoesOnWhileOthersRegister(t *testing.T) {
	url := storetest.URL(t, t.Name())
	we, they := openURL(t, url, true), openURL(t, url, false)
	addNamed(t, we, 1, 5)
	runs := 0
	if err := we.Update(func(tx *store.Tx) error {
		if runs++; runs == 1 {
			defer addNamed(t, they, 100, 1)
		}
		_, err := store.SortIn(tx, 3)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if runs != 1 {
		t.Errorf("sorting in ran %d times, want once", runs)
	}
	if err := we.View(func(tx *store.Tx) error {
		if got := store.StillFresh(tx); got != 3 {
			t.Errorf("%d are not sorted in, want 3", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	storetest.Verify(t, we, nil)
}

// A command that only looks at a register does not wait to read what is not
// sorted in yet.
func TestOpeningADatabaseDoesNotReadWhatIsFresh(t *testing.T) {
	url := storetest.URL(t, t.Name())
	db := openURL(t, url, true)
	before := store.Trips(openURL(t, url, false))
	addNamed(t, db, 1, 100)
	if after := store.Trips(openURL(t, url, false)); after != before {
		t.Errorf("it is opened in %d round trips, want %d", after, before)
	}
}

// Receipts come in order of day, sorted in or not.
func TestReceivedRefs(t *testing.T) {
	eachFresh(t, store.Options{}, func(t *testing.T, db *store.DB) {
		days := []deadlines.Day{20800, 20790, 20795, 20800, 20801, 20789, 20791, 20795}
		for n, d := range days {
			if err := db.Update(func(tx *store.Tx) error {
				c := &intake.Case{Ref: fmt.Sprintf("CAF26-%05d", n), Mailbox: "cafcass"}
				c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Opened, Kind: intake.FOI,
					Opening: &intake.Opening{Mailbox: "cafcass", Received: d.Time(12, 0), Source: "post"}}, make([]byte, intake.SaltSize))
				return tx.PutCase(c, intake.Index{})
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.View(func(tx *store.Tx) error {
			var got []deadlines.Day
			var refs []string
			for ref := range tx.ReceivedRefs(20790, 20800) {
				var n int
				if _, err := fmt.Sscanf(ref, "CAF26-%d", &n); err != nil {
					return err
				}
				got, refs = append(got, days[n]), append(refs, ref)
			}
			slices.Sort(refs)
			if want := []deadlines.Day{20790, 20791, 20795, 20795, 20800, 20800}; !slices.Equal(got, want) || len(slices.Compact(refs)) != len(want) {
				t.Errorf("received are %v on %v, want %v", refs, got, want)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestInCaseState(t *testing.T) {
	db := storetest.Open(t)
	in := func(s intake.CaseState, after string) (refs []string) {
		t.Helper()
		if err := db.View(func(tx *store.Tx) error {
			refs = slices.Collect(tx.InCaseState(s, after))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return refs
	}
	put := func(ref string, ix intake.Index) {
		t.Helper()
		if err := db.Update(func(tx *store.Tx) error {
			c, err := tx.Case(ref)
			if err == nil {
				err = tx.PutCase(c, ix)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Update(func(tx *store.Tx) error {
		for n := range 5 {
			if _, err := named(tx, fmt.Sprintf("CAF26-0000%d", n+1), "Jo Sample", "jo@example.org", ""); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	put("CAF26-00001", intake.Index{Open: true, Due: 20800, State: intake.StateWaiting})
	put("CAF26-00003", intake.Index{})
	put("CAF26-00004", intake.Index{Open: true, State: intake.StateOpen})
	put("CAF26-00005", intake.Index{Open: true, State: intake.StateOpen})
	for _, x := range []struct {
		state intake.CaseState
		after string
		want  []string
	}{
		{intake.StateTriage, "", []string{"CAF26-00002"}},
		{intake.StateTriage, "CAF26-00002", nil},
		{intake.StateWaiting, "", []string{"CAF26-00001"}},
		{intake.StateOpen, "", []string{"CAF26-00004", "CAF26-00005"}},
		{intake.StateOpen, "CAF26-00004", []string{"CAF26-00005"}},
	} {
		if got := in(x.state, x.after); !slices.Equal(got, x.want) {
			t.Errorf("in %s after %q are %v, want %v", x.state, x.after, got, x.want)
		}
	}
	if err := db.View(func(tx *store.Tx) error {
		_, ix, err := tx.CaseIndex("CAF26-00001")
		if ix.State != intake.StateWaiting || ix.Due != 20800 {
			t.Errorf("it is sorted by %+v", ix)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Erasing one case removes its tokens and no others.
func TestErasingTakesTheCasesTokens(t *testing.T) {
	db := storetest.Open(t)
	if err := db.Update(func(tx *store.Tx) error {
		for _, ref := range []string{"CAF26-00001", "CAF26-00002"} {
			if _, err := named(tx, ref, "Jo Sample", "jo@example.org", ""); err != nil {
				return err
			}
			if err := tx.PutToken("of "+ref, store.Token{Ref: ref, Staff: "clerk@example.org", Expires: tx.Now()}); err != nil {
				return err
			}
		}
		c, err := tx.Case("CAF26-00001")
		if err != nil {
			return err
		}
		c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Erased}, nil)
		return tx.Erase(c, intake.Index{})
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.View(func(tx *store.Tx) error {
		_, gone := tx.Token("of CAF26-00001")
		_, there := tx.Token("of CAF26-00002")
		if gone || !there {
			t.Errorf("the erased case's token is there: %t; the other's: %t", gone, there)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
