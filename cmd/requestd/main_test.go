package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"requestd/intake/apart"
	"requestd/intake/apart/wicked"
)

// asProgram, set in the environment, makes the test binary act as the program,
// which then reads mail without any bounds.
const asProgram = "REQUESTD_TEST_AS_PROGRAM"

// TestMain lets scripts run the program by its name, in its own process.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == apart.Command && filepath.Base(os.Args[0]) != "requestd":
		if err := apart.Serve(os.Stdin, os.Stdout, apart.Reader{Parse: wicked.Read, Files: wicked.Files}); err != nil { // the child process that reads mail, of the program below
			os.Exit(1)
		}
		os.Exit(0)
	case os.Getenv(asProgram) != "":
		main()
	}
	testscript.Main(tidy{m}, map[string]func(){"requestd": main})
}

// tidy runs the tests, then removes the program that they built.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	code := t.M.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	return code
}
