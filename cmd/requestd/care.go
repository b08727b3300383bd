package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	"requestd/intake/config"
	reg "requestd/intake/register"
	"requestd/store"
)

func newVerifyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Check every invariant of the register, or of a copy of it",
		Args:  wantArgs(cobra.MaximumNArgs(1)),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		verify := verifyRegister
		if len(args) == 1 {
			verify = func(cmd *cobra.Command) ([]store.Finding, error) { return verifyCopy(cmd, args[0]) }
		}
		findings, err := verify(cmd)
		if err != nil {
			return err
		}
		return printFindings(cmd, findings, *asJSON)
	}
	return cmd
}

func verifyRegister(cmd *cobra.Command) ([]store.Finding, error) {
	r, err := connect(cmd)
	if misconfigured(err) {
		return verifyAlone(cmd)
	}
	if err != nil {
		return nil, err
	}
	var v admin.Verified
	err = r.Get(cmd.Context(), "/v1/verify", nil, &v)
	return v.Findings, errors.Join(coded(err), r.close())
}

// misconfigured reports whether the only thing that keeps a command from the
// register is a wrong configuration.
func misconfigured(err error) bool {
	_, is := errors.AsType[*config.Problems](err)
	return is
}

// withStore is withRegister for commands that work while the configuration is
// wrong. In that case the register has no engine.
func withStore(run func(context.Context, *register, *cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		r, err := connect(cmd)
		if misconfigured(err) {
			db, err := bare(cmd)
			if err != nil {
				return err
			}
			r := &register{store: db}
			return errors.Join(run(cmd.Context(), r, cmd, args), r.close())
		}
		if err != nil {
			return err
		}
		return errors.Join(coded(run(cmd.Context(), r, cmd, args)), r.close())
	}
}

func verifyAlone(cmd *cobra.Command) (findings []store.Finding, err error) {
	db, err := bare(cmd)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	fmt.Fprintln(cmd.ErrOrStderr(), "the configuration is wrong (see requestd check): whether cases are sorted by their dates is not looked at")
	return db.Verify(cmd.Context(), nil)
}

func verifyCopy(cmd *cobra.Command, file string) ([]store.Finding, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("there is no such copy: %w", err)
	}
	if !configured(cmd) {
		fmt.Fprintln(cmd.ErrOrStderr(), "there is no configuration here: whether cases are sorted by their dates is not looked at")
		return store.VerifyFile(cmd.Context(), file, nil)
	}
	cfg, err := configuration(cmd)
	if err != nil {
		return nil, err
	}
	return reg.VerifyCopy(cmd.Context(), file, cfg, time.Now)
}

// configured reports whether a configuration was named or is in the default
// place: on another machine there may be only a copy of the register.
func configured(cmd *cobra.Command) bool {
	_, err := os.Stat(configPath(cmd))
	return cmd.Flag("config").Changed || !errors.Is(err, fs.ErrNotExist)
}

func printFindings(cmd *cobra.Command, findings []store.Finding, asJSON bool) error {
	for _, f := range findings {
		if asJSON {
			if err := printJSON(cmd.OutOrStdout(), f); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(cmd.OutOrStdout(), f)
	}
	if len(findings) > 0 {
		return fmt.Errorf("faults found: %d; restore the last good backup, as the administrator's guide says", len(findings))
	}
	if !asJSON {
		fmt.Fprintln(cmd.OutOrStdout(), "the register is sound")
	}
	return nil
}
