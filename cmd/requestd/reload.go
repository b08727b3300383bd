package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	"requestd/intake/config"
)

func newReloadCmd() *cobra.Command {
	var sources string
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Have the daemon read its configuration and its secrets anew",
		Long: `Have the daemon read its configuration anew, and say what came of it: a wrong
one changes nothing, and the command fails. systemctl reload requestd does this.

With --credentials, as root, secrets in that directory that changed since the
daemon was started are handed to it as well: systemd itself does so at a start
alone. It tells which.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			places := placesOf(cmd, nil)
			if places.Socket == "" {
				_, err := configuration(cmd)
				return err
			}
			c, err := admin.Dial(cmd.Context(), places.Socket)
			if err != nil {
				return unreachableError(fmt.Errorf("no daemon answers on %s: %w", places.Socket, err))
			}
			reload := func() error {
				var done struct{}
				return c.Post(cmd.Context(), "/v1/reload", nil, &done)
			}
			if sources == "" {
				err = reload()
			} else {
				err = reloadWith(cmd, sources, reload)
			}
			if err != nil {
				return coded(err)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "the configuration was read anew and is in force")
			return err
		},
	}
	cmd.Flags().StringVar(&sources, "credentials", "", "hand over changed secrets from this directory")
	return cmd
}

// reloadWith hands over secrets that changed since the service was started. It
// puts them into the daemon's runtime directory, where the daemon looks first;
// that is in memory and is removed with the service. Root writes there into
// another user's directory, so nothing outside it may be reached. If the daemon
// then refuses the configuration, the earlier secrets are put back: an old
// configuration and a new password need not go together.
func reloadWith(cmd *cobra.Command, sources string, reload func() error) error {
	root, err := os.OpenRoot(cmp.Or(os.Getenv("RUNTIME_DIRECTORY"), "/run/requestd"))
	if err != nil {
		return fmt.Errorf("hand over secrets: %w", err)
	}
	defer func() { _ = root.Close() }()
	list, err := renewCredentials(cmd, root, sources)
	if err == nil {
		err = reload()
		if p := (*admin.Problem)(nil); err != nil && !errors.As(err, &p) {
			return err // the daemon may or may not have taken it over
		}
	}
	for _, r := range list {
		if err != nil {
			err = errors.Join(err, r.takeBack(root))
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), "the secret %s was taken over anew\n", filepath.Base(r.name))
	}
	return err
}

// renewal is a secret that was put into force.
type renewal struct {
	name string
	was  []byte // the secret that an earlier reload put there
	had  bool   // whether there was one
}

func renewCredentials(cmd *cobra.Command, root *os.Root, sources string) (list []renewal, err error) {
	files, err := os.ReadDir(sources)
	if err != nil {
		return nil, fmt.Errorf("hand over secrets: %w", err)
	}
	handed := cmp.Or(os.Getenv("CREDENTIALS_DIRECTORY"), "/run/credentials/requestd.service")
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue
		}
		r, changed, err := renew(root, filepath.Join(sources, f.Name()), filepath.Join(handed, f.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Fprintf(cmd.OutOrStdout(), "%s is not handed to the service: add LoadCredential=%[1]s:%s with systemctl edit requestd requestd-check, and restart\n", f.Name(), filepath.Join(sources, f.Name()))
		case err != nil:
			return list, fmt.Errorf("hand over the secret %s: %w", f.Name(), err)
		case changed:
			list = append(list, r)
		}
	}
	return list, nil
}

// renew puts one secret into force if it differs from the one in force.
func renew(root *os.Root, source, handed string) (r renewal, changed bool, err error) {
	is, err := os.ReadFile(source)
	if err != nil {
		return r, false, err
	}
	r.name = filepath.Join(config.RenewedCredentials, filepath.Base(source))
	was, err := root.ReadFile(r.name)
	if r.had = err == nil; r.had {
		r.was = was
	} else if errors.Is(err, fs.ErrNotExist) {
		was, err = os.ReadFile(handed)
	}
	if err != nil || bytes.Equal(is, was) {
		return r, false, err
	}
	if err := root.Mkdir(config.RenewedCredentials, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return r, false, err
	}
	return r, true, putSecret(root, r.name, is)
}

func (r renewal) takeBack(root *os.Root) error {
	var err error
	if r.had {
		err = putSecret(root, r.name, r.was)
	} else {
		err = root.Remove(r.name)
	}
	if err != nil {
		return fmt.Errorf("put back the secret %s that was in force: %w; restart the daemon once the configuration is right", filepath.Base(r.name), err)
	}
	return nil
}

// putSecret writes a secret whole or not at all.
func putSecret(root *os.Root, name string, secret []byte) error {
	next := name + ".new"
	if err := root.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := root.WriteFile(next, secret, 0o400); err != nil {
		return err
	}
	if err := giveToOwner(root, config.RenewedCredentials, next); err != nil {
		return err
	}
	return root.Rename(next, name)
}

// giveToOwner changes the owner of files that root made to the owner of the
// directory.
func giveToOwner(dir *os.Root, names ...string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	st, err := dir.Stat(".")
	if err != nil {
		return err
	}
	owner, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	for _, name := range names {
		if err := dir.Lchown(name, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return nil
}
