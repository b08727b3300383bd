// Package storetest opens stores for tests.
package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"requestd/intake"
	"requestd/store"
)

// Open opens a new store in a directory of the test. When the test ends the
// store is verified and closed.
func Open(tb testing.TB) *store.DB {
	tb.Helper()
	return OpenAt(tb, filepath.Join(tb.TempDir(), "requestd.db"), store.Options{}, nil)
}

// Opened opens the store at path as store.Open does, or the one in the tests'
// database that stands for it. A test's does not wait for the disk, since it ends
// with the test.
func Opened(tb testing.TB, path string, o store.Options) (*store.DB, error) {
	tb.Helper()
	_, measured := tb.(*testing.B)
	o.NoSync = o.NoSync || !measured
	if InDatabase() {
		o.Rehearse = !measured
		return store.OpenURL(URL(tb, path), "", true, o)
	}
	return store.Open(path, o)
}

// OpenAt does the same with the store at path. The clock is time.Now unless o
// says otherwise; with a nil derive it is not checked where cases are sorted.
func OpenAt(tb testing.TB, path string, o store.Options, derive func(*intake.Case) intake.Index) *store.DB {
	tb.Helper()
	db, err := Opened(tb, path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		Verify(tb, db, derive)
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// Verify fails the test for everything that is wrong in the store.
func Verify(tb testing.TB, db *store.DB, derive func(*intake.Case) intake.Index) {
	tb.Helper()
	findings, err := db.Verify(context.Background(), derive)
	if err != nil {
		tb.Error("verify the store:", err)
	}
	for _, f := range findings {
		tb.Error("the store is not sound:", f)
	}
}
