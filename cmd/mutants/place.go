package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A mutant is one small fault in one place.
type mutant struct {
	At   string // file:line
	What string
}

// An insert is text that is put into a source at an offset. Of inserts that
// enclose others, the opening part goes in first and the closing part last.
type insert struct {
	at, width int
	text      string
	closes    bool
}

// A mutator puts all faults into the files of one package at once: the
// environment variable MUTANT says which of them is switched on.
type mutator struct {
	fset    *token.FileSet
	src     string
	show    string
	mutants []mutant
	inserts []insert
}

func (m *mutator) pos(p token.Pos) int { return m.fset.Position(p).Offset }

func (m *mutator) number(n ast.Node, what string) int {
	text := strings.Join(strings.Fields(m.src[m.pos(n.Pos()):m.pos(n.End())]), " ")
	if len(text) > 90 {
		text = text[:90] + "..."
	}
	m.mutants = append(m.mutants, mutant{fmt.Sprintf("%s:%d", m.show, m.fset.Position(n.Pos()).Line), what + ": " + text})
	return len(m.mutants)
}

func (m *mutator) around(n ast.Node, before, after string) {
	from, to := m.pos(n.Pos()), m.pos(n.End())
	m.inserts = append(m.inserts, insert{from, to - from, before, false}, insert{to, to - from, after, true})
}

// mutate returns a file with faults in it, and adds them to the mutants.
func (m *mutator) mutate(name, show string, src []byte) (string, error) {
	m.fset, m.src, m.show, m.inserts = token.NewFileSet(), string(src), show, nil
	f, err := parser.ParseFile(m.fset, name, src, 0)
	if err != nil {
		return "", err
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			ast.Inspect(fn.Body, m.visit)
		}
	}
	if len(m.inserts) == 0 {
		return m.src, nil
	}
	slices.SortStableFunc(m.inserts, func(a, b insert) int {
		if d := cmp.Compare(a.at, b.at); d != 0 || a.closes != b.closes {
			return cmp.Or(d, map[bool]int{true: -1, false: 1}[a.closes])
		}
		return cmp.Compare(a.width, b.width) * map[bool]int{true: 1, false: -1}[a.closes]
	})
	var b strings.Builder
	last := 0
	for _, x := range m.inserts {
		b.WriteString(m.src[last:x.at] + x.text)
		last = x.at
	}
	b.WriteString(m.src[last:])
	clause := m.pos(f.Name.End())
	return b.String()[:clause] + "; import switched \"" + switchPath + "\"" + b.String()[clause:], nil
}

func (m *mutator) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl: // constants cannot be switched
		return n.Tok != token.CONST
	case *ast.IfStmt:
		m.condition(n.Cond)
	case *ast.SwitchStmt:
		if n.Tag == nil {
			for _, c := range n.Body.List {
				for _, e := range c.(*ast.CaseClause).List {
					m.condition(e)
				}
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.MUL || n.Op == token.AND { // its constants take their type from the whole expression
			return false
		}
		m.binary(n)
	case *ast.BlockStmt:
		m.statements(n.List)
	case *ast.CaseClause:
		m.statements(n.Body)
	}
	return true
}

// condition negates a condition that consists of one part.
func (m *mutator) condition(e ast.Expr) {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR || errCheck(b)) {
		return
	}
	m.around(e, fmt.Sprintf("switched.Not(%d, ", m.number(e, "turned round")), ")")
}

// errCheck recognises err != nil: a fault there is only noticed by tests of
// failures, which are rare.
func errCheck(b *ast.BinaryExpr) bool {
	id, ok := b.X.(*ast.Ident)
	return ok && id.Name == "err"
}

func (m *mutator) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.LAND, token.LOR:
		for _, e := range []ast.Expr{n.X, n.Y} {
			if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == n.Op || errCheck(b)) {
				continue
			}
			not := map[token.Token]string{token.LAND: "|| ", token.LOR: "&& !"}[n.Op]
			m.around(e, "((", fmt.Sprintf(") %sswitched.On(%d))", not, m.number(e, "left out of "+n.Op.String())))
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		name := map[token.Token]string{token.LSS: "Less", token.LEQ: "LessOrSame", token.GTR: "More", token.GEQ: "MoreOrSame"}[n.Op]
		m.call(n, name, m.number(n, "off by one"))
	case token.ADD, token.SUB:
		if lit, ok := n.Y.(*ast.BasicLit); ok && lit.Kind == token.INT {
			if _, ok := n.X.(*ast.BasicLit); !ok {
				name := map[token.Token]string{token.ADD: "Plus", token.SUB: "Minus"}[n.Op]
				m.call(n, name, m.number(n, "sign changed"))
			}
		}
	}
}

// call replaces an operator by a function of the switch.
func (m *mutator) call(n *ast.BinaryExpr, name string, number int) {
	m.around(n, fmt.Sprintf("switched.%s(%d, ", name, number), ")")
	at, long := m.pos(n.OpPos), len(n.Op.String())
	m.src = m.src[:at] + "," + strings.Repeat(" ", long-1) + m.src[at+long:]
}

// statements switches off one call or one assignment at a time.
func (m *mutator) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if c, ok := s.X.(*ast.CallExpr); ok {
				if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "panic" {
					continue
				}
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		default:
			continue
		}
		m.around(s, fmt.Sprintf("if !switched.On(%d) { ", m.number(s, "left out")), " }")
	}
}
