package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/config"
	"requestd/intake/daemon"
	reg "requestd/intake/register"
	"requestd/store"
	"requestd/templates"
)

func newRunCmd() *cobra.Command {
	var once, noSend bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Watch every mailbox, register, acknowledge and remind",
		Long: `Watch every mailbox: classify, register, acknowledge and remind, until SIGTERM.
SIGHUP reads the configuration anew; a wrong one changes nothing.

With --once it reads every mailbox to its end, runs the reminders, sends until
nothing is due now, and ends: with 0, or with 1 when a mailbox or a mail
server could not be used. With --no-send what is to be sent stays in the outbox.

It ends with 78 where starting it again would not help: the configuration is
wrong, or there is no register. Any other end is worth another start.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if noSend && !once {
				return usageError(errors.New("--no-send goes with --once: a daemon that never sends acknowledges nobody"))
			}
			return runDaemon(cmd.Context(), configPath(cmd), once, !noSend)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "read everything once, send what is due, and end")
	cmd.Flags().BoolVar(&noSend, "no-send", false, "with --once: leave what is to be sent in the outbox")
	return cmd
}

// boundMemory lets the garbage collector run less often, within a limit. Only a
// few megabytes are live at any time, so at the usual pace collecting takes a
// fifth of the time of a backlog. The limit, for the whole process, makes it
// collect sooner when more is live. GOGC and GOMEMLIMIT take precedence.
func boundMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(64 << 20)
	}
}

// databaseWait is how long a daemon that could not reach its database at the
// start waits before it tries again.
const databaseWait = 2 * time.Second

func runDaemon(ctx context.Context, path string, once, send bool) error {
	load := func() (*config.Config, error) {
		cfg, err := config.Load(path)
		if err != nil {
			return nil, err
		}
		if err := cfg.Check(); err != nil {
			return nil, err
		}
		if _, err := templates.Load(string(cfg.Templates.Dir)); err != nil {
			return nil, fmt.Errorf("templates.dir: %w", err)
		}
		return cfg, nil
	}
	cfg, err := load()
	if err != nil {
		return configError(err)
	}
	log := daemon.NewLog(cfg.Log, os.Stderr)
	lost := daemon.OutOfReach(log)
	begin := func() (*daemon.Daemon, error) {
		defer daemon.Opening(log)()
		return daemon.Open(ctx, cfg, log, time.Now, once)
	}
	d, err := begin()
	for told := false; errors.Is(err, store.ErrUnreachable) && !once; d, err = begin() {
		if !told {
			log.Error("the register cannot be reached: nothing is read or sent until it can", "error", err)
			told = true
		}
		lost()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(databaseWait):
		}
	}
	switch {
	case errors.Is(err, store.ErrLocked):
		return &exitError{exitFailed, fmt.Errorf("%w: is a daemon running already?", err)}
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return nil // told to stop before it began, or only migrated
	case errors.Is(err, store.ErrMissing):
		return configError(err) // another start would not help: a person must act
	case err != nil:
		return err
	}
	boundMemory() // only now, since a migration of the register may need more
	if err := d.ReadApart(); err != nil {
		return errors.Join(err, d.Close())
	}
	log.Info("requestd starts", "version", daemon.Version(), "configuration", cfg.Source(), "register", reg.Where(cfg.Store), "once", once)
	defer log.Info("requestd has stopped")
	if once {
		return errors.Join(d.Once(ctx, send), d.Close(), reg.FixOwner(cfg.Store))
	}
	d.Load = load
	stop := reloadOnHangup(ctx, d)
	defer stop()
	return errors.Join(d.Run(ctx), d.Close(), reg.FixOwner(cfg.Store))
}

// reloadOnHangup makes SIGHUP read the configuration again. The outcome is
// logged.
func reloadOnHangup(ctx context.Context, d *daemon.Daemon) (stop func()) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				_ = d.Reload(ctx) // a failure was logged
			}
		}
	}()
	return func() {
		signal.Stop(hangup)
		cancel()
	}
}
