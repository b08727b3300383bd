// Package mailtest starts mail servers for tests, benchmarks and trials: a
// real Dovecot and a real Postfix as isolated instances on loopback, and
// small scripted servers that fail on purpose. Nothing leaves the machine,
// and nothing outlives the program that started it.
package mailtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
)

// T is what the servers need of the test that uses them. Every testing.TB
// implements it; a program that is no test uses a Program.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skip(args ...any)
	Cleanup(func())
	Context() context.Context
}

// Program lets a program that is no test use the servers: failures end it with
// exit code 1, after everything that it started has been stopped.
type Program struct {
	ctx context.Context

	mu       sync.Mutex
	cleanups []func()
}

// NewProgram returns a Program whose servers end with Close at the latest.
func NewProgram(ctx context.Context) *Program { return &Program{ctx: ctx} }

// Helper does nothing.
func (p *Program) Helper() {}

// Logf writes a line to standard error.
func (p *Program) Logf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// Context returns the context given to NewProgram.
func (p *Program) Context() context.Context { return p.ctx }

// Fatalf reports what failed, stops every server and ends the program.
func (p *Program) Fatalf(format string, args ...any) {
	p.Logf(format, args...)
	p.Close()
	os.Exit(1)
}

// Skip ends the program like Fatalf: a program cannot go on without servers.
func (p *Program) Skip(args ...any) { p.Fatalf("%s", fmt.Sprint(args...)) }

// Cleanup notes what Close will do, last first.
func (p *Program) Cleanup(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cleanups = append(p.cleanups, f)
}

// Close stops every server that was started with p.
func (p *Program) Close() {
	p.mu.Lock()
	todo := slices.Clone(p.cleanups)
	p.cleanups = nil
	p.mu.Unlock()
	for _, f := range slices.Backward(todo) {
		f()
	}
}
