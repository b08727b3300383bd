package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/health"
	"requestd/store"
)

func newBackupCmd() *cobra.Command {
	var into string
	var keep int
	cmd := &cobra.Command{
		Use:   "backup FILE | backup --into DIR [--keep N]",
		Short: "Copy the register, consistently, while the daemon runs; a copy of that name is replaced",
		Long: `Copy the register, consistently, while the daemon runs. A copy of that name is
replaced once the new one is whole; anything else that stands there stays.

With --into the copy gets a name by its time, is verified, and only then do the
oldest of these copies go, but for the last N. requestd-backup.timer does this
each night.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case (into == "") != (len(args) == 1):
				return usageError(errors.New("backup takes one file, or --into DIR"))
			case keep < 0, keep > 0 && into == "":
				return usageError(errors.New("--keep goes with --into, and takes how many copies stay"))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "make a copy with a name of its own in this directory, and verify it")
	cmd.Flags().IntVar(&keep, "keep", 0, "how many such copies stay there; all when left out")
	cmd.RunE = withStore(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		if into != "" {
			return backupInto(ctx, r, cmd, into, keep)
		}
		if err := copyRegister(ctx, r, args[0]); err != nil {
			return err
		}
		if err := recordBackup(ctx, r); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "the register was copied to %s; requestd verify %s checks the copy\n", args[0], args[0])
		return err
	})
	return cmd
}

// nightly matches the name of a copy that backupInto made.
var nightly = regexp.MustCompile(`^requestd-\d{8}T\d{6}Z\.db$`)

// backupInto makes a copy, which counts only once it is verified.
func backupInto(ctx context.Context, r *register, cmd *cobra.Command, dir string, keep int) error {
	if err := clearAway(dir, time.Now()); err != nil {
		return err
	}
	name := filepath.Join(dir, time.Now().UTC().Format("requestd-20060102T150405Z.db"))
	if err := copyRegister(ctx, r, name); err != nil {
		return err
	}
	findings, err := store.VerifyFile(ctx, name, nil)
	if err != nil || len(findings) > 0 {
		name, aside := setAside(name)
		if err == nil {
			err = printFindings(cmd, findings, false)
		}
		return errors.Join(fmt.Errorf("the copy %s does not count, and no older one goes: %w", name, err), aside)
	}
	if err := recordBackup(ctx, r); err != nil {
		return err
	}
	gone, err := prune(dir, keep)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "the register was copied to %s and verified; %s removed\n", name, health.Count(gone, "older copy", "older copies"))
	return err
}

// halfMade matches the name of an unfinished copy, made by download or by the
// store.
var halfMade = regexp.MustCompile(`^\.requestd-(backup-\d+|\d{8}T\d{6}Z\.db\.\d+)$`)

// clearAway removes unfinished copies that are a day old or more, left by a
// copy that was killed or a machine that stopped: each is as large as the
// register, and nobody sees it.
func clearAway(dir string, now time.Time) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for copies that were broken off: %w", err)
	}
	for _, f := range files {
		i, err := f.Info()
		if err != nil || !f.Type().IsRegular() || !halfMade.MatchString(f.Name()) || now.Sub(i.ModTime()) < 24*time.Hour {
			continue // it was finished and renamed meanwhile
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return fmt.Errorf("remove a copy that was broken off: %w", err)
		}
	}
	return nil
}

// setAside renames an unsound copy, so that it does not count and no sound copy
// is removed in its favour on a later night. It replaces the one that was set
// aside before, so that a register with a fault does not fill the disk.
func setAside(name string) (string, error) {
	aside := filepath.Join(filepath.Dir(name), "requestd-unsound.db")
	if err := os.Rename(name, aside); err != nil {
		return name, fmt.Errorf("set the copy aside: remove it by hand: %w", err)
	}
	return aside, nil
}

// prune removes all copies in a directory but the latest keep.
func prune(dir string, keep int) (gone int, err error) {
	if keep == 0 {
		return 0, nil
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("remove older copies: %w", err)
	}
	var names []string
	for _, f := range files {
		if f.Type().IsRegular() && nightly.MatchString(f.Name()) {
			names = append(names, f.Name())
		}
	}
	slices.Sort(names)
	for _, name := range names[:max(0, len(names)-keep)] {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return gone, fmt.Errorf("remove older copies: %w", err)
		}
		gone++
	}
	return gone, nil
}

func copyRegister(ctx context.Context, r *register, name string) error {
	if r.store != nil {
		return r.store.BackupFile(name)
	}
	if err := download(ctx, r, name); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// recordBackup records in the register that a copy is in its place.
func recordBackup(ctx context.Context, r *register) error {
	var err error
	switch {
	case r.store == nil:
		err = r.BackedUp(ctx)
	case r.engine != nil:
		err = r.engine.Register.BackedUp()
	}
	if err != nil {
		return fmt.Errorf("the copy was made, and that could not be recorded: %w", err)
	}
	return nil
}

// download writes to a temporary file first, so that there is never half a copy
// under the name that was asked for.
func download(ctx context.Context, r *register, name string) (err error) {
	if err := store.PlaceForCopy(name); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".requestd-backup-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(r.Backup(ctx, f, name), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
