package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed texts
var embedded embed.FS

const (
	housePrefix = "house-"
	otherHouse  = "other"
	maxFile     = 64 << 10 // bytes of an overriding file
)

// Load reads the embedded texts and those in dir, which stand in for the
// embedded ones of the same name; dir "" is the embedded ones alone. Every
// text is executed for samples of every variant, and the letters are checked
// for what they must say. The error tells all faults, each with its file, its
// line where there is one, and the mend.
func Load(dir string) (*Set, error) {
	texts, err := readEmbedded()
	if err != nil {
		return nil, err
	}
	plain, err := parse(texts)
	if err != nil {
		return nil, fmt.Errorf("the embedded texts: %w", err)
	}
	faults := override(texts, dir)
	s, err := parse(texts)
	if err != nil {
		return nil, errors.Join(append(faults, err)...)
	}
	if err := errors.Join(append(faults, s.check()...)...); err != nil {
		return nil, err
	}
	s.plain = plain
	return s, nil
}

func readEmbedded() (map[string]string, error) {
	texts := map[string]string{}
	files, err := fs.Glob(embedded, "texts/*.txt")
	if err != nil {
		return nil, fmt.Errorf("read the embedded texts: %w", err)
	}
	for _, f := range files {
		b, err := embedded.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("read the embedded texts: %w", err)
		}
		texts[strings.TrimPrefix(f, "texts/")] = string(b)
	}
	return texts, nil
}

// override replaces texts by the files of dir, and tells what it cannot use.
func override(texts map[string]string, dir string) []error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []error{fmt.Errorf("template directory: %w; create it, or leave the setting empty", err)}
	}
	var faults []error
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(dir, name)
		original, known := texts[name]
		if !known {
			faults = append(faults, fmt.Errorf("template %s: there is no text of this name%s; rename it or move it elsewhere",
				path, nearest(name, texts)))
			continue
		}
		text, err := readOverride(path)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if missing := missingBlocks(name, original, text); missing != "" {
			faults = append(faults, fmt.Errorf("template %s: the block %q is missing; copy it from the text that comes with the program",
				path, missing))
			continue
		}
		texts[name] = text
	}
	return faults
}

func readOverride(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("template %s: %w", path, err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("template %s: not a file; only files may stand there", path)
	case info.Size() > maxFile:
		return "", fmt.Errorf("template %s: %d bytes; at most %d are read", path, info.Size(), maxFile)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("template %s: %w", path, err)
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	if strings.ToValidUTF8(text, "") != text {
		return "", fmt.Errorf("template %s: not UTF-8; save it in that encoding", path)
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}

// nearest names the text that was probably meant.
func nearest(name string, texts map[string]string) string {
	base, _, _ := strings.Cut(name, ".")
	for _, known := range sorted(texts) {
		if k, _, _ := strings.Cut(known, "."); k == base {
			return ", though there is " + known
		}
	}
	return ""
}

var definition = regexp.MustCompile(`{{-?\s*define\s+"([^"]+)"`)

// missingBlocks is the first block that original defines and text does not.
func missingBlocks(name, original, text string) string {
	for _, m := range definition.FindAllStringSubmatch(original, -1) {
		if !slices.ContainsFunc(definition.FindAllStringSubmatch(text, -1), func(d []string) bool { return d[1] == m[1] }) {
			return m[1]
		}
	}
	return ""
}

// parse builds one set for each house: the files all share, and its own words.
func parse(texts map[string]string) (*Set, error) {
	common := template.New("").Funcs(funcs)
	var faults []error
	for _, name := range sorted(texts) {
		if !strings.HasPrefix(name, housePrefix) {
			faults = append(faults, add(common, name, texts[name]))
		}
	}
	s := &Set{houses: map[string]*template.Template{}}
	for _, name := range sorted(texts) {
		slug, ok := strings.CutPrefix(strings.TrimSuffix(name, ".txt"), housePrefix)
		if !ok {
			continue
		}
		t, err := common.Clone()
		if err != nil {
			return nil, fmt.Errorf("prepare the templates: %w", err)
		}
		faults = append(faults, add(t, name, texts[name]))
		s.houses[slug] = t
	}
	return s, errors.Join(faults...)
}

// add parses a file and its blocks into t. A block that stands there already
// is refused: which of two files won would depend on their names' order.
func add(t *template.Template, name, text string) error {
	file, err := template.New(name).Funcs(funcs).Parse(text)
	if err != nil {
		return explain(err)
	}
	for _, block := range file.Templates() {
		if t.Lookup(block.Name()) != nil {
			return fmt.Errorf("template %s: the block %q stands in another file already; give it another name", name, block.Name())
		}
		if _, err := t.AddParseTree(block.Name(), block.Tree); err != nil {
			return fmt.Errorf("template %s: block %q: %w", name, block.Name(), err)
		}
	}
	return nil
}

var place = regexp.MustCompile(`^template: ([^:]+):(\d+)(?::\d+)?: (?:executing "[^"]*" at )?(.*)$`)

// explain puts an error of text/template into words for an administrator.
func explain(err error) error {
	m := place.FindStringSubmatch(err.Error())
	if m == nil {
		return fmt.Errorf("%w; docs/templates.md lists files, fields and functions", err)
	}
	return fmt.Errorf("template %s line %s: %s; docs/templates.md lists fields and functions", m[1], m[2], m[3])
}

func sorted(texts map[string]string) []string {
	names := make([]string, 0, len(texts))
	for n := range texts {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
