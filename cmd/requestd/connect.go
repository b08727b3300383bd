package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/accounts"
	"requestd/intake/admin"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/daemon"
	"requestd/intake/engine"
	"requestd/intake/health"
	reg "requestd/intake/register"
	"requestd/store"
)

// register is the register as a command reaches it: through the daemon, or
// opened by the command itself where none runs.
type register struct {
	*admin.Client
	store  *store.DB      // nil when the daemon answers
	engine *engine.Engine // nil when the daemon answers
}

func (r *register) close() error {
	if r.store == nil {
		return nil
	}
	if r.store.InDatabase() {
		return r.store.Close()
	}
	return errors.Join(r.store.Close(), store.FixOwner(r.store.Path()))
}

// configPath is the file that --config names.
func configPath(cmd *cobra.Command) string { return cmd.Flag("config").Value.String() }

// configuration is the one that the command names.
func configuration(cmd *cobra.Command) (*config.Config, error) {
	cfg, err := config.Load(configPath(cmd))
	if err != nil {
		return nil, usageError(err)
	}
	return cfg, nil
}

// connect reaches the daemon, or else opens the register. The register's lock
// decides which: a socket that nobody answers means nothing.
//
// A running daemon answers with the configuration that it was started with: if
// the file has become wrong meanwhile, the daemon can still be asked.
func connect(cmd *cobra.Command) (*register, error) {
	cfg, wrong := configuration(cmd)
	places := placesOf(cmd, cfg)
	if places.Socket == "" {
		return nil, wrong
	}
	c, err := admin.Dial(cmd.Context(), places.Socket)
	switch {
	case err == nil && wrong != nil:
		fmt.Fprintln(cmd.ErrOrStderr(), "the configuration is wrong, and the daemon goes by the one before: see requestd check")
		fallthrough
	case err == nil:
		return &register{Client: c}, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, unreachableError(fmt.Errorf("the daemon runs, but you may not use its control socket %s: run the command as root, or join the socket's group (sudo adduser NAME requestd) and sign in anew", places.Socket))
	case wrong != nil:
		return nil, wrong
	}
	if err := readable(places); err != nil {
		return nil, err
	}
	return openStore(cfg, places, store.Options{Now: time.Now, Wait: cfg.Store.Wait})
}

// placesOf returns where the daemon and the register are, as far as a
// configuration that may be wrong tells.
func placesOf(cmd *cobra.Command, cfg *config.Config) config.Places {
	if cfg != nil {
		p := config.Places{Store: reg.Where(cfg.Store), Socket: string(cfg.Control.Socket)}
		if cfg.Store.URL != "" {
			p.Database = cfg.Store
		}
		return p
	}
	return config.PlacesIn(configPath(cmd))
}

// readable says why the register cannot be opened; nil if it can.
func readable(p config.Places) error {
	if p.Database.URL != "" {
		return nil
	}
	_, err := os.Stat(p.Store)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return unreachableError(fmt.Errorf("no daemon answers on %s, and you may not look at the register %s: run the command as root (sudo), or start the daemon", p.Socket, p.Store))
	}
	return unreachableError(fmt.Errorf("no daemon answers on %s, and there is no register at %s: make it with requestd init on a first start, mount its file system, or name the right store.path", p.Socket, p.Store))
}

// bare opens the register alone, for commands that need nothing else of a
// configuration that is wrong.
func bare(cmd *cobra.Command) (*store.DB, error) {
	places := placesOf(cmd, nil)
	if err := readable(places); err != nil {
		return nil, err
	}
	db, err := openAt(places, store.Options{Now: time.Now})
	if err != nil {
		return nil, unreachableError(fmt.Errorf("no daemon answers on %s, and the register cannot be opened: %w", places.Socket, err))
	}
	return db, nil
}

// migrates says on standard error that the register is being brought into the
// form of a newer program, which may take minutes.
func migrates() store.Progress {
	at := ""
	return func(what string, done int) error {
		if what != at {
			fmt.Fprintln(os.Stderr, "the register is brought into the form of this program:", what)
			at = what
		}
		return nil
	}
}

// openAt opens the register at a place.
func openAt(p config.Places, o store.Options) (*store.DB, error) {
	o.Progress = migrates()
	if p.Database.URL != "" {
		return reg.OpenStore(p.Database, false, o)
	}
	return store.Open(p.Store, o)
}

func openStore(cfg *config.Config, places config.Places, o store.Options) (*register, error) {
	db, err := openAt(places, o)
	if err != nil {
		return nil, unreachableError(fmt.Errorf("no daemon answers on %s, and the register cannot be opened: %w", cfg.Control.Socket, err))
	}
	quiet := daemon.NewLog(config.Log{Level: "warn"}, os.Stderr)
	e, err := engine.New(casework.Options{Store: db, Now: time.Now, Log: quiet}, cfg)
	if err != nil {
		return nil, errors.Join(usageError(err), db.Close())
	}
	api := &admin.API{Engine: e, Store: db, Accounts: accounts.New(db, time.Now, slog.New(slog.DiscardHandler)), Status: func(ctx context.Context) (*health.Status, error) {
		return daemon.Offline(ctx, e, db, time.Now())
	}}
	return &register{Client: admin.Within(api.Handler(), admin.Local(os.Getuid())), store: db, engine: e}, nil
}

// withRegister runs a command on the register.
func withRegister(run func(context.Context, *register, *cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		r, err := connect(cmd)
		if err != nil {
			return err
		}
		return errors.Join(coded(run(cmd.Context(), r, cmd, args)), r.close())
	}
}

// coded gives an error of the API its exit code.
func coded(err error) error {
	if p, ok := errors.AsType[*admin.Problem](err); ok {
		return &exitError{p.Code, err}
	}
	return err
}
