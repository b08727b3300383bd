package accounts

import (
	"fmt"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// Search is a search that somebody repeats, saved under a name that they chose.
// Its address on the page contains only its number.
type Search struct {
	N     int    `json:"n"`
	Name  string `json:"name"`
	Words string `json:"words,omitempty"`
	State string `json:"state,omitempty"`
	Kind  string `json:"kind,omitempty"`
}

// searches are those of one person. A number is never used twice.
type searches struct {
	Last int      `json:"last"`
	List []Search `json:"list"`
}

const (
	searchPrefix = "page/search/"
	mostSearches = 50
	maxWords     = 200 // runes of a search
)

func searchKey(address string) string { return searchPrefix + strings.ToLower(address) }

// Searches returns what an address has saved, by name.
func (a *Accounts) Searches(address string) ([]Search, error) {
	var kept searches
	err := a.store.View(func(tx *store.Tx) error {
		kept, _ = store.Fact[searches](tx, searchKey(address))
		return nil
	})
	slices.SortFunc(kept.List, func(x, y Search) int { return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	return kept.List, err
}

// SaveSearch saves a search and returns its number. It replaces one of the same
// name.
func (a *Accounts) SaveSearch(address string, s Search) (n int, err error) {
	s.Name, s.Words = intake.OneLine(s.Name, intake.MaxName), intake.OneLine(s.Words, maxWords)
	s.State, s.Kind = intake.OneLine(s.State, intake.MaxName), intake.OneLine(s.Kind, intake.MaxName)
	if s.Name == "" {
		return 0, casework.OnName.Refuse("a saved search needs a name")
	}
	err = a.store.Update(func(tx *store.Tx) error {
		kept, _ := store.Fact[searches](tx, searchKey(address))
		at := slices.IndexFunc(kept.List, func(x Search) bool { return strings.EqualFold(x.Name, s.Name) })
		switch {
		case at >= 0:
			s.N = kept.List[at].N
			kept.List[at] = s
		case len(kept.List) >= mostSearches:
			return casework.OnName.Refuse("there are %d saved searches already, and no more are kept: remove one of them first", len(kept.List))
		default:
			kept.Last++
			s.N = kept.Last
			kept.List = append(kept.List, s)
		}
		n = s.N
		return tx.SetFact(searchKey(address), kept)
	})
	return n, err
}

// RemoveSearch deletes a saved search of an address.
func (a *Accounts) RemoveSearch(address string, n int) error {
	return a.store.Update(func(tx *store.Tx) error {
		kept, _ := store.Fact[searches](tx, searchKey(address))
		at := slices.IndexFunc(kept.List, func(x Search) bool { return x.N == n })
		if at < 0 {
			return fmt.Errorf("saved search %d of %s: %w", n, address, store.ErrNotFound)
		}
		kept.List = slices.Delete(kept.List, at, at+1)
		return tx.SetFact(searchKey(address), kept)
	})
}
