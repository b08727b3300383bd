package page

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/templates/welsh"
)

// Each text in which an act on the page, or a clock, refuses or warns has its
// Welsh, and no Welsh is left over.
func TestEveryRefusalHasItsWelsh(t *testing.T) {
	all, err := welsh.Read(welsh.Acts)
	if err != nil {
		t.Fatal(err)
	}
	known, used := map[string]string{}, map[string]bool{}
	for _, x := range all {
		known[x.En] = x.Cy
	}
	calls := map[string]bool{"refuse": true, "Refuse": true, "warn": true, "ResponseInWords": true}
	for _, from := range []string{"../casework/*.go", "../accounts/*.go", "*.go", "../../deadlines/*.go", "../exemption.go"} {
		calls["Errorf"] = from == "../exemption.go"
		for name, file := range sources(t, from) {
			for _, s := range saidIn(t, name, file, calls) {
				used[s] = true
				if known[s] == "" && welsh.Verbs.ReplaceAllString(s, "") != "" {
					t.Errorf("%s: %q has no Welsh: add a line to acts_cy.tsv", name, s)
				}
			}
		}
	}
	used["%s rests on bank holidays of %d computed by rule: the lists cover %d to %d"] = true
	if len(used) < 150 {
		t.Errorf("%d texts were found", len(used))
	}
	for en, cy := range known {
		if !used[en] {
			t.Errorf("%q is said nowhere", en)
		}
		for _, n := range regexp.MustCompile(`\{(\d+)\}`).FindAllStringSubmatch(cy, -1) {
			if at, _ := strconv.Atoi(n[1]); at < 1 || at > len(welsh.Verbs.FindAllString(en, -1)) {
				t.Errorf("%q tells of no {%d}", en, at)
			}
		}
	}
}

// sources returns the files that match a pattern, without tests.
func sources(t *testing.T, pattern string) map[string]*ast.File {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatal(pattern, err)
	}
	all := map[string]*ast.File{}
	for _, name := range list {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if all[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// saidIn finds the texts of refusals and warnings in a source.
func saidIn(t *testing.T, name string, file *ast.File, calls map[string]bool) (list []string) {
	var take func(ast.Expr)
	take = func(e ast.Expr) {
		switch x := e.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(x.Value); err == nil {
				list = append(list, s)
			}
		case *ast.CallExpr: // Sprintf
			if len(x.Args) > 0 {
				take(x.Args[0])
			}
		case *ast.KeyValueExpr:
			take(x.Value)
		case *ast.BinaryExpr:
			t.Errorf("%s puts a text together that has to be one to be translated", name)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			called := ""
			switch fun := x.Fun.(type) {
			case *ast.Ident:
				called = fun.Name
			case *ast.SelectorExpr:
				called = fun.Sel.Name
			}
			if calls[called] && len(x.Args) > 0 {
				take(x.Args[0])
			}
		case *ast.CompositeLit:
			is, plain := x.Type.(*ast.Ident)
			from, other := x.Type.(*ast.SelectorExpr)
			if plain && is.Name == "Refusal" || other && from.Sel.Name == "Refusal" {
				for _, e := range x.Elts {
					take(e)
				}
			}
		}
		return true
	})
	return list
}

// A text is recognised with its values filled in, and its dates and codes are
// written as people read them.
func TestARefusalInBothLanguages(t *testing.T) {
	all, err := welsh.Read(welsh.Acts)
	if err != nil {
		t.Fatal(err)
	}
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{words: w, sayings: all}
	en := &frame{s: s, Lang: "en", Today: deadlines.NewDay(2026, time.November, 30)}
	cy := &frame{s: s, Lang: "cy", Today: en.Today}
	for _, x := range []struct{ said, en, cy string }{
		{"clarification-received on 2026-11-20: the request was received on 2026-11-25; give a later --date, or correct the receipt with the event received",
			`Clarification received on Fri 20 Nov: the request was received on Wed 25 Nov; give a later date, or use "Correct the date of receipt".`,
			`Derbyniwyd eglurhad ar Gwe 20 Tach: derbyniwyd y cais ar Mer 25 Tach; rhowch ddyddiad diweddarach, neu gywirwch y derbyn â "Cywiro'r dyddiad derbyn".`},
		{"case CAF26-00017 has several parts: say which with --part, one of [foi dsar]",
			"Case CAF26-00017 has several parts: choose one of freedom of information, subject access.",
			"Mae sawl rhan i achos CAF26-00017: dewiswch un o'r rhain: rhyddid gwybodaeth, cais gwrthrych am wybodaeth."},
		{`address "<b> {2} %s": want one of the form name@example.org`, `Address "<b> {2} %s": want one of the form name@example.org.`, `Cyfeiriad "<b> {2} %s": rhowch un ar ffurf enw@example.org.`},
		{"Nothing was chosen.", "Nothing was chosen.", "Ni ddewiswyd dim."},
		{"what nobody has foreseen", "What nobody has foreseen.", "What nobody has foreseen."},
		{"", "", ""},
	} {
		if got := en.Says(x.said); got != x.en {
			t.Errorf("%q is said as\n%s\nnot\n%s", x.said, got, x.en)
		}
		if got := cy.Says(x.said); got != x.cy {
			t.Errorf("%q is said in Welsh as\n%s\nnot\n%s", x.said, got, x.cy)
		}
	}
}

// alarmsIn finds the texts of alarms, including those of constants and
// durations.
func alarmsIn(t *testing.T, name string, file *ast.File) (list []string) {
	consts := map[string]string{}
	take := func(e ast.Expr) {
		if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0 { // Sprintf
			e = call.Args[0]
		}
		switch x := e.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(x.Value); err == nil {
				list = append(list, s)
			}
		case *ast.Ident:
			if s := consts[x.Name]; s != "" {
				list = append(list, s)
			}
		default:
			t.Errorf("%s puts a text together that has to be one to be translated", name)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if x, ok := n.(*ast.ValueSpec); ok && len(x.Values) == 1 {
			if lit, ok := x.Values[0].(*ast.BasicLit); ok {
				consts[x.Names[0].Name], _ = strconv.Unquote(lit.Value)
			}
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			if sel, ok := x.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "add" && len(x.Args) == 5 {
				take(x.Args[3])
				take(x.Args[4])
			}
		case *ast.AssignStmt:
			for i, e := range x.Lhs {
				if id, ok := e.(*ast.Ident); ok && id.Name == "says" {
					take(x.Rhs[min(i, len(x.Rhs)-1)])
				}
			}
		}
		return true
	})
	return list
}

// Every field that a refusal can be about is on some screen, which shows the
// refusal there; for a field that only commands have it is shown above the
// form.
func TestEveryRefusalsFieldIsOnAScreen(t *testing.T) {
	told, err := filepath.Glob("screens/*.html")
	if err != nil {
		t.Fatal(err)
	}
	var screens strings.Builder
	for _, name := range told {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		screens.Write(b)
	}
	n := 0
	for _, from := range []string{"../casework/*.go", "../accounts/*.go", "*.go"} {
		for name, file := range sources(t, from) {
			for _, field := range fieldsIn(file) {
				n++
				if !strings.Contains(screens.String(), `$.Wrong "`+field+`"`) {
					t.Errorf("%s refuses something about %q, which no screen asks for", name, field)
				}
			}
		}
	}
	if n < 25 {
		t.Errorf("%d fields were found", n)
	}
}

// fieldsIn finds the values of type casework.Field in a source.
func fieldsIn(file *ast.File) (list []string) {
	isField := func(e ast.Expr) bool {
		switch x := e.(type) {
		case *ast.Ident:
			return x.Name == "Field"
		case *ast.SelectorExpr:
			return x.Sel.Name == "Field"
		}
		return false
	}
	take := func(values []ast.Expr) {
		for _, v := range values {
			if lit, ok := v.(*ast.BasicLit); ok {
				s, _ := strconv.Unquote(lit.Value)
				list = append(list, s)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ValueSpec:
			if isField(x.Type) {
				take(x.Values)
			}
		case *ast.CallExpr:
			if isField(x.Fun) {
				take(x.Args)
			}
		}
		return true
	})
	return list
}
