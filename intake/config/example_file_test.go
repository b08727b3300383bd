package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const exampleFile = "../../config.example.yaml"

func readExample(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExampleLoads(t *testing.T) {
	if _, err := Load(exampleFile); err != nil {
		t.Fatal(err)
	}
}

func TestExampleHasEveryKey(t *testing.T) {
	k := &checker{}
	if k.outline([]byte(readExample(t))) == nil {
		t.Fatal(k.problems)
	}
	stands := map[string]bool{}
	index := regexp.MustCompile(`\[\d+\]`)
	for key := range k.lines {
		stands[index.ReplaceAllString(key, "")] = true
	}
	// A mailbox's own smtp has the keys of the section of that name.
	for _, key := range keysOf("smtp") {
		stands["mailboxes.smtp."+key] = true
	}
	for _, key := range everyKey(reflect.TypeFor[Config](), "") {
		if !stands[key] {
			t.Errorf("%s does not stand in the example", key)
		}
	}
}

// everyKey lists the keys of t and of what is within it, without indexes.
func everyKey(t reflect.Type, prefix string) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[SecretFile](), reflect.TypeFor[TimeOfDay](), reflect.TypeFor[Period]():
		return nil
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() || f.Anonymous {
			continue
		}
		key := prefix + f.Tag.Get("mapstructure")
		keys = append(append(keys, key), everyKey(f.Type, key+".")...)
	}
	return keys
}

func TestExampleExplainsEveryKey(t *testing.T) {
	plain := regexp.MustCompile(`^ *(- )?[a-z_]+:`)
	section := regexp.MustCompile(`^ *(- )?[a-z_]+:( *#.*)?$`)
	free := regexp.MustCompile(`^ +(en|cy|name|name_cy|address|email|phone|phone_cy|website|website_cy|pounds|hours|host|username|password_file|body|language|aliases|reference|since|provider|oauth):`)
	lines := strings.Split(readExample(t), "\n")
	for i, line := range lines {
		switch {
		case !plain.MatchString(line), strings.Contains(line, "#"), section.MatchString(line):
		case free.MatchString(line), strings.HasPrefix(line, "  - "):
			// explained at the key's first place, or for the section as a whole
		case strings.HasPrefix(line, "regulator:"):
		default:
			t.Errorf("line %d explains nothing: %s", i+1, line)
		}
	}
}

// A comment that calls the shown value the default must be right: the file
// without those lines means the same.
func TestExampleDefaultsAreTheDefaults(t *testing.T) {
	with, err := Load(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	kept, taken := withoutDefaults(strings.Split(readExample(t), "\n"))
	if taken < 60 {
		t.Fatalf("only %d lines show a default", taken)
	}
	without, err := Parse([]byte(strings.Join(kept, "\n")), exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(with, without, cmp.AllowUnexported(Config{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("a value shown as the default is not (-shown +default):\n%s", d)
	}
}

// withoutDefaults removes the lines that show a default, and then each section
// that has lost all its keys.
func withoutDefaults(lines []string) (kept []string, taken int) {
	isDefault := regexp.MustCompile(`: .*# default(;| \(| by |$)`)
	for _, l := range lines {
		switch {
		case strings.HasPrefix(strings.TrimSpace(l), "#"), strings.TrimSpace(l) == "":
		case isDefault.MatchString(l):
			taken++
		default:
			kept = append(kept, l)
		}
	}
	header := regexp.MustCompile(`^ *[a-z_]+:( *#.*)?$`)
	indent := func(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }
	for i := len(kept) - 1; i >= 0; i-- {
		if header.MatchString(kept[i]) && (i == len(kept)-1 || indent(kept[i+1]) <= indent(kept[i])) {
			kept = append(kept[:i], kept[i+1:]...)
		}
	}
	return kept, taken
}
