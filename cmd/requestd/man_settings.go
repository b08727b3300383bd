package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeSettingsPage writes requestd.yaml(5) from the example configuration,
// section by section. The example has every key and is loaded by a test.
func writeSettingsPage(dir, example string) error {
	b, err := os.ReadFile(example)
	if err != nil {
		return fmt.Errorf("read the example of a configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "requestd.yaml.5"), settingsPage(string(b)), 0o644); err != nil {
		return fmt.Errorf("write a manual page: %w", err)
	}
	return nil
}

func settingsPage(example string) []byte {
	var b bytes.Buffer
	b.WriteString(".TH REQUESTD.YAML 5 \"\" requestd\n.SH NAME\nrequestd.yaml \\- the configuration of requestd\n")
	b.WriteString(".SH SYNOPSIS\n.I /etc/requestd/config.yaml\n.SH DESCRIPTION\n")
	for i, part := range strings.Split(strings.TrimSpace(example), "\n\n") {
		comment, yaml := splitPart(part)
		key, _, _ := strings.Cut(yaml, ":")
		if key != "" && !strings.HasPrefix(key, " ") && !strings.HasPrefix(key, "-") {
			fmt.Fprintf(&b, ".SH %s\n", roff(strings.ToUpper(key)))
		} else if i > 0 {
			b.WriteString(".PP\n")
		}
		if comment != "" {
			fmt.Fprintf(&b, "%s\n", comment)
		}
		if yaml != "" {
			fmt.Fprintf(&b, ".PP\n.EX\n%s\n.EE\n", roff(yaml))
		}
	}
	b.WriteString(".SH SEE ALSO\n.BR requestd (1),\n.BR requestd\\-check (1)\n")
	return b.Bytes()
}

// splitPart separates the comment above a section from the section. Indented
// lines of the comment are kept as they are.
func splitPart(part string) (comment, yaml string) {
	lines := strings.Split(part, "\n")
	n := 0
	var out []string
	for ; n < len(lines); n++ {
		text, isComment := strings.CutPrefix(strings.TrimLeft(lines[n], " "), "#")
		if !isComment {
			break
		}
		text = strings.TrimPrefix(text, " ")
		switch {
		case text == "":
			out = append(out, ".PP")
		case strings.HasPrefix(text, " "):
			out = append(out, ".br", roff(strings.TrimSpace(text)))
		default:
			out = append(out, roff(text))
		}
	}
	return strings.Join(out, "\n"), strings.Join(lines[n:], "\n")
}
