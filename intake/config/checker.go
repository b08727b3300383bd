package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// checker gathers problems and knows on which line each key stands.
type checker struct {
	problems []Problem
	lines    map[string]int
}

// add keeps a problem, unless one with the same key or its section is known:
// a value that could not be read is not missing as well.
func (k *checker) add(key, says, mend string) {
	for _, p := range k.problems {
		if p.Key == key || p.Key != "" && (strings.HasPrefix(key, p.Key+".") || strings.HasPrefix(key, p.Key+"[")) {
			return
		}
	}
	k.problems = append(k.problems, Problem{Key: key, Line: k.lines[key], Says: says, Mend: mend})
}

func (k *checker) missing(key, mend string) { k.add(key, "is missing", mend) }

func (k *checker) need(key, value, mend string) bool {
	if value == "" {
		k.missing(key, mend)
		return false
	}
	return true
}

func (k *checker) oneOf(key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		k.add(key, show(value)+" is not known", "write "+either(allowed))
	}
}

func (k *checker) someOf(key string, values []string, allowed ...string) {
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", key, i)
		if slices.Contains(values[:i], v) {
			k.add(at, show(v)+" stands in the list twice", "take one out")
			continue
		}
		k.oneOf(at, v, allowed...)
	}
}

func either(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func (k *checker) between(key string, value, low, high int) {
	if value < low || value > high {
		k.add(key, fmt.Sprintf("%d is out of range", value), fmt.Sprintf("write a number from %d to %d", low, high))
	}
}

func (k *checker) span(key string, value, low, high time.Duration) {
	if value < low || value > high {
		k.add(key, short(value)+" is out of range", "write a duration from "+short(low)+" to "+short(high))
	}
}

// spanOrOff is span for a duration that 0s switches off.
func (k *checker) spanOrOff(key string, value, low, high time.Duration) {
	if value != 0 {
		k.span(key, value, low, high)
	}
}

// short is a duration without its empty units: 1h and not 1h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// outline looks at the file's shape: it notes the line of each key, and finds
// what viper would pass over in silence.
func (k *checker) outline(b []byte) bool {
	k.lines = map[string]int{}
	dec := yaml.NewDecoder(strings.NewReader(string(b)))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if len(strings.TrimSpace(string(b))) == 0 || doc.Kind == 0 && err.Error() == "EOF" {
			k.add("", "the file is empty", "start from config.example.yaml")
			return false
		}
		k.add("", "the file is no valid YAML: "+strings.TrimPrefix(firstLine(err), "yaml: "), "mend the YAML; indent with spaces, and quote texts with a colon or # in them")
		return false
	}
	if err := dec.Decode(&more); err == nil || err.Error() != "EOF" {
		k.add("", "the file holds more than one YAML document", "keep everything in one, without a line ---")
		return false
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		k.add("", "the file is no list of keys and values", "start from config.example.yaml")
		return false
	}
	k.walk("", root)
	return true
}

func (k *checker) walk(at string, n *yaml.Node) {
	switch n.Kind {
	case yaml.SequenceNode:
		for i, x := range n.Content {
			path := fmt.Sprintf("%s[%d]", at, i)
			k.lines[path] = x.Line
			k.value(path, x)
		}
	case yaml.MappingNode:
		seen := map[string]string{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k.key(at, n.Content[i], n.Content[i+1], seen)
		}
	}
}

func (k *checker) key(at string, name, value *yaml.Node, seen map[string]string) {
	key := strings.ToLower(name.Value)
	path := strings.TrimPrefix(at+"."+key, ".")
	k.lines[path] = name.Line
	if other, twice := seen[key]; twice {
		k.add(path, fmt.Sprintf("%s and %s are the same key", other, name.Value), "keep one of the two")
		return
	}
	seen[key] = name.Value
	if name.Kind != yaml.ScalarNode || name.Tag != "!!str" {
		k.add(path, "a key must be a plain word", compareMend)
		return
	}
	k.value(path, value)
}

func (k *checker) value(path string, n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode: // its anchor is looked at where it stands
	case n.Tag == "!!null", n.Kind == yaml.MappingNode && len(n.Content) == 0:
		k.empty(path)
	default:
		k.walk(path, n)
	}
}

// empty names a key without a value, which viper takes for one that is not
// there.
func (k *checker) empty(path string) {
	section, key := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		section, key = path[:i], path[i+1:]
	}
	if !strings.HasSuffix(key, "]") && !slices.Contains(keysOf(section), key) {
		k.unknown(section, key)
		return
	}
	k.add(path, "has no value", "write one, or take the key out")
}

// unknown names a key that does not exist, and the one that was likely meant.
func (k *checker) unknown(section, key string) {
	mend := compareMend
	if near := nearest(key, keysOf(section)); near != "" {
		mend = "did you mean " + near + "?"
	} else if strings.Contains(key, ".") {
		mend = "write a section, with its keys indented beneath it"
	}
	k.add(strings.TrimPrefix(section+"."+key, "."), "is no key of requestd's", mend)
}

// keysOf gives the keys of a section such as mailboxes[0].imap.
func keysOf(section string) []string {
	t := reflect.TypeFor[Config]()
	for part := range strings.SplitSeq(section, ".") {
		name, _, _ := strings.Cut(part, "[")
		if name == "" {
			break
		}
		if t = fieldType(t, name); t == nil || t.Kind() != reflect.Struct {
			return nil
		}
	}
	var keys []string
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("mapstructure"); tag != "-" {
			keys = append(keys, tag)
		}
	}
	return keys
}

// fieldType is the type behind a key of t, slices and pointers taken off, or
// nil.
func fieldType(t reflect.Type, key string) reflect.Type {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("mapstructure") != key {
			continue
		}
		t = t.Field(i).Type
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		return t
	}
	return nil
}

// nearest is the word at most two letters away from w, or "".
func nearest(w string, words []string) string {
	best, found := 3, ""
	for _, x := range words {
		if d := distance(w, x); d < best && d < len(x) {
			best, found = d, x
		}
	}
	return found
}

// distance is that of Levenshtein, over bytes; long words are not compared.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
