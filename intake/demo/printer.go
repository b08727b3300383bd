package demo

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"requestd/deadlines"
)

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) heading(title, command string) {
	p.line("\n%s   (requestd %s)\n", title, command)
}

func (p *printer) table(rows [][]string) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	p.err = t.Flush()
}

func day(d deadlines.Day) string {
	if d.IsZero() {
		return "-"
	}
	return d.Time(12, 0).In(deadlines.London()).Format("Mon 2 Jan")
}

func when(t time.Time) string { return t.In(deadlines.London()).Format("Mon _2 Jan 15:04") }

// sayWhere says how to look at what was kept.
func sayWhere(out io.Writer, dir string) error {
	w := &printer{w: out}
	w.line("\nKept in %s: the register, its configuration, and in sent/ every mail that went out. Look at it with", dir)
	for _, command := range []string{"list", "show CAF26-00001", "messages", "outbox", "forecast"} {
		w.line("  requestd --config %s %s", filepath.Join(dir, "config.yaml"), command)
	}
	return w.err
}
