package engine_test

import "log/slog"

// log is one that nobody reads.
func (o *office) log() *slog.Logger { return slog.New(slog.DiscardHandler) }
