package page

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/sheet"
	"requestd/intake/statistics"
)

// Every word of the interface has its Welsh, and no Welsh is left over from
// words that are gone.
func TestEveryWordHasItsWelsh(t *testing.T) {
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	in := func(text string, patterns ...string) {
		for _, p := range patterns {
			for _, m := range regexp.MustCompile(p).FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
			}
		}
	}
	screens, err := fs.Glob(files, "screens/*.html")
	if err != nil || len(screens) < 10 {
		t.Fatal(screens, err)
	}
	for _, name := range screens {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		in(string(b), `\.T "([^"]*)"`, `\(list "[^"]*" "([^"]*)"\)`)
	}
	sources, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") {
			in(string(b), `\.T\("([^"]*)"`, `v\.frame\("([^"]+)"\)`, `s\.frame\(r, nil, "([^"]+)"\)`, `words\.say\(f\.Lang, "([^"]+)"`, `(?:Title|Label): "([^"]+)"`, `{"((?:up to|longer)[^"]*)", `)
		}
	}
	for file, pattern := range map[string]string{
		"../../classify/speech.go": `"((?:asks|disputes|goes|words|hints) [^"]*)"`, "../../classify/features.go": `\{"([^"]*)", c(?:FOI|DSAR|Review|Auto|Other), `,
		"../../templates/reading.go": `(?::\s+|return )"((?:somebody|a child|personal|writing|words|tells|plainly|fairly|in doubt|speaks) ?[^"]*)"`,
	} { // what decided in a mail
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before := len(used)
		if in(string(b), pattern); len(used) < before+4 {
			t.Errorf("%s has not the words that were looked for", file)
		}
	}
	for _, a := range known {
		used[a.Label] = true
	}
	for _, r := range returned {
		used[r.says] = true
	}
	used["Taken"], used["Yes"], used["No"] = true, true, true
	for _, h := range append(caseHead, figureHead...) {
		used[h] = true
	}
	for _, row := range sheet.FigureRows([]statistics.Row{{}}, map[intake.Kind]statistics.Read{intake.FOI: {}}) {
		used[capital(row[4])] = true
	}
	for _, s := range []string{allKinds, allButReviews, figureMonth, figureOpen, "95 or more", "90 to 95", "below 90"} {
		used[capital(s)] = true
	}
	for _, g := range groups {
		used[g] = true
	}
	for _, all := range []map[string]string{stateNames, flagNames, texts(kindNames), texts(eventNames), texts(letterNames), texts(purposeNames), texts(dispositionNames), texts(advice)} {
		for _, en := range all {
			used[en] = true
		}
	}
	for en := range used {
		if w.cy[en] == "" {
			t.Errorf("%q has no Welsh: add a line to words_cy.tsv", en)
		}
	}
	if got := w.say("cy", "Sign in"); got != "Mewngofnodi" {
		t.Errorf("Sign in is %q in Welsh", got)
	}
	if got := w.say("en", "in %d days", 3); got != "in 3 days" {
		t.Errorf("got %q", got)
	}
}

func texts[K ~string](m map[K]string) map[string]string {
	all := map[string]string{}
	for k, v := range m {
		all[string(k)] = v
	}
	return all
}
