package clock

import (
	"context"
	"errors"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// draftAtOnce is how many letters are drafted, or drafts stopped, in one
// transaction.
const draftAtOnce = 50

// dropStale stops the drafts that nobody released in time.
func (cl *Clock) dropStale(ctx context.Context) error {
	var ids []uint64
	err := cl.store.View(func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{State: intake.LetterHeld}) {
			if cl.cases.Stale(&l, tx.Today()) {
				ids = append(ids, l.ID)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return inParts(ctx, cl.store, ids, func(tx *store.Tx, id uint64) error { return cl.cases.DropStale(tx, id) })
}

// question is a part of a case that waits for the requester.
type question struct {
	ref  string
	part intake.Kind
}

// askAgain drafts the letters to requesters who have not answered for a long
// time.
func (cl *Clock) askAgain(ctx context.Context) error {
	var quiet []question
	err := cl.store.View(func(tx *store.Tx) error {
		for _, d := range cl.facts.OpenCasesIn(tx) {
			for _, k := range d.Clocks {
				if cl.silent(d.View, k, tx.Today()) {
					quiet = append(quiet, question{d.Ref, k.Kind})
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return inParts(ctx, cl.store, quiet, func(tx *store.Tx, q question) error {
		c, err := tx.Case(q.ref)
		if errors.Is(err, store.ErrUnreadable) {
			return nil // an alarm reports it
		}
		if err != nil {
			return err
		}
		v := cl.cases.View(tx, c)
		if !slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return k.Kind == q.part && cl.silent(v, k, tx.Today()) }) {
			return nil // it was answered meanwhile
		}
		if done, err := cl.cases.DraftNoAnswer(tx, c, q.part); err != nil || !done {
			return err
		}
		return cl.cases.Put(tx, c)
	})
}

// silent reports whether a requester has not answered for so long that they may
// be asked again.
func (cl *Clock) silent(v *intake.View, k intake.Clock, today deadlines.Day) bool {
	every := cl.cases.Rules().Schedule().RecallEvery
	return every > 0 && v.IsOpen() && !(v.State == intake.StateTriage && v.Doubt) && cl.cases.Rules().HasBox(v.Mailbox) &&
		!k.Finished() && k.Due() == 0 && k.Result.PausedSince != 0 &&
		cl.cases.Calendar().WorkingDaysBetween(deadlines.EnglandAndWales, k.Result.PausedSince, today) >= every
}

// inParts calls do for each of many things, a few in one transaction.
func inParts[T any](ctx context.Context, db *store.DB, all []T, do func(*store.Tx, T) error) error {
	for part := range slices.Chunk(all, draftAtOnce) {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := db.Update(func(tx *store.Tx) error {
			for _, x := range part {
				if err := do(tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
