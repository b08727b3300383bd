package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"requestd/intake"
)

// Finding is one thing that is wrong in a store.
type Finding struct {
	Where string `json:"where"` // "case CAF26-00017", "message 12", "letter 3", "file" …
	What  string `json:"what"`
}

func (f Finding) String() string { return f.Where + ": " + f.What }

// Verify checks every invariant of the store as it is at one moment: the file's
// own pages, that every message has its decision and its case, every case its
// events, messages and an unbroken chain, every letter its case, its hash and
// its bytes while they can be needed, and that every index matches in both
// directions. derive returns where the register must sort a case; it may be
// nil. Nobody can record while the pages are checked, but after that they can.
// No findings means that the store is sound; err says that it could not be
// checked to its end.
func (db *DB) Verify(ctx context.Context, derive func(*intake.Case) intake.Index) ([]Finding, error) {
	findings := db.pageFindings()
	if len(findings) > 0 {
		return findings, nil // records on damaged pages cannot be read safely
	}
	err := db.View(func(tx *Tx) error {
		v := &verifier{tx: tx, ctx: ctx, derive: derive}
		err := v.all()
		findings = v.findings
		return err
	})
	return findings, err
}

// VerifyFile does the same for a file that no process uses, such as a backup.
// The file may be damaged in any way, and is not changed. If it cannot be
// opened as a store, it returns one of Open's errors.
func VerifyFile(ctx context.Context, path string, derive func(*intake.Case) intake.Index) ([]Finding, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("verify the store: %w", err)
	}
	defer file.Close()
	var findings []Finding
	checkPages(file, collect(&findings))
	if len(findings) > 0 {
		return findings, nil
	}
	return verifyOpened(ctx, path, derive)
}

// verifyOpened is the part in which bbolt reads. If damage that was not found
// before makes bbolt panic, that is a finding and does not end the process.
func verifyOpened(ctx context.Context, path string, derive func(*intake.Case) intake.Index) (findings []Finding, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			findings, err = []Finding{{Where: "file", What: fmt.Sprintf("reading it fails: %v", r)}}, nil
		}
	}()
	db, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	findings, err = db.Verify(ctx, derive)
	return findings, errors.Join(err, db.Close())
}
