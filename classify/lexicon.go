package classify

import (
	"embed"
	"fmt"
	"sort"
	"strings"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// tag is a thing that a sentence can say, such as "asks" or "own records".
type tag uint8

const maxTags = 128

// tagset is the tags of a sentence or of a mail.
type tagset [2]uint64

func (s *tagset) set(t tag)          { s[t>>6] |= 1 << (t & 63) }
func (s tagset) has(t tag) bool      { return s[t>>6]&(1<<(t&63)) != 0 }
func (s *tagset) join(o tagset)      { s[0] |= o[0]; s[1] |= o[1] }
func (s tagset) meets(o tagset) bool { return s[0]&o[0]|s[1]&o[1] != 0 }

// lexicon is every phrase that the classifier looks for, ready to match.
type lexicon struct {
	*matcher
	tags  map[string]tag
	names []string
	known known
	// topics are the tags of matters that people write about without asking for
	// recorded information.
	topics tagset
	// helpers are the tags that the model does not weigh.
	helpers tagset
	// matters are the tags of what an item of a list asks for by naming it.
	matters tagset
}

// known are the tags to which the code itself refers.
type known struct {
	ask, own, child, records, count, policy, spend, env, noOwn, noRequest         tag
	askCount, fileThis, sales, client, foiWords, sarWords, pastAsk, askPlain, kin tag
	harm, harmSure, childRisk, childSure, breach, now, past, howTo, ordinal       tag
}

// loadLexicon compiles the embedded lexicon and the phrases that an
// administrator added.
func loadLexicon(custom []CustomSignal) (*lexicon, error) {
	l := &lexicon{tags: map[string]tag{}}
	c := newCompiler()
	var phrases []phrase
	entries, err := lexiconFiles.ReadDir("lexicon")
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	// Classes must come before the files that use them, in the order of names.
	sort.Slice(names, func(i, j int) bool {
		a, b := strings.Contains(names[i], "classes"), strings.Contains(names[j], "classes")
		if a != b {
			return a
		}
		return names[i] < names[j]
	})
	for _, name := range names {
		data, err := lexiconFiles.ReadFile("lexicon/" + name)
		if err != nil {
			return nil, fmt.Errorf("lexicon: %w", err)
		}
		c.welsh = strings.HasPrefix(name, "cy")
		more, err := l.parse(c, string(data))
		if err != nil {
			return nil, fmt.Errorf("lexicon %s: %w", name, err)
		}
		phrases = append(phrases, more...)
	}
	c.welsh = false
	for i, s := range custom {
		t, err := l.tag(customTag(i))
		if err != nil {
			return nil, err
		}
		for _, p := range s.Phrases {
			ph, err := c.compile(p, t)
			if err != nil {
				return nil, fmt.Errorf("signal %q: %w", s.Name, err)
			}
			phrases = append(phrases, ph)
		}
	}
	l.matcher = newMatcher(c, phrases)
	return l, l.know()
}

func customTag(i int) string { return fmt.Sprintf("custom-%d", i+1) }

// tag returns the number of a tag by its name.
func (l *lexicon) tag(name string) (tag, error) {
	t, ok := l.tags[name]
	if !ok {
		if len(l.names) == maxTags {
			return 0, fmt.Errorf("more than %d tags and signals", maxTags)
		}
		t = tag(len(l.names))
		l.tags[name] = t
		l.names = append(l.names, name)
	}
	return t, nil
}

// set returns a set of tags by their names.
func (l *lexicon) set(names []string) (tagset, error) {
	var s tagset
	for _, n := range names {
		t, ok := l.tags[n]
		if !ok {
			return s, fmt.Errorf("no tag %q in the lexicon", n)
		}
		s.set(t)
	}
	return s, nil
}

const otherTopics = "enquiry court press job business rights thanks withdraw chaser complaint agency supply legal no-request " +
	"future file-this breach child-risk harm sales bulk auto-text ticket phish appeal internal-review not-answered lateness nothing-more regulator clarify"

// know finds the tags that the code refers to.
func (l *lexicon) know() error {
	k := &l.known
	if _, err := l.tag("ask-plain"); err != nil {
		return err
	}
	var err error
	if l.matters, err = l.set([]string{"count", "policy", "spend", "env"}); err != nil {
		return err
	}
	if l.topics, err = l.set(strings.Fields(otherTopics)); err != nil {
		return err
	}
	if l.helpers, err = l.set(strings.Fields(helperTags)); err != nil {
		return err
	}
	for _, x := range []struct {
		to   *tag
		name string
	}{
		{&k.ask, "ask"}, {&k.own, "own"}, {&k.child, "child-data"}, {&k.records, "records"}, {&k.count, "count"},
		{&k.policy, "policy"}, {&k.spend, "spend"}, {&k.env, "env"}, {&k.noOwn, "no-own"}, {&k.noRequest, "no-request"},
		{&k.harm, "harm"}, {&k.harmSure, "harm-sure"}, {&k.childRisk, "child-risk"},
		{&k.childSure, "child-sure"}, {&k.breach, "breach"}, {&k.now, "now"}, {&k.past, "past"}, {&k.howTo, "how-to"}, {&k.ordinal, "ordinal"},
		{&k.askCount, "ask-count"}, {&k.fileThis, "file-this"}, {&k.sales, "sales"}, {&k.client, "client"},
		{&k.pastAsk, "past-ask"}, {&k.kin, "kin"}, {&k.askPlain, "ask-plain"}, {&k.foiWords, "foi-words"}, {&k.sarWords, "sar-words"},
	} {
		t, ok := l.tags[x.name]
		if !ok {
			return fmt.Errorf("no tag %q in the lexicon", x.name)
		}
		*x.to = t
	}
	return nil
}

// parse parses one lexicon file: classes, and tags with one phrase a line.
func (l *lexicon) parse(c *compiler, data string) ([]phrase, error) {
	var phrases []phrase
	var current tag
	for n, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == ';' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "class "); ok {
			name, words, found := strings.Cut(rest, ":")
			if !found {
				return nil, fmt.Errorf("line %d: a class is name: words", n+1)
			}
			for _, w := range strings.Fields(words) {
				forms, err := c.expand(w)
				if err != nil {
					return nil, fmt.Errorf("line %d: %w", n+1, err)
				}
				c.classes[name] = append(c.classes[name], forms...)
			}
			continue
		}
		if name, ok := strings.CutPrefix(line, "tag "); ok {
			t, err := l.tag(name)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			current = t
			continue
		}
		p, err := c.compile(line, current)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		p.asks = l.names[current] == "ask"
		phrases = append(phrases, p)
	}
	return phrases, nil
}
