package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/intake/outbox"
	"requestd/store"
)

func newRestoreCmd() *cobra.Command {
	var list, release, unread bool
	cmd := &cobra.Command{
		Use:   "restore FILE | restore --list | restore --release",
		Short: "Put a copy of the register in its place, and hold the letters that may have gone since",
		Long: `Verify a copy of the register, put it in place, and keep what stood there beside
it. The daemon must be stopped. A register in a database is put into an empty
one: name it in store.url first. What pg_dump wrote pg_restore puts back; let no
daemon run before you have looked at what may have gone since.

A copy cannot know what was sent after it was made. So every letter to people
outside that stands in it is held, and so is every letter about mail that came in
before this moment, once the daemon has read that mail again. --list shows
them. Look in the Sent folder which of them had gone, record each of these
(requestd acknowledge REF --by-hand DATE), and let the others go with --release.
Mail that comes in later is acknowledged as ever.

--list names the mailboxes that were not read since, whose letters it cannot know
yet, and --release refuses until they are. Where nothing was sent since the copy,
as when the register moves to another machine, --unread lets them go at once.`,
		Args: func(_ *cobra.Command, args []string) error {
			if list && release || (list || release) != (len(args) == 0) || len(args) > 1 {
				return usageError(errors.New("restore takes one copy, or --list, or --release"))
			}
			if unread && !release {
				return usageError(errors.New("--unread goes with --release"))
			}
			return nil
		},
	}
	asJSON := jsonFlag(cmd)
	cmd.Flags().BoolVar(&list, "list", false, "show which letters may have gone since the copy")
	cmd.Flags().BoolVar(&release, "release", false, "let the letters go that are held since a copy was put back")
	cmd.Flags().BoolVar(&unread, "unread", false, "with --release, although mailboxes were not read since: nothing was sent since the copy")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case list:
			return withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
				return listRestored(ctx, r, cmd, *asJSON)
			})(cmd, args)
		case release:
			return withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
				return releaseRestored(ctx, r, cmd, admin.Release{Unread: unread}, *asJSON)
			})(cmd, args)
		}
		cfg, err := configuration(cmd)
		if err != nil {
			return err
		}
		if c, err := admin.Dial(cmd.Context(), string(cfg.Control.Socket)); err == nil {
			return fmt.Errorf("a daemon (%s) uses the register: stop it first, systemctl stop requestd", version(cmd.Context(), c))
		}
		return putBack(cmd, cfg, args[0])
	}
	return cmd
}

// putBack prepares the copy in the register's directory, and moves it into the
// register's place only once it is sound and its letters are held.
func putBack(cmd *cobra.Command, cfg *config.Config, file string) (err error) {
	if cfg.Store.URL != "" {
		return putIntoDatabase(cmd, cfg, file)
	}
	path := string(cfg.Store.Path)
	if err := removeAll(path + readied); err != nil {
		return fmt.Errorf("put away what a restore that was killed has left: %w", err)
	}
	ready, err := copyBeside(file, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, removeAll(ready)) }()
	if err := makeReady(cmd, cfg, ready); err != nil {
		return err
	}
	aside, err := takePlace(cfg, ready)
	if err != nil {
		return err
	}
	if err := store.FixOwner(path); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "the copy %s is sound, and is now the register %s\n", file, path)
	if aside != "" {
		fmt.Fprintf(out, "what stood there is now %s\n", aside)
	}
	r, err := connect(cmd)
	if err != nil {
		return err
	}
	return errors.Join(listRestored(cmd.Context(), r, cmd, false), r.close())
}

// putIntoDatabase does the same for a register in a database. The database must
// hold none: nothing is put aside there.
func putIntoDatabase(cmd *cobra.Command, cfg *config.Config, file string) (err error) {
	dir, clear, err := readyRoom()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clear()) }()
	ready, err := copyBeside(file, filepath.Join(dir, "requestd.db"))
	if err != nil {
		return err
	}
	if err := makeReady(cmd, cfg, ready); err != nil {
		return err
	}
	db, err := store.Open(ready, store.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		return err
	}
	if err := errors.Join(moveToDatabase(cmd.Context(), db, cfg.Store), db.Close()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the copy %s is sound, and is now the register in %s\n", file, cfg.Store.URL)
	r, err := connect(cmd)
	if err != nil {
		return err
	}
	return errors.Join(listRestored(cmd.Context(), r, cmd, false), r.close())
}

// readied is the part between the register's name and the number in the name of
// a copy that is being made ready.
const readied = ".restore-"

// copyBeside copies a file into the register's directory, with mode 0600.
func copyBeside(file, path string) (name string, err error) {
	from, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read the copy: %w", err)
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+readied+"*")
	if err != nil {
		return "", fmt.Errorf("put the copy beside the register: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("put the copy beside the register: %w", err), os.Remove(to.Name()))
	}
	return to.Name(), nil
}

// removeAll removes what is left of a copy that was being made ready.
func removeAll(ready string) error {
	names, err := filepath.Glob(ready + "*")
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// makeReady brings a copy up to this program's schema, verifies it, and holds
// its letters.
func makeReady(cmd *cobra.Command, cfg *config.Config, ready string) (err error) {
	findings, err := store.VerifyFile(cmd.Context(), ready, nil)
	if err != nil && !errors.Is(err, store.ErrOlder) {
		return err
	}
	if len(findings) > 0 {
		return printFindings(cmd, findings, false)
	}
	db, err := store.Open(ready, store.Options{Now: time.Now, Progress: migrates()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	e, err := engine.New(casework.Options{Store: db, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, cfg)
	if err != nil {
		return usageError(err)
	}
	if findings, err = e.Register.Verify(cmd.Context()); err != nil {
		return err
	}
	if len(findings) > 0 {
		return printFindings(cmd, findings, false)
	}
	return outbox.HoldRestored(db, admin.Local(os.Getuid()), e.RecordOutcome)
}

// takePlace moves the copy into the register's place and keeps what was there.
// Nobody may be using the register.
func takePlace(cfg *config.Config, ready string) (aside string, err error) {
	path := string(cfg.Store.Path)
	if st, err := os.Stat(path); err == nil && st.Size() > 0 {
		db, cannot := store.Open(path, store.Options{ReadOnly: true, Wait: cfg.Store.Wait})
		switch {
		case errors.Is(cannot, store.ErrLocked):
			return "", fmt.Errorf("%w: stop the daemon first, systemctl stop requestd", cannot)
		case cannot == nil:
			defer func() { err = errors.Join(err, db.Close()) }() // until then no daemon can open the register
		} // if it cannot be opened, that is why a copy is put back
		aside = path + ".before-" + time.Now().UTC().Format("20060102T150405Z")
		if os.Link(path, aside) != nil { // with a link there is no moment without a register; not every file system has links
			if err := os.Rename(path, aside); err != nil {
				return "", fmt.Errorf("keep what stands in the register's place: %w", err)
			}
		}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("look at the register's place: %w", err)
	}
	if err := os.Rename(ready, path); err != nil {
		err = fmt.Errorf("put the copy in the register's place: %w", err)
		if aside == "" {
			return "", err
		}
		if _, gone := os.Lstat(path); gone == nil {
			return "", errors.Join(fmt.Errorf("%w; the register stands where it stood", err), os.Remove(aside))
		}
		if back := os.Rename(aside, path); back != nil {
			return aside, errors.Join(err, fmt.Errorf("put the register back, which is now %s: %w; move it to %s before you start the daemon", aside, back, path))
		}
		return "", fmt.Errorf("%w; the register that stood there is there again", err)
	}
	db, err := store.OpenKnown(path, true, store.Options{})
	if err != nil {
		return aside, err
	}
	return aside, db.Close()
}

func listRestored(ctx context.Context, r *register, cmd *cobra.Command, asJSON bool) error {
	var s admin.Restored
	if err := r.Get(ctx, "/v1/restored", nil, &s); err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), s)
	}
	out := cmd.OutOrStdout()
	if s.At == nil && len(s.Letters) == 0 {
		_, err := fmt.Fprintln(out, "nothing is held: no copy was put back, or its letters were let go")
		return err
	}
	if s.At != nil {
		fmt.Fprintf(out, "a copy was put back on %s; the last mail that it knows was registered on %s\n", clock(s.At), clock(s.Knows))
		fmt.Fprintln(out, "letters about mail from before that are held")
		if len(s.Unread) == 0 {
			fmt.Fprintln(out, "every mailbox was read to its end since")
		}
	}
	var rows [][]string
	for _, l := range s.Letters {
		rows = append(rows, []string{fmt.Sprint(l.ID), l.Ref, string(l.Purpose), l.To})
	}
	if len(rows) > 0 {
		fmt.Fprintln(out, "each of these may have gone since the copy was made:")
		if err := table(out, []string{"ID", "REF", "PURPOSE", "TO"}, rows); err != nil {
			return err
		}
	}
	if len(s.Unread) > 0 {
		_, err := fmt.Fprintf(out, "more may follow, since these mailboxes were not read to their end since: %s; start the daemon and ask again: requestd restore --list\n", strings.Join(s.Unread, ", "))
		return err
	}
	_, err := fmt.Fprintln(out, "record those that had gone: requestd acknowledge REF --by-hand DATE; let the others go: requestd restore --release")
	return err
}

func releaseRestored(ctx context.Context, r *register, cmd *cobra.Command, ask admin.Release, asJSON bool) error {
	var done admin.Released
	if err := r.Post(ctx, "/v1/restored", ask, &done); err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), done)
	}
	for _, why := range done.Kept {
		fmt.Fprintln(cmd.OutOrStdout(), "does not go:", why)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s let go\n", health.Count(len(done.Letters), "letter was", "letters were"))
	return err
}

func version(ctx context.Context, c *admin.Client) string {
	var s struct {
		Version string `json:"version"`
	}
	if c.Get(ctx, "/v1/status", nil, &s) != nil {
		return "of unknown version"
	}
	return s.Version
}
