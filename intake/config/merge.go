package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// common is the section whose values are only merged into other places.
	common = "common"
	// maxMerged is how many keys and values anchors may bring in: a thousand
	// mailboxes of two hundred lines each. Without a limit a few lines could ask
	// for any number.
	maxMerged = 400_000
)

// merger replaces aliases and merge keys by what they name, so that later steps
// see a file without them. A value in several places is then one node, which
// knows where it was written.
type merger struct {
	*checker
	size map[*yaml.Node]int // how many keys and values each node has; 0 while it is being counted
	left int                // how many may still be brought in; below 0 once there were too many
}

// merge does this in the whole file and removes the section common; it reports
// whether there is anything to go on with.
func (k *checker) merge(root *yaml.Node) bool {
	m := merger{checker: k, size: map[*yaml.Node]int{}, left: maxMerged}
	m.unfold("", root)
	for i := 0; i+1 < len(root.Content); i += 2 {
		if strings.EqualFold(root.Content[i].Value, common) {
			root.Content = slices.Delete(root.Content, i, i+2)
			break
		}
	}
	return m.left >= 0
}

// unfold does this within n.
func (m *merger) unfold(at string, n *yaml.Node) {
	m.size[n] = 0
	if n.Kind == yaml.MappingNode {
		m.mapping(at, n)
	} else {
		for i, x := range n.Content {
			n.Content[i] = m.named(fmt.Sprintf("%s[%d]", at, i), x)
		}
	}
	size := 1
	for _, x := range n.Content {
		size = min(size+m.size[x], 2*maxMerged)
	}
	m.size[n] = size
}

// named returns the node itself, unfolded, or the one that it is an alias of.
func (m *merger) named(at string, n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.AliasNode {
		m.unfold(at, n)
		return n
	}
	m.lines[at] = n.Line
	instead := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Line: n.Line}
	size := m.size[n.Alias]
	switch {
	case size == 0:
		m.add(at, "*"+n.Value+" stands within what it names", "name an anchor that ends before it")
		m.told[instead] = true
	case size <= m.left:
		m.left -= size
		return n.Alias
	case m.left >= 0:
		m.left = -1
		m.add(at, fmt.Sprintf("anchors bring in more than %d keys and values", maxMerged), "merge less")
	}
	return instead
}

// mapping adds the merged keys after a mapping's own, which take precedence, as
// keys merged earlier do over those merged later.
func (m *merger) mapping(at string, n *yaml.Node) {
	var keys, merged []*yaml.Node
	written := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		key := strings.ToLower(name.Value)
		path := strings.TrimPrefix(at+"."+key, ".")
		m.lines[path] = name.Line
		if name.Kind == yaml.ScalarNode && name.Tag == "!!merge" {
			merged = m.sections(merged, path, value)
			continue
		}
		if other, twice := written[key]; twice {
			m.add(path, fmt.Sprintf("%s and %s are the same key", other, name.Value), "keep one of the two")
			continue
		}
		written[key] = name.Value
		name, value = m.named(path, name), m.named(path, value)
		if m.told[value] {
			m.told[name] = true
		}
		keys = append(keys, name, value)
	}
	for i := 0; i+1 < len(merged); i += 2 {
		key := strings.ToLower(merged[i].Value)
		if _, goesFirst := written[key]; !goesFirst {
			written[key] = merged[i].Value
			keys = append(keys, merged[i], merged[i+1])
		}
	}
	n.Content = keys
}

// sections adds the sections named by a merge key: one, or a list of them.
func (m *merger) sections(merged []*yaml.Node, at string, value *yaml.Node) []*yaml.Node {
	value = m.named(at, value)
	list := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		list = value.Content
	}
	for _, s := range list {
		if s.Kind != yaml.MappingNode {
			m.add(at, "merges what is no section", "name the anchor of a section: <<: *mailbox merges what &mailbox stands before")
			continue
		}
		merged = append(merged, s.Content...)
	}
	return merged
}
