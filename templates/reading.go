package templates

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// What staff mail says of how surely something was read: points and hundredths
// stand on the officers' page.
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

// Telling is what staff are told of the evidence: what is faint is left out where
// something speaks louder.
func (c Case) Telling() []Evidence {
	loud := slices.DeleteFunc(slices.Clone(c.Evidence), func(e Evidence) bool { return !e.fact() && math.Abs(e.Points) < leastTold })
	if !slices.ContainsFunc(loud, func(e Evidence) bool { return !e.fact() }) {
		return c.Evidence
	}
	return loud
}

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
