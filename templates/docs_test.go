package templates

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestTheGuideNamesEverythingThatATextMayUse checks that the administrators'
// guide names all files, functions and fields.
func TestTheGuideNamesEverythingThatATextMayUse(t *testing.T) {
	b, err := os.ReadFile("../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(b)
	texts, err := readEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	for name := range texts {
		if !strings.Contains(guide, strings.TrimSuffix(name, ".cy.txt")) {
			t.Errorf("the guide lacks the file %s", name)
		}
	}
	for name := range funcs {
		if !strings.Contains(guide, "`"+name) {
			t.Errorf("the guide lacks the function %s", name)
		}
	}
	for _, v := range []any{Letter{}, Body{}, Regulator{}, Part{}, Corrected{}, Notice{}, Case{}, Incoming{}, Outgoing{}, List{}, Row{}, Change{}, Choice{}, Entry{}, Evidence{}} {
		for f := range reflect.TypeOf(v).Fields() {
			if n := f.Name; !strings.Contains(guide, "`."+n+"`") && !(n == "Kind" || n == "Language" || n == "Token") {
				t.Errorf("the guide lacks the field %s of %T", n, v)
			}
		}
	}
}
