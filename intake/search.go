package intake

import (
	"slices"
	"strings"
	"unicode"
)

// Words returns the runs of letters and digits in a text, in lower case, each
// once.
func Words(text string) []string {
	found := make([]string, 0, 16) // usually enough for a case
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), apart) {
		if !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// Matches reports whether each word of a search is the beginning of a word in
// the case's reference, subject, requester (name, address, reference) or the
// Commissioner's reference, ignoring case. An empty search matches every case.
func (v *View) Matches(search string) bool {
	text := v.Ref + " " + v.Requester.Name + " " + v.Requester.Addr + " " + v.Subject + " " + v.TheirRef
	if v.Commissioner != nil {
		text += " " + v.Commissioner.Reference
	}
	return begin(Words(text), search)
}

// Matches reports the same as View.Matches, without making a view. It also
// finds a case by one of their references that another has replaced.
func (c *Case) Matches(search string) bool { return begin(Words(c.Ref+" "+c.words()), search) }

// begin reports whether each word of a search is the beginning of one of the
// words.
func begin(in []string, search string) bool {
	for _, w := range Words(search) {
		if !slices.ContainsFunc(in, func(is string) bool { return strings.HasPrefix(is, w) }) {
			return false
		}
	}
	return true
}

// words returns the text in which a search looks for the case, without its own
// reference.
func (c *Case) words() string {
	p := c.Person()
	text := p.Requester.Name + " " + p.Requester.Addr + " " + p.Subject
	for _, e := range c.Live() {
		if e.Personal != nil {
			text += " " + e.Personal.Theirs
		}
	}
	return text
}

const (
	mostFoundBy = 32 // the most words by which one case is found
	// LongestWord is how many bytes of a word are used in a search.
	LongestWord = 24
)

// SearchWords returns the words by which a case is found among many: those that
// Matches compares, cut to LongestWord, without those that most cases have. Of
// the reference it returns the numbers.
func (c *Case) SearchWords() []string {
	found := make([]string, 0, mostFoundBy)
	add := func(w string) {
		if w = CutText(w, LongestWord); !slices.Contains(found, w) && len(found) < mostFoundBy {
			found = append(found, w)
		}
	}
	for _, w := range Words(c.Ref) {
		if strings.Trim(w, "0123456789") == "" {
			add(w)
		}
	}
	for _, w := range Words(c.words()) {
		if Distinctive(w) {
			add(w)
		}
	}
	return found
}

// Distinctive reports whether a word of a search tells cases apart.
func Distinctive(word string) bool { return len(word) > 1 && !untelling[word] }

var untelling = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`about an and are as at be by com data for foi freedom from fw fwd gmail co gov have hotmail in
		information is it me my net of on or org our re regarding request requests sar dsar subject access that the this to uk under us we with you your
		am ar at cais dan data ei er fy gan gwybodaeth heb mewn mynediad neu rhyddid wrth yn yr`) {
		m[w] = true
	}
	return m
}()
