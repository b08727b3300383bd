package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"requestd/intake/apart"
	"requestd/intake/apart/wicked"
)

// asProgram in the environment makes the tests themselves the program, whose
// mail is read without any bounds.
const asProgram = "REQUESTD_TEST_AS_PROGRAM"

// TestMain lets scripts run the program by its name, in a process of its own.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == apart.Command && filepath.Base(os.Args[0]) != "requestd":
		if err := apart.Serve(os.Stdin, os.Stdout, apart.Reader{Parse: wicked.Read, Files: wicked.Files}); err != nil { // for the program below
			os.Exit(1)
		}
		os.Exit(0)
	case os.Getenv(asProgram) != "":
		main()
	}
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
