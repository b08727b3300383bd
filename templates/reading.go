package templates

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"requestd/intake/holds"
)

// How mail to staff and the officers' page say how surely something was read.
// Points and hundredths are for requestd show and classify.
const (
	plainFrom  = 6.0 // points from which a sentence decides by itself
	fairlyFrom = 2.0
	leastTold  = 1.0 // a sentence with fewer is shown only if there is no stronger one
)

// fact reports whether something was found but not weighed, such as words of
// danger.
func (e Evidence) fact() bool { return math.Abs(e.Points) < 0.05 }

// Surely says how surely a sentence was read so; "" if nothing was weighed.
func (e Evidence) Surely() string {
	switch {
	case e.fact():
		return ""
	case e.Points >= plainFrom:
		return "plainly"
	case e.Points >= fairlyFrom:
		return "fairly sure"
	case e.Points < 0:
		return "speaks against it"
	}
	return "in doubt"
}

// tellsOnly is the signal of a sentence that asks for nothing, such as a
// greeting.
const tellsOnly = "tells"

// Decides reports whether the words of a signal decided, so that a reader must
// see them in the mail.
func (e Evidence) Decides() bool {
	return e.fact() || e.Points >= fairlyFrom && e.Signal != tellsOnly
}

// dangers say in words what the classifier's signals of danger are.
var dangers = map[string]string{
	"danger: harm":           "somebody may be in danger",
	"danger: child":          "a child may be in danger",
	"danger: breach":         "personal data may have reached the wrong hands",
	"danger: contact-unsafe": "writing there may put the sender in danger",
}

// Meaning says what a signal is, without the classifier's names for groups of
// words.
func (e Evidence) Meaning() string {
	switch {
	case dangers[e.Signal] != "" && e.Quote == "":
		return dangers[e.Signal] + wholeMail
	case dangers[e.Signal] != "":
		return dangers[e.Signal]
	case strings.HasPrefix(e.Signal, "says: "):
		return "words that such mail often has"
	case strings.HasPrefix(e.Signal, "subject says: "):
		return "words that the subject of such mail often has"
	case e.Signal == tellsOnly:
		return "tells something and asks for nothing"
	}
	if r, ok := holds.Find(e.Signal); ok {
		return r.Short
	}
	return e.Signal
}

// wholeMail follows what no single sentence says.
const wholeMail = ", by the words of the whole mail"

// Telling returns the evidence that people are shown: weak evidence is left out
// if there is something stronger, and so is a sentence that asks for nothing.
func Telling(all []Evidence) []Evidence {
	loud := slices.DeleteFunc(slices.Clone(all), func(e Evidence) bool {
		return !e.fact() && (math.Abs(e.Points) < leastTold || e.Signal == tellsOnly)
	})
	if !slices.ContainsFunc(loud, func(e Evidence) bool { return !e.fact() }) {
		return all
	}
	return loud
}

// Telling returns the evidence of a case that staff are shown.
func (c Case) Telling() []Evidence { return Telling(c.Evidence) }

var measure = regexp.MustCompile(` \([0-9]+ %\)`)

// unmeasured returns the reading in one line, without its certainty in
// hundredths. The sender's words stay unchanged.
func unmeasured(why string) string {
	own, quoted, is := strings.Cut(why, "“")
	if own = measure.ReplaceAllString(own, ""); is {
		own += "“" + quoted
	}
	return own
}
