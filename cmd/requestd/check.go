package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"requestd/deadlines"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/templates"
)

// Finding is one thing that check --connect learned from a server.
type Finding struct {
	Where string `json:"where"` // the key of the server, such as mailboxes[0].imap
	OK    bool   `json:"ok"`
	Says  string `json:"says"` // what was found, in the words of the server or file
	Mend  string `json:"mend"` // what puts it right; "" when nothing is wrong
}

// prober tries one thing that needs a network and says what it found. It limits
// its own time, and has at least one finding for what is configured.
type prober func(ctx context.Context, c *config.Config) []Finding

func newCheckCmd(probes ...prober) *cobra.Command {
	var connect, asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say everything that is wrong with the configuration, and how to mend it",
		Long: `Check reads the configuration and says everything that is wrong with it at
once: the key, what is wrong, and what to write instead. It looks at the
secrets and certificates that the configuration names as well.

With --connect it also signs in to every server and says what each can do.
Nothing is changed and no mail is sent.

It exits 2 when the configuration is wrong, and 1 when a server is.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError(fmt.Errorf("check takes no argument, got %q; see requestd check --help", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := checkPrinter{out: cmd.OutOrStdout(), json: asJSON, colour: colours(cmd.OutOrStdout())}
			c, err := checkFile(configPath(cmd), &p)
			if err != nil {
				return err
			}
			if err := checkLocally(cmd.Context(), c, &p); err != nil || !connect {
				return err
			}
			return checkServers(cmd.Context(), c, probes, &p)
		},
	}
	cmd.Flags().BoolVar(&connect, "connect", false, "sign in to every server as well")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}

// checkFile reports on the configuration file and on the files that it names.
func checkFile(path string, p *checkPrinter) (*config.Config, error) {
	c, err := config.Load(path)
	if err == nil {
		for _, n := range c.Notes(deadlines.DayOf(time.Now())) {
			p.line("note", n.Key, n.Line, n.Says, n.Mend)
		}
		err = c.Check()
	}
	var wrong *config.Problems
	if err == nil && len(c.Unheard()) > 0 {
		err = &config.Problems{File: path, List: c.Unheard()}
	}
	switch {
	case errors.As(err, &wrong):
		for _, x := range wrong.List {
			p.line("wrong", x.Key, x.Line, x.Says, x.Mend)
		}
		return nil, usageError(fmt.Errorf("%s: %s", path, countMistakes(len(wrong.List))))
	case err != nil:
		return nil, usageError(err)
	}
	p.line("good", "", 0, path+" is in order", "")
	return c, nil
}

// checkLocally reports on the files that the configuration names and the
// daemon reads.
func checkLocally(ctx context.Context, c *config.Config, p *checkPrinter) error {
	if bad := p.findings(ctx, c, []prober{checkTexts, checkHolidays}); bad > 0 {
		return usageError(fmt.Errorf("%s with what %s names", countMistakes(bad), c.Source()))
	}
	remindOfWelsh(c, p)
	return nil
}

// remindOfWelsh says whether the Welsh of the letters has still to be read by a
// Welsh speaker.
func remindOfWelsh(c *config.Config, p *checkPrinter) {
	if texts, err := templates.Load(string(c.Templates.Dir)); err == nil {
		if says, mend := c.Welsh.Wanting(texts.WelshTexts()); says != "" {
			p.line("note", "welsh", 0, says, mend)
		}
	}
}

func checkServers(ctx context.Context, c *config.Config, probes []prober, p *checkPrinter) error {
	if bad := p.findings(ctx, c, probes); bad > 0 {
		return fmt.Errorf("%s with the servers", countMistakes(bad))
	}
	return nil
}

// findings prints what the probes find and counts what is wrong.
func (p *checkPrinter) findings(ctx context.Context, c *config.Config, probes []prober) (bad int) {
	for _, probe := range probes {
		for _, f := range probe(ctx, c) {
			level := "good"
			if !f.OK {
				level = "wrong"
				bad++
			}
			p.line(level, f.Where, 0, f.Says, f.Mend)
		}
	}
	return bad
}

func countMistakes(n int) string { return health.Count(n, "thing is wrong", "things are wrong") }

// checkPrinter writes a line for each thing found. It ignores a writer that
// fails: that is the reader's choice, as with a pipe into head.
type checkPrinter struct {
	out    io.Writer
	json   bool
	colour bool
}

// colours reports whether the writer is a terminal that wants colours
// (no-color.org).
func colours(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// painted returns the level's word, green or red on a terminal.
func (p *checkPrinter) painted(level string) string {
	word := fmt.Sprintf("%-5s", level)
	code := map[string]string{"good": "32", "wrong": "31", "note": "33"}[level]
	if !p.colour || code == "" {
		return word
	}
	return "\x1b[" + code + "m" + word + "\x1b[0m"
}

func (p *checkPrinter) line(level, key string, line int, says, mend string) {
	if p.json {
		b, err := json.Marshal(struct {
			Level string `json:"level"`
			Key   string `json:"key"`
			Line  int    `json:"line"`
			Says  string `json:"says"`
			Mend  string `json:"mend"`
		}{level, key, line, says, mend})
		if err == nil {
			_, _ = fmt.Fprintf(p.out, "%s\n", b)
		}
		return
	}
	if key != "" && line > 0 {
		key = fmt.Sprintf("%s (line %d)", key, line)
	}
	if key != "" {
		says = key + ": " + says
	}
	_, _ = fmt.Fprintf(p.out, "%s  %s\n", p.painted(level), says)
	if mend != "" {
		_, _ = fmt.Fprintf(p.out, "       → %s\n", mend)
	}
}
