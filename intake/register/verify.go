package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/store"
)

// Verify checks every invariant of the register. In a copy that was sorted by
// another configuration, that order is not checked.
func (rg *Register) Verify(ctx context.Context) ([]store.Finding, error) {
	for {
		basis := rg.cases.RulesVersion()
		derive, err := rg.cases.IndexFunc()
		if err != nil {
			return nil, fmt.Errorf("verify the register: %w", err)
		}
		findings, err := rg.store.Verify(ctx, derive)
		if err != nil {
			return nil, fmt.Errorf("verify the register: %w", err)
		}
		if rg.cases.RulesVersion() == basis { // otherwise the cases were sorted by other rules meanwhile
			return findings, nil
		}
	}
}

// VerifyCopy checks every invariant of a copy of the register, such as a
// backup, and changes nothing in it. The order of open cases is checked only if
// the copy was sorted by the given configuration.
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
	return casework.IndexFuncOf(db, now, cfg)
}
