package page

import (
	"slices"
	"time"

	"requestd/store"
)

// Look is who read a case, and when.
type Look struct {
	Actor string    `json:"actor"`
	At    time.Time `json:"at"`
}

const (
	looksPrefix = "page/looks/"
	mostLooks   = 200
	sameLook    = 15 * time.Minute // by the same person within that time
)

// recordLook records that somebody read a case.
func (s *Server) recordLook(ref, actor string) error {
	known := false
	err := s.Store.View(func(tx *store.Tx) error {
		list, err := looks(tx, ref)
		known = slices.ContainsFunc(list, func(l Look) bool { return l.Actor == actor && tx.Now().Sub(l.At) < sameLook })
		return err
	})
	if err != nil || known {
		return err
	}
	return s.write(func(tx *store.Tx) error {
		list, err := looks(tx, ref)
		if err != nil {
			return err
		}
		list = append(list, Look{actor, tx.Now()})
		return tx.Set(looksPrefix+store.NormalRef(ref), list[max(0, len(list)-mostLooks):])
	})
}

func looks(tx *store.Tx, ref string) (list []Look, err error) {
	_, err = tx.Get(looksPrefix+store.NormalRef(ref), &list)
	return list, err
}

// readers shows who read a case, the newest first.
func (v *visit) readers() error {
	ref := v.r.PathValue("ref")
	c, err := v.look(ref)
	if err != nil {
		return err
	}
	var list []Look
	err = v.s.Store.View(func(tx *store.Tx) (err error) {
		list, err = looks(tx, ref)
		return err
	})
	if err != nil {
		return err
	}
	slices.Reverse(list)
	f := v.frame("Who read it")
	return v.show("readers", f, struct {
		Ref   string
		Looks []Look
	}{c.Ref, list})
}
