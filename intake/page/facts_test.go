package page

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"requestd/templates/welsh"
)

// Every text of alarms and of dates has its Welsh, and no Welsh is left over.
func TestEveryAlarmHasItsWelsh(t *testing.T) {
	facts, err := welsh.Read(welsh.Facts)
	if err != nil {
		t.Fatal(err)
	}
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
}

// everything returns the content of files.
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

// The times, durations and servers in an alarm are recognised again.
func TestAnAlarmInWelsh(t *testing.T) {
	f := &frame{Lang: "cy"}
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
	if en := (&frame{Lang: "en"}); en.Fact("the register was never copied") != "the register was never copied" {
		t.Error("an alarm is said otherwise in English")
	}
}
