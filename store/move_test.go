package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"requestd/store"
	"requestd/store/storetest"
)

// interrupted is a context that calls a function once it was asked often enough
// whether it has ended, and from then on returns the function's error.
type interrupted struct {
	context.Context
	asked int
	at    int
	do    func() error
	err   error
}

func (c *interrupted) Err() error {
	if c.asked++; c.asked == c.at {
		c.err = c.do()
	}
	return c.err
}

func someCases(t *testing.T, db *store.DB, n int) {
	t.Helper()
	for i := range n {
		update(t, db, func(tx *store.Tx) error {
			_, err := register(tx, uint32(i+1), fmt.Sprintf("%d@example.com", i), "jo@example.com")
			return err
		})
	}
}

// An interrupted copy holds part of the register and none of its numbers: if a
// register were begun there, it would use the references again over what is
// there.
func TestARegisterIsNotBegunOverPartOfAnother(t *testing.T) {
	storetest.FileOnly(t, "is where this one begins")
	url, file := storetest.URL(t, t.Name()), open(t)
	someCases(t, file, 3)
	broken := errors.New("the machine stops")
	ctx := &interrupted{Context: context.Background(), at: 12, do: func() error { return broken }}
	if err := file.CopyURL(ctx, url, ""); !errors.Is(err, broken) {
		t.Fatalf("err = %v, want that it was broken off", err)
	}
	if db, err := store.OpenURL(url, "", true, store.Options{Now: clock()}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("err = %v, want that part of a register is there", err)
		if err == nil {
			_ = db.Close()
		}
	}
	if err := file.CopyURL(context.Background(), url, ""); err != nil {
		t.Errorf("copied again: %v", err)
	}
	openURL(t, url, false)
}

// While a register is being copied into a database nobody else can begin one
// there or copy one into it.
func TestNobodyBeginsARegisterWhereOneIsBeingCopied(t *testing.T) {
	storetest.FileOnly(t, "is where this one begins")
	want := map[string]error{"begun": nil, "copied": store.ErrNotEmpty} // whoever would begin one finds it there
	for name, beside := range map[string]func(url string) error{
		"begun": func(url string) error {
			db, err := store.OpenURL(url, "", true, store.Options{Now: clock()})
			if err == nil {
				_ = db.Close()
			}
			return err
		},
		"copied": func(url string) error {
			other := open(t)
			someCases(t, other, 1)
			return other.CopyURL(context.Background(), url, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, file := storetest.URL(t, t.Name()), open(t)
			someCases(t, file, 3)
			other := make(chan error, 1)
			ctx := &interrupted{Context: context.Background(), at: 12, do: func() error {
				go func() { other <- beside(url) }()
				awaitWaiting(t, url, other)
				return nil
			}}
			if err := file.CopyURL(ctx, url, ""); err != nil {
				t.Errorf("the copy: %v", err)
			}
			if err := <-other; !errors.Is(err, want[name]) {
				t.Errorf("the other: %v, want %v", err, want[name])
			}
			db, err := store.OpenURL(url, "", false, store.Options{Now: clock()})
			if err != nil {
				t.Fatalf("nobody's register: %v", err)
			}
			defer db.Close()
			if findings, err := db.Verify(context.Background(), nil); err != nil || len(findings) > 0 {
				t.Errorf("it is not sound: %v, %v", findings, err)
			}
		})
	}
}

// What is recorded in the register after it was read for a copy is missing in
// the copy: the copy must not be taken for complete.
func TestACopyIsRefusedWhereTheRegisterWentOn(t *testing.T) {
	storetest.FileOnly(t, "is copied here")
	url := storetest.URL(t, t.Name())
	db := openURL(t, url, true)
	someCases(t, db, 3)
	ctx := &interrupted{Context: context.Background(), at: 12, do: func() error {
		other := openURL(t, url, false)
		update(t, other, func(tx *store.Tx) error { _, err := register(tx, 9, "nine@example.com", "jo@example.com"); return err })
		return nil
	}}
	if err := db.CopyFile(ctx, filepath.Join(t.TempDir(), "copy.db")); !errors.Is(err, store.ErrInUse) {
		t.Errorf("err = %v: the copy lacks a case, and is said to be the register", err)
	}
}

// awaitWaiting waits until a process is waiting to be alone with a register, or
// has ended.
func awaitWaiting(t *testing.T, url string, ended chan error) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close(ctx)
	for waits := false; !waits && len(ended) == 0; {
		if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)").Scan(&waits); err != nil {
			t.Error(err)
			return
		}
	}
}
