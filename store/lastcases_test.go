package store_test

import (
	"fmt"
	"testing"

	"requestd/store"
)

func TestTheLastCasesOfAPersonAreFoundAmongMany(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		for i := range 30 {
			from := []string{"jo@example.org", "sam@example.org"}[i%2]
			if _, err := register(tx, uint32(i+1), fmt.Sprintf("m%d@example.org", i), from); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		address, prefix string
		max             int
		want            string
	}{
		{"Jo@Example.org ", "CAF", 3, "[CAF26-00029 CAF26-00027 CAF26-00025]"},
		{"sam@example.org", "caf", 2, "[CAF26-00030 CAF26-00028]"},
		{"sam@example.org", "CYM", 2, "[]"},
		{"sam@example.org", "", 1, "[CAF26-00030]"},
		{"nobody@example.org", "CAF", 5, "[]"},
		{"", "CAF", 5, "[]"},
	} {
		got := []string{}
		err := db.View(func(tx *store.Tx) error {
			for found := range tx.LastCasesOf(c.address, c.prefix, c.max) {
				got = append(got, found.Ref)
			}
			return nil
		})
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("LastCasesOf(%q, %q, %d) = %v, %v; want %s", c.address, c.prefix, c.max, got, err, c.want)
		}
	}
}

func TestTheLastCasesOfEachSeriesAreFound(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *store.Tx) error {
		for i := range 20 {
			mailbox := []string{"cafcass", "cymru"}[i%2]
			if _, err := registerIn(tx, mailbox, uint32(i+1), fmt.Sprintf("m%d@example.org", i), "jo@example.org"); err != nil {
				return err
			}
		}
		_, err := registerIn(tx, "cafcass", 99, "other@example.org", "sam@example.org")
		return err
	})
	for _, c := range []struct {
		address string
		max     int
		want    string
	}{
		{"Jo@Example.org ", 2, "[CYM26-00010 CYM26-00009 CAF26-00010 CAF26-00009]"},
		{"jo@example.org", 1, "[CYM26-00010 CAF26-00010]"},
		{"sam@example.org", 3, "[CAF26-00011]"},
		{"nobody@example.org", 3, "[]"},
		{"", 3, "[]"},
	} {
		got := []string{}
		err := db.View(func(tx *store.Tx) error {
			for found := range tx.LastCasesOfEach(c.address, c.max) {
				got = append(got, found.Ref)
			}
			return nil
		})
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("LastCasesOfEach(%q, %d) = %v, %v; want %s", c.address, c.max, got, err, c.want)
		}
	}
}
