package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/config"
	reg "requestd/intake/register"
	"requestd/store"
)

func newInitCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Make the register, on a first start",
		Long: `Make the register where store.path or store.url says, on a first start. The package does it
when it is installed for the first time.

The daemon never makes one by itself: a register that cannot be found, since
its file system is not mounted or its path is mistyped, would be begun anew, and
the same references given out again. For the same reason init makes none where
one was known before. In a database it makes the tables, in the schema that the
search_path of store.url names, where there is no register yet.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := placesOf(cmd, nil).Store
			if path == "" {
				_, err := configuration(cmd)
				return errors.Join(err, usageError(errors.New("store.path is missing: name the file of the register, or its database in store.url")))
			}
			if p := placesOf(cmd, nil); p.Database.URL != "" {
				return initDatabase(cmd, p.Database)
			}
			if st, err := os.Stat(path); err == nil && st.Size() > 0 {
				return fmt.Errorf("there is a register at %s already: nothing was done", path)
			}
			db, err := store.OpenKnown(path, true, store.Options{Now: time.Now})
			if err != nil {
				return err
			}
			if err := errors.Join(db.Close(), store.FixOwner(path)); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "made an empty register at", path)
			if ownedByRoot(filepath.Dir(path)) {
				fmt.Fprintf(cmd.OutOrStdout(), "it belongs to root, like its directory: where the daemon runs as another user, chown -R requestd: %s\n", filepath.Dir(path))
			}
			return nil
		},
	}
}

func initDatabase(cmd *cobra.Command, s config.Store) error {
	db, err := reg.OpenStore(s, false, store.Options{Now: time.Now})
	switch {
	case err == nil:
		return errors.Join(fmt.Errorf("there is a register in %s already: nothing was done", db.Path()), db.Close())
	case errors.Is(err, store.ErrUnreachable):
		return unreachableError(err)
	case !errors.Is(err, store.ErrMissing):
		return err
	}
	if db, err = reg.OpenStore(s, true, store.Options{Now: time.Now}); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), "made an empty register in", db.Path())
	return db.Close()
}

func ownedByRoot(dir string) bool {
	st, err := os.Stat(dir)
	if err != nil {
		return false
	}
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && s.Uid == 0
}
