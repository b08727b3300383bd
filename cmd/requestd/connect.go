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

	"requestd/intake/admin"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/daemon"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/store"
)

// register is the register as a command reaches it: through the daemon, or
// opened by the command itself where none runs.
type register struct {
	*admin.Client
	store  *store.DB      // nil when the daemon answers
	engine *engine.Engine // as store
}

func (r *register) close() error {
	if r.store == nil {
		return nil
	}
	return r.store.Close()
}

// configuration is the one that the command names.
func configuration(cmd *cobra.Command) (*config.Config, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path)
	if err != nil {
		return nil, usageError(err)
	}
	return cfg, nil
}

// connect reaches the daemon, or else opens the register. The register's lock
// decides: a socket that nobody answers means nothing.
func connect(cmd *cobra.Command) (*register, error) {
	cfg, err := configuration(cmd)
	if err != nil {
		return nil, err
	}
	if c, err := admin.Dial(cmd.Context(), string(cfg.Control.Socket)); err == nil {
		return &register{Client: c}, nil
	} else if errors.Is(err, fs.ErrPermission) {
		return nil, unreachableError(fmt.Errorf("the daemon runs, but you may not use its control socket %s: run the command as root, or join the socket's group (sudo adduser NAME requestd) and sign in anew", cfg.Control.Socket))
	}
	if _, err := os.Stat(string(cfg.Store.Path)); err != nil {
		return nil, unreachableError(fmt.Errorf("no daemon answers on %s, and there is no register: start the daemon (requestd run), which makes one, or name the right store.path: %w", cfg.Control.Socket, err))
	}
	return openStore(cfg, string(cfg.Store.Path), store.Options{Now: time.Now, Wait: cfg.Store.Wait})
}

func openStore(cfg *config.Config, file string, o store.Options) (*register, error) {
	db, err := store.Open(file, o)
	if err != nil {
		return nil, unreachableError(fmt.Errorf("no daemon answers on %s, and the register cannot be opened: %w", cfg.Control.Socket, err))
	}
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	e, err := engine.New(casework.Options{Store: db, Now: time.Now, Log: quiet}, cfg)
	if err != nil {
		return nil, errors.Join(usageError(err), db.Close())
	}
	api := &admin.API{Engine: e, Store: db, Status: func(ctx context.Context) (*health.Status, error) {
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

// coded gives a failure that the API told its exit code.
func coded(err error) error {
	var p *admin.Problem
	if errors.As(err, &p) {
		return &exitError{p.Code, err}
	}
	return err
}
