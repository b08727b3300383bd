package config

import (
	"reflect"
	"strings"

	"github.com/agnivade/levenshtein"
)

// unknown reports a key that does not exist, and the one that was probably
// meant.
func (k *checker) unknown(section, key string) {
	mend := compareMend
	if near := nearest(key, keysOf(section)); near != "" {
		mend = "did you mean " + near + "?"
	} else if strings.Contains(key, ".") {
		mend = "write a section, with its keys indented beneath it"
	}
	k.add(strings.TrimPrefix(section+"."+key, "."), "is no key of requestd's", mend)
}

// keysOf returns the keys of a section such as mailboxes[0].imap.
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
	for _, f := range reflect.VisibleFields(t) {
		if tag := f.Tag.Get("mapstructure"); tag != "-" && !f.Anonymous {
			keys = append(keys, tag)
		}
	}
	return keys
}

// fieldType returns the type of a key of t without slices and pointers, or nil.
func fieldType(t reflect.Type, key string) reflect.Type {
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("mapstructure") != key {
			continue
		}
		t = f.Type
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		return t
	}
	return nil
}

// nearest returns the word at most two letters away from w, or "".
func nearest(w string, words []string) string {
	best, found := 3, ""
	for _, x := range words {
		if d := levenshtein.ComputeDistance(w, x); d < best && d < len(x) {
			best, found = d, x
		}
	}
	return found
}
