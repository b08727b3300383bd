package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// checker collects problems and knows the line of each key.
type checker struct {
	problems []Problem
	lines    map[string]int
	nodes    map[string]*yaml.Node // the values, one node even if it is merged into several places
	told     map[*yaml.Node]bool   // those already reported as unreadable elsewhere in the file
}

// add adds a problem, unless one with the same key or its section is known: a
// value that could not be read is not reported as missing too.
func (k *checker) add(key, says, mend string) {
	for at := key; at != ""; at = at[:max(0, strings.LastIndexAny(at, ".["))] {
		if k.told[k.nodes[at]] {
			return
		}
	}
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
	switch len(words) {
	case 0:
		return "one that is configured"
	case 1:
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

// short returns a duration without its empty units: 1h and not 1h0m0s.
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
