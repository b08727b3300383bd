package templates

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	tree "text/template/parse"

	"requestd/templates/welsh"
)

// agree checks that a mail in Welsh agrees with its English: it has the same
// case, dates and numbers, and for each choice its own words and a link that
// writes them.
func agree(t *testing.T, n Notice, en, cy Mail) {
	t.Helper()
	if cy.Topic != en.Topic {
		t.Errorf("the topics differ: %q, %q", en.Topic, cy.Topic)
	}
	if a, b := figures(englishDates(en)), figures(welshDates(cy)); !slices.Equal(a, b) {
		t.Errorf("in English it gives %v,\nin Welsh %v", a, b)
	}
	for _, c := range n.Choices {
		if !strings.Contains(cy.Body, `"`+c.CommandCy+`"`) {
			t.Errorf("the Welsh does not offer %q", c.CommandCy)
		}
	}
	if a, b := strings.Count(en.Body, "<mailto:"), strings.Count(cy.Body, "<mailto:"); a != b {
		t.Errorf("%d links in English, %d in Welsh", a, b)
	}
}

var (
	dateForm   = regexp.MustCompile(`(\d{1,2}) (\pL+) (20\d\d)`)
	figure     = regexp.MustCompile(`\b[A-Z]{3}26-\d{5}|\b\d{4}-\d\d-\d\d|\b\d+:\d\d\b|\b\d+\b`)
	theirWords = regexp.MustCompile(`(?m)^\|.*$|<mailto:[^>]*>|\([^()]*(?:s\.|Article|Erthygl|a\.)[^()]*(?:\([^()]*\))*[^()]*\)`)
	articleNo  = regexp.MustCompile(`\b(?:Articles?|Erthygl(?:au)?|reg\w*|rheoliad|SI|OS) [\d/]+`)
)

// englishDates and welshDates write every date in one form.
func englishDates(m Mail) string {
	return dates(m, []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}, nil)
}

func welshDates(m Mail) string { return dates(m, welsh.Months[:], welsh.ShortMonths[:]) }

func dates(m Mail, long, short []string) string {
	text := strings.Join(strings.Fields(m.Subject+"\n"+theirWords.ReplaceAllString(m.Body, " ")), " ")
	return dateForm.ReplaceAllStringFunc(text, func(s string) string {
		p := dateForm.FindStringSubmatch(s)
		at := slices.Index(long, p[2])
		if at < 0 {
			at = slices.Index(short, p[2])
		}
		for i, name := range long {
			if at < 0 && short == nil && name[:3] == p[2] {
				at = i
			}
		}
		return fmt.Sprintf("%s-%02d-%02s", p[3], at+1, p[1])
	})
}

// figures returns the references, dates and numbers of a mail, sorted.
func figures(text string) []string {
	list := figure.FindAllString(articleNo.ReplaceAllString(text, ""), -1)
	slices.Sort(list)
	return list
}

// Every field and every block that an English text of staff mail uses is also
// used by its Welsh: nothing is lost.
func TestWelshStaffMailLosesNothing(t *testing.T) {
	s := embeddedSet(t)
	house := s.houses[otherHouse]
	inWelsh := strings.NewReplacer(".Label", ".LabelCy", ".Command", ".CommandCy", ".What", ".WhatCy", ".Words", ".WordsCy", ".Ledger", ".LedgerCy")
	pairs := map[string]string{}
	for _, k := range NoticeKinds() {
		pairs[noticeFile(k)] = Notice{Kind: k, Language: Welsh}.file()
	}
	for _, b := range house.Templates() {
		if en, ok := strings.CutSuffix(b.Name(), "-welsh"); ok && house.Lookup(en) != nil && strings.Contains(staffBlocks(t), `"`+en+`"`) {
			pairs[en] = b.Name()
		}
	}
	if len(pairs) < 25+30 {
		t.Fatalf("only %d texts have their Welsh", len(pairs))
	}
	for en, cy := range pairs {
		want, got := map[string]bool{}, map[string]bool{}
		for f := range used(t, house, en) {
			f = strings.TrimPrefix(f, "$")
			if f == ".Welsh" || f == "$" { // a Welsh mail need not ask
				continue
			}
			if f == ".Command" && strings.HasPrefix(en, "notice-") || f == ".Case.Kind" && en == "reading" { // the words that somebody wrote
				want[f] = true
				continue
			}
			if w := inWelsh.Replace(f); f == ".What" && en == "changes" {
				want[f] = true
			} else {
				want[strings.ReplaceAll(w, "CyCy", "Cy")] = true
			}
		}
		for f := range used(t, house, cy) {
			got[strings.TrimPrefix(f, "$")] = true
		}
		delete(got, "$")
		if !maps.Equal(want, got) {
			t.Errorf("%s uses %v,\n%s uses %v", en, slices.Sorted(maps.Keys(want)), cy, slices.Sorted(maps.Keys(got)))
		}
	}
}

func staffBlocks(t *testing.T) string {
	t.Helper()
	b, err := embedded.ReadFile("texts/staff-blocks.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// used returns the fields and the blocks that a text uses.
func used(t *testing.T, house *template.Template, name string) map[string]bool {
	t.Helper()
	b := house.Lookup(name)
	if b == nil || b.Tree == nil {
		t.Fatalf("there is no text %q", name)
	}
	list := map[string]bool{}
	var walk func(n tree.Node)
	pipe := func(p *tree.PipeNode) {
		if p != nil {
			for _, c := range p.Cmds {
				walk(c)
			}
		}
	}
	branch := func(b tree.BranchNode) {
		pipe(b.Pipe)
		walk(b.List)
		if b.ElseList != nil {
			walk(b.ElseList)
		}
	}
	walk = func(n tree.Node) {
		switch x := n.(type) {
		case *tree.ListNode:
			for _, c := range x.Nodes {
				walk(c)
			}
		case *tree.ActionNode:
			pipe(x.Pipe)
		case *tree.PipeNode:
			pipe(x)
		case *tree.CommandNode:
			for _, a := range x.Args {
				walk(a)
			}
		case *tree.FieldNode:
			list["."+strings.Join(x.Ident, ".")] = true
		case *tree.VariableNode:
			if len(x.Ident) > 1 {
				list["."+strings.Join(x.Ident[1:], ".")] = true
			}
		case *tree.ChainNode:
			walk(x.Node)
		case *tree.IfNode:
			branch(x.BranchNode)
		case *tree.RangeNode:
			branch(x.BranchNode)
		case *tree.WithNode:
			branch(x.BranchNode)
		case *tree.TemplateNode:
			list["block "+strings.TrimSuffix(x.Name, "-welsh")] = true
			pipe(x.Pipe)
		}
	}
	walk(b.Root)
	return list
}

// If anything has no Welsh the whole mail is English, never half of it.
func TestStaffMailIsNeverMixed(t *testing.T) {
	s := embeddedSet(t)
	for what, change := range map[string]func(*Notice){
		"a problem": func(n *Notice) { n.Problem = "something that nobody has foreseen" },
		"a warning": func(n *Notice) { n.Case.Warnings = []string{"something that nobody has foreseen"} },
		"an event":  func(n *Notice) { n.Case.History = []Entry{{What: "something new"}} },
		"a choice":  func(n *Notice) { n.Choices = append(slices.Clone(n.Choices), Choice{Label: "New", Command: "NEW"}) },
		"a kind":    func(n *Notice) { n.Case.Parts = []Part{{Kind: "something-new"}} },
		"a ledger":  func(n *Notice) { n.Case.Parts = []Part{{Kind: "foi", Ledger: []string{"new"}}} },
		"a list":    func(n *Notice) { n.Lists = []List{{Title: "SOMETHING NEW"}} },
		"a row": func(n *Notice) {
			n.Lists = []List{{Title: "NEW", Rows: []Row{{Ref: "CAF26-00001", Note: "something new"}}}}
		},
		"a date":     func(n *Notice) { n.Changes = []Change{{What: "something new"}} },
		"the answer": func(n *Notice) { n.Lines = []string{"something new"} },
	} {
		n := scenarios()["refused-choice"]
		en, err := s.Staff(n)
		if err != nil {
			t.Fatal(err)
		}
		n.Language = Welsh
		if m, err := s.Staff(n); err != nil || m.ContentLanguage != Welsh {
			t.Fatalf("without it the mail is not Welsh: %v", err)
		}
		change(&n)
		m, err := s.Staff(n)
		if err != nil || m.ContentLanguage != English || !strings.HasPrefix(m.Subject, en.Subject[:10]) {
			t.Errorf("%s without Welsh: %v\n%s\n%s", what, err, m.Subject, m.Body)
		}
	}
}
