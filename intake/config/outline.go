package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// outline examines the file's shape: it merges what is to be merged, notes the
// line of each key, and finds what viper would silently ignore. It returns nil
// if there is nothing to go on with.
func (k *checker) outline(b []byte) *yaml.Node {
	k.lines, k.nodes, k.told = map[string]int{}, map[string]*yaml.Node{}, map[*yaml.Node]bool{}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		k.add("", "the file is empty", "start from config.example.yaml")
		return nil
	case err != nil:
		k.add("", "the file is no valid YAML: "+strings.TrimPrefix(firstLine(err), "yaml: "), "indent with spaces, and quote texts with a colon or # in them")
		return nil
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		k.add("", "the file holds more than one YAML document", "keep everything in one, without a line ---")
		return nil
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		k.add("", "the file is no list of keys and values", "start from config.example.yaml")
		return nil
	}
	if !k.merge(root) {
		return nil
	}
	k.walk("", root)
	return root
}

func (k *checker) walk(at string, n *yaml.Node) {
	switch n.Kind {
	case yaml.SequenceNode:
		for i, x := range n.Content {
			path := fmt.Sprintf("%s[%d]", at, i)
			k.lines[path], k.nodes[path] = x.Line, x
			k.value(path, x)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k.key(at, n.Content[i], n.Content[i+1])
		}
	}
}

func (k *checker) key(at string, name, value *yaml.Node) {
	path := strings.TrimPrefix(at+"."+strings.ToLower(name.Value), ".")
	k.lines[path], k.nodes[path] = name.Line, name
	if name.Kind != yaml.ScalarNode || name.Tag != "!!str" {
		k.add(path, "a key must be a plain word", compareMend)
		return
	}
	k.value(path, value)
}

func (k *checker) value(path string, n *yaml.Node) {
	switch {
	case n.Tag == "!!null", n.Kind == yaml.MappingNode && len(n.Content) == 0:
		k.empty(path)
	default:
		k.walk(path, n)
	}
}

// empty reports a key without a value, which viper treats as absent.
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
