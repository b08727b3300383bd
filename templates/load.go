package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
)

//go:embed texts
var embedded embed.FS

const (
	housePrefix = "house-"
	otherHouse  = "other"
)

// Load reads the embedded texts and those in dir, which replace the embedded
// ones of the same name; dir "" means only the embedded ones. If dir has any,
// every text is executed for samples of every variant, and the letters are
// checked for what they must say. The error lists all faults, each with its
// file, its line if there is one, and what to do.
func Load(dir string) (*Set, error) {
	texts, err := readEmbedded()
	if err != nil {
		return nil, err
	}
	plain, err := builtIn()
	if err != nil {
		return nil, err
	}
	changed, faults := override(texts, dir)
	if !changed && len(faults) == 0 {
		return plain, nil
	}
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

// builtIn makes the set of the embedded texts alone, once: it never changes.
var builtIn = sync.OnceValues(func() (*Set, error) {
	texts, err := readEmbedded()
	if err != nil {
		return nil, err
	}
	s, err := parse(texts)
	if err != nil {
		return nil, fmt.Errorf("the embedded texts: %w", err)
	}
	return s, nil
})

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

// parse makes one set for each house: the files that all share, and its own
// words.
func parse(texts map[string]string) (*Set, error) {
	common := template.New("").Funcs(funcs)
	var faults []error
	for _, name := range sorted(texts) {
		if !strings.HasPrefix(name, housePrefix) {
			faults = append(faults, add(common, name, texts[name]))
		}
	}
	s := &Set{houses: map[string]*template.Template{}, welsh: welshTexts(texts)}
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

// add parses a file and its blocks into t. It refuses a block that exists
// already: which of two files won would depend on the order of their names.
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

func sorted(texts map[string]string) []string { return slices.Sorted(maps.Keys(texts)) }
