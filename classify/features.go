package classify

import "requestd/intake"

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

// feature is one thing that was found in a mail: its name in the model, and the
// words that show it.
type feature struct {
	name string
	tag  int // whose words show it, or -1
	sent int // the sentence that shows it, or -1
}

// combo is a rule on one sentence, which must have all of its tags and none of
// the others. Its points are where the training of its weight begins.
type combo struct {
	name   string
	class  int
	points float64
	all    []string
	none   []string
}

var combos = []combo{
	{"asks for own records", cDSAR, 3, []string{"ask", "own"}, []string{"file-this", "lateness", "no-own", "job", "auto-sure", "rights-sure", "exemption"}},
	{"asks for a child's records", cDSAR, 2.5, []string{"ask", "child-data"}, []string{"exemption"}},
	{"names a subject access request", cDSAR, 2, []string{"ask", "sar-words"}, []string{"count", "policy", "enquiry", "how-to"}},
	{"offers a product", cAuto, 2, []string{"sales"}, []string{"own", "count"}},
	{"asks for a client's records", cDSAR, 2.5, []string{"ask", "client", "records"}, nil},
	{"asks for figures", cFOI, 3, []string{"ask", "count"}, []string{"own", "sales", "business", "no-general"}},
	{"asks for a policy or document", cFOI, 3, []string{"ask", "policy"}, []string{"own", "child-data", "sales", "bulk", "how-to", "no-general"}},
	{"asks for something that is no business of the day", cFOI, 1.5, []string{"ask-plain"}, []string{"own", "child-data"}},
	{"asks what is spent", cFOI, 2.5, []string{"ask", "spend"}, []string{"own", "how-to"}},
	{"asks about the environment of offices", cFOI, 2.5, []string{"ask", "env"}, []string{"own"}},
	{"asks under the Freedom of Information Act", cFOI, 2, []string{"ask", "foi-words"}, []string{"own"}},
	{"asks for records of somebody who died", cFOI, 2.5, []string{"deceased"}, nil},
	{"asks for a review", cReview, 2.5, []string{"ask", "internal-review"}, []string{"count"}},
	{"disputes an answer", cReview, 2, []string{"unhappy", "prior"}, nil},
	{"disputes an exemption", cReview, 2, []string{"exemption", "unhappy"}, nil},
	{"says that the request was not answered", cReview, 2, []string{"not-answered", "prior"}, nil},
	{"says that the answer is late", cReview, 2, []string{"lateness", "prior"}, nil},
	{"threatens with the Commissioner", cReview, 1.5, []string{"ico", "lateness"}, nil},
	{"complains about a request", cReview, 2, []string{"complaint", "prior"}, nil},
	{"complains about a person", cOther, 1.5, []string{"complaint"}, []string{"prior", "lateness"}},
	{"asks for a correction", cOther, 2, []string{"rights"}, nil},
}

// signs is everything that was found in a mail's words.
type signs struct {
	mailbox string // the mailbox in which the mail came
	lex     *lexicon
	text    *text
	words   words
	hits    []hit
	own     tagset // of the sentences of the text that matter
	subj    tagset // of the subject
	all     tagset // of every sentence
	asks    bool   // asks for something, in words or as a question
	ctx     mailContext
	lang    string
	feats   []feature

	// a sentence plainly asks for records of any sort, for recorded information
	asksPlainly, asksGeneral bool
	model                    *Model
	dict                     *dictionary
	view                     view
	reading                  sentenceReading
	apart                    bool // a sentence without its mail, in training
	custom                   []CustomSignal
	p                        weights
	best                     int
}

// any reports whether one of the tags is anywhere in the sender's words.
func (s *signs) any(names ...string) bool {
	for _, n := range names {
		if t, ok := s.lex.tags[n]; ok && (s.own.has(t) || s.subj.has(t)) {
			return true
		}
	}
	return false
}

// body reports whether one of the tags is in the sender's text.
func (s *signs) body(names ...string) bool {
	for _, n := range names {
		if t, ok := s.lex.tags[n]; ok && s.own.has(t) {
			return true
		}
	}
	return false
}

// A mail with up to this many sentences is weighed as a whole; of a longer one
// the sentences that ask, dispute, or are at the beginning or end.
const shortMail = 9

// collect collects the tags of the sentences. The items of a list count as
// asking if the sentence that opens the list asks.
// asking of the sentence that opens it.
func (s *signs) collect() {
	ask := s.lex.tags["ask"]
	askCount, own, sar := s.lex.tags["ask-count"], s.lex.tags["own"], s.lex.tags["sar-words"]
	point, _ := s.lex.set([]string{"internal-review", "appeal", "unhappy", "not-answered", "exemption", "rights", "withdraw", "prior", "no-own", "no-request"})
	topics := s.lex.topics
	n, opened := len(s.text.sents), false
	for i := range s.text.sents {
		st := &s.text.sents[i]
		st.item = st.item || st.tags.has(s.lex.known.ordinal)
		if st.tags.has(ask) && (st.colon || i+1 < n && s.text.sents[i+1].item) {
			opened = true
		}
		st.explicit = st.tags.has(ask)
		heading := st.subject && (st.tags.has(own) || st.tags.has(sar) || st.tags.has(s.lex.known.foiWords)) && !s.ctx.reply && (s.ctx.words < 40 || s.ctx.site) && !st.tags.has(s.lex.tags["file-this"])
		if st.item && (opened || st.tags.meets(s.lex.matters)) || st.question || st.tags.has(askCount) && st.to-st.from > 3 || heading {
			st.tags.set(ask)
		}
		asks := st.tags.has(ask)
		if st.explicit && !st.tags.meets(topics) && !s.ourHeading(i) && st.to-st.from > 4 {
			st.tags.set(s.lex.known.askPlain)
		}
		s.asks = s.asks || asks
		st.focus = n <= shortMail || asks || i < 3 || i >= n-3 || st.tags.meets(point)
		switch {
		case st.subject && s.ctx.reply && s.ctx.letter.ours:
			// our own heading
		case st.subject:
			s.subj.join(st.tags)
		case st.focus:
			s.own.join(st.tags)
		}
		s.all.join(st.tags)
	}
}

// saidBy returns the first words with a tag, or none.
func (s *signs) saidBy(t tag) span {
	for _, h := range s.hits {
		if h.tag == t {
			return h.words
		}
	}
	return span{}
}

// sentenceWith returns the first sentence that a combo matches.
func (s *signs) sentenceWith(all, none tagset) int {
	for i := range s.text.sents {
		tags := s.text.sents[i].tags
		if tags[0]&all[0] == all[0] && tags[1]&all[1] == all[1] && tags[0]&none[0] == 0 && tags[1]&none[1] == 0 {
			return i
		}
	}
	return -1
}

// helperTags say nothing about the kind of a mail; other stages use them.
const helperTags = "now past in-wales in-england hard-copy particular ask-count kin past-ask ask-plain auto-sure complaint-own records " +
	"phish-hard clarify-answer but ordinal no-general harm-sure child-sure"

// features lists what the model weighs.
func (c *Classifier) features(s *signs) {
	for t := range c.lex.names {
		if c.lex.helpers.has(tag(t)) {
			continue
		}
		if s.own.has(tag(t)) {
			s.add(c.says[t], t, -1)
		}
		if s.subj.has(tag(t)) {
			s.add(c.subjectSays[t], t, -1)
		}
	}
	disputes := s.any("lateness", "unhappy", "not-answered", "ico", "appeal")
	for i := range c.combos {
		cb := &c.combos[i]
		none := cb.none
		if disputes && (cb.class == cFOI || cb.class == cDSAR) {
			none.set(c.lex.known.pastAsk) // something that was asked for in the past
		}
		if k := s.sentenceWith(cb.all, none); k >= 0 {
			s.add(cb.name, -1, k)
		}
	}
	s.notePlainAsks()
	for i := range derived {
		if derived[i].test(s) {
			s.add(derived[i].name, -1, -1)
		}
	}
	x := &s.ctx
	for _, f := range []struct {
		on   bool
		name string
	}{
		{x.reply, "is a reply"}, {x.casework, "quotes other mail of ours"},
		{x.letter.ours, "quotes a letter of ours"}, {x.letter.clarify, "answers our question"}, {x.letter.identity, "answers our asking for papers"},
		{x.letter.ack, "answers our acknowledgement"}, {x.letter.answer, "answers our answer"},
		{x.letter.personal, "the letter is about own data"}, {x.letter.general, "the letter is about recorded information"},
		{x.refSubject, "our reference in the subject"}, {x.refText, "our reference in the text"},
		{x.papers, "photographs or identity papers attached"}, {x.letters, "letters or forms attached"},
		{x.attached, "the body only points at its attachments"}, {x.named, "gives a court's case number"},
		{x.staff, "from a colleague"}, {x.role != "", x.role}, {x.words < 12, "hardly any words"}, {x.words > 250, "a long mail"}, {x.words > 700, "a very long mail"},
		{s.asks, "asks for something"},
	} {
		if f.on {
			s.add(f.name, -1, -1)
		}
	}
}

func (s *signs) add(name string, t, sent int) {
	s.feats = append(s.feats, feature{name, t, sent})
}

// shownBy returns the words that show a feature, or none.
func (s *signs) shownBy(f feature) span {
	switch {
	case f.tag >= 0:
		return s.saidBy(tag(f.tag))
	case f.sent >= 0:
		return s.text.sents[f.sent].span
	}
	return span{}
}
