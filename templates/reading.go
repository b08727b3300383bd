package templates

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"requestd/intake/holds"
)

// What people are told of how surely something was read, in mail to staff and on
// the officers' page: points and hundredths are for requestd show and classify.
const (
	plainFrom  = 6.0 // points from which a sentence decides of itself
	fairlyFrom = 2.0
	leastTold  = 1.0 // below which a sentence is told only where none speaks louder
)

// fact reports whether something was found and not weighed, such as words of danger.
func (e Evidence) fact() bool { return math.Abs(e.Points) < 0.05 }

// Surely says how surely a sentence was read so, "" where nothing was weighed.
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

// tellsOnly is a sentence that asks for nothing, such as a greeting.
const tellsOnly = "tells"

// Decides reports whether the words of a signal decided, so that a reader has to
// see them in the mail.
func (e Evidence) Decides() bool {
	return e.fact() || e.Points >= fairlyFrom && e.Signal != tellsOnly
}

// dangers say what the signals of danger are called by the classifier.
var dangers = map[string]string{
	"danger: harm":           "somebody may be in danger",
	"danger: child":          "a child may be in danger",
	"danger: breach":         "personal data may have reached the wrong hands",
	"danger: contact-unsafe": "writing there may put the sender in danger",
}

// Meaning says what a signal is, without the names that the classifier has for
// groups of words.
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

// wholeMail stands behind what no sentence says by itself.
const wholeMail = ", by the words of the whole mail"

// Telling is what people are told of the evidence: what is faint is left out where
// something speaks louder, and so is a sentence that asks for nothing.
func Telling(all []Evidence) []Evidence {
	loud := slices.DeleteFunc(slices.Clone(all), func(e Evidence) bool {
		return !e.fact() && (math.Abs(e.Points) < leastTold || e.Signal == tellsOnly)
	})
	if !slices.ContainsFunc(loud, func(e Evidence) bool { return !e.fact() }) {
		return all
	}
	return loud
}

// Telling is what staff are told of a case's evidence.
func (c Case) Telling() []Evidence { return Telling(c.Evidence) }

var measure = regexp.MustCompile(` \([0-9]+ %\)`)

// unmeasured is the reading in one line without how sure it was in hundredths. What
// the sender says stays as it is.
func unmeasured(why string) string {
	own, quoted, is := strings.Cut(why, "“")
	if own = measure.ReplaceAllString(own, ""); is {
		own += "“" + quoted
	}
	return own
}
