package classify

import (
	"sort"

	"requestd/intake"
)

// classes are the kinds in the order of the model's columns.
var classes = [...]intake.Kind{intake.FOI, intake.DSAR, intake.Review, intake.Other, intake.Automated}

const (
	cFOI = iota
	cDSAR
	cReview
	cOther
	cAuto
	nClasses
)

// feature is one thing that was seen in a mail: its name in the model, and the
// words that show it.
type feature struct {
	name  string
	quote string
}

// combo is a rule on one sentence: all its tags and none of the others. Its
// points are where the training of its weight begins.
type combo struct {
	name   string
	class  int
	points float64
	all    []string
	none   []string
}

var combos = []combo{
	{"asks for own records", cDSAR, 3, []string{"ask", "own"}, nil},
	{"asks for a child's records", cDSAR, 2.5, []string{"ask", "child-data"}, nil},
	{"asks for a client's records", cDSAR, 2.5, []string{"ask", "client", "records"}, nil},
	{"asks for figures", cFOI, 3, []string{"ask", "count"}, []string{"own"}},
	{"asks for a policy or document", cFOI, 3, []string{"ask", "policy"}, []string{"own", "child-data"}},
	{"asks what is spent", cFOI, 2.5, []string{"ask", "spend"}, []string{"own"}},
	{"asks about the environment of offices", cFOI, 2.5, []string{"ask", "env"}, []string{"own"}},
	{"asks under the Freedom of Information Act", cFOI, 2, []string{"ask", "foi-words"}, []string{"own"}},
	{"asks for records of somebody who died", cFOI, 2.5, []string{"deceased"}, nil},
	{"asks for a review", cReview, 2.5, []string{"ask", "internal-review"}, []string{"count"}},
	{"disputes an answer", cReview, 2, []string{"unhappy", "prior"}, nil},
	{"disputes an exemption", cReview, 2, []string{"exemption", "unhappy"}, nil},
	{"says that the request was not answered", cReview, 2, []string{"not-answered", "prior"}, nil},
	{"says that the answer is late", cReview, 2, []string{"lateness", "prior"}, nil},
	{"threatens with the Commissioner", cReview, 1.5, []string{"ico", "lateness"}, nil},
	{"complains about a person", cOther, 1.5, []string{"complaint"}, []string{"prior", "lateness"}},
	{"asks for a correction", cOther, 2, []string{"rights"}, nil},
}

// derived are rules on the whole mail.
type derivedRule struct {
	name   string
	class  int
	points float64
	test   func(s *signs) bool
}

var derived = []derivedRule{
	{"unhappy in a reply to us", cReview, 2.5, func(s *signs) bool {
		return s.threaded() && (s.any("unhappy") || s.any("not-answered") || s.any("appeal") || s.any("exemption") || s.any("internal-review"))
	}},
	{"late, in a reply to us", cReview, 2, func(s *signs) bool { return s.threaded() && s.any("lateness") }},
	{"sends identity papers in a reply", cDSAR, 3, func(s *signs) bool {
		return s.threaded() && s.ctx.papers && !s.any("unhappy")
	}},
	{"answers our question about a request for figures", cFOI, 2, func(s *signs) bool {
		return s.threaded() && s.any("clarify") && !s.dsarThread() && !s.any("unhappy")
	}},
	{"answers our question about a request for own data", cDSAR, 2, func(s *signs) bool {
		return s.threaded() && s.any("clarify") && s.dsarThread() && !s.any("unhappy")
	}},
	{"thanks and asks nothing", cOther, 2.5, func(s *signs) bool {
		return s.any("thanks") && !s.asks && !s.any("unhappy") && !s.any("not-answered")
	}},
	{"withdraws a request", cOther, 3, func(s *signs) bool { return s.any("withdraw") && s.any("prior") }},
	{"asks for nothing", cOther, 2, func(s *signs) bool {
		return !s.asks && !s.any("lateness") && !s.any("unhappy") && !s.any("internal-review")
	}},
	{"through a publishing site", cFOI, 0.5, func(s *signs) bool { return s.ctx.site }},
	{"written by a program", cAuto, 2.5, func(s *signs) bool { return s.any("auto-text") || s.any("bounce") || s.any("ticket") }},
}

// signs is everything that was found in a mail's words.
type signs struct {
	lex   *lexicon
	text  *text
	hits  []hit
	own   tagset // of the sender's own words
	subj  tagset // of the subject
	asks  bool   // asks for something, in words or as a question
	ctx   mailContext
	lang  string
	feats []feature
}

func (s *signs) any(name string) bool {
	t, ok := s.lex.tags[name]
	return ok && (s.own.has(t) || s.subj.has(t))
}

func (s *signs) threaded() bool {
	return s.ctx.ours || s.ctx.refSubject || s.ctx.refText || s.ctx.reply
}

func (s *signs) dsarThread() bool {
	for _, r := range s.ctx.refs {
		if len(r) > 3 && (r[0]|0x20 == 's' || r[0]|0x20 == 'd') {
			return true
		}
	}
	return s.any("own") || s.any("child-data") || s.any("client")
}

// collect gathers the tags of the sentences and lets the items of a list
// inherit the asking of the sentence that opens it.
func (s *signs) collect() {
	ask := s.lex.tags["ask"]
	count, own := s.lex.tags["count"], s.lex.tags["own"]
	opened := false
	for i := range s.text.sents {
		st := &s.text.sents[i]
		if st.tags.has(ask) && (st.colon || i+1 < len(s.text.sents) && s.text.sents[i+1].item) {
			opened = true
		}
		if opened && st.item || st.question || st.tags.has(count) && st.to-st.from > 3 || st.subject && st.tags.has(own) {
			st.tags.set(ask)
		}
		if st.tags.has(ask) {
			s.asks = true
		}
		if st.subject {
			s.subj.join(st.tags)
		} else {
			s.own.join(st.tags)
		}
	}
}

// quoteOf shows the words that gave a tag.
func (s *signs) quoteOf(t tag) string {
	for _, h := range s.hits {
		if h.tag == t {
			return s.text.quote(h.from, h.to)
		}
	}
	return ""
}

// sentenceWith finds the first sentence that a combo fits.
func (s *signs) sentenceWith(all, none tagset) int {
	for i := range s.text.sents {
		tags := s.text.sents[i].tags
		if tags[0]&all[0] == all[0] && tags[1]&all[1] == all[1] && tags[0]&none[0] == 0 && tags[1]&none[1] == 0 {
			return i
		}
	}
	return -1
}

// features lists what the model weighs.
func (c *Classifier) features(s *signs) {
	for t, name := range c.lex.names {
		if s.own.has(tag(t)) {
			s.add("says: "+name, s.quoteOf(tag(t)))
		}
		if s.subj.has(tag(t)) {
			s.add("subject says: "+name, s.quoteOf(tag(t)))
		}
	}
	for i := range c.combos {
		cb := &c.combos[i]
		if k := s.sentenceWith(cb.all, cb.none); k >= 0 {
			st := &s.text.sents[k]
			s.add(cb.name, s.text.quote(st.from, st.to))
		}
	}
	for i := range derived {
		if derived[i].test(s) {
			s.add(derived[i].name, "")
		}
	}
	x := &s.ctx
	for _, f := range []struct {
		on   bool
		name string
	}{
		{x.reply, "is a reply"}, {x.ours, "quotes a letter of ours"}, {x.casework, "quotes other mail of ours"},
		{x.refSubject, "our reference in the subject"}, {x.refText, "our reference in the text"},
		{x.papers, "photographs or identity papers attached"}, {x.letters, "letters or forms attached"},
		{x.attached, "the body only points at its attachments"}, {x.named, "gives a court's case number"},
		{x.staff, "from a colleague"}, {x.words < 12, "hardly any words"}, {x.words > 250, "a long mail"}, {x.words > 700, "a very long mail"},
		{s.asks, "asks for something"},
	} {
		if f.on {
			s.add(f.name, "")
		}
	}
}

func (s *signs) add(name, quote string) { s.feats = append(s.feats, feature{name, quote}) }

// sortedCopy is a helper for evidence: the highest first, ties by name.
func sortEvidence(ev []intake.Evidence) {
	sort.SliceStable(ev, func(i, j int) bool {
		if ev[i].Points != ev[j].Points {
			return ev[i].Points > ev[j].Points
		}
		return ev[i].Signal < ev[j].Signal
	})
}
