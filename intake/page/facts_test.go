package page

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/templates/welsh"
)

// Whatever dates are reckoned in and alarms raised in has its Welsh: what the
// sources of alarms say, and what ledgers of all kinds of request came to.
func TestEveryDateAndAlarmHasItsWelsh(t *testing.T) {
	facts, err := welsh.Read(welsh.Facts)
	if err != nil {
		t.Fatal(err)
	}
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	cy := &frame{s: &Server{words: w, facts: facts}, Lang: "cy", Today: deadlines.NewDay(2026, time.November, 30)}
	known := map[string]bool{}
	for _, x := range facts {
		known[x.En] = true
		for _, n := range regexp.MustCompile(`\{(\d+)\}`).FindAllStringSubmatch(x.Cy, -1) {
			if at, _ := strconv.Atoi(n[1]); at < 1 || at > len(welsh.Verbs.FindAllString(x.En, -1)) {
				t.Errorf("%q tells of no {%d}", x.En, at)
			}
		}
	}
	for name, file := range sources(t, "../health/judge.go") {
		said := alarmsIn(t, name, file)
		if len(said) < 35 {
			t.Errorf("%d texts of alarms were found", len(said))
		}
		for _, s := range said {
			if s = strings.ReplaceAll(s, "%%", "%"); !known[s] {
				t.Errorf("%s: %q has no Welsh: add a line to facts_cy.tsv", name, s)
			}
		}
	}
	said := everything(t, "../../deadlines/*.go", "../../deadlines/holidays.json", "../health/judge.go")
	for _, x := range facts {
		for _, words := range regexp.MustCompile(`%[sdqv]|: `).Split(x.En, -1) {
			if n := strings.Trim(words, " 1"); !strings.Contains(said, strings.ReplaceAll(n, "%", "%%")) {
				t.Errorf("%q is said nowhere: there is no %q", x.En, n)
			}
		}
	}
	english := regexp.MustCompile(`\b(the|of|was|is|days?|and|for|working|January|February|March|May|June|July|August|October|November|December|bank holiday)\b`)
	lines, seen := 0, map[string]bool{}
	for _, res := range reckoned(t) {
		fresh := slices.DeleteFunc(slices.Clone(res.Ledger), func(s deadlines.Step) bool {
			key := strings.Join(deadlines.Lines([]deadlines.Step{s}), "\n")
			was := seen[key]
			seen[key] = true
			return was
		})
		for _, line := range cy.Ledger(fresh) {
			lines++
			text, _, _ := strings.Cut(line, " [")
			if english.MatchString(text) {
				t.Errorf("a ledger says in Welsh %q", line)
			}
		}
	}
	if lines < 500 {
		t.Errorf("only %d lines were looked at", lines)
	}
}

// everything is what files hold.
func everything(t *testing.T, patterns ...string) string {
	t.Helper()
	var b strings.Builder
	for _, p := range patterns {
		list, err := filepath.Glob(p)
		if err != nil || len(list) == 0 {
			t.Fatal(p, err)
		}
		for _, name := range list {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
	}
	return b.String()
}

// reckoned are the dates of requests of every kind with every run of events that
// their law knows.
func reckoned(t *testing.T) (list []deadlines.Result) {
	t.Helper()
	cal := deadlines.Default()
	runs := [][]string{nil, {"clarification"}, {"identity"}, {"authority"}, {"fee"}, {"clarification", "identity"}}
	for _, received := range []deadlines.Day{deadlines.NewDay(2026, time.March, 10), deadlines.NewDay(2026, time.July, 31), deadlines.NewDay(2026, time.November, 20), deadlines.NewDay(2022, time.August, 30), deadlines.NewDay(2023, time.April, 20), deadlines.NewDay(2020, time.April, 20)} {
		for _, r := range []deadlines.Request{{Kind: "foi"}, {Kind: "dsar"}, {Kind: "eir"}, {Kind: "rights"}, {Kind: "review", Of: "foi"}, {Kind: "review", Of: "eir"}, {Kind: "review", Of: "dsar"}} {
			for _, run := range runs {
				for _, answered := range []deadlines.Day{0, 1, 2, 9} {
					for _, extended := range []bool{false, true} {
						x := r
						x.Received = received
						for _, m := range run {
							x.Events = append(x.Events, deadlines.Event{Name: m + "-requested", Date: received + 3})
							if answered > 0 {
								x.Events = append(x.Events, deadlines.Event{Name: m + "-received", Date: received + 2 + answered})
							}
						}
						if extended {
							x.Events = append(x.Events, deadlines.Event{Name: "extended", Date: received + 5})
						}
						res, err := cal.Compute(x, deadlines.DefaultRules())
						if err == nil {
							list = append(list, res)
						}
					}
				}
			}
		}
	}
	return list
}

// What an alarm says of a moment, a span and a server is found again.
func TestAnAlarmInWelsh(t *testing.T) {
	facts, err := welsh.Read(welsh.Facts)
	if err != nil {
		t.Fatal(err)
	}
	f := &frame{s: &Server{facts: facts}, Lang: "cy"}
	for en, want := range map[string]string{
		"the mailbox cafcass has not been read for 3 hours: connection refused": "ni ddarllenwyd y blwch post cafcass ers 3 awr: connection refused",
		"the disk of the register has 4 % left (1.2 GiB)":                       "mae 4 % ar ôl ar ddisg y gofrestr (1.2 GiB)",
		"the secret of oauth cafcass ends on 2026-12-24":                        "daw cyfrinach oauth cafcass i ben ar 24 Rhagfyr 2026",
		"what nobody has foreseen":                                              "what nobody has foreseen",
	} {
		if got := f.Fact(en); got != want {
			t.Errorf("%q is said as %q, not %q", en, got, want)
		}
	}
	if en := (&frame{s: f.s, Lang: "en"}); en.Fact("the register was never copied") != "the register was never copied" {
		t.Error("an alarm is said otherwise in English")
	}
}
