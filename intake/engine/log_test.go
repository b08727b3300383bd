package engine_test

import "log/slog"

// log returns a logger that discards everything.
func (o *office) log() *slog.Logger { return slog.New(slog.DiscardHandler) }
