package engine_test

import (
	"io"
	"log/slog"
)

// log is one that nobody reads.
func (o *office) log() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
