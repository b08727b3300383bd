package classify

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

//go:embed model.tsv
var embeddedModel []byte

// weights has a column for each kind.
type weights [nClasses]float64

// Model is the statistical part: a linear model over what was seen in a mail
// (the signals of the lexicon, rules on sentences, the mail's surroundings,
// and wordings of one or two words), trained by this package's Train.
type Model struct {
	bias  weights
	rows  map[string]*weights // of signals and rules
	grams map[string]*weights // of wordings
}

func newModel() *Model {
	return &Model{rows: map[string]*weights{}, grams: map[string]*weights{}}
}

// wordingPrefix begins the name of a feature that is a row of words.
const wordingPrefix = "wording: "

// score adds up the weights of a mail's features.
func (m *Model) score(fs []feature, grams []gram) weights {
	w := m.bias
	for _, f := range fs {
		if f.row != nil {
			for c := range w {
				w[c] += f.row[c]
			}
		}
	}
	v := gramValue(len(grams))
	for _, g := range grams {
		for c := range w {
			w[c] += v * g.row[c]
		}
	}
	return w
}

// gramValue lessens the weight of each wording in a long mail.
func gramValue(n int) float64 { return math.Min(1, 4/math.Sqrt(float64(n+1))) }

// softmax turns scores into probabilities.
func softmax(w weights) weights {
	top := w[0]
	for _, x := range w {
		top = math.Max(top, x)
	}
	sum := 0.0
	for c, x := range w {
		w[c] = math.Exp(x - top)
		sum += w[c]
	}
	for c := range w {
		w[c] /= sum
	}
	return w
}

// readModel reads the embedded form: a line for each feature, its name and a
// weight for each kind in hundredths.
func readModel(data []byte) (*Model, error) {
	m := newModel()
	sc := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; sc.Scan(); n++ {
		f := strings.Split(sc.Text(), "\t")
		if len(f) != nClasses+1 {
			return nil, fmt.Errorf("model line %d: %d columns, not %d", n, len(f), nClasses+1)
		}
		var w weights
		for c := range w {
			v, err := strconv.Atoi(f[c+1])
			if err != nil {
				return nil, fmt.Errorf("model line %d: %w", n, err)
			}
			w[c] = float64(v) / 100
		}
		if f[0] == "" {
			m.bias = w
			continue
		}
		m.put(f[0], &w)
	}
	return m, sc.Err()
}

// put gives a feature its weights.
func (m *Model) put(name string, w *weights) {
	if words, ok := strings.CutPrefix(name, wordingPrefix); ok {
		m.grams[words] = w
		return
	}
	m.rows[name] = w
}

// Bytes is the model in the form in which it is embedded; weights that say
// nothing are left out.
func (m *Model) Bytes() []byte {
	var b bytes.Buffer
	line := func(name string, w *weights) {
		b.WriteString(name)
		for _, x := range w {
			fmt.Fprintf(&b, "\t%d", int(math.Round(x*100)))
		}
		b.WriteByte('\n')
	}
	line("", &m.bias)
	all := make(map[string]*weights, len(m.rows)+len(m.grams))
	names := make([]string, 0, len(m.rows)+len(m.grams))
	add := func(name string, w *weights) {
		for _, x := range w {
			if math.Abs(x) >= 0.03 {
				names = append(names, name)
				all[name] = w
				return
			}
		}
	}
	for n, w := range m.rows {
		add(n, w)
	}
	for n, w := range m.grams {
		add(wordingPrefix+n, w)
	}
	sort.Strings(names)
	for _, n := range names {
		line(n, all[n])
	}
	return b.Bytes()
}
