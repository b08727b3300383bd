package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	"requestd/intake/config"
	reg "requestd/intake/register"
	"requestd/store"
)

func newMoveCmd() *cobra.Command {
	var to, passwordFile string
	cmd := &cobra.Command{
		Use:   "move --to URL|FILE",
		Short: "Copy the register into a database, or from one into a file",
		Long: `Copy the register to another place: into a PostgreSQL database that holds none
(--to postgres://USER@HOST/DATABASE), or into a new file. The register and the
copy are verified and compared, entry by entry; the copy becomes a register only
when both agree. Nothing is changed in the register, nor in the configuration.

Every daemon must be stopped. Afterwards write the new place into the
configuration of each, store.url or store.path, and start them. What was there
before is out of date from then on: put it away.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&to, "to", "", "where to: the address of a database, or a file")
	cmd.Flags().StringVar(&passwordFile, "password-file", "", "the password of the database's user; otherwise $REQUESTD_STORE_PASSWORD")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if to == "" {
			return usageError(errors.New("say where to: --to postgres://USER@HOST/DATABASE, or --to FILE"))
		}
		cfg, err := configuration(cmd)
		if err != nil {
			return err
		}
		target := config.Store{Path: config.Path(to)}
		if strings.HasPrefix(to, "postgres") && strings.Contains(to, "://") {
			target = config.Store{URL: to, Password: config.SecretFile{Path: config.Path(passwordFile), Env: "REQUESTD_STORE_PASSWORD"}}
		}
		return move(cmd, cfg, target)
	}
	return cmd
}

func move(cmd *cobra.Command, cfg *config.Config, target config.Store) (err error) {
	if c, err := admin.Dial(cmd.Context(), string(cfg.Control.Socket)); err == nil {
		return fmt.Errorf("a daemon (%s) uses the register: stop it first, systemctl stop requestd", version(cmd.Context(), c))
	}
	db, err := openAt(placesOf(cmd, cfg), store.Options{Now: time.Now, Wait: cfg.Store.Wait})
	if err != nil {
		return unreachableError(fmt.Errorf("the register cannot be opened: %w", err))
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if n, err := db.Others(); err != nil || n > 0 {
		return errors.Join(err, fmt.Errorf("%d other processes use the register: stop every daemon first", n))
	}
	if findings, err := db.Verify(cmd.Context(), nil); err != nil || len(findings) > 0 {
		return errors.Join(err, printFindings(cmd, findings, false))
	}
	key := "store.path"
	if target.URL != "" {
		key = "store.url"
		err = moveToDatabase(cmd.Context(), db, target)
	} else {
		err = moveToFile(cmd.Context(), db, string(target.Path))
	}
	switch {
	case errors.Is(err, store.ErrUnreachable):
		return unreachableError(err)
	case err != nil:
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the register in %s was copied to %s; both are sound and the same\nnow write %s: %s into the configuration, in place of where it lies today, and start the daemons\n",
		db.Path(), reg.Where(target), key, reg.Where(target))
	return nil
}

func moveToDatabase(ctx context.Context, db *store.DB, target config.Store) error {
	password, err := target.Secret()
	if err != nil {
		return err
	}
	if err := db.CopyURL(ctx, target.URL, password); err != nil {
		return err
	}
	there, err := reg.OpenStore(target, false, store.Options{Now: time.Now})
	if err != nil {
		return err
	}
	findings, err := there.Verify(ctx, nil)
	return errors.Join(err, unsound(findings), there.Close())
}

func moveToFile(ctx context.Context, db *store.DB, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is something at %s already: name a file that is to be made", path)
	}
	ready := path + ".moving"
	if err := os.Remove(ready); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put away what an earlier move left: %w", err)
	}
	if err := db.CopyFile(ctx, ready); err != nil {
		return err
	}
	findings, err := store.VerifyFile(ctx, ready, nil)
	if err := errors.Join(err, unsound(findings)); err != nil {
		return err
	}
	if err := os.Rename(ready, path); err != nil {
		return fmt.Errorf("put the copy in its place: %w", err)
	}
	made, err := store.OpenKnown(path, false, store.Options{Now: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(made.Close(), store.FixOwner(path))
}

// unsound makes the error for a copy that is not sound.
func unsound(findings []store.Finding) error {
	var errs []error
	for _, f := range findings {
		errs = append(errs, fmt.Errorf("the copy is not sound: %s", f))
	}
	return errors.Join(errs...)
}
