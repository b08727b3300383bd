package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the program by its name, in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"requestd": main})
}

// tidy removes the program that tests built once they have run.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	code := t.M.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	return code
}
