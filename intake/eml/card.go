package eml

import (
	"slices"
	"strings"

	"requestd/intake/phrases"
)

// closings are the words with which letters end.
var closings = []string{
	"kind regards", "regards", "best regards", "warm regards", "many thanks", "thanks", "thank you", "best wishes", "yours sincerely", "yours faithfully", "yours truly", "sincerely", "best", "cheers", "with thanks", "thanks in advance", "kindest regards", "all the best",
	"diolch", "diolch yn fawr", "cofion", "cofion gorau", "cofion cynnes", "yn gywir", "yn bur", "yr eiddoch yn gywir", "yr eiddoch yn ddiffuant", "diolch o flaen llaw", "gyda diolch", "gan ddiolch", "hwyl", "pob hwyl",
}

// cardWords mark the lines of a business card: how to reach the sender and what
// they do. Such lines alone are no message.
var cardWords = phrases.New([]string{
	"tel:", "tel.", "phone:", "mob:", "mobile:", "ffôn:", "ffon:", "symudol:", "fax:", "e-mail:", "email:", "e-bost:", "www.", "http://", "https://", " | ", "officer", "manager", "swyddog", "rheolwr", "solicitor", "barrister", "cyfreithiwr", "partner", "director", "cyfarwyddwr", "practitioner", "ymarferydd", "administrator", "gweinyddwr", "assistant", "coordinator", "llp", "limited", "department", "adran", "cyngor", "council", "university", "prifysgol", "chambers", "@", "pronouns", "she/her", "he/him", "they/them", "i work ", "working hours", "oriau gwaith",
})

// cutCard removes the business card below a closing from the end, and leaves
// the closing and the name. A line that is not part of a card is kept, with
// every line above it.
func cutCard(lines []string) (rest []string, card string) {
	from := len(lines)
	at := closing(lines)
	if at < 0 {
		return lines, ""
	}
	name := skipBlank(lines, at+1)
	for from > name+1 && from > 0 && (blankish(lines[from-1]) || isCardLine(lines[from-1])) {
		from--
	}
	if from >= len(lines) {
		return lines, ""
	}
	return trimBlank(lines[:from]), joinLines(lines[from:])
}

// closing finds the last closing among the last twenty lines.
func closing(lines []string) int {
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-20; i-- {
		if l := lines[i]; len(l) <= 40 && isClosing(l) {
			return i
		}
	}
	return -1
}

func isClosing(l string) bool { return slices.Contains(closings, strings.Trim(plainWords(l), " ,.!-")) }

// sentenceWords occur in sentences, but not on cards.
var sentenceWords = phrases.New([]string{" my ", " me ", " i ", " was ", " were ", " is ", " are ", " has ", " have ", " had ", " not ", " fy ", " mae ", " oedd ", " wedi ", " ddim "})

func isCardLine(l string) bool {
	text := plainWords(l)
	if sentenceWords.Any(" "+text+" ") && !strings.HasPrefix(text, "i work ") {
		return false // a sentence
	}
	return len(l) <= 120 && cardWords.Any(text) && !asking.Any(text) && !asks(text) && !seeking.Any(" "+text+" ") && !strings.Contains(text, "?") && !strings.Contains(text, "please")
}
