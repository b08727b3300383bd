package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"requestd/store"
)

func newInitCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Make the register, on a first start",
		Long: `Make the register where store.path says, on a first start. The package does it
when it is installed for the first time.

The daemon never makes one by itself: a register that cannot be found, since
its file system is not mounted or its path is mistyped, would be begun anew, and
the same references given out again. For the same reason init makes none where
one was known before.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := placesOf(cmd, nil).Store
			if path == "" {
				_, err := configuration(cmd)
				return errors.Join(err, usageError(errors.New("store.path is missing: name the file of the register")))
			}
			if st, err := os.Stat(path); err == nil && st.Size() > 0 {
				return fmt.Errorf("there is a register at %s already: nothing was done", path)
			}
			db, err := store.OpenKnown(path, true, store.Options{Now: time.Now})
			if err != nil {
				return err
			}
			if err := errors.Join(db.Close(), store.KeepOwner(path)); err != nil {
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

func ownedByRoot(dir string) bool {
	st, err := os.Stat(dir)
	if err != nil {
		return false
	}
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && s.Uid == 0
}
