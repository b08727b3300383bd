package page

import (
	"slices"
	"time"

	"requestd/store"
)

// Look says who read a case, and when.
type Look struct {
	Actor string    `json:"actor"`
	At    time.Time `json:"at"`
	List  bool      `json:"list,omitempty"` // in a list that they downloaded
}

const (
	looksPrefix = "page/looks/"
	mostLooks   = 200
	sameLook    = 15 * time.Minute // a further look by the same person within this time is not recorded
)

// recordLook records that somebody read a case.
func (s *Server) recordLook(ref, actor string) error {
	return s.recordLooks([]string{ref}, Look{Actor: actor})
}

// atATime is the most cases whose readings are recorded in one step, since
// others wait for it.
var atATime = 500

// recordLooks records that somebody read cases, or downloaded them in a list.
func (s *Server) recordLooks(refs []string, l Look) error {
	for some := range slices.Chunk(refs, atATime) {
		var fresh []string
		err := s.Store.View(func(tx *store.Tx) error {
			for _, ref := range some {
				if !slices.ContainsFunc(looks(tx, ref), func(x Look) bool { return x.Actor == l.Actor && x.List == l.List && tx.Now().Sub(x.At) < sameLook }) {
					fresh = append(fresh, ref)
				}
			}
			return nil
		})
		if err == nil && len(fresh) > 0 {
			err = s.looked.record(func(tx *store.Tx) error { return addLooks(tx, fresh, l) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func addLooks(tx *store.Tx, refs []string, l Look) error {
	l.At = tx.Now()
	for _, ref := range refs {
		list := append(looks(tx, ref), l)
		if err := tx.SetFact(looksPrefix+store.NormalRef(ref), list[max(0, len(list)-mostLooks):]); err != nil {
			return err
		}
	}
	return nil
}

func looks(tx *store.Tx, ref string) []Look {
	list, _ := store.Fact[[]Look](tx, looksPrefix+store.NormalRef(ref))
	return list
}

// readers shows who read a case, the newest first.
func (v *visit) readers() error {
	ref := v.r.PathValue("ref")
	c, err := v.look(ref)
	if err != nil {
		return err
	}
	var list []Look
	err = v.s.Store.View(func(tx *store.Tx) error { list = looks(tx, ref); return nil })
	if err != nil {
		return err
	}
	slices.Reverse(list)
	f := v.frame("Who read it")
	f.Title += ", " + c.Ref
	return v.show("readers", f, struct {
		Ref   string
		Looks []Look
	}{c.Ref, list})
}
