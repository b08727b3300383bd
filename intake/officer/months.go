package officer

import "time"

// months are the names of the months in both languages with the short forms
// and, in Welsh, the mutated ones: 3 o Fawrth, ym Mawrth, ac i Dachwedd.
var months = monthNames(
	"january jan ionawr ion", "february feb chwefror chwef chwe",
	"march mar mawrth maw fawrth faw", "april apr ebrill ebr",
	"may mai fai", "june jun mehefin meh fehefin feh",
	"july jul gorffennaf gorff gor orffennaf orff ngorffennaf", "august aug awst",
	"september sept sep medi med fedi", "october oct hydref hyd",
	"november nov tachwedd tach dachwedd dach nhachwedd thachwedd",
	"december dec rhagfyr rhag ragfyr rag",
)

func monthNames(names ...string) map[string]int {
	m := map[string]int{}
	for i, all := range names {
		for _, w := range split(all) {
			m[w.text] = i + 1
		}
	}
	return m
}

var englishDays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
	"mon": time.Monday, "tue": time.Tuesday, "tues": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"thur": time.Thursday, "thurs": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// welshDays follow the word dydd; without it Mawrth is the month.
var welshDays = map[string]time.Weekday{
	"llun": time.Monday, "mawrth": time.Tuesday, "mercher": time.Wednesday, "iau": time.Thursday,
	"gwener": time.Friday, "sadwrn": time.Saturday, "sul": time.Sunday,
}
