package daemon

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The developer's guide lists, for each package, which other packages of ours
// it imports. A newcomer learns the architecture from that table.
func TestTheGuideListsWhatEachPackageImports(t *testing.T) {
	guide, err := os.ReadFile("../../docs/developers-guide.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(guide), "\n## Packages\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for _, dir := range packageFolders(t) {
		if !strings.Contains(table, "`"+dir+"`") {
			t.Errorf("the guide does not list %s", dir)
		}
	}
	rows := 0
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .* \\| ([^|]+) \\|$").FindAllStringSubmatch(table, -1) {
		if row[2] == "everything" {
			continue
		}
		rows++
		if is := strings.Join(ourImports(t, filepath.Join("../..", row[1])), ", "); is != strings.TrimPrefix(row[2], "–") {
			t.Errorf("the guide says that %s imports %s; it imports %s", row[1], row[2], is)
		}
	}
	if rows < 30 {
		t.Errorf("only %d packages were found in the guide", rows)
	}
}

// packageFolders returns the folders at the root and in intake that hold a package.
func packageFolders(t *testing.T) (dirs []string) {
	t.Helper()
	for _, pattern := range []string{"../../*/*.go", "../../intake/*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if dir, err := filepath.Rel("../..", filepath.Dir(name)); err == nil && !slices.Contains(dirs, filepath.ToSlash(dir)) {
				dirs = append(dirs, filepath.ToSlash(dir))
			}
		}
	}
	return dirs
}

// ourImports returns, in order, which packages of ours the files of a folder
// import, without tests and without the packages that nearly all of them
// import.
func ourImports(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			switch path, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "requestd/"); {
			case !ours, path == "intake", path == "deadlines", path == "intake/holds":
			default:
				found[strings.TrimPrefix(path, "intake/")] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
