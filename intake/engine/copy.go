package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
)

// VerifyCopy checks every invariant of a copy of the register, such as a
// backup, and changes nothing in it. How open cases are sorted is checked only
// where the copy was sorted by the configuration given.
func VerifyCopy(ctx context.Context, path string, cfg *config.Config, now func() time.Time) ([]store.Finding, error) {
	derive, err := deriver(path, cfg, now)
	if err != nil {
		return nil, err
	}
	findings, err := store.VerifyFile(ctx, path, derive)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", path, err)
	}
	return findings, nil
}

func deriver(path string, cfg *config.Config, now func() time.Time) (derive func(*intake.Case) intake.Index, err error) {
	db, err := store.Open(path, store.Options{Now: now, ReadOnly: true, Wait: cfg.Store.Wait})
	if errors.Is(err, store.ErrDamaged) {
		return nil, nil // VerifyFile says what is wrong with it
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	e := &Engine{store: db, now: now}
	if err := e.loadHolidays(); err != nil {
		return nil, err
	}
	e.rules.Store(newRules(cfg))
	err = db.View(func(tx *store.Tx) error {
		same, _, err := e.indexed(tx)
		if same {
			derive = e.Index
		}
		return err
	})
	return derive, err
}
