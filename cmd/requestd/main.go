// Command requestd takes in information requests by mail for public bodies,
// registers them, acknowledges them and reminds staff of every deadline.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/daemon"
)

// Exit codes, which scripts rely on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2 // wrong use or wrong configuration
	exitUnreachable = 3 // neither the daemon nor the register can be reached
	// exitConfig is used when the daemon ends and starting it again cannot help:
	// sysexits.h calls it EX_CONFIG. It is not 2, because Go exits with 2 after a
	// panic and after SIGABRT, the watchdog's signal: then the daemon must be
	// started again.
	exitConfig = 78
)

// exitError carries an exit code up to main.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usageError(err error) error       { return &exitError{exitUsage, err} }
func configError(err error) error      { return &exitError{exitConfig, err} }
func unreachableError(err error) error { return &exitError{exitUnreachable, err} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program as a function, so that tests can call it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	complain(stderr, err)
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	return exitFailed
}

// complain writes why the program ends, each line marked for systemd's journal
// as an error.
func complain(w io.Writer, err error) {
	text := fmt.Sprintf("requestd: %v", err)
	if f, ok := w.(*os.File); ok && daemon.InJournal(f) {
		mark := daemon.Priority(slog.LevelError)
		text = mark + strings.ReplaceAll(intake.WithoutAddresses(text), "\n", "\n"+mark)
	}
	fmt.Fprintln(w, text)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "requestd",
		Short:         "Take in information requests by mail, register and acknowledge them, and watch every deadline",
		Version:       daemon.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs, // RunE refuses an unknown command
		RunE:          needCommand,
	}
	root.PersistentFlags().String("config", config.DefaultFile, "configuration file")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	root.AddCommand(
		newRunCmd(), newDemoCmd(), newCheckCmd(probeServers, probeDatabase, probeClock), newClassifyCmd(), newDeadlinesCmd(),
		newListCmd(), newShowCmd(), newMessagesCmd(), newOutboxCmd(), newForecastCmd(), newStatisticsCmd(), newCalendarCmd(),
		newOpenCmd(), newAttachCmd(), newMergeCmd(), newReclassifyCmd(), newAcknowledgeCmd(), newRecordCmd(),
		newStatusCmd(), newInitCmd(), newReloadCmd(), newVerifyCmd(), newBackupCmd(), newRestoreCmd(), newMoveCmd(), newEraseCmd(), newUserCmd(), newManCmd(), newReadMailCmd(),
	)
	return root
}
