package sheet

import (
	"strings"
	"testing"
)

// TestNoCellBeginsAFormula checks that none does, whatever a stranger wrote.
func TestNoCellBeginsAFormula(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, []string{"SUBJECT"}, [][]string{{"=1+1"}, {"@SUM(A1)"}, {"+44 20"}, {"-2"}, {"\t=cmd"}, {"＝1"}, {"-"}, {`a, "b"`}}); err != nil {
		t.Fatal(err)
	}
	if want := "SUBJECT\n'=1+1\n'@SUM(A1)\n'+44 20\n'-2\n'=cmd\n'＝1\n-\n\"a, \"\"b\"\"\"\n"; b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
