package config

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

const (
	maxFileBytes = 1 << 20
	// keyDelimiter is in no key, so that "smtp.host: x" is an unknown key and not
	// a second way to write one.
	keyDelimiter = "\x1f"
)

// Load reads and validates the file. The error is a *Problems with every
// mistake, including a file that cannot be read. It reads no secret: see Check.
func Load(path string) (*Config, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, &Problems{File: path, List: []Problem{{
			Says: "the configuration cannot be used: " + err.Error(),
			Mend: "name the right file with --config",
		}}}
	}
	return Parse(b, path)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, plainFileError(path, err)
	}
	if len(b) > maxFileBytes {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxFileBytes)
	}
	return b, nil
}

// Parse is Load for a file's bytes; relative paths in it are relative to the
// directory of path.
func Parse(b []byte, path string) (*Config, error) {
	k := &checker{}
	v, ok := k.read(b)
	if !ok {
		return nil, k.failure(path)
	}
	expand(v)
	c := &Config{source: path}
	k.decode(v, c)
	c.finish()
	if dir, err := filepath.Abs(filepath.Dir(path)); err == nil {
		resolvePaths(reflect.ValueOf(c).Elem(), dir)
	}
	k.validate(c)
	if len(k.problems) > 0 {
		return nil, k.failure(path)
	}
	return c, nil
}

// read checks the file's shape and passes it to viper; it reports whether there
// is anything to go on with.
func (k *checker) read(b []byte) (*viper.Viper, bool) {
	root := k.outline(b)
	if root == nil {
		return nil, false
	}
	var file tree
	if err := root.Decode(&file); err != nil {
		k.add("", "the file is no valid YAML: "+firstLine(err), "mend the YAML")
		return nil, false
	}
	v := viper.NewWithOptions(viper.KeyDelimiter(keyDelimiter))
	setDefaults(v, "", fileDefaults)
	if err := v.MergeConfigMap(file); err != nil {
		k.add("", firstLine(err), compareMend)
		return nil, false
	}
	return v, true
}

// setDefaults sets each value of a tree of defaults in viper, so that a file
// that sets one key of a section keeps the defaults of the others.
func setDefaults(v *viper.Viper, prefix string, t tree) {
	for key, val := range t {
		if sub, ok := val.(tree); ok {
			setDefaults(v, prefix+key+keyDelimiter, sub)
			continue
		}
		v.SetDefault(prefix+key, val)
	}
}

func (k *checker) decode(v *viper.Viper, c *Config) {
	err := v.UnmarshalExact(c, func(d *mapstructure.DecoderConfig) {
		d.WeaklyTypedInput = false
		d.DecodeHook = hook
	})
	k.decodeErrors(err)
}

// failure sorts the problems in the order of their keys in the file; missing
// keys come last.
func (k *checker) failure(path string) *Problems {
	slices.SortStableFunc(k.problems, func(a, b Problem) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return &Problems{File: path, List: k.once()}
}

// once keeps of a mistake that is merged into several places only the first.
func (k *checker) once() []Problem {
	type mistakeAt struct {
		node       *yaml.Node
		says, mend string
	}
	var list []Problem
	first, more := map[mistakeAt]int{}, map[int]int{}
	for _, p := range k.problems {
		node := k.nodes[p.Key]
		at := mistakeAt{node, p.Says, p.Mend}
		if i, told := first[at]; told && node != nil {
			more[i]++
			continue
		}
		first[at] = len(list)
		list = append(list, p)
	}
	for i, n := range more {
		list[i].Says += fmt.Sprintf(" (merged into %d more)", n)
	}
	return list
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}
