package main

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

const sample = `package p

const limit = 3 - 1

func due(days int, held bool, err error) int {
	if err != nil {
		return 0
	}
	if days >= limit && !held {
		note(days)
	}
	days = days + 1
	return days
}
`

// TestWhereFaultsArePut: calls are left out, numbers are off by one, operators
// are changed; constants and checks of errors stay as they are.
func TestWhereFaultsArePut(t *testing.T) {
	var m mutator
	text, err := m.mutate("p.go", "p/p.go", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "p.go", text, 0); err != nil {
		t.Fatalf("what comes of it is no Go: %v\n%s", err, text)
	}
	var got []string
	for _, x := range m.mutants {
		got = append(got, x.At+" "+x.What)
	}
	slices.Sort(got)
	want := []string{
		"p/p.go:10 left out: note(days)",
		"p/p.go:12 left out: days = days + 1",
		"p/p.go:12 sign changed: days + 1",
		"p/p.go:9 left out of &&: !held",
		"p/p.go:9 left out of &&: days >= limit",
		"p/p.go:9 off by one: days >= limit",
	}
	if !slices.Equal(got, want) {
		t.Errorf("faults are put\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
