package templates

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const maxFile = 64 << 10 // bytes of an overriding file

// override replaces texts by the files in dir, and returns whether it replaced
// any and what it cannot use.
func override(texts map[string]string, dir string) (changed bool, faults []error) {
	if dir == "" {
		return false, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, []error{fmt.Errorf("template directory: %w; create it, or leave the setting empty", err)}
	}
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
		texts[name], changed = text, true
	}
	return changed, faults
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

// nearest returns the text that was probably meant.
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

// missingBlocks returns the first block that original defines and text does
// not.
func missingBlocks(name, original, text string) string {
	for _, m := range definition.FindAllStringSubmatch(original, -1) {
		if !slices.ContainsFunc(definition.FindAllStringSubmatch(text, -1), func(d []string) bool { return d[1] == m[1] }) {
			return m[1]
		}
	}
	return ""
}
