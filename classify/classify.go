// Package classify decides what a mail is: a request under the Freedom of
// Information Act, a subject access request, a review of an answer to either, a
// person's other mail, or a machine's. It does no I/O, uses no clock, and
// always gives the same reading of the same mail.
//
// The stages, each in a file of its own: who made the mail (machine.go,
// spoof.go), whose words count (words.go) and what surrounds them (context.go,
// letter.go, role.go), what they say (fold.go, text.go, dictionary.go,
// lexicon.go, match.go, needs.go, language.go), what follows from that
// (features.go, seen.go, pointed.go, model.go, read.go, hybrid.go, rights.go,
// followup.go, danger.go, attention.go, flags.go), and what is to be done
// (decide.go, route.go, oncase.go, explain.go).
package classify

import (
	"fmt"
	"sync"

	"requestd/intake"
)

// Classifier reads mails. It is safe for concurrent use.
type Classifier struct {
	set    Settings
	ours   ours
	lex    *lexicon
	model  *Model
	dict   *dictionary
	combos []compiledCombo
	custom []CustomSignal

	says, subjectSays []string // names of the features of each tag
}

type compiledCombo struct {
	combo
	all, none tagset
}

// Settings returns the settings that the classifier works with.
func (c *Classifier) Settings() Settings { return c.set }

// Minted reports whether a Message-ID is one of our own.
func (c *Classifier) Minted(id string) bool {
	return id != "" && c.set.OwnMessageID != nil && c.set.OwnMessageID(id)
}

// New makes a classifier. It fails if a phrase of an administrator's signal
// cannot be parsed.
func New(s Settings) (*Classifier, error) {
	c, err := Untrained(s)
	if err != nil {
		return nil, err
	}
	model, err := builtIn()
	if err != nil {
		return nil, err
	}
	return c.WithModel(model), nil
}

// What is the same for every classifier is made once and never changes.
var (
	builtIn = sync.OnceValues(func() (*Model, error) { return readModel(embeddedModel) })
	plain   = sync.OnceValues(func() (*Classifier, error) { return compiled(nil) })
)

// Untrained makes a classifier without a model: it can only prepare mail for
// training.
func Untrained(s Settings) (*Classifier, error) {
	words := plain
	if len(s.Signals) > 0 {
		words = func() (*Classifier, error) { return compiled(s.Signals) }
	}
	shared, err := words()
	if err != nil {
		return nil, err
	}
	c := *shared
	c.set, c.ours = s, newOurs(s)
	return &c, nil
}

// compiled makes the part of a classifier that looks for words, including an
// administrator's signals.
func compiled(signals []CustomSignal) (*Classifier, error) {
	lex, err := loadLexicon(signals)
	if err != nil {
		return nil, err
	}
	c := &Classifier{lex: lex, custom: signals, dict: newDictionary(lex.matcher)}
	for _, name := range lex.names {
		c.says = append(c.says, "says: "+name)
		c.subjectSays = append(c.subjectSays, "subject says: "+name)
	}
	for _, cb := range combos {
		cc := compiledCombo{combo: cb}
		if cc.all, err = lex.set(cb.all); err != nil {
			return nil, fmt.Errorf("rule %q: %w", cb.name, err)
		}
		if cc.none, err = lex.set(cb.none); err != nil {
			return nil, fmt.Errorf("rule %q: %w", cb.name, err)
		}
		c.combos = append(c.combos, cc)
	}
	return c, nil
}

// WithModel returns the classifier with another model, to try it out.
func (c *Classifier) WithModel(m *Model) *Classifier {
	d := *c
	d.model = m
	return &d
}

// signs reads the words of a mail and their surroundings.
func (c *Classifier) signs(m *intake.Message, th intake.Thread, mailbox string) *signs {
	w := c.ownWords(m)
	s := pool.Get().(*signs)
	*s = signs{mailbox: mailbox, lex: c.lex, text: s.text, words: w, custom: c.custom, model: c.model,
		hits: s.hits[:0], feats: s.feats[:0], view: s.view, reading: s.reading, dict: c.dict}
	s.text.read(w.sections, c.dict)
	s.hits = c.lex.find(s.text, s.hits)
	s.ctx = c.context(m, th, w.body, w.subject, w.attached)
	s.collect()
	s.lang = language(s.text, "en")
	c.features(s)
	s.view.look(s)
	return s
}

// pool holds working memory of finished readings for reuse.
var pool = sync.Pool{New: func() any { return &signs{text: &text{}, view: view{quoted: &text{}}} }}

// release returns a reading's working memory. Nothing of it may be in use: a
// Reading holds only copies.
func (c *Classifier) release(s *signs) {
	s.words, s.ctx, s.text.raw = words{}, mailContext{}, ""
	if cap(s.text.arena) < 1<<20 {
		pool.Put(s)
	}
}
