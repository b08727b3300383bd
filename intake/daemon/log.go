package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"requestd/intake"
	"requestd/intake/config"
)

// NewLog makes the log that the configuration asks for. Under systemd's journal
// each line has its level as the journal's priority, and no time, since the
// journal has its own.
func NewLog(c config.Log, w *os.File) *slog.Logger {
	return newLog(c, w, InJournal(w))
}

func newLog(c config.Log, w io.Writer, journal bool) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // cannot be: the configuration was checked
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if journal && len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return withoutAddresses(a)
	}}
	l := &line{w: w}
	if journal {
		w = &l.buf
	}
	var h slog.Handler = slog.NewTextHandler(w, o)
	if c.Format == "json" {
		h = slog.NewJSONHandler(w, o)
	}
	if journal {
		h = journalled{h, l}
	}
	return slog.New(h)
}

// withoutAddresses removes mail addresses from the log: servers repeat a
// recipient in their answers, and more people can read the log than the
// register.
func withoutAddresses(a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(intake.WithoutAddresses(v))
	case error:
		a.Value = slog.StringValue(intake.WithoutAddresses(v.Error()))
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = intake.WithoutAddresses(s)
		}
		a.Value = slog.AnyValue(list)
	}
	return a
}

// InJournal reports whether what is written to w goes to systemd's journal
// ($JOURNAL_STREAM, systemd.exec(5)).
func InJournal(w *os.File) bool {
	var st unix.Stat_t
	if unix.Fstat(int(w.Fd()), &st) != nil {
		return false
	}
	return os.Getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", st.Dev, st.Ino)
}

// Priority returns the prefix of a line that tells the journal its priority
// (sd-daemon(3)).
func Priority(l slog.Level) string {
	switch {
	case l >= slog.LevelError:
		return "<3>"
	case l >= slog.LevelWarn:
		return "<4>"
	case l >= slog.LevelInfo:
		return "<6>"
	}
	return "<7>"
}

// journalled puts the priority before each line of a handler that writes to the
// line's buffer.
type journalled struct {
	slog.Handler
	line *line
}

type line struct {
	mu  sync.Mutex
	buf bytes.Buffer
	w   io.Writer
}

func (h journalled) Handle(ctx context.Context, r slog.Record) error {
	l := h.line
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Reset()
	l.buf.WriteString(Priority(r.Level))
	if err := h.Handler.Handle(ctx, r); err != nil {
		return err
	}
	_, err := l.w.Write(l.buf.Bytes())
	return err
}

func (h journalled) WithAttrs(as []slog.Attr) slog.Handler {
	return journalled{h.Handler.WithAttrs(as), h.line}
}

func (h journalled) WithGroup(name string) slog.Handler {
	return journalled{h.Handler.WithGroup(name), h.line}
}
